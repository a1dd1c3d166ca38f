"""Forms of the rules, the counting rule, the target, the villages and the waivers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from core import clock
from drills.forms.records import EnterpriseField
from drills.models import Drill, DrillRule, DrillSetting, DrillTarget
from drills.selectors import units_to_file_for
from drills.services.rules import RuleDraft
from drills.services.targets import LARGEST, TargetDraft
from drills.sharing import BASES, Weight
from responsibility.models import Unit


class RuleForm(forms.ModelForm[DrillRule]):
    """A rule of who owes what."""

    class Meta:
        model = DrillRule
        fields = (
            "subject",
            "sector",
            "what",
            "frequency",
            "by_joining",
            "basis",
            "ordering",
            "from_year",
            "to_year",
        )
        help_texts = {
            "basis": "文件名称和条款，例如“年度安全生产工作要点第16条”",
            "ordering": "数字小的排在前面",
            "from_year": "从哪一年起按这条规则计算",
            "to_year": "不再执行的填写最后一年；修改规则会影响它适用的所有年度，要保留以前年度的口径，请先截止再新增",
        }
        widgets = {"basis": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.fields["from_year"].initial = clock.today().year

    def _post_clean(self) -> None:
        """Leave the object alone: what fits together is the service's to say."""

    def draft(self) -> RuleDraft:
        """Return what was typed."""
        return RuleDraft(**self.cleaned_data)


class SettingForm(forms.ModelForm[DrillSetting]):
    """What makes a record count."""

    class Meta:
        model = DrillSetting
        fields = (
            "min_participants",
            "min_participants_enterprise",
            "photos_needed",
            "plan_needed",
            "evaluation_needed",
            "desk_counts",
            "flood_month",
            "flood_day",
            "grace_days",
        )

    def _post_clean(self) -> None:
        """Leave the object alone: the service writes it."""


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """A township on the page of the target: what its share may be weighed by, and the field of its number."""

    weight: Weight
    field: BoundField


class TargetForm(forms.Form):
    """The year's target with a number for each township."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    value = forms.IntegerField(label="目标场次", min_value=1, max_value=LARGEST)
    kind = forms.ChoiceField(
        label="计入的演练类型",
        required=False,
        choices=[("", "各类演练都计入"), *Drill.Kind.choices],
        help_text="例如工作要点写“综合演练400场次”的，选“综合演练”",
    )
    basis = forms.CharField(label="依据", required=False, max_length=200)
    by = forms.ChoiceField(label="分配方法", required=False, choices=list(BASES.items()))

    def __init__(self, *args: Any, rows: Sequence[Weight], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"quota_{row.unit.pk}"] = forms.IntegerField(
                label=f"{row.unit.short_name}任务场次", required=False, min_value=0, max_value=LARGEST
            )

    def lines(self) -> Iterator[QuotaLine]:
        """Yield the townships with their fields."""
        for row in self.rows:
            yield QuotaLine(row, self[f"quota_{row.unit.pk}"])

    def shown_sum(self) -> int:
        """Return what the numbers as shown come to."""
        values = [str(line.field.value() or "") for line in self.lines()]
        return sum(int(value) for value in values if value.isdecimal() and len(value) < 9)

    def draft(self) -> TargetDraft:
        """Return what was typed; a township left empty has no quota."""
        data = self.cleaned_data
        typed = {row.unit.pk: data.get(f"quota_{row.unit.pk}") for row in self.rows}
        quotas = {pk: number for pk, number in typed.items() if number is not None}
        return TargetDraft(data["value"], data["kind"], data["basis"], quotas)

    @staticmethod
    def initial_of(target: DrillTarget | None) -> dict[str, Any]:
        """Return what the page opens with."""
        if target is None:
            return {"version": 0, "kind": Drill.Kind.COMPREHENSIVE, "by": "both"}
        quotas = {f"quota_{row.unit_id}": row.number for row in target.quotas.all()}
        shared = {"value": target.value, "kind": target.kind, "basis": target.basis, "version": target.version}
        return {"by": "both"} | shared | quotas


class VillageForm(forms.Form):
    """The number of villages of each township; beside each the number the page was opened with."""

    def __init__(self, *args: Any, units: Sequence[Unit], numbers: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        for unit in units:
            self.fields[f"number_{unit.pk}"] = forms.IntegerField(
                label=f"{unit.short_name}村（社区）数",
                required=False,
                min_value=0,
                max_value=LARGEST,
                initial=numbers.get(unit.pk),
            )
            self.fields[f"seen_{unit.pk}"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, initial=numbers.get(unit.pk)
            )

    def lines(self) -> Iterator[tuple[Unit, BoundField, BoundField]]:
        """Yield each township with its two fields."""
        for unit in self.units:
            yield unit, self[f"number_{unit.pk}"], self[f"seen_{unit.pk}"]

    def counts(self) -> dict[int, tuple[int | None, int]]:
        """Return what was seen and what was typed; a field left empty says nothing."""
        data = self.cleaned_data
        typed = {unit.pk: (data[f"seen_{unit.pk}"], data[f"number_{unit.pk}"]) for unit in self.units}
        return {pk: (seen, number) for pk, (seen, number) in typed.items() if number is not None}


class WaiverForm(forms.Form):
    """Whom to let off, from when to when, and why."""

    unit = forms.ModelChoiceField(label="单位", queryset=Unit.objects.none(), required=False, empty_label="请选择")
    valid_from = forms.DateField(label="免练起")
    valid_to = forms.DateField(
        label="免练止", required=False, help_text="结束日期落在免练期间内的时段不要求演练；空着表示至撤销为止"
    )
    reason = forms.CharField(
        label="理由", max_length=200, help_text="例如“2026年9月新开业，上半年不要求”“停产整改至年底”"
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_to_file_for(user)  # type: ignore[attr-defined]
        self.fields["enterprise"] = EnterpriseField(
            user=user,
            label="企业",
            required=False,
            help_text="企业全称或统一社会信用代码；单位和企业只填一个",
        )
        self.order_fields(["unit", "enterprise", "valid_from", "valid_to", "reason"])


class WithdrawForm(forms.Form):
    """Why a waiver is taken back."""

    reason = forms.CharField(label="撤销理由", max_length=200)
