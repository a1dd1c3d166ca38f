"""Quarterly reports of the demonstration county: the last ones issued, this quarter's being drafted."""

from datetime import date, datetime, timedelta
from functools import partial

from accounts.models import User
from core import clock
from core.workdays import add_working_days
from reports.models import Report
from reports.quarters import Quarter, quarter_of
from reports.services.drafting import make_report, recalculate
from reports.services.freezing import freeze_report
from safetyplan.demo.county import People
from safetyplan.demo.replay import Event
from safetyplan.demo.story import moment_of

CODE = "清安委办发"
# Finished quarters with a report; drafted and signed so many working days after their end.
REPORTED, DRAFTED_AFTER, SIGNED_AFTER = 3, 5, 7
# A quarter is drafted about once something has happened in it.
DAYS_INTO_QUARTER = 14


def quarterly_reports(people: People, until: datetime) -> list[Event]:
    """Return the drafting and signing of the reports up to `until`."""
    office, leader = people.users["office-1"], people.users["leader-2"]
    events, today = [], clock.date_of(until)
    current = quarter = quarter_of(today)
    for _ in range(REPORTED):
        quarter = quarter.previous
        end = quarter.period.end
        drafted = moment_of(add_working_days(end, DRAFTED_AFTER), 9, 30)
        signed = moment_of(add_working_days(end, SIGNED_AFTER), 15, 30)
        events.append(Event(drafted, partial(make_report, actor=office, quarter=quarter)))
        events.append(Event(signed, partial(_sign, quarter, office, leader)))
    yesterday = today - timedelta(days=1)
    if yesterday >= current.period.start + timedelta(days=DAYS_INTO_QUARTER):
        events.append(Event(moment_of(yesterday, 16, 40), partial(make_report, actor=office, quarter=current)))
    return [event for event in events if clock.date_of(event.at) >= _beginning(until)]


def _beginning(until: datetime) -> date:
    """Return the first day on which last year's plan has been worked on long enough to report."""
    return date(until.year - 1, 4, 1)


def _sign(quarter: Quarter, office: User, leader: User) -> None:
    """Bring the draft's figures up to date, as the office does before it hands it to the leader, and issue it."""
    report = Report.objects.of_quarter(quarter).get(state=Report.State.DRAFT)
    recalculate(actor=office, report_id=report.pk)
    year = clock.today().year
    issued = Report.objects.filter(doc_number__startswith=f"{CODE}〔{year}〕").count()
    freeze_report(
        actor=leader,
        report_id=report.pk,
        signatory=str(leader),
        number=f"{CODE}〔{year}〕{issued + 1}号",
        acknowledged=True,
    )
