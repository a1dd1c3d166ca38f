"""节点: the milestones of a task, changed as a whole by the office or the lead unit: names, days, shares, the curve."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import Http404

from audit import trail
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from responsibility.authority import authority_of
from tasks.models import Task, TaskChange, TaskNode
from tasks.permissions import plays
from tasks.progress import HUNDRED, TENTH
from tasks.services.changes import note_change, relight
from tasks.services.nodes import add_nodes, cancel, change_node, is_fixed, lock_nodes, next_number, store_points, words
from tasks.services.recurrence import SETTLED, check_reason
from tasks.transitions import LEAD

if TYPE_CHECKING:
    from accounts.models import User

MOST = 30
KINDS = [choice for choice in TaskNode.Kind.choices if choice[0] != TaskNode.Kind.OCCURRENCE]
K = TaskNode.Kind

# What kinds of work commonly go through: (name, kind, share). 启动 is begun, not done: a small share of its own.
TEMPLATES: dict[str, tuple[str, tuple[tuple[str, str, int], ...]]] = {
    "document": (
        "文件印发（委托、初稿、评审、印发）",
        (
            ("委托编制", K.DOCUMENT, 10),
            ("完成初稿", K.DOCUMENT, 50),
            ("通过评审", K.DOCUMENT, 80),
            ("正式印发", K.DOCUMENT, 100),
        ),
    ),
    "build": ("项目建设（启动、建成）", (("启动建设", K.BUILD, 10), ("建成投用", K.BUILD, 100))),
}


@dataclass(frozen=True, slots=True)
class MilestoneDraft:
    """One row of the form; `id` None for a new one, `share` None to have it spread evenly."""

    id: int | None
    kind: str
    title: str
    due_on: date
    share: Decimal | None = None


def template_drafts(name: str, starts_on: date, due_on: date) -> list[MilestoneDraft]:
    """Return the rows of a template with days spread over what is left of the task.

    Args:
        name: a key of `TEMPLATES`.
        starts_on: first day that may be proposed.
        due_on: the task's deadline, the day of the last milestone.
    """
    rows = TEMPLATES[name][1]
    span = max(0, (due_on - starts_on).days)
    return [
        MilestoneDraft(None, kind, title, date.fromordinal(starts_on.toordinal() + span * share // 100), Decimal(share))
        for title, kind, share in rows
    ]


def may_set_milestones(user: "User | Any", task: Task) -> bool:
    """Say whether the person may change the task's milestones now.

    The office always; the lead unit's editor until the office has fixed them by planning the task by them.
    """
    if task.state in SETTLED or task.completed_on is not None:
        return False
    return authority_of(user).is_office or (plays(user, LEAD, task) and task.curve == Task.Curve.STRAIGHT)


@transaction.atomic
def set_milestones(
    *,
    actor: "User",
    task_id: int,
    drafts: Sequence[MilestoneDraft],
    curve: str | None = None,
    reason: str,
    expected_version: int | None = None,
) -> Task:
    """Save the milestones of a task as a whole: what is not among the drafts any more is cancelled.

    What is delivered, or reported as delivered, stays as it is and need not be listed.

    Args:
        actor: clerk of the office, or editor of the lead unit.
        task_id: an open task.
        drafts: the milestones wanted.
        curve: a value of `Task.Curve`, which only the office may change; None leaves it.
        reason: why, kept in the history.
        expected_version: version of the task last seen.

    Raises:
        UserError: no reason, no change, a name or day that cannot be, or shares that do not rise to 100.
        Http404, NotAllowed, WrongState, StaleObject: as for every change of a task.
    """
    task = _lock(actor, task_id, expected_version)
    reason = check_reason(reason, 200)
    present = [node for node in lock_nodes(task) if not node.is_occurrence]
    fixed = [node for node in present if is_fixed(node)]
    wanted = _checked(task, drafts, present, fixed)
    changes = _write(task, present, wanted, actor, reason)
    changes += _change_curve(task, curve, bool(wanted or fixed), actor, reason)
    if not changes:
        raise UserError("节点没有变化，无需保存。")
    bump(task, "curve")
    store_points(task)
    trail.record(
        actor=actor,
        action="task.set_milestones",
        target=task,
        summary=f"编辑节点（{task.title}）",
        reason=reason,
        changes=changes,
    )
    relight(task, actor=actor)
    return task


def _lock(actor: "User", task_id: int, expected_version: int | None) -> Task:
    try:
        task = lock_row(Task.objects.visible_to(actor).select_related("plan", "lead"), task_id, expected_version)
    except Task.DoesNotExist:
        raise Http404("没有这项任务。") from None
    if not (authority_of(actor).is_office or plays(actor, LEAD, task)):
        raise NotAllowed("只有县安委办和牵头单位的联络员可以编辑节点。")
    if task.state in SETTLED or task.completed_on is not None:
        raise WrongState(f"任务当前为“{task.get_state_display()}”，不能编辑节点。")
    if not may_set_milestones(actor, task):
        raise NotAllowed("县安委办已按节点核定计划进度，节点须由县安委办调整。")
    return task


def _checked(
    task: Task, drafts: Sequence[MilestoneDraft], present: Sequence[TaskNode], fixed: Sequence[TaskNode]
) -> list[MilestoneDraft]:
    """Return the drafts of what may still change, by day, each with its share.

    Raises:
        UserError: something typed cannot be.
    """
    known, kept = {node.pk for node in present}, {node.pk for node in fixed}
    rows = [row for row in drafts if row.id not in kept]
    if len(rows) + len(fixed) > MOST:
        raise UserError(f"一项任务最多 {MOST} 个节点。")
    if any(row.id is not None and row.id not in known for row in rows):
        raise UserError("有一个节点已被取消，请刷新页面后重新填写。")
    clean = []
    for row in rows:
        title = " ".join(row.title.split())
        if not title or len(title) > 200:
            raise UserError("每个节点都要填写名称（不超过 200 字）；不需要的节点请勾选“删除”。")
        if row.kind not in dict(KINDS):
            raise UserError(f"请选择节点“{title}”的类型。")
        if not task.starts_on <= row.due_on <= task.due_on:
            raise UserError(
                f"节点“{title}”的时限应在任务的开始日期{task.starts_on:%Y-%m-%d}至"
                f"完成时限{task.due_on:%Y-%m-%d}之间，请重新填写。"
            )
        clean.append(replace(row, title=title))
    clean.sort(key=lambda row: row.due_on)
    return _with_shares(clean, fixed)


def _with_shares(rows: list[MilestoneDraft], fixed: Sequence[TaskNode]) -> list[MilestoneDraft]:
    """Spread the shares evenly where none is given, and want them to rise to 100 with the days."""
    if not rows:
        _check_rising([(node.due_on, node.share or HUNDRED, node.title) for node in fixed])
        return []
    if all(row.share is None for row in rows):
        base = max((node.share or Decimal(0) for node in fixed), default=Decimal(0))
        step = (HUNDRED - base) / len(rows)
        shares = [(base + step * place).quantize(TENTH, ROUND_HALF_UP) for place in range(1, len(rows) + 1)]
        rows = [replace(row, share=share) for row, share in zip(rows, shares, strict=True)]
    for row in rows:
        if row.share is None:
            raise UserError(f"请填写节点“{row.title}”的累计占比；全部留空的，按节点数平均分配。")
    _check_rising(
        [(row.due_on, row.share or HUNDRED, row.title) for row in rows]
        + [(node.due_on, node.share or HUNDRED, node.title) for node in fixed]
    )
    return rows


def _check_rising(points: list[tuple[date, Decimal, str]]) -> None:
    before = Decimal(0)
    for _, share, title in sorted(points, key=lambda point: (point[0], point[1])):
        if not before < share <= HUNDRED:
            raise UserError(f"节点“{title}”的累计占比应大于前一个节点、不超过 100，请按时间先后填写。")
        before = share
    if points and before != HUNDRED:
        raise UserError("最后一个节点的累计占比应为 100，请核对。")


def _write(
    task: Task, present: Sequence[TaskNode], wanted: Sequence[MilestoneDraft], actor: "User", reason: str
) -> list[tuple[str, str, str]]:
    listed = {row.id: row for row in wanted if row.id is not None}
    changes: list[tuple[str, str, str]] = []
    gone = []
    for node in present:
        if is_fixed(node):
            continue
        row = listed.get(node.pk)
        if row is None:
            gone.append(node)
            continue
        old, kind = words(node), node.kind
        node.kind, node.title, node.due_on, node.share = row.kind, row.title, row.due_on, row.share
        found = change_node(node, old, "kind", "title", "due_on", "share", actor=actor, reason=reason)
        if not found and kind != node.kind:
            bump(node, "kind")
            found = [("节点类型", str(TaskNode.Kind(kind).label), str(node.get_kind_display()))]
        changes += found
    changes += cancel(gone, actor=actor, reason=reason)
    first = next_number(task)
    made = [
        TaskNode(
            task=task,
            kind=row.kind,
            number=first + place,
            title=row.title,
            due_on=row.due_on,
            original_due_on=row.due_on,
            share=row.share,
        )
        for place, row in enumerate(row for row in wanted if row.id is None)
    ]
    add_nodes(made, actor=actor, reason=reason)
    return changes + [(str(node.get_kind_display()), "", words(node)) for node in made]


def _change_curve(
    task: Task, curve: str | None, has_milestones: bool, actor: "User", reason: str
) -> list[tuple[str, str, str]]:
    if curve is None or curve == task.curve:
        return []
    if not authority_of(actor).is_office:
        raise NotAllowed("计划进度按时间还是按节点推进，由县安委办确定。")
    if curve not in Task.Curve.values:
        raise UserError("请选择计划进度的推进方式。")
    if curve == Task.Curve.MILESTONES and not has_milestones:
        raise UserError("还没有节点，不能按节点推进计划进度。请先填写节点。")
    old, task.curve = str(task.get_curve_display()), curve
    new = str(task.get_curve_display())
    note_change(task, TaskChange.Field.CURVE, old, new, actor=actor, reason=reason)
    return [("计划进度", old, new)]
