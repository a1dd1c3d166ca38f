"""发布: a checked draft becomes the year's tasks, and every unit concerned is told once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit import trail
from core import clock
from core.errors import StaleObject, UserError
from core.models import bump
from notifications.services import notify
from responsibility.models import Membership, Role, Unit
from tasks.coverage import uncovered
from tasks.lamps import facts_of, judge
from tasks.models import LampRule, Plan, PlanItem, Task, TaskChange, TaskNode, TaskSupport, TaskTarget
from tasks.outline import in_order
from tasks.plan_permissions import lock_draft
from tasks.services.approving import missing_approval
from tasks.services.changes import active_rules
from tasks.services.closing_rounds import end_rounds_of
from tasks.services.nodes import new_occurrences
from tasks.suggestions import units_in_force

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that stands in the way of publishing; `item` is where to mend it."""

    sentence: str
    item: PlanItem | None = None


@dataclass(frozen=True, slots=True)
class UnitShare:
    """How many tasks a unit will lead and support, and whether anybody is there to sign for them."""

    unit: Unit
    leads: int
    supports: int
    has_editor: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing would do, for the page that asks for confirmation."""

    items: list[PlanItem]
    dropped: int
    targets: int
    shares: list[UnitShare]
    problems: list[Problem]
    open_flags: int
    default_due: list[PlanItem]
    contents: int
    unchecked: int
    uncovered: int

    @property
    def unfinished(self) -> str:
        """What of the check is still open, in words; empty where nothing is."""
        parts = (
            f"未核对{self.unchecked}条" if self.unchecked else "",
            f"未覆盖{self.uncovered}句" if self.uncovered else "",
            f"存疑{self.open_flags}处" if self.open_flags else "",
        )
        return "、".join(filter(None, parts))


class Groups:
    """Collective names such as 各乡镇（街道） and the units that stand behind them today."""

    def __init__(self, day: date) -> None:
        """Read the members of every group, units in force on `day` only."""
        self.units = {unit.pk: unit for unit in units_in_force(day)}
        groups = Unit.objects.filter(kind=Unit.Kind.GROUP).prefetch_related("members")
        self._members = {group.pk: [unit.pk for unit in group.members.all()] for group in groups}

    def expand(self, units: Iterable[Unit], lead_id: int | None) -> list[Unit]:
        """Return the single units meant by `units`, without the lead, each once, in the county's order."""
        found: dict[int, Unit] = {}
        waiting, seen = [unit.pk for unit in units], set()
        while waiting:
            pk = waiting.pop()
            unit = self.units.get(pk)
            if pk in seen or unit is None:
                continue
            seen.add(pk)
            if unit.kind == Unit.Kind.GROUP:
                waiting += self._members.get(pk, [])
            elif pk != lead_id:
                found[pk] = unit
        return sorted(found.values(), key=lambda unit: (unit.ordering, unit.code))


def _items(plan: Plan) -> list[PlanItem]:
    rows = plan.items.select_related("section", "lead", "leader", "sector").prefetch_related("supports", "targets")
    found = in_order(rows)
    for item in found:
        item.plan = plan
    return found


def _numbered(item: PlanItem) -> str:
    return f"“{item.marker}{item.title[:20]}”"


def _item_problems(item: PlanItem, groups: Groups) -> list[Problem]:
    name = _numbered(item)
    problems = []
    if item.lead is None:
        problems.append(f"{name}未定牵头单位")
    elif item.lead.kind == Unit.Kind.GROUP:
        problems.append(f"{name}的牵头单位“{item.lead.short_name}”是集合名称，须选定一个单位")
    elif item.lead.pk not in groups.units:
        problems.append(f"{name}的牵头单位“{item.lead.short_name}”已停用，须另选")
    if item.due_on is None:
        problems.append(f"{name}未定完成时限")
    elif item.starts_on is not None and item.starts_on > item.due_on:
        problems.append(f"{name}的完成时限早于开始日期")
    return [Problem(problem, item) for problem in problems]


def _problems(plan: Plan, kept: Sequence[PlanItem], groups: Groups) -> list[Problem]:
    problems = []
    if Plan.objects.filter(year=plan.year, state=Plan.State.PUBLISHED).exclude(pk=plan.pk).exists():
        problems.append(Problem(_year_taken(plan)))
    if not kept:
        problems.append(Problem("没有纳入任务的条目"))
    if missing := missing_approval(plan):
        problems.append(Problem(missing))
    return problems + [problem for item in kept for problem in _item_problems(item, groups)]


