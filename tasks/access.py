"""Who may see and change the evidence of a progress report, and of what supporting units give for it."""

from typing import Any

from responsibility.authority import authority_of
from tasks.directive_permissions import may_change
from tasks.models import Directive, ProgressReport, Task
from tasks.permissions import plays
from tasks.supporting import CONTRIBUTING, current_label, visible_contributions
from tasks.transitions import LEAD, OFFICE, SUBMIT


def report_files(user: Any, report_id: int) -> str:
    """Return "change" to the lead unit's editors while the round is a draft, "read" to all who see the task.

    A draft the office enters for the unit is the office's to change as well.
    """
    report = ProgressReport.objects.select_related("task").filter(pk=report_id).first()
    if report is None or not Task.objects.visible_to(user).filter(pk=report.task_id).exists():
        return ""
    drafting = report.state == ProgressReport.State.DRAFT
    if report.state == ProgressReport.State.DROPPED:
        return ""
    entering = bool(report.on_behalf) and plays(user, OFFICE, report.task)
    if drafting and report.task.state in SUBMIT.sources and (entering or plays(user, LEAD, report.task)):
        return "change"
    # What has not left the unit is its own business.
    inside = drafting or report.state == ProgressReport.State.ENDORSING
    if inside and not entering and report.task.lead_id not in authority_of(user).units:
        return ""
    return "read"


def directive_files(user: Any, directive_id: int) -> str:
    """Return "change" to whoever may correct the entry of the register, "read" to all who see it."""
    row = Directive.objects.visible_to(user).filter(pk=directive_id).first()
    if row is None:
        return ""
    return "change" if may_change(user, row) else "read"


def contribution_files(user: Any, contribution_id: int) -> str:
    """Return "change" to the supporting unit's editors while the period runs, "read" to all who read its text."""
    row = visible_contributions(user).select_related("task__plan").filter(pk=contribution_id).first()
    if row is None:
        return ""
    own = row.unit_id in authority_of(user).editor_units
    running = row.task.state in CONTRIBUTING and row.period_label == current_label(row.task)
    return "change" if own and running else "read"
