"""Who may do what to a report; the table of moves says in which state."""

from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.errors import NotAllowed, WrongState
from core.models import lock_row
from reports.models import Report
from reports.transitions import LEADER, NUMBER, OFFICE, REPORT_TRANSITIONS, Transition
from responsibility.authority import authority_of

if TYPE_CHECKING:
    from accounts.models import User

MISSING = "没有这份报告。"


def may_make(user: "User | Any") -> bool:
    """Say whether the person makes reports."""
    return authority_of(user).is_office


def may_read_rows(user: "User | Any") -> bool:
    """Say whether the person may have all rows behind the figures in one file; units see theirs on the pages."""
    return authority_of(user).reads_county


def require_reader(user: "User | Any") -> None:
    """Let through whoever reads reports: office, leaders, auditors and units' people.

    Raises:
        Http404: anybody else.
    """
    authority = authority_of(user)
    if not (authority.reads_county or authority.units):
        raise Http404("没有这个页面。")


def plays(user: "User | Any", who: tuple[str, ...]) -> bool:
    """Say whether the person plays one of the parts today."""
    authority = authority_of(user)
    parts = {OFFICE: authority.is_office, LEADER: authority.is_leader}
    return any(parts[part] for part in who)


def allowed_transitions(user: "User | Any", report: Report) -> list[Transition]:
    """Return the moves open to this person on this report now; they are the buttons of its page."""
    return [
        row
        for row in REPORT_TRANSITIONS
        if report.state in row.sources and plays(user, row.who) and not (row is NUMBER and report.doc_number)
    ]


def get_report_for(user: "User | Any", pk: int) -> Report:
    """Return a report the person may see.

    Raises:
        Http404: it does not exist or is none of their business; the two look alike.
    """
    rows = Report.objects.visible_to(user).select_related("corrects", "made_by", "frozen_by")
    report = rows.filter(pk=pk).first()
    if report is None:
        raise Http404(MISSING)
    return report


def lock_report_for(user: "User | Any", pk: int, move: Transition, expected_version: int | None = None) -> Report:
    """Lock the report for a move and check that the person may make it from the state it is in now.

    Raises:
        Http404: not visible to the person.
        NotAllowed: visible, but not theirs to do.
        WrongState: theirs to do, but not from the state it is in now.
        StaleObject: changed since `expected_version`.
    """
    try:
        report = lock_row(Report.objects.visible_to(user), pk, expected_version)
    except Report.DoesNotExist:
        raise Http404(MISSING) from None
    if not plays(user, move.who):
        raise NotAllowed("您没有权限对这份报告进行此操作。")
    if report.state not in move.sources:
        raise WrongState(
            f"报告当前为“{report.get_state_display()}”，不能“{move.label}”。可能已有其他人处理，请刷新页面查看。"
        )
    return report
