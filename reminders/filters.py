"""Filters of the list of reminders; each lives in the address."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django_filters.filterset import FilterSet

from reminders.models import Reminder, ReminderRule

STATES = (("sent", "已发送"), ("waiting", "待发送"), ("superseded", "被后续提醒覆盖"))


class ReminderFilter(FilterSet):
    """Search and filters over reminders."""

    q = django_filters.CharFilter(
        label="搜索", method="search", widget=forms.SearchInput(attrs={"placeholder": "任务、编号、姓名"})
    )
    rule = django_filters.ModelChoiceFilter(label="提醒规则", queryset=ReminderRule.objects.all(), empty_label="全部")
    state = django_filters.ChoiceFilter(label="状态", choices=STATES, empty_label="全部", method="by_state")
    sent = django_filters.DateFromToRangeFilter(field_name="sent_on", label="发送日期")
    # One task's rows: the link from its page.
    task = django_filters.NumberFilter(field_name="task__id", widget=forms.HiddenInput)
    primary = ("q", "rule", "state", "sent")

    class Meta:
        model = Reminder
        fields: tuple[str, ...] = ()

    def search(self, rows: "QuerySet[Reminder]", name: str, value: str) -> "QuerySet[Reminder]":
        """Match every word in the task's code or title, or the person's name."""
        for word in value.replace("\x00", "").split()[:6]:
            rows = rows.filter(
                Q(task__code__icontains=word)
                | Q(task__title__icontains=word)
                | Q(recipient__display_name__icontains=word)
            )
        return rows

    def by_state(self, rows: "QuerySet[Reminder]", name: str, value: str) -> "QuerySet[Reminder]":
        """Keep reminders that were sent, wait, or were overtaken by a later step."""
        if value == "superseded":
            return rows.filter(superseded=True)
        return rows.filter(superseded=False, sent_on__isnull=value == "waiting")
