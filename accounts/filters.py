"""Filters of the list of one's own tokens."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django_filters.filterset import FilterSet

from accounts.models import ApiToken
from core import clock

STANDINGS = (("active", "有效"), ("expired", "已过期"), ("revoked", "已撤销"))


class TokenFilter(FilterSet):
    """Search by purpose, and how the token stands."""

    q = django_filters.CharFilter(
        label="搜索", method="search", widget=forms.SearchInput(attrs={"placeholder": "用途、令牌开头"})
    )
    standing = django_filters.ChoiceFilter(label="状态", choices=STANDINGS, empty_label="全部", method="by_standing")

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ()

    def search(self, rows: "QuerySet[ApiToken]", name: str, value: str) -> "QuerySet[ApiToken]":
        """Match every word in the purpose or the first signs."""
        for word in value.replace("\x00", "").split()[:6]:
            rows = rows.filter(name__icontains=word) | rows.filter(hint__istartswith=word)
        return rows

    def by_standing(self, rows: "QuerySet[ApiToken]", name: str, value: str) -> "QuerySet[ApiToken]":
        """Keep the tokens that stand so now."""
        if value == "revoked":
            return rows.filter(revoked_at__isnull=False)
        rows = rows.filter(revoked_at__isnull=True)
        now = clock.now()
        return rows.filter(expires_at__gt=now) if value == "active" else rows.filter(expires_at__lte=now)
