"""Asking for the 进展情况报送表 of a task: what stands on it is kept as it was asked for, and typeset by a job."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import Http404

from core import clock
from core.errors import NotAllowed, UserError
from core.periods import period_of
from core.ui import grouped
from evidence.selectors import files_of
from responsibility.authority import authority_of
from tasks.jobs import render_printed_form
from tasks.models import PrintedForm, ProgressReport, Task, TaskTarget
from tasks.permissions import get_task_for
from tasks.progress import target_percent
from tasks.services.reporting import TEXT_FIELDS
from tasks.visible import visible_reports

if TYPE_CHECKING:
    from accounts.models import User

OPEN = (ProgressReport.State.DRAFT, ProgressReport.State.ENDORSING, ProgressReport.State.SUBMITTED)


def may_print(user: Any, task: Task) -> bool:
    """Say whether the form is this person's to print: for the lead unit's people and the office."""
    authority = authority_of(user)
    return authority.is_office or task.lead_id in authority.units


def fillable_round(user: Any, task: Task) -> ProgressReport | None:
    """Return the round under way, as far as the person may see it: what a filled form is filled from."""
    return visible_reports(user).filter(task=task, state__in=OPEN).first()


@transaction.atomic
def ask_for_form(*, actor: "User", task_id: int, filled: bool) -> PrintedForm:
    """Ask for the form of the period that runs now; one with the same content is given again.

    Args:
        actor: somebody of the lead unit, or a clerk of the office.
        task_id: the task.
        filled: with what the round under way holds; else with empty lines.

    Raises:
        UserError: filled, and there is no round under way that the person may see.
        Http404, NotAllowed: not visible, or not theirs to print.
    """
    task = get_task_for(actor, task_id)
    if not may_print(actor, task):
        raise NotAllowed("只有牵头单位和县安委办可以打印这项任务的报送表。")
    report = fillable_round(actor, task) if filled else None
    if filled and report is None:
        raise UserError("还没有填写进展，不能打印已填的报送表。可以打印空白表，或先保存草稿。")
    label = period_of(clock.today(), task.plan.report_every).label
    content = _content(task, report, label)
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    form, made = PrintedForm.objects.get_or_create(
        task=task,
        requested_by=actor,
        digest=digest,
        defaults={"period_label": label, "filled": filled, "content": content, "requested_at": clock.now()},
    )
    if made or not form.pdf:
        # With the broker away the row without a file is what the sweep looks for.
        transaction.on_commit(lambda: render_printed_form.apply_async((form.pk,), retry=False), robust=True)
    return form


def _content(task: Task, report: ProgressReport | None, label: str) -> dict[str, Any]:
    """Return what stands on the paper, as texts; empty texts leave room for the pen."""
    values = {row.target_id: row.value for row in report.values.all()} if report else {}
    percent = report.percent if report else None
    return {
        "county": settings.COUNTY_NAME,
        "code": task.code,
        "title": task.title,
        "lead": task.lead.name,
        "supports": "、".join(row.unit.short_name for row in task.supports.select_related("unit")),
        "due_on": f"{task.due_on:%Y-%m-%d}",
        "period": label,
        "rows": [_row(target, values.get(target.pk)) for target in task.targets.all()],
        "percent": "" if percent is None else f"{grouped(percent)}%",
        "texts": {name: getattr(report, name) if report else "" for name in TEXT_FIELDS},
        "files": [row.name for row in files_of(report)] if report else [],
        "filled_by": str(report.created_by) if report else "",
    }


def _row(target: TaskTarget, value: Any) -> dict[str, str]:
    share = None if value is None else target_percent(target, value)
    return {
        "metric": target.metric,
        "wanted": f"{target.get_operator_display()}{grouped(target.value)}{target.unit}",
        "before": "" if target.verified_value is None else grouped(target.verified_value),
        "value": "" if value is None else grouped(value),
        "share": "" if share is None else f"{grouped(share)}%",
    }


def get_form_for(user: Any, pk: int) -> PrintedForm:
    """Return a form the person asked for.

    Raises:
        Http404: it is somebody else's, or gone.
    """
    form = PrintedForm.objects.visible_to(user).select_related("task").filter(pk=pk).first()
    if form is None:
        raise Http404("没有这份报送表，可能已过期清理，请重新打印。")
    return form
