"""Forms of supporting units: what they did, what they think of the lead unit's report, what they are to do."""

from decimal import Decimal
from typing import Any

from django import forms

from tasks.forms.tasks import FigureField
from tasks.lamps import plain
from tasks.models import Contribution, SupportOpinion, Task

# Line ends count double on the way here; the services judge the length.
LONG = 12000


class ContributionForm(forms.Form):
    """配合情况: a text, and the unit's own part of each figure people fill in."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    text = forms.CharField(
        label="本期配合情况",
        max_length=LONG,
        help_text="写本单位为这项任务做了什么，写事实和数字；牵头单位填报时可以一键并入。",
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.value_names = {target.pk: f"value_{target.pk}" for target in task.targets.all() if not target.ledger}
        for target in task.targets.all():
            if target.pk in self.value_names:
                self.fields[self.value_names[target.pk]] = FigureField(
                    label=f"{target.metric}：其中本单位完成（{target.unit or '数值'}）",
                    required=False,
                    min_value=Decimal(0),
                    max_digits=16,
                    decimal_places=2,
                    help_text="自年初以来的累计值；没有单独统计的不填。",
                )

    def values(self) -> dict[int, Decimal | None]:
        """Return the figures that are in order, by target."""
        return {pk: self.cleaned_data[name] for pk, name in self.value_names.items() if name in self.cleaned_data}

    @staticmethod
    def initial_of(row: Contribution | None) -> dict[str, Any]:
        """Return what the form opens with."""
        if row is None:
            return {"version": 0}
        figures = {f"value_{value.target_id}": plain(value.value) for value in row.values.all()}
        return {"version": row.version, "text": row.text, **figures}


class OpinionForm(forms.Form):
    """确认 or 有异议: the pressed button says which."""

    report = forms.IntegerField(min_value=1, max_value=10**18 - 1, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=SupportOpinion.Verdict.choices)
    note = forms.CharField(required=False, max_length=4000)


class SupportRoleForm(forms.Form):
    """配合事项 of one supporting unit."""

    version = forms.IntegerField(min_value=1)
    unit = forms.IntegerField(min_value=1, max_value=10**18 - 1)
    role = forms.CharField(required=False, max_length=1000)
