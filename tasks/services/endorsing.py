"""审签: the head of the lead unit agrees before a report leaves the unit, where the unit wants that."""

from typing import TYPE_CHECKING

from django.db import transaction

from core.models import bump
from tasks.models import ProgressReport
from tasks.permissions import lock_task_for
from tasks.services.moves import carry_out, check_reason, signature_of
from tasks.services.reporting import hand_in, lock_open_round
from tasks.transitions import DECLINE, ENDORSE

if TYPE_CHECKING:
    from accounts.models import User

R = ProgressReport.State


@transaction.atomic
def endorse_report(*, actor: "User", task_id: int, expected_version: int | None = None) -> ProgressReport:
    """审签同意: the report leaves the unit and waits for the office; this day counts against the deadline.

    Args:
        actor: head of the lead unit.
        task_id: a task whose report waits for the head.
        expected_version: version of the task last seen.

    Raises:
        UserError: a ledger's figure has changed so that something is missing now.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.permissions.lock_task_for`.
    """
    task = lock_task_for(actor, task_id, ENDORSE, expected_version)
    report = lock_open_round(task, R.ENDORSING)
    report.endorsed_by, report.endorsed_as = actor, signature_of(actor, task)
    return hand_in(task, report, ENDORSE, actor=actor)


@transaction.atomic
def decline_report(*, actor: "User", task_id: int, reason: str, expected_version: int | None = None) -> ProgressReport:
    """退本单位联络员修改: the report becomes the draft again, with the head's reason on it.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.permissions.lock_task_for`.
    """
    task = lock_task_for(actor, task_id, DECLINE, expected_version)
    reason = check_reason(DECLINE, reason)
    report = lock_open_round(task, R.ENDORSING)
    report.state, report.submitted_by, report.submitted_as, report.head_comment = R.DRAFT, None, "", reason
    bump(report, "state", "submitted_by", "submitted_as", "head_comment")
    carry_out(task, DECLINE, actor=actor, reason=reason)
    return report
