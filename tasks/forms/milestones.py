"""Form of a task's milestones: one row each, a few empty ones, the curve and the reason."""

from decimal import Decimal
from typing import Any

from django import forms

from tasks.forms.tasks import FigureField
from tasks.lamps import plain
from tasks.models import Task, TaskNode
from tasks.services.milestones import KINDS, MOST, MilestoneDraft

NEW_ROWS = 3


class MilestoneForm(forms.Form):
    """One milestone."""

    id = forms.IntegerField(required=False, min_value=1, max_value=10**15, widget=forms.HiddenInput)
    title = forms.CharField(label="节点名称", max_length=200)
    kind = forms.ChoiceField(label="类型", choices=KINDS, initial=TaskNode.Kind.OTHER)
    due_on = forms.DateField(label="完成时限", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    share = FigureField(
        label="累计占比（%）",
        required=False,
        min_value=Decimal("0.1"),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    remove = forms.BooleanField(label="删除", required=False)

    def has_changed(self) -> bool:
        """An empty row whose kind alone was touched is still empty."""
        return any(name != "kind" for name in self.changed_data) or bool(self.initial)

    def draft(self) -> MilestoneDraft:
        """Return the row as typed."""
        data = self.cleaned_data
        return MilestoneDraft(data["id"], data["kind"], data["title"], data["due_on"], data["share"])


MilestoneFormSet = forms.formset_factory(
    MilestoneForm, extra=NEW_ROWS, max_num=MOST, absolute_max=MOST + NEW_ROWS, validate_max=True
)


class MilestoneReasonForm(forms.Form):
    """The version seen, the curve where the office chooses it, and why the milestones change."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if office:
            self.fields["curve"] = forms.ChoiceField(
                label="计划进度",
                choices=Task.Curve.choices,
                help_text="按节点推进的，节点到期的次日起按累计占比计算应达进度；确定后节点由县安委办调整。",
            )
            self.order_fields(["version", "curve", "reason"])


def drafts_typed(rows: "forms.BaseFormSet[MilestoneForm]") -> list[MilestoneDraft]:
    """Return the rows of a valid form set that are to stand."""
    return [form.draft() for form in rows.forms if form.cleaned_data.get("title") and not form.cleaned_data["remove"]]


def initial_rows(nodes: list[TaskNode]) -> list[dict[str, Any]]:
    """Return stored milestones as the form shows them."""
    return [
        {
            "id": node.pk,
            "title": node.title,
            "kind": node.kind,
            "due_on": node.due_on,
            "share": None if node.share is None else plain(node.share),
        }
        for node in nodes
    ]


def proposed_rows(drafts: list[MilestoneDraft]) -> list[dict[str, Any]]:
    """Return the rows of a template as the form shows them; they are typed, so that they are saved as they stand."""
    return [
        {
            "title": row.title,
            "kind": row.kind,
            "due_on": row.due_on,
            "share": None if row.share is None else plain(row.share),
        }
        for row in drafts
    ]
