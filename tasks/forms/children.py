"""Forms of child tasks: one at a time, or pasted lines."""

from typing import Any

from django import forms

from core.fields import OneRowField
from responsibility.models import Unit
from responsibility.selectors import assignable_units
from tasks.forms.charge import WeightField
from tasks.forms.plans import DayField
from tasks.models import Task
from tasks.services.children import NewChild


class ChildForm(forms.Form):
    """One child; lead and deadline are the parent's where nothing is chosen."""

    title = forms.CharField(label="子任务名称", max_length=200)
    lead = OneRowField(
        label="牵头单位",
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.Select(attrs={"data-enhance": ""}),
    )
    due_on = DayField(label="完成时限", required=False)
    weight = WeightField(help_text="合计上级任务进度时按此加权，不填按 1 计。")

    def __init__(self, *args: Any, parent: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(lead := self.fields["lead"], OneRowField):
            lead.queryset = assignable_units()
            lead.empty_label = f"同上级任务（{parent.lead.short_name}）"
        self.fields["due_on"].help_text = f"不填同上级任务；不能晚于 {parent.due_on:%Y-%m-%d}。"

    def child(self) -> NewChild:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        known = {"weight": data["weight"]} if data["weight"] is not None else {}
        return NewChild(data["title"], data["lead"], data["due_on"], **known)


class ChildLinesForm(forms.Form):
    """Pasted lines."""

    lines = forms.CharField(
        label="每行一项",
        max_length=30000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "更新农贸市场消防设施｜县市场监管局｜6月30日｜2"}),
        help_text="名称、牵头单位、完成时限、权重之间用制表符或“｜”隔开，后三项可以不写；可从 Excel 直接粘贴。",
    )
