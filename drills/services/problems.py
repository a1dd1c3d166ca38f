"""Problems a drill brought to light, and putting them right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from drills.models import Drill, DrillProblem
from drills.permissions import MISSING, owns

if TYPE_CHECKING:
    from accounts.models import User

MAX_PROBLEMS = 30
S = Drill.State
# Once handed in the record itself is closed, but what it found still has to be put right.
RECTIFYING = (S.SUBMITTED, S.COUNTED, S.NOT_COUNTED)


@dataclass(frozen=True, slots=True)
class ProblemDraft:
    """A problem as typed: what, who puts it right, by when, done when, with what result."""

    text: str
    responsible: str = ""
    due_on: date | None = None
    done_on: date | None = None
    result: str = ""


def problem_key(row: DrillProblem) -> tuple[Any, ...]:
    """Return what makes two rows say the same."""
    return (row.text, row.responsible, row.due_on, row.done_on, row.result)


def _fitting(label: str, name: str, text: str) -> str:
    text = " ".join(text.split())
    longest = getattr(DrillProblem._meta.get_field(name), "max_length", 0)
    if len(text) > longest:
        raise UserError(f"{label}请控制在 {longest} 字以内（现为 {len(text)} 字）。")
    return text


def _check_done(day: date | None, label: str) -> None:
    if day is not None and day > clock.today():
        raise UserError(f"{label}的整改完成日期不能在今天之后，请核对。")


def problem_rows(drill: Drill, drafts: Sequence[ProblemDraft]) -> list[DrillProblem]:
    """Return the unsaved rows of the problems typed; lines without a text are left out.

    Raises:
        UserError: too many, too long, or put right in the future.
    """
    kept = [row for row in drafts if row.text.strip()]
    if len(kept) > MAX_PROBLEMS:
        raise UserError(f"发现问题最多填写 {MAX_PROBLEMS} 条，请合并后保存。")
    rows = []
    for order, row in enumerate(kept, 1):
        label = f"第{order}个问题"
        _check_done(row.done_on, label)
        rows.append(
            DrillProblem(
                drill=drill,
                order=order,
                text=_fitting(label, "text", row.text),
                responsible=_fitting(f"{label}的整改责任人", "responsible", row.responsible),
                due_on=row.due_on,
                done_on=row.done_on,
                result=_fitting(f"{label}的整改情况", "result", row.result),
            )
        )
    return rows


def may_finish(user: "User | Any", drill: Drill) -> bool:
    """Say whether the person may report problems of this record as put right now."""
    return drill.state in RECTIFYING and owns(user, drill)


@transaction.atomic
def finish_problem(
    *, actor: "User", drill_id: int, problem_id: int, done_on: date, result: str, expected_version: int | None = None
) -> DrillProblem:
    """整改完成: say when a problem of a record already handed in was put right, and how.

    Args:
        actor: one of those whose record it is.
        drill_id, problem_id: the record and its problem.
        done_on: the day, today at the latest and not before the drill.
        result: what was done.
        expected_version: version of the problem shown on the form.

    Raises:
        UserError: no result, or an impossible day.
        Http404, NotAllowed, WrongState, StaleObject: as for the moves of a record.
    """
    drill = Drill.objects.visible_to(actor).select_related("filer").filter(pk=drill_id).first()
    if drill is None:
        raise Http404(MISSING)
    if not owns(actor, drill):
        raise NotAllowed("只有填报方可以登记整改完成情况。")
    if drill.state not in RECTIFYING:
        raise WrongState(f"记录当前为“{drill.get_state_display()}”，请在填报表中修改整改情况。")
    try:
        problem = lock_row(drill.problems.all(), problem_id, expected_version)
    except DrillProblem.DoesNotExist:
        raise Http404("没有这个问题。") from None
    _check_done(done_on, "该问题")
    if drill.held_on is not None and done_on < drill.held_on:
        raise UserError("整改完成日期不能早于演练日期，请核对。")
    if not result.strip():
        raise UserError("请写明整改情况：做了什么、结果如何。")
    old = problem.done_on.isoformat() if problem.done_on else ""
    problem.done_on, problem.result = done_on, _fitting("整改情况", "result", result)
    bump(problem, "done_on", "result")
    trail.record(
        actor=actor,
        action="drill.rectify",
        target=drill,
        summary=f"登记整改完成：{problem.text}",
        changes=[("整改完成日期", old, done_on.isoformat()), ("整改情况", "", problem.result)],
    )
    return problem
