"""Drafting letters: one per lead unit from ticked tasks, and changing a draft."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from django.db import transaction

from audit import trail
from audit.trail import Change
from core import clock
from core.errors import NotAllowed, UserError
from documents.numbering import official_date, validate_code
from supervision.models import Letter, LetterItem
from supervision.permissions import lock_letter_for, may_compose
from supervision.selectors import last_letters, predecessor_of, standings_of, tasks_for_letters
from supervision.services.moves import carry_out
from supervision.transitions import EDIT
from supervision.wording import Standing, opening_for, title_for
from tasks.models import Task

if TYPE_CHECKING:
    from accounts.models import User

MAX_TEXT = 3000
MAX_REQUIREMENT = 500


@dataclass(frozen=True, slots=True)
class Cover:
    """What the letters of one batch have in common.

    Attributes:
        issuer: 发文机关, full name.
        code: 机关代字 of the number.
        contact: name and telephone.
        reply_due_on: last day to answer.
        demand: 工作要求, one paragraph a line.
    """

    issuer: str
    code: str
    contact: str
    reply_due_on: date
    demand: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Title and opening of one letter; an empty one is filled with the proposal."""

    title: str = ""
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Composition:
    """Drafts made, and sentences about the tasks left out."""

    letters: list[Letter]
    left_out: list[str] = field(default_factory=list)


def _checked(label: str, text: str, longest: int) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise UserError(f"请填写“{label}”。")
    if len(text) > longest:
        raise UserError(f"“{label}”请控制在 {longest} 字以内（现为 {len(text)} 字）。")
    return text


def _one_line(label: str, text: str, longest: int) -> str:
    return _checked(label, " ".join(text.split()), longest)


def check_reply_date(day: date) -> date:
    """Return the reply deadline.

    Raises:
        UserError: it is not after today.
    """
    if day <= clock.today():
        raise UserError(f"回复期限应在今天（{official_date(clock.today())}）之后，请重新选择日期。")
    return day


def check_cover(cover: Cover) -> Cover:
    """Return the cover with its texts trimmed.

    Raises:
        UserError: something is missing, too long, or not possible.
    """
    return replace(
        cover,
        issuer=_one_line("发文机关", cover.issuer, 60),
        code=validate_code(cover.code),
        contact=_one_line("联系人及电话", cover.contact, 120),
        reply_due_on=check_reply_date(cover.reply_due_on),
        demand=_checked("工作要求", cover.demand, MAX_TEXT),
    )


def _names(standings: Sequence[Standing]) -> str:
    return "、".join(f"“{row.task}”" for row in standings)


def _admissible(standings: Sequence[Standing], kind: str, again: Collection[int]) -> tuple[list[Standing], list[str]]:
    """Return what the letters will name and sentences about what is left out.

    Raises:
        UserError: a task cannot stand in a letter of this kind.
    """
    refused: dict[str, list[Standing]] = {}
    for row in standings:
        if reason := row.refusal(kind):
            refused.setdefault(reason, []).append(row)
    if refused:
        raise UserError("".join(f"{_names(rows)}：{reason}请取消勾选。" for reason, rows in refused.items()))
    kept, left_out = [], []
    for row in standings:
        if row.open_letter is not None and row.task.pk not in again:
            name = row.open_letter.number or f"{row.open_letter.get_kind_display()}草稿"
            left_out.append(f"“{row.task}”已列入尚未回复的{name}，本次未重复列入。")
        else:
            kept.append(row)
    return kept, left_out


@transaction.atomic
def compose_letters(
    *,
    actor: "User",
    kind: str,
    task_ids: Collection[int],
    cover: Cover,
    again: Collection[int] = (),
    texts: Mapping[int, Texts] | None = None,
    requirements: Mapping[int, str] | None = None,
) -> Composition:
    """Draft one letter for each lead unit of the tasks; their facts are frozen as of now.

    Args:
        actor: clerk of the office.
        kind: one of `Letter.Kind`.
        task_ids: ticked tasks.
        cover: what all letters of the batch share.
        again: tasks to be named although an unanswered letter names them already; others are left out and told.
        texts: unit id → title and opening, where the proposal was changed.
        requirements: task id → what the unit is to do, where the proposal was changed.

    Raises:
        NotAllowed: the person is not of the office.
        UserError: nothing ticked, tasks of several years, a task that cannot be urged, nothing left, or a bad text.
    """
    if not may_compose(actor):
        raise NotAllowed("只有县安委办工作人员可以起草函件。")
    if kind not in Letter.Kind.values:
        raise UserError("请选择函件种类：提醒函或督促函。")
    cover = check_cover(cover)
    # Two clerks drafting about the same tasks meet here: the second sees the first one's drafts.
    locked = Task.objects.visible_to(actor).filter(pk__in=task_ids).order_by("pk").select_for_update(of=("self",))
    ids = [task.pk for task in locked]
    if not ids:
        raise UserError("没有勾选任务，请至少勾选一项。")
    tasks = tasks_for_letters(actor, ids)
    if len({task.plan_id for task in tasks}) > 1:
        raise UserError("所选任务属于不同年度的工作要点，请按年度分别起草。")
    kept, left_out = _admissible(standings_of(tasks, clock.today()), kind, again)
    if not kept:
        raise UserError("".join(left_out) + "没有可列入的任务，未起草函件；确需再次发函的，请勾选“仍列入”。")
    last = last_letters([row.task.pk for row in kept])
    made = []
    for unit_id, group in groupby(kept, key=lambda row: row.task.lead_id):
        rows, own = list(group), (texts or {}).get(unit_id, Texts())
        before = predecessor_of([row.task.pk for row in rows], last)
        made.append(_draft(actor, kind, cover, own, rows, before, requirements or {}))
    return Composition(made, left_out)


