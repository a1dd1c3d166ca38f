"""Reads of reports for other pages: the latest one, and the quarters that can be reported on."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from core import clock
from reports.models import Report
from reports.permissions import may_make
from reports.quarters import Quarter, quarter_of
from tasks.models import Plan

S = Report.State


# Enough for the drafts and the last edition in force: a quarter has one of each at most.
_LATEST = 12


@dataclass(frozen=True, slots=True)
class ReportCard:
    """What the dashboard says of reports.

    Attributes:
        latest: the last edition in force, if any.
        draft: the newest draft, for those who see drafts.
        makes: the running quarter, where the person can draft its report and it has none.
    """

    latest: Report | None
    draft: Report | None
    makes: Quarter | None


def report_card(user: Any, planned_years: Collection[int]) -> ReportCard:
    """Return what the dashboard shows the person. Costs one query.

    Args:
        user: who looks.
        planned_years: years with a published plan.
    """
    rows = list(Report.objects.visible_to(user).filter(state__in=[S.DRAFT, S.FROZEN]).light()[:_LATEST])
    latest = next((report for report in rows if report.state == S.FROZEN), None)
    draft = next((report for report in rows if report.is_draft), None)
    current = quarter_of(clock.today())
    missing = current.year in planned_years and all(report.of != current for report in rows)
    return ReportCard(latest, draft, current if missing and may_make(user) else None)


def makeable_quarters() -> list[Quarter]:
    """Return the quarters without a report that could be drafted now, newest first. Costs two queries."""
    current = quarter_of(clock.today())
    years = Plan.objects.filter(state=Plan.State.PUBLISHED, year__lte=current.year).values_list("year", flat=True)
    taken = Report.objects.filter(state__in=[S.DRAFT, S.FROZEN]).values_list("year", "quarter")
    known = {Quarter(year, number) for year, number in taken}
    every = {Quarter(year, number) for year in years for number in (1, 2, 3, 4)}
    return sorted((quarter for quarter in every - known if quarter <= current), reverse=True)
