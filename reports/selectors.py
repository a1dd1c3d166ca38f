"""Reads of reports for other pages: the latest one, and the quarters that can be reported on."""

from dataclasses import dataclass
from typing import Any

from core import clock
from reports.models import Report
from reports.permissions import may_make
from reports.quarters import Quarter, quarter_of
from tasks.models import Plan

S = Report.State


@dataclass(frozen=True, slots=True)
class ReportCard:
    """What the dashboard says of reports.

    Attributes:
        latest: the last edition in force the person may read, if any.
        draft: the newest draft, for those who see drafts.
        makes: the quarter the office can draft a report of, where it has none.
    """

    latest: Report | None
    draft: Report | None
    makes: Quarter | None


def report_card(user: Any) -> ReportCard:
    """Return what the dashboard shows the person. Costs two queries, three for the office."""
    visible = Report.objects.visible_to(user).light()
    latest = visible.filter(state=S.FROZEN).first()
    draft = visible.filter(state=S.DRAFT).first()
    current = quarter_of(clock.today())
    makes = None
    if may_make(user) and not _has_report(current, latest, draft):
        planned = Plan.objects.filter(year=current.year, state=Plan.State.PUBLISHED).exists()
        makes = current if planned else None
    return ReportCard(latest, draft, makes)


def _has_report(quarter: Quarter, *reports: Report | None) -> bool:
    return any(report is not None and report.of == quarter for report in reports)


def makeable_quarters() -> list[Quarter]:
    """Return the quarters without a report that could be drafted now, newest first. Costs two queries."""
    current = quarter_of(clock.today())
    years = Plan.objects.filter(state=Plan.State.PUBLISHED, year__lte=current.year).values_list("year", flat=True)
    taken = Report.objects.filter(state__in=[S.DRAFT, S.FROZEN]).values_list("year", "quarter")
    known = {Quarter(year, number) for year, number in taken}
    every = {Quarter(year, number) for year in years for number in (1, 2, 3, 4)}
    return sorted((quarter for quarter in every - known if quarter <= current), reverse=True)