def _draft(
    actor: "User",
    kind: str,
    cover: Cover,
    texts: Texts,
    standings: list[Standing],
    predecessor: Letter | None,
    requirements: Mapping[int, str],
) -> Letter:
    first, day = standings[0].task, clock.today()
    title = texts.title.strip() or title_for(kind, standings)
    opening = texts.opening.strip() or opening_for(kind, first.plan, standings, day, predecessor)
    letter = Letter.objects.create(
        kind=kind,
        plan=first.plan,
        unit=first.lead,
        title=_one_line("标题", title, 120),
        opening=_checked("事由", opening, MAX_TEXT),
        demand=cover.demand,
        reply_due_on=cover.reply_due_on,
        contact=cover.contact,
        issuer=cover.issuer,
        code=cover.code,
        predecessor=predecessor,
        created_by=actor,
        created_at=clock.now(),
    )
    LetterItem.objects.bulk_create(
        LetterItem(
            letter=letter,
            task=row.task,
            order=order,
            title=row.task.title,
            due_on=row.task.due_on,
            days_overdue=row.days_overdue,
            percent=row.percent,
            situation=row.reason,
            requirement=_checked(
                f"{row.task} 办理要求", requirements.get(row.task.pk, "") or row.requirement, MAX_REQUIREMENT
            ),
        )
        for order, row in enumerate(standings, start=1)
    )
    trail.record(
        actor=actor,
        action="letter.compose",
        target=letter,
        summary=f"起草{letter.get_kind_display()}（{letter.unit.name}，{len(standings)}项任务）",
    )
    return letter


@dataclass(frozen=True, slots=True)
class Revision:
    """A draft as changed in the form.

    Attributes:
        cover, title, opening: as for a new letter.
        requirements: item id → what the unit is to do; items not named keep theirs.
        removed: items taken out of the letter.
    """

    cover: Cover
    title: str
    opening: str
    requirements: Mapping[int, str] = field(default_factory=dict)
    removed: Collection[int] = ()


@transaction.atomic
def edit_letter(*, actor: "User", letter_id: int, revision: Revision, expected_version: int | None = None) -> Letter:
    """Change a draft: texts, dates, requirements, items taken out. Kind, unit and the frozen facts stay.

    Raises:
        UserError: a bad text, or no item left.
        Http404, NotAllowed, WrongState, StaleObject: see `supervision.permissions.lock_letter_for`.
    """
    letter = lock_letter_for(actor, letter_id, EDIT, expected_version)
    cover = check_cover(revision.cover)
    wanted: dict[str, object] = {
        "title": _one_line("标题", revision.title, 120),
        "opening": _checked("事由", revision.opening, MAX_TEXT),
        "demand": cover.demand,
        "reply_due_on": cover.reply_due_on,
        "contact": cover.contact,
        "issuer": cover.issuer,
        "code": cover.code,
    }
    changes: list[Change] = []
    for name, value in wanted.items():
        old = getattr(letter, name)
        if old != value:
            changes.append((str(letter._meta.get_field(name).verbose_name), str(old), str(value)))  # type: ignore[union-attr]
            setattr(letter, name, value)
    changes += _edit_items(letter, revision)
    carry_out(letter, EDIT, actor=actor, changes=changes, fields=tuple(wanted))
    return letter


def _edit_items(letter: Letter, revision: Revision) -> list[Change]:
    changes: list[Change] = []
    items = list(letter.items.all())
    kept = [item for item in items if item.pk not in revision.removed]
    if not kept:
        raise UserError("函件至少要保留一项任务；整份不再需要的，请将草稿作废。")
    for item in items:
        if item not in kept:
            changes.append((f"事项“{item.title}”", "列入", "移出"))
            item.delete()
    for order, item in enumerate(kept, start=1):
        words = _checked(
            f"{item.title} 办理要求", revision.requirements.get(item.pk, item.requirement), MAX_REQUIREMENT
        )
        if words != item.requirement:
            changes.append((f"“{item.title}”办理要求", item.requirement, words))
        if (words, order) != (item.requirement, item.order):
            item.requirement, item.order = words, order
            item.save(update_fields=["requirement", "order"])
    return changes
