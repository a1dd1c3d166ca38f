"""Forms of inner offices, posts and who holds them. They only read what was typed."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from core import clock
from responsibility.models import InnerOffice, Membership, Post, Unit
from responsibility.services.posts import HolderDraft, PostDraft


class OfficeForm(forms.Form):
    """An inner office."""

    name = forms.CharField(label="内设机构名称", max_length=60, help_text="例如：安全监督管理股、综合执法大队")


class OfficeEditForm(OfficeForm):
    """An inner office that is there already."""

    ordering = forms.IntegerField(label="排序", min_value=0, max_value=99_999, help_text="数字小的排在前面")


class _UnitForm(forms.Form):
    """A form that offers inner offices and accounts of one unit."""

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Membership.objects.active_on(clock.today()).filter(unit=unit).values("user")
        offered: dict[str, QuerySet[Any]] = {
            "office": unit.inner_offices.filter(valid_to__isnull=True),
            "user": User.objects.filter(is_active=True, pk__in=people).order_by("display_name", "pk"),
        }
        for name, rows in offered.items():
            choice = self.fields.get(name)
            if isinstance(choice, forms.ModelChoiceField):
                choice.queryset = rows


class PostForm(_UnitForm):
    """A post of a unit."""

    title = forms.CharField(label="岗位（职务）", max_length=60, help_text="例如：局长、副局长、股长、监督员")
    office = forms.ModelChoiceField(
        label="内设机构",
        queryset=InnerOffice.objects.none(),
        required=False,
        empty_label="班子成员（不属于内设机构）",
    )
    in_charge = forms.BooleanField(
        label="主要负责人",
        required=False,
        help_text="单位的主要负责人，或内设机构的负责人；单位、内设机构的职责由其签收",
    )
    portfolio = forms.CharField(
        label="分管（负责）工作", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def draft(self) -> PostDraft:
        """Return what was typed."""
        data = self.cleaned_data
        return PostDraft(
            title=data["title"],
            office_id=data["office"].pk if data["office"] else None,
            in_charge=data["in_charge"],
            portfolio=data["portfolio"],
            ordering=data.get("ordering"),
        )


class PostEditForm(PostForm):
    """A post that is there already."""

    ordering = forms.IntegerField(label="排序", min_value=0, max_value=99_999, help_text="数字小的排在前面")

    @staticmethod
    def initial_of(post: Post) -> dict[str, Any]:
        """Return the post as the form shows it."""
        return {name: getattr(post, name) for name in ("title", "office", "in_charge", "portfolio", "ordering")}


class HolderForm(_UnitForm):
    """Who holds a post, and since when."""

    user = forms.ModelChoiceField(
        label="任岗人账号",
        queryset=User.objects.none(),
        required=False,
        empty_label="没有账号，只登记姓名",
        help_text="本单位有账号的人员；选了账号，签收和履职就由本人办理",
    )
    name = forms.CharField(label="姓名", max_length=60, required=False, help_text="没有账号的填写姓名")
    phone = forms.CharField(label="联系电话", max_length=40, required=False)
    valid_from = forms.DateField(label="任岗日期", initial=clock.today)

    def holder(self) -> HolderDraft:
        """Return what was typed."""
        data = self.cleaned_data
        return HolderDraft(
            valid_from=data["valid_from"],
            user_id=data["user"].pk if data["user"] else None,
            name=data["name"],
            phone=data["phone"],
        )


class NewPostForm(HolderForm, PostForm):
    """A new post together with who holds it, where that is known."""

    field_order = ("title", "office", "in_charge", "portfolio", "user", "name", "phone", "valid_from")

    def holder_if_any(self) -> HolderDraft | None:
        """Return who was typed; None where the post is left vacant."""
        holder = self.holder()
        return holder if holder.user_id is not None or holder.name.strip() else None


class PostLinesForm(forms.Form):
    """Many posts as lines."""

    lines = forms.CharField(
        label="岗位清单",
        strip=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 12, "placeholder": "安全监督管理股,股长,张三,0000-0000000"}),
        help_text=(
            "每行一个岗位，依次为内设机构、岗位、姓名、联系电话、分管工作，用逗号隔开，可从表格中直接复制粘贴，后三项可不填。"
            "班子成员的第一项写“班子成员”。每个内设机构和班子的第一行作为负责人。"
        ),
    )
    valid_from = forms.DateField(label="任岗日期")
