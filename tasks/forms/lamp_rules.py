"""Form of the lamp table: one row per rule, a few empty ones for new rules."""

from typing import Any

from django import forms

from tasks.lamps import plain
from tasks.models import LampRule, Task
from tasks.services.lamp_rules import MOST, RuleDraft, drafts_of

NEW_ROWS = 2


class LampRuleForm(forms.Form):
    """One row."""

    pk = forms.IntegerField(required=False, min_value=1, max_value=10**15, widget=forms.HiddenInput)
    order = forms.IntegerField(label="次序", min_value=0, max_value=9999)
    condition = forms.ChoiceField(label="情形", choices=[("", "请选择"), *LampRule.Condition.choices])
    threshold = forms.DecimalField(label="阈值", required=False, max_digits=6, decimal_places=1)
    colour = forms.ChoiceField(label="亮灯", choices=[("", "请选择"), *Task.Lamp.choices])
    active = forms.BooleanField(label="启用", required=False)
    remove = forms.BooleanField(label="删除", required=False)

    def draft(self) -> RuleDraft:
        """Return the row as typed."""
        data = self.cleaned_data
        return RuleDraft(
            data["pk"], data["order"], data["condition"], data["threshold"], data["colour"], data["active"]
        )


LampRuleFormSet = forms.formset_factory(
    LampRuleForm, extra=NEW_ROWS, max_num=MOST, absolute_max=MOST + NEW_ROWS, validate_max=True
)


def drafts_typed(rows: "forms.BaseFormSet[LampRuleForm]") -> list[RuleDraft]:
    """Return the rows of a valid form set that are to stand."""
    return [form.draft() for form in rows.forms if form.cleaned_data and not form.cleaned_data["remove"]]


class LampReasonForm(forms.Form):
    """Why the table is changed, and which table the form showed."""

    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)
    reason = forms.CharField(label="修改理由", required=False, max_length=400)


def initial_rows(rules: list[LampRule]) -> list[dict[str, Any]]:
    """Return the stored rows as the form shows them."""
    return [
        {
            "pk": row.pk,
            "order": row.order,
            "condition": row.condition,
            "threshold": None if row.threshold is None else plain(row.threshold),
            "colour": row.colour,
            "active": row.active,
        }
        for row in drafts_of(rules)
    ]
