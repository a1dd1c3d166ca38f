"""Forms of the task pages."""

import unicodedata
from decimal import Decimal
from typing import Any

from django import forms

from core.ui import LONGEST_KEY
from tasks.lamps import plain
from tasks.models import ProgressReport, Task, TaskTarget
from tasks.progress import WHOLE_YEAR, is_amount
from tasks.services.reporting import TEXT_FIELDS, ReportDraft

TEXT_LABELS = {
    "actions_taken": ("主要做法", "做了什么：会议、部署、检查、投入等，写事实和数字。", 5),
    "results": ("工作成效", "取得的结果。", 3),
    "problems": ("存在问题", "没有可不填。需要协调解决的请写明需要谁、何时解决。", 3),
    "next_steps": ("下一步打算", "", 3),
}


class FigureField(forms.DecimalField):
    """A figure as people type it: full-width digits and thousands separators are understood."""

    def to_python(self, value: Any) -> Any:
        """Return the number, or None where nothing was typed."""
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(",", "").replace(" ", "")
        return super().to_python(value)


class SourceForm(forms.Form):
    """取数来源 of a target: by hand or the metric of a ledger, with the reason; the service judges both."""

    version = forms.IntegerField(min_value=1)
    ledger = forms.CharField(required=False, max_length=60)
    reason = forms.CharField(required=False, max_length=2000)


class ReportForm(forms.Form):
    """进展填报: one field for each target, the percent where no target gives it, four texts, the draft's version."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets: list[TaskTarget] = list(task.targets.all())
        # The figures of the others come from their ledgers.
        by_hand = [target for target in self.targets if not target.ledger]
        self.value_names = {target.pk: f"value_{target.pk}" for target in by_hand}
        for target in by_hand:
            wanted = f"{target.get_operator_display()}{plain(target.value)}{target.unit}"
            before = "" if target.verified_value is None else f"；上次审定 {plain(target.verified_value)}{target.unit}"
            self.fields[self.value_names[target.pk]] = FigureField(
                label=f"{target.metric}（{target.unit or '数值'}）",
                required=False,
                min_value=Decimal(0),
                max_digits=16,
                decimal_places=2,
                help_text=f"目标：{_every(target.period)}{wanted}{before}。{_what_to_fill(target)}",
            )
        amounts = any(is_amount(target) for target in self.targets)
        self.states_own_percent = not (amounts or task.curve_points or task.children.exists())
        if self.states_own_percent:
            self.fields["percent"] = FigureField(
                label="总体进度（%）",
                required=False,
                min_value=Decimal(0),
                max_value=Decimal(100),
                max_digits=5,
                decimal_places=1,
                help_text="没有可以自动折算的数量指标，请按实际填写 0–100。",
            )
        for name in TEXT_FIELDS:
            label, help_text, rows = TEXT_LABELS[name]
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=10000,
                help_text=help_text,
                widget=forms.Textarea(attrs={"rows": rows}),
            )

    @property
    def reason(self) -> str:
        """Why the office enters it; empty on the unit's own form."""
        return str(self.cleaned_data.get("reason", ""))

    def ticked(self) -> list[int]:
        """Return the keys of the nodes ticked on the form; what is none is left out, the service looks at the rest."""
        values = self.data.getlist("nodes") if hasattr(self.data, "getlist") else []
        return [int(value) for value in values if value.isdecimal() and len(value) <= LONGEST_KEY]

    def draft(self) -> ReportDraft:
        """Return what is in order on the form as the service takes it; what is not keeps its stored content."""
        data = self.cleaned_data
        return ReportDraft(
            values={pk: data[name] for pk, name in self.value_names.items() if name in data},
            percent=data.get("percent"),
            keeps_percent="percent" not in data,
            nodes=self.ticked(),
            texts={name: data[name] for name in TEXT_FIELDS if name in data},
        )

    @staticmethod
    def initial_of(report: ProgressReport | None, last: ProgressReport | None) -> dict[str, Any]:
        """Return what the form opens with: the draft, else the figures and problems of the last round (enter once)."""
        if report is None and last is None:
            return {"version": 0}
        source = report or last
        assert source is not None  # noqa: S101 - one of the two is there
        initial: dict[str, Any] = {f"value_{row.target_id}": _written(row.value) for row in source.values.all()}
        initial["percent"] = _written(source.percent)
        if report is not None:
            initial |= {name: getattr(report, name) for name in TEXT_FIELDS}
        # A returned round is mended, not written anew.
        elif source.state == ProgressReport.State.RETURNED:
            initial |= {name: getattr(source, name) for name in TEXT_FIELDS}
        return initial | {"version": report.version if report else 0}


class ForUnitForm(ReportForm):
    """代报进展: the report form with the reason on top."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.CharField(
            label="代报原因",
            # Said by the service, in the words of the move.
            required=False,
            max_length=8000,
            help_text="为什么由县安委办代报，例如：该镇网络中断，已送交盖章的纸质报送表。会通知该单位并留在办理记录中。",
            widget=forms.Textarea(attrs={"rows": 2, "required": True}),
        )
        self.order_fields(["version", "reason"])


def _written(value: Decimal | None) -> str:
    """Write a figure as a person would type it."""
    return "" if value is None else plain(value)


PERIODS = {"half_year": "每半年", "quarter": "每季度", "month": "每月", "week": "每周", "day": "每天"}


def _every(period: str) -> str:
    return PERIODS.get(period, "")


def _what_to_fill(target: TaskTarget) -> str:
    if target.period in WHOLE_YEAR:
        return "填自年初以来的累计值。"
    return f"填最近一期（{_every(target.period) or '每期'}）的完成值，不折算总体进度。"
