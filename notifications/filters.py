"""Filters of the list of messages."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django_filters.filterset import FilterSet

from notifications.models import Notification


class NotificationFilter(FilterSet):
    """Words in title or text, read or unread, days."""

    q = django_filters.CharFilter(label="搜索", method="search")
    state = django_filters.ChoiceFilter(
        label="状态", choices=(("unread", "未读"), ("read", "已读")), empty_label="全部", method="by_state"
    )
    day = django_filters.DateFromToRangeFilter(field_name="created_at", label="日期")

    primary = ("q", "state", "day")

    class Meta:
        model = Notification
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Notification], name: str, value: Any) -> QuerySet[Notification]:
        """Keep messages whose title or text contains the words."""
        return rows.filter(Q(title__icontains=value) | Q(body__icontains=value))

    def by_state(self, rows: QuerySet[Notification], name: str, value: Any) -> QuerySet[Notification]:
        """Keep the read or the unread."""
        return rows.filter(read_at__isnull=value == "unread")
