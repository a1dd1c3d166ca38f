"""People who log in. What they may do comes from their dated memberships in units."""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from core import clock


class User(AbstractUser):
    """An account of one person; never shared by several."""

    display_name = models.CharField("姓名", max_length=60)
    phone = models.CharField("联系电话", max_length=40, blank=True)

    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """Return the person's name as printed on screens and letters."""
        return self.display_name or self.username


class FailedLogin(models.Model):
    """An attempt to log in that failed, kept as long as it counts (`accounts.lockout`)."""

    # As typed, in small letters: the account may not exist.
    username = models.CharField("用户名", max_length=150, db_index=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    at = models.DateTimeField("时间", default=clock.now, db_index=True)

    class Meta:
        verbose_name = "登录失败"
        verbose_name_plural = "登录失败"

    def __str__(self) -> str:
        return f"{self.username} {self.address}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Reads of tokens."""

    def in_force_at(self, moment: datetime) -> Self:
        """Keep tokens that open the interface at `moment`: not revoked, not run out, of an active account."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=moment, user__is_active=True)


class ApiToken(models.Model):
    """接口令牌: lets a program of its owner's call the interface with exactly the owner's rights of the day.

    The token itself is shown once and kept nowhere; what is stored is its digest. 256 random bits need no slow hash.
    """

    user = models.ForeignKey(User, verbose_name="所有人", on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField("用途", max_length=60)
    # First signs of the token, by which its owner tells it from others.
    hint = models.CharField("令牌开头", max_length=12)
    digest = models.CharField("令牌 SHA-256", max_length=64, unique=True)
    created_at = models.DateTimeField("建立时间", default=clock.now)
    expires_at = models.DateTimeField("有效期至")
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="api_token_expires_later"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.hint}…）"

    @property
    def standing(self) -> str:
        """How it stands now: "revoked", "expired" or "active"."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if self.expires_at > clock.now() else "expired"