def _year_taken(plan: Plan) -> str:
    return f"{plan.year}年已有发布的工作要点，同一年度目前只能发布一份；如本份不再需要，请作废"


def preview_publication(plan: Plan) -> Publication:
    """Say what publishing the draft would do and what stands in its way."""
    groups = Groups(clock.today())
    items = _items(plan)
    kept = [item for item in items if not item.dropped]
    leads, supports = Counter[int](), Counter[int]()
    for item in kept:
        if item.lead_id is not None:
            leads[item.lead_id] += 1
        supports.update(unit.pk for unit in groups.expand(item.supports.all(), item.lead_id))
    editors = set(_editors(set(leads) | set(supports)).keys())
    units = sorted(
        (groups.units[pk] for pk in set(leads) | set(supports) if pk in groups.units),
        key=lambda unit: (-leads[unit.pk], unit.ordering, unit.code),
    )
    return Publication(
        items=kept,
        dropped=len(items) - len(kept),
        targets=sum(1 for item in kept for target in item.targets.all() if not target.dropped),
        shares=[UnitShare(unit, leads[unit.pk], supports[unit.pk], unit.pk in editors) for unit in units],
        problems=_problems(plan, kept, groups),
        open_flags=plan.flags.filter(resolved=False).count(),
        default_due=[item for item in kept if item.due_basis.startswith("原文未写明")],
        contents=plan.changes,
        unchecked=sum(1 for item in kept if item.checked_by_id is None),
        uncovered=sum(1 for row in uncovered(plan, items, list(plan.sections.all())) if not row.head),
    )


def _editors(unit_ids: Iterable[int]) -> "dict[int, list[User]]":
    """Return the people who act for each unit today, by unit."""
    found: defaultdict[int, list[User]] = defaultdict(list)
    rows = Membership.objects.active_on(clock.today()).filter(
        unit_id__in=list(unit_ids), role=Role.EDITOR, user__is_active=True
    )
    for row in rows.select_related("user"):
        found[row.unit_id].append(row.user)
    return found


