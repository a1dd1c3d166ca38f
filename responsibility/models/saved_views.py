"""保存的视图: a list's filters, order and columns under a name, for oneself, one's unit or everybody."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from responsibility.models.units import Unit

if TYPE_CHECKING:
    from accounts.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Reads of saved views."""

    def visible_to(self, user: "User | Any") -> Self:
        """The person's own, those of the units they work in today, and the shared ones."""
        from responsibility.authority import authority_of

        units = authority_of(user).units
        S = SavedView.Scope
        return self.filter(Q(owner=user.pk) | Q(scope=S.UNIT, unit_id__in=units) | Q(scope=S.SHARED))


class SavedView(models.Model):
    """One view; it holds an address of a list, never rows: what it shows is filtered by who opens it."""

    class Scope(models.TextChoices):
        """Who is offered the view."""

        OWN = "own", "仅自己"
        UNIT = "unit", "本单位"
        SHARED = "shared", "全县共用"

    page = models.CharField("列表", max_length=60)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("筛选条件", max_length=2000, blank=True)
    scope = models.CharField("范围", max_length=8, choices=Scope, default=Scope.OWN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="保存人", on_delete=models.CASCADE, related_name="saved_views"
    )
    unit = models.ForeignKey(
        Unit, verbose_name="单位", on_delete=models.CASCADE, related_name="saved_views", null=True, blank=True
    )
    created_at = models.DateTimeField("保存时间", default=clock.now, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "保存的视图"
        verbose_name_plural = "保存的视图"
        ordering = ["page", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_once"),
            models.CheckConstraint(
                condition=Q(scope="unit", unit__isnull=False) | (~Q(scope="unit") & Q(unit__isnull=True)),
                name="saved_view_unit_given",
            ),
        ]

    def __str__(self) -> str:
        return self.name
