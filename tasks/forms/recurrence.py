"""Form fields of a recurrence: how often, and the months of 指定月份."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from tasks.models import Recurrence
from tasks.models.recurrence import months_of
from tasks.occurrences import flood_start

BETWEEN = re.compile(r"[\s,，、;；月和及]+")


class MonthsField(forms.CharField):
    """Months as people write them: 3、6、9 or 3月,6月."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="指定月份",
            required=False,
            max_length=60,
            help_text="频次选“指定月份”时填写，例如：3、6、9。",
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        """Return the months as numbers, each once, in order.

        Raises:
            ValidationError: something is no month.
        """
        text = unicodedata.normalize("NFKC", str(super().clean(value) or ""))
        parts = [part for part in BETWEEN.split(text) if part]
        if not all(re.fullmatch(r"[0-9]{1,2}", part) and 1 <= int(part) <= 12 for part in parts):
            raise ValidationError("月份应为 1 至 12 的数字，用顿号隔开，例如：3、6、9。")
        return sorted({int(part) for part in parts})


def recurrence_field() -> forms.ChoiceField:
    """Return the choice of a recurrence; its help says what 汛前 means in this county."""
    start = flood_start(2026)
    return forms.ChoiceField(
        label="期次",
        choices=Recurrence.choices,
        required=False,
        help_text=f"每期到期前由牵头单位报送完成。“汛前”指本县汛期开始（{start.month}月{start.day}日，由县设定）的前一天。",
    )


class RecurrenceForm(forms.Form):
    """调整期次: the version seen, the recurrence and why."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    months = MonthsField()
    reason = forms.CharField(label="理由", max_length=600, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("version", "recurrence", "months", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recurrence"] = recurrence_field()
        self.order_fields(self.field_order)


class OccurrenceForm(forms.Form):
    """One occurrence: its name, its day and why it changes."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label="期次名称", max_length=200)
    due_on = forms.DateField(label="完成时限")
    reason = forms.CharField(label="理由", max_length=600, widget=forms.Textarea(attrs={"rows": 2}))


def months_written(stored: str) -> str:
    """Write stored months as a person would type them."""
    return "、".join(map(str, months_of(stored)))