@transaction.atomic
def publish_plan(
    *,
    actor: "User",
    plan_id: int,
    expected_version: int | None = None,
    expected_contents: int | None = None,
    knowing: bool = True,
) -> list[Task]:
    """Publish a draft: one task for every item that is not dropped.

    Args:
        actor: clerk of the office.
        plan_id: the draft.
        expected_version: version of the plan the person confirmed.
        expected_contents: the plan's number of changes the person confirmed.
        knowing: the person has said that it is to be published although some of it is unchecked, uncovered or doubtful.

    Returns:
        The tasks in the order of the document.

    Raises:
        UserError: something stands in the way; the sentence names all of it.
        StaleObject: plan or items were changed since the person looked.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id, expected_version)
    if expected_contents is not None and expected_contents != plan.changes:
        raise StaleObject("在您打开确认页之后，已有其他人修改了条目。请核对下面最新的内容，再确认发布。")
    groups = Groups(clock.today())
    publication = preview_publication(plan)
    items, unfinished = publication.items, publication.unfinished
    if publication.problems:
        raise UserError("不能发布：" + "；".join(problem.sentence for problem in publication.problems) + "。")
    if unfinished and not knowing:
        raise UserError(f"还有{unfinished}。请先核对完，或勾选“仍然发布”后再发布。")
    _mark_published(plan, actor)
    end_rounds_of(plan, actor, "工作要点已发布")
    tasks = _create_tasks(plan, items)
    supports = _create_supports(tasks, groups)
    trail.record(
        actor=actor,
        action="plan.publish",
        target=plan,
        summary=f"发布工作要点，生成任务{len(tasks)}项" + (f"（发布时{unfinished}）" if unfinished else ""),
        changes=[("状态", Plan.State.DRAFT.label, Plan.State.PUBLISHED.label)],
    )
    trail.record_many(
        actor=actor,
        action="task.assign",
        summaries=[(task, f"交办任务：{task.lead.name}牵头，{task.due_on:%Y-%m-%d}前完成") for task in tasks],
    )
    _tell_units(plan, tasks, supports, groups)
    return tasks


def _mark_published(plan: Plan, actor: "User") -> None:
    plan.state, plan.published_at, plan.published_by = Plan.State.PUBLISHED, clock.now(), actor
    try:
        # Another draft of the year may be published in the same moment; the constraint lets only one through.
        with transaction.atomic():
            bump(plan, "state", "published_at", "published_by")
    except IntegrityError:
        raise UserError(f"不能发布：{_year_taken(plan)}。") from None


def _codes(plan: Plan, items: Sequence[PlanItem]) -> list[str]:
    """Number the tasks as the document does, pieces of one item behind it; where numbers repeat (anew in each
    chapter), by their order.
    """
    numbers = [(item.number, item.piece) for item in items]
    if len(set(numbers)) < len(numbers):
        numbers = [(number, 0) for number in range(1, len(items) + 1)]
    return [f"{plan.year}-{number:02d}" + (f"-{piece}" if piece else "") for number, piece in numbers]


def _create_tasks(plan: Plan, items: Sequence[PlanItem]) -> list[Task]:
    """Write tasks with targets, occurrences and first lamps: a fixed number of statements however many items."""
    rules, targets, tasks = active_rules(), [], []
    for item, code in zip(items, _codes(plan, items), strict=True):
        task = _task(plan, item, code)
        own = [
            TaskTarget(
                task=task,
                phrase=row.phrase,
                metric=row.metric,
                operator=row.operator,
                value=row.value,
                unit=row.unit,
                period=row.period,
            )
            for row in item.targets.all()
            if not row.dropped
        ]
        _light(task, own, rules)
        tasks.append(task)
        targets += own
    Task.objects.bulk_create(tasks)
    TaskTarget.objects.bulk_create(targets)
    TaskNode.objects.bulk_create(node for task in tasks for node in new_occurrences(task, clock.today(), 1))
    # As after every change of colour, so that the county can be shown as it stood from the first day on.
    TaskChange.objects.bulk_create(
        TaskChange(
            task=task,
            field=TaskChange.Field.LAMP,
            old=Task.Lamp.GREY,
            new=task.lamp,
            at=clock.now(),
            on=clock.today(),
            reason=task.lamp_reason,
        )
        for task in tasks
        if task.lamp != Task.Lamp.GREY
    )
    return tasks


def _task(plan: Plan, item: PlanItem, code: str) -> Task:
    assert item.due_on is not None  # noqa: S101 - _item_problems refuses an item without
    return Task(
        plan=plan,
        item=item,
        section=item.section,
        code=code,
        title=item.title,
        source_text=item.text,
        leader=item.leader,
        weight=item.weight,
        sector=item.sector,
        lead=item.lead,
        starts_on=item.starts_on or min(date(plan.year, 1, 1), item.due_on),
        due_on=item.due_on,
        original_due_on=item.due_on,
        recurrence=item.recurrence,
        recurrence_months=item.recurrence_months,
    )


def _light(task: Task, targets: Sequence[TaskTarget], rules: Sequence[LampRule]) -> None:
    verdict = judge(facts_of(task, targets, (), clock.today(), task.plan.report_every), rules)
    task.lamp, task.lamp_reason, task.lamp_on = verdict.colour, verdict.reason, clock.today()


def _create_supports(tasks: Sequence[Task], groups: Groups) -> list[TaskSupport]:
    rows = [
        TaskSupport(task=task, unit=unit)
        for task in tasks
        for unit in groups.expand(task.item.supports.all() if task.item else (), task.lead_id)
    ]
    return TaskSupport.objects.bulk_create(rows)


def _tell_units(plan: Plan, tasks: Sequence[Task], supports: Sequence[TaskSupport], groups: Groups) -> None:
    _tell_leaders(plan, tasks)
    leads = Counter(task.lead_id for task in tasks)
    helped = Counter(row.unit_id for row in supports)
    for unit_id, people in _editors(set(leads) | set(helped)).items():
        parts = [
            f"牵头{leads[unit_id]}项" if leads[unit_id] else "",
            f"配合{helped[unit_id]}项" if helped[unit_id] else "",
        ]
        notify(
            recipients=people,
            title=f"{plan.year}年工作要点已发布：{groups.units[unit_id].short_name}{'、'.join(filter(None, parts))}",
            body=f"《{plan.title}》已由县安委办发布。"
            + ("请签收牵头的任务，并按期填报进展。" if leads[unit_id] else ""),
            path=f"/plans/{plan.pk}/",
            key=f"plan-{plan.pk}-published-{unit_id}",
        )


def _tell_leaders(plan: Plan, tasks: Sequence[Task]) -> None:
    counts = Counter(task.leader for task in tasks if task.leader is not None)
    for leader, count in counts.items():
        notify(
            recipients=[leader],
            title=f"{plan.year}年工作要点已发布：由您牵头{count}项",
            body=f"《{plan.title}》已由县安委办发布，其中{count}项由您牵头，办理情况见“我分管的任务”。",
            path="/tasks/led/",
            key=f"plan-{plan.pk}-published-leader-{leader.pk}",
        )
