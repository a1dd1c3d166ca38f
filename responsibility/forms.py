"""Forms of units, people and keyword rules. They only read what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model

from core import clock
from core.fields import SeveralRowsField
from responsibility.models import Enterprise, KeywordRule, Role, Unit
from responsibility.selectors import assignable_units
from responsibility.services.memberships import Post
from responsibility.services.people import PersonDraft
from responsibility.services.rules import RuleDraft
from responsibility.services.units import UnitDraft


class UnitForm(forms.ModelForm[Unit]):
    """A unit."""

    class Meta:
        model = Unit
        fields = ("code", "name", "short_name", "kind", "ordering", "head_reviews", "valid_from", "valid_to")
        help_texts = {
            "code": "单位的内部编号，例如 YJ01，不能重复",
            "name": "与印章一致的全称；改名后旧名称自动留作别名",
            "short_name": "列表和看板上显示的名称",
            "ordering": "数字小的排在前面",
            "head_reviews": "打开后，联络员的填报先由单位负责人审签，同意后才报县安委办",
            "valid_to": "填写后，该日期之后不再派发任务；历史记录保留",
        }

    def _post_clean(self) -> None:
        """Leave the object alone: uniqueness and everything else is the service's to say."""

    def draft(self) -> UnitDraft:
        """Return what was typed."""
        return UnitDraft(**self.cleaned_data)


class UnitLinesForm(forms.Form):
    """Many units as lines."""

    lines = forms.CharField(
        label="单位清单",
        strip=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 12, "placeholder": "YJ01,县应急管理局,县应急局,政府部门"}),
        help_text=f"每行一个：编码,全称,简称,类别。可从表格中直接复制四列粘贴。类别可用：{'、'.join(Unit.Kind.labels)}。",
    )


class AliasForm(forms.Form):
    """Another name of a unit."""

    name = forms.CharField(label="别名", max_length=80)
    former = forms.BooleanField(label="这是以前的名称", required=False)


class MembersForm(forms.Form):
    """The units a collective name stands for."""

    members = SeveralRowsField(
        label="成员单位",
        queryset=Unit.objects.exclude(kind=Unit.Kind.GROUP),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 16}),
    )


def _date(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text)


class PostForm(forms.Form):
    """A role in a unit."""

    unit = forms.ModelChoiceField(label="单位", queryset=Unit.objects.none())
    role = forms.ChoiceField(label="角色", choices=Role.choices)
    enterprise = forms.ModelChoiceField(
        label="所在企业",
        queryset=Enterprise.objects.operating(),
        required=False,
        help_text="仅“企业安全管理人员”须选；单位请选企业的属地或监管部门",
    )
    title = forms.CharField(label="职务", max_length=60, required=False)
    portfolio = forms.CharField(label="分管工作", max_length=200, required=False)
    valid_from = _date("起始日期")
    valid_to = _date("截止日期", required=False, help_text="不填表示长期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        unit.queryset = assignable_units()
        self.fields["valid_from"].initial = clock.today()
        # The most frequent and the least powerful.
        self.fields["role"].initial = Role.EDITOR

    def post(self) -> Post:
        """Return the role that was typed."""
        data = self.cleaned_data
        return Post(
            unit_id=data["unit"].pk,
            role=data["role"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            title=data["title"],
            portfolio=data["portfolio"],
            enterprise_id=data["enterprise"].pk if data["enterprise"] else None,
        )


class PersonForm(forms.Form):
    """Name of a person and how to reach them."""

    display_name = forms.CharField(label="姓名", max_length=60)
    phone = forms.CharField(label="联系电话", max_length=40, required=False)
    email = forms.EmailField(label="电子邮箱", required=False, help_text="填写后，每日提醒同时发到邮箱")

    def person(self) -> PersonDraft:
        """Return the person that was typed."""
        return PersonDraft(**{name: self.cleaned_data[name] for name in ("display_name", "phone", "email")})


class PasswordForm(forms.Form):
    """A password typed by the administrator, or none."""

    password = forms.CharField(
        label="初始密码",
        required=False,
        strip=False,
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="留空则自动生成（推荐）；自行填写须不少于 10 位，且不能全是数字",
    )


class AccountForm(PasswordForm, PostForm, PersonForm):
    """A new account with its first role."""

    username = forms.CharField(label="用户名", max_length=150, help_text="登录时使用，可用汉字、字母、数字和 @ . + - _")

    field_order = ("username", "display_name", "phone", "email", "unit", "role", "enterprise", "title", "portfolio")


class ReasonForm(forms.Form):
    """Why something consequential is done."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class EndForm(ReasonForm):
    """The last day of a role."""

    last_day = _date("最后一天", help_text="这一天仍可办理，次日起失效")

    field_order = ("last_day", "reason")


class DeputyForm(forms.Form):
    """Who stands in, and when."""

    deputy = forms.ModelChoiceField(
        label="代理人（B角）",
        queryset=get_user_model()._default_manager.filter(is_active=True).order_by("display_name"),
    )
    valid_from = _date("起始日期")
    valid_to = _date("截止日期", help_text="代理必须有截止日期")


class RuleForm(forms.ModelForm[KeywordRule]):
    """A keyword rule."""

    class Meta:
        model = KeywordRule
        fields = ("keywords", "required", "unit", "part", "weight", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        unit.queryset = Unit.objects.all()

    def _post_clean(self) -> None:
        """Leave the object alone: the service changes it."""

    def draft(self) -> RuleDraft:
        """Return what was typed."""
        data = dict(self.cleaned_data)
        return RuleDraft(unit_id=data.pop("unit").pk, **data)
