"""期次的频次: how often something of an item or a task is due within its year."""

from django.db import models
from django.db.models import Q


class Recurrence(models.TextChoices):
    """How often a task is due; what falls due each time is an occurrence (`tasks.occurrences`)."""

    ONCE = "", "不分期次"
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF_YEAR = "half_year", "每半年"
    YEAR = "year", "每年"
    FLOOD = "flood", "汛前"
    MONTHS = "months", "指定月份"


def recurrence_checked(name: str) -> models.CheckConstraint:
    """Return the constraint that months are named where, and only where, months are what recurs."""
    return models.CheckConstraint(
        condition=(Q(recurrence="months") & ~Q(recurrence_months=""))
        | (~Q(recurrence="months") & Q(recurrence_months="")),
        name=name,
    )


class Recurring(models.Model):
    """A row that may be due again and again in its year."""

    recurrence = models.CharField("期次", max_length=12, choices=Recurrence, default=Recurrence.ONCE, blank=True)
    # "3,6,9": only for 指定月份.
    recurrence_months = models.CharField("指定月份", max_length=30, default="", blank=True)

    class Meta:
        abstract = True

    @property
    def months(self) -> list[int]:
        """The months named, 1–12; empty where none are."""
        return months_of(self.recurrence_months)

    @property
    def recurrence_words(self) -> str:
        """How often it is due, in words: 每季度, 指定月份（3、6、9月）; empty where it is due once."""
        return recurrence_words(self.recurrence, self.recurrence_months)


def months_of(text: str) -> list[int]:
    """Read the stored months."""
    return [int(month) for month in text.split(",") if month]


def recurrence_words(recurrence: str, months: str) -> str:
    """Put a recurrence into words; empty where there is none."""
    if not recurrence:
        return ""
    named = f"（{'、'.join(map(str, months_of(months)))}月）" if months else ""
    return f"{Recurrence(recurrence).label}{named}"
