"""People who log in. What they may do comes from their dated memberships in units."""

from django.contrib.auth.models import AbstractUser
from django.db import models

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
