"""Forms of duty lists, duties and fulfilment records. They only read what was typed."""

from typing import Any

from django import forms

from accounts.models import User
from core import clock
from core.ui import LONGEST_KEY
from responsibility.duty_permissions import may_draft
from responsibility.models import DutyItem, InnerOffice, Post, Unit
from responsibility.selectors import units_of_county
from responsibility.services.duty_items import ItemDraft, Subject
from responsibility.services.duty_lists import YEARS_AHEAD, YEARS_BACK
from responsibility.services.fulfilment import FulfilmentDraft

BLANK, COPY = "blank", "copy"


class BeginForm(forms.Form):
    """A new duty list."""

    unit = forms.ModelChoiceField(label="单位", queryset=Unit.objects.none())
    year = forms.TypedChoiceField(label="年度", coerce=int)
    source = forms.ChoiceField(
        label="内容",
        choices=((BLANK, "空白清单，再从库中装入或逐项新增"), (COPY, "复制以前年度最近一份已发布的清单")),
        initial=BLANK,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_of_county(clock.today())
        unit, year = self.fields["unit"], self.fields["year"]
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        assert isinstance(year, forms.ChoiceField)  # noqa: S101 - tells the type checker
        own = [row.pk for row in units if may_draft(user, row.pk)]
        unit.queryset = units.filter(pk__in=own)
        if len(own) == 1:
            unit.initial = own[0]
        this_year = clock.today().year
        year.choices = [(each, f"{each}年") for each in range(this_year + YEARS_AHEAD, this_year - YEARS_BACK - 1, -1)]
        year.initial = this_year


UNIT = "unit"


def subject_choices(unit: Unit) -> list[Any]:
    """Return whom duties of the unit can be given to today, by layer, as the choices of a field."""
    today = clock.today()
    posts = list(Post.objects.filter(unit=unit).in_force_on(today).with_holders())
    offices = list(InnerOffice.objects.filter(unit=unit).in_force_on(today))

    def named(post: Post) -> str:
        holder = post.holder_on(today)
        return f"{post}（{holder.name if holder else '空缺'}）"

    leaders = [(f"post-{post.pk}", named(post)) for post in posts if post.leader]
    others = [(f"post-{post.pk}", named(post)) for post in posts if not post.leader]
    groups = [
        ("单位", [(UNIT, unit.name)]),
        ("班子成员", leaders),
        ("内设机构", [(f"office-{office.pk}", office.name) for office in offices]),
        ("岗位", others),
    ]
    return [group for group in groups if group[1]]


def subject_value(subject: Subject) -> str:
    """Return a subject as the value of its choice."""
    if subject.office_id is not None:
        return f"office-{subject.office_id}"
    return f"post-{subject.post_id}" if subject.post_id is not None else UNIT


def read_subject(value: str) -> Subject | None:
    """Return the subject of a choice's value; None where it is none."""
    if value == UNIT:
        return Subject()
    kind, _, key = value.partition("-")
    if not (key.isascii() and key.isdecimal()) or len(key) > LONGEST_KEY:
        return None
    return {"office": Subject(office_id=int(key)), "post": Subject(post_id=int(key))}.get(kind)


class ItemForm(forms.ModelForm[DutyItem]):
    """A duty."""

    subject = forms.ChoiceField(label="责任主体", help_text="单位、班子成员、内设机构或岗位；没有的请先到单位页面登记")

    class Meta:
        model = DutyItem
        fields = ("text", "kind", "duty_type", "basis", "how", "frequency", "times", "frequency_note", "due_on")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "basis": "法律法规及条款、“三定”规定或文号，例如：《中华人民共和国安全生产法》第十条",
            "how": "怎么做、留什么痕：例如“现场检查，填写检查记录”",
            "frequency_note": "例如：节前加密、汛期每周",
            "due_on": "有明确时限的填写",
        }

    field_order = ("subject",)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subject = self.fields["subject"]
        assert isinstance(subject, forms.ChoiceField)  # noqa: S101 - tells the type checker
        subject.choices = [("", "请选择"), *subject_choices(unit)]

    def _post_clean(self) -> None:
        """Leave the object alone: the service changes it."""

    def draft(self) -> ItemDraft:
        """Return what was typed."""
        data = dict(self.cleaned_data)
        subject = read_subject(data.pop("subject"))
        data.pop("ordering", None)
        return ItemDraft(subject=subject or Subject(), **data)


class ItemEditForm(ItemForm):
    """A duty that is there already."""

    ordering = forms.IntegerField(
        label="排序", min_value=0, max_value=99_999, help_text="同一责任主体内，数字小的排在前面"
    )


class FulfilmentForm(forms.Form):
    """What was done for a duty."""

    done_on = forms.DateField(label="履职日期")
    person = forms.CharField(label="履职人", max_length=60)
    text = forms.CharField(
        label="履职情况",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "做了什么、发现什么、怎么处理"}),
    )

    def draft(self) -> FulfilmentDraft:
        """Return what was typed."""
        return FulfilmentDraft(**{name: self.cleaned_data[name] for name in ("done_on", "text", "person")})
