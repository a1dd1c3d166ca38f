"""Forms of the plan pages: import, head of the plan, item with its targets, reasons."""

import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.fields import SeveralRowsField
from evidence.checks import MAX_BYTES
from responsibility.models import Unit
from tasks.forms.charge import ChargeForm
from tasks.forms.recurrence import MonthsField, months_written, recurrence_field
from tasks.models import Operator, Plan, PlanItem, Recurrence
from tasks.models.plan import plain
from tasks.services.importing import YEARS, PlanFacts
from tasks.services.item_editing import ItemDraft, TargetDraft

# A year's plan has some 6,000 characters; far beyond this it is not one document.
LONGEST_PASTE = 500_000
NEW_TARGET_ROWS = 1


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class FigureField(forms.DecimalField):
    """A number as offices type it: full-width digits and thousands separators are understood."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Read the number."""
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(",", "").replace(" ", "")
        return super().to_python(value)


class PlanImportForm(forms.Form):
    """A document, as a file or pasted, and the year it is for."""

    year = forms.IntegerField(
        label="年度", min_value=YEARS.start, max_value=YEARS.stop - 1, help_text="文中没有写明年份的日期按这一年计算。"
    )
    file = forms.FileField(
        label="上传文件",
        required=False,
        help_text=(
            f"Word 文档（.docx）、文字版 PDF 或纯文本（.txt），不超过 {MAX_BYTES // 1024 // 1024} MB。"
            "扫描件请先识别成文字。"
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.pdf,.txt,.md"}),
        error_messages={"empty": "这是一个空文件，请检查后重新选择。"},
    )
    text = forms.CharField(
        label="或者粘贴全文",
        required=False,
        widget=forms.Textarea(attrs={"rows": 9, "placeholder": "从文件或网页复制全文后粘贴在这里"}),
        help_text="网页上的按钮、字数、广告等杂讯不必删，读取时会剔除并标出。",
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before anything reads it."""
        upload = self.cleaned_data.get("file")
        if upload and upload.size > MAX_BYTES:
            raise ValidationError(f"文件超过 {MAX_BYTES // 1024 // 1024} MB。请删去其中的图片后另存，或只粘贴文字。")
        return upload

    def clean_text(self) -> str:
        """Refuse what is no single document."""
        text: str = self.cleaned_data["text"]
        if len(text) > LONGEST_PASTE:
            raise ValidationError(f"文字超过 {LONGEST_PASTE // 10_000} 万字，不像是一份工作要点。请只粘贴正文。")
        return text

    def clean(self) -> dict[str, Any]:
        """Want one source, not two."""
        data = super().clean() or {}
        if self.errors:
            return data
        if not data.get("file") and not data.get("text"):
            raise ValidationError("请选择一个文件，或者粘贴全文。")
        if data.get("file") and data.get("text"):
            raise ValidationError("上传文件和粘贴全文只能用一种：请清空粘贴的文字，或不要选择文件。")
        return data


class PlanForm(forms.Form):
    """The head of a plan."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label="标题", max_length=200)
    doc_number = forms.CharField(label="文号", max_length=60, required=False, help_text="例如：×安委〔2026〕3号。")
    issuer = forms.CharField(label="印发机关", max_length=120, required=False)
    issued_on = DayField(label="印发日期", required=False)
    report_every = forms.ChoiceField(
        label="报送周期", choices=Plan.Every.choices, help_text="各单位按此周期填报进展，也用于判断是否漏报。"
    )

    @staticmethod
    def initial_of(plan: Plan) -> dict[str, Any]:
        """Return what the form opens with."""
        names = ("version", "title", "doc_number", "issuer", "issued_on", "report_every")
        return {name: getattr(plan, name) for name in names}

    def facts(self) -> PlanFacts:
        """Return the valid form as the service takes it."""
        return PlanFacts(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class WithdrawForm(forms.Form):
    """Why a draft is put aside."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(label="作废理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DropForm(forms.Form):
    """Why an item becomes no task; part of the one form of the check, whose other buttons need no reason."""

    use_required_attribute = False

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(label="不纳入任务的理由", max_length=200)


class SectionForm(forms.Form):
    """The name of a chapter."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label="章节名称", max_length=200)


class PublishForm(forms.Form):
    """What the person saw when confirming."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    contents = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    knowing = forms.BooleanField(required=False)


class ItemForm(ChargeForm):
    """Title, dates and units of an item."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label="任务名称", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    starts_on = DayField(label="开始日期", required=False)
    due_on = DayField(label="完成时限", required=False)
    months = MonthsField()
    lead = forms.ModelChoiceField(
        label="牵头单位",
        queryset=Unit.objects.exclude(kind=Unit.Kind.GROUP),
        required=False,
        empty_label="（未定）",
        widget=forms.Select(attrs={"data-enhance": ""}),
    )
    supports = SeveralRowsField(
        label="配合单位",
        queryset=Unit.objects.all(),
        required=False,
        widget=forms.SelectMultiple(attrs={"data-enhance": "", "size": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What 汛前 means is a setting of the county, read when the form is drawn.
        self.fields["recurrence"] = recurrence_field()

    def clean(self) -> dict[str, Any]:
        """Want months where months are what recurs."""
        data = super().clean() or {}
        if data.get("recurrence") == Recurrence.MONTHS and "months" in data and not data["months"]:
            self.add_error("months", "选“指定月份”的，请填写月份，例如：3、6、9。")
        return data

    def offer(self, units: list[Unit]) -> None:
        """Draw the lists of units from rows already read."""
        single = [(unit.pk, unit.short_name) for unit in units if unit.kind != Unit.Kind.GROUP]
        self.fields["lead"].widget.choices = [("", "（未定）"), *single]
        self.fields["supports"].widget.choices = [(unit.pk, unit.short_name) for unit in units]

    def clean_title(self) -> str:
        """A title is one line."""
        return " ".join(self.cleaned_data["title"].split())

    @staticmethod
    def initial_of(item: PlanItem) -> dict[str, Any]:
        """Return what the form opens with."""
        return {
            "version": item.version,
            "title": item.title,
            "starts_on": item.starts_on,
            "due_on": item.due_on,
            "recurrence": item.recurrence,
            "months": months_written(item.recurrence_months),
            "lead": item.lead_id,
            "supports": [unit.pk for unit in item.supports.all()],
        } | ChargeForm.charge_of(item)


class TargetForm(forms.Form):
    """One target of an item."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    metric = forms.CharField(label="指标名称", max_length=120)
    operator = forms.ChoiceField(label="要求", choices=Operator.choices, initial=Operator.AT_LEAST)
    value = FigureField(label="目标值", min_value=Decimal(0), max_digits=16, decimal_places=2)
    unit = forms.CharField(label="计量单位", max_length=20, required=False)
    dropped = forms.BooleanField(label="不采用", required=False)


TargetFormSet = forms.formset_factory(TargetForm, extra=NEW_TARGET_ROWS, max_num=200)


def targets_initial(item: PlanItem) -> list[dict[str, Any]]:
    """Return what the targets table opens with."""
    return [
        {
            "id": row.pk,
            "metric": row.metric,
            "operator": row.operator,
            "value": plain(row.value),
            "unit": row.unit,
            "dropped": row.dropped,
        }
        for row in item.targets.all()
    ]


def item_draft(form: ItemForm, rows: "forms.BaseFormSet[TargetForm]") -> ItemDraft:
    """Return the two valid forms as the service takes them."""
    data = form.cleaned_data
    return ItemDraft(
        title=data["title"],
        starts_on=data["starts_on"],
        due_on=data["due_on"],
        lead=data["lead"],
        supports=list(data["supports"]),
        # A form without the field says nothing of it.
        recurrence=data["recurrence"] if "recurrence" in form.data else None,
        months=data["months"],
        targets=[TargetDraft(**row.cleaned_data) for row in rows if row.cleaned_data.get("metric")],
        charge=form.charge(),
    )
