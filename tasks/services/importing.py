"""From a document to a draft plan: read, keep, propose dates and units. The office checks every line of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from audit import trail
from core import clock
from core.errors import UserError
from core.models import bump
from tasks import reader
from tasks.models import (
    ItemDeadline,
    ItemTarget,
    Plan,
    PlanItem,
    PlanSection,
    PlanStep,
    ReadingFlag,
    UnitMention,
    UnitSuggestion,
)
from tasks.occurrences import propose_recurrence
from tasks.places import first_places
from tasks.plan_permissions import lock_draft, require_office
from tasks.services.closing_rounds import end_rounds_of
from tasks.services.step_states import PLAN, capture
from tasks.services.steps import keep_step
from tasks.suggestions import suggest_units

if TYPE_CHECKING:
    from accounts.models import User

YEARS = range(2000, 2101)
DEFAULT_DUE = "原文未写明，按年底"
_BIGGEST = Decimal(10) ** 14
_SMALL_INTEGER = 32767


@dataclass(frozen=True, slots=True)
class Read:
    """A reading made for a year, and the year the document itself states (None where it states none)."""

    reading: reader.Reading
    stated_year: int | None


def read_document(source: bytes | str, *, filename: str, year: int) -> Read:
    """Read an uploaded file (bytes) or pasted text for a plan of `year`.

    Raises:
        UserError: it cannot be read, or holds no item; the sentence says how to mend it.
    """

    season = settings.FLOOD_SEASON_START
    try:
        loaded = reader.pasted(source) if isinstance(source, str) else reader.load(source, filename)
        reading = reader.read_source(loaded, flood_season_start=season)
        stated = reading.plan_year
        if stated != year:
            reading = reader.read_source(loaded, plan_year=year, flood_season_start=season)
    except reader.ReadingError as error:
        raise UserError(error.message) from error
    return Read(reading, stated)


def _check_reading(reading: reader.Reading, year: int) -> None:
    if year not in YEARS:
        raise UserError("年度应在 2000 至 2100 之间，请核对。")
    if "\x00" in reading.text:
        raise UserError(
            "文中含有无法保存的字符，不像是文字稿。请另存为 .docx、文字版 PDF 或 .txt 后重新上传，或直接粘贴文字。"
        )
    if not reading.items:
        raise UserError(
            "没有读出任何条目。请确认文中的条目带有“一、”“（一）”“1.”一类编号；若编号在复制时丢失，请改为上传原文件。"
        )


@transaction.atomic
def import_reading(
    *, actor: "User", reading: reader.Reading, year: int, source_name: str = "", sha256: str = ""
) -> Plan:
    """Keep a reading as a draft plan with proposed dates and suggested units.

    Args:
        actor: clerk of the office.
        reading: what the reader found, made for `year`.
        year: the plan's year.
        source_name: name of the file, or how the text came.
        sha256: digest of the file or text.

    Raises:
        Http404, NotAllowed: not of the office.
        UserError: nothing to keep.
    """
    require_office(actor)
    _check_reading(reading, year)
    plan = Plan.objects.create(
        year=year,
        title=(reading.title.strip() or f"{year}年工作要点")[:200],
        doc_number=(reading.doc_number or "")[:60],
        issuer=(reading.issuer or "")[:120],
        issued_on=_day(reading.issued, year),
        source_name=source_name[:200],
        source_sha256=sha256,
        source_text=reading.text,
        noise=[{"start": row.start, "end": row.end, "reason": row.reason} for row in reading.noise],
        created_at=clock.now(),
        created_by=actor,
    )
    items = _keep_items(plan, reading, _keep_sections(plan, reading.sections))
    _keep_details(plan, items, reading)
    suggest_units(plan)
    targets = ItemTarget.objects.filter(item__plan=plan).count()
    counts = f"{len(reading.sections)}章{len(items)}条，指标{targets}个"
    trail.record(
        actor=actor,
        action="plan.import",
        target=plan,
        summary=f"导入工作要点（{source_name or '粘贴文本'}）：{counts}",
    )
    return plan


def _keep_sections(plan: Plan, sections: Sequence[reader.SectionReading]) -> dict[str, PlanSection]:
    rows = [
        PlanSection(
            plan=plan,
            number=min(row.number, _SMALL_INTEGER),
            marker=row.marker[:20],
            title=row.title[:200],
            start=row.start,
            end=row.end,
        )
        for row in sections
    ]
    return dict(zip([row.id for row in sections], PlanSection.objects.bulk_create(rows), strict=True))


def _keep_items(plan: Plan, reading: reader.Reading, sections: dict[str, PlanSection]) -> list[PlanItem]:
    rows = [_item(plan, row, sections) for row in reading.items]
    for item, place in zip(rows, first_places(len(rows)), strict=True):
        item.place = place
    by_id = dict(zip([row.id for row in reading.items], PlanItem.objects.bulk_create(rows), strict=True))
    nested = []
    for row in reading.items:
        if row.parent is not None:
            by_id[row.id].parent = by_id[row.parent]
            nested.append(by_id[row.id])
    PlanItem.objects.bulk_update(nested, ["parent"])
    return rows


def _item(plan: Plan, row: reader.ItemReading, sections: dict[str, PlanSection]) -> PlanItem:
    due_on, basis = propose_due(row.deadlines, plan.year)
    first = date(plan.year, 1, 1)
    issued = plan.issued_on
    return PlanItem(
        plan=plan,
        section=sections.get(row.section or ""),
        number=min(row.number, _SMALL_INTEGER),
        marker=row.marker[:20],
        title=(row.title.strip() or row.marker)[:200],
        start=row.start,
        end=row.end,
        starts_on=issued if issued is not None and first < issued < due_on else min(first, due_on),
        due_on=due_on,
        due_basis=basis,
        recurrence=propose_recurrence(
            [*(line.every or "" for line in row.deadlines), *(target.period or "" for target in row.targets)],
            [line.phrase for line in row.deadlines],
        ),
    )


def propose_due(deadlines: Iterable[reader.DeadlineReading], year: int) -> tuple[date, str]:
    """Return the deadline to propose for an item, and what it rests on; see `latest_due`."""
    return latest_due(((row.kind, _last_day(row, year), row.phrase) for row in deadlines), year)


def latest_due(deadlines: Iterable[tuple[str, date | None, str]], year: int) -> tuple[date, str]:
    """Return the deadline to propose for an item and what it rests on, from (kind, day, phrase) of its deadlines.

    The latest day its text names counts; what recurs or only says 持续推进 names none. Days before the plan's year are
    references to the past, not deadlines. Without any day: the year's end.
    """
    days = [(day, phrase) for kind, day, phrase in deadlines if kind != "recurring" and day and day.year >= year]
    if not days:
        return date(year, 12, 31), DEFAULT_DUE
    day, phrase = max(days)
    return day, f"原文“{phrase.strip('“”')[:80]}”"


def _last_day(row: reader.DeadlineReading, year: int) -> date | None:
    return _day(row.range[1] if row.range else row.date, year)


def _day(text: str | None, year: int) -> date | None:
    """Return an ISO day; ``--MM-DD``, whose year nobody states, lies in `year`. None for what is no day."""
    if not text:
        return None
    if text.startswith("--"):
        text = f"{year}-{text[2:]}"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _keep_details(plan: Plan, items: Sequence[PlanItem], reading: reader.Reading) -> None:
    """Keep targets, deadlines, named units and flags of the items."""
    # Text that is in no item is not a doubt: the check lists every sentence of it (tasks.coverage).
    flags = [_flag(plan, items, row) for row in reading.flags if row.kind != "text_without_item"]
    flags += _keep_parts(list(zip(items, reading.items, strict=True)))
    ReadingFlag.objects.bulk_create(flags)


def keep_part(item: PlanItem, part: reader.PartReading) -> None:
    """Keep what was read in an item that a person has added."""
    ReadingFlag.objects.bulk_create(_keep_parts([(item, part)]))


def _keep_parts(rows: Sequence[tuple[PlanItem, reader.ItemReading | reader.PartReading]]) -> list[ReadingFlag]:
    """Keep targets, deadlines and named units of items; return doubts about figures that cannot be kept."""
    targets, deadlines, mentions, flags = [], [], [], []
    for item, row in rows:
        for target in row.targets:
            value = _value(target.value)
            if value is None:
                flags.append(_too_big(item.plan, item, target))
            else:
                targets.append(_target(item, target, value))
        deadlines += [_deadline(item, deadline, item.plan.year) for deadline in row.deadlines]
        mentions += [
            UnitMention(item=item, name=unit.name[:120], role=unit.role, start=unit.start, end=unit.end)
            for unit in row.units
        ]
    ItemTarget.objects.bulk_create(targets)
    ItemDeadline.objects.bulk_create(deadlines)
    UnitMention.objects.bulk_create(mentions)
    return flags


def _value(number: float) -> Decimal | None:
    try:
        value = Decimal(str(number)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation:
        return None
    return value if abs(value) < _BIGGEST else None


def _target(item: PlanItem, row: reader.TargetReading, value: Decimal) -> ItemTarget:
    return ItemTarget(
        item=item,
        phrase=row.phrase[:200],
        start=row.start,
        end=row.end,
        metric=(row.metric or row.phrase)[:120],
        operator=row.operator,
        value=value,
        unit=row.unit[:20],
        period=row.period or "",
        explicit=row.explicit,
    )


def _deadline(item: PlanItem, row: reader.DeadlineReading, year: int) -> ItemDeadline:
    return ItemDeadline(
        item=item,
        phrase=row.phrase[:200],
        start=row.start,
        end=row.end,
        kind=row.kind,
        on=_last_day(row, year),
        every=(row.every or "")[:10],
    )


def _flag(plan: Plan, items: Sequence[PlanItem], row: reader.FlagReading) -> ReadingFlag:
    # Of an item and its parent the inner one, which comes later, is meant.
    around = [item for item in items if item.start <= row.start and row.end <= item.end]
    return ReadingFlag(
        plan=plan,
        item=around[-1] if around else None,
        start=row.start,
        end=row.end,
        text=row.text[:200],
        kind=row.kind,
        suggested=(row.suggested or "")[:200],
        confidence=row.confidence,
    )


def _too_big(plan: Plan, item: PlanItem, row: reader.TargetReading) -> ReadingFlag:
    return ReadingFlag(
        plan=plan,
        item=item,
        start=row.start,
        end=row.end,
        text=row.phrase[:200],
        kind="target_range",
        confidence="high",
    )


PLAN_FACTS = {
    "title": "标题",
    "doc_number": "文号",
    "issuer": "印发机关",
    "issued_on": "印发日期",
    "report_every": "报送周期",
}


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What stands in the head of a plan."""

    title: str
    doc_number: str
    issuer: str
    issued_on: date | None
    report_every: str


@transaction.atomic
def edit_plan(*, actor: "User", plan_id: int, facts: PlanFacts, expected_version: int) -> Plan:
    """Correct title, number, issuer, day of issue or reporting period of a draft.

    Raises:
        UserError: no title.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id, expected_version)
    if not facts.title.strip():
        raise UserError("请填写工作要点的标题。")
    before = capture(plan, [PLAN])
    changes = []
    for name, label in PLAN_FACTS.items():
        old, new = getattr(plan, name), getattr(facts, name)
        if old != new:
            setattr(plan, name, new)
            words = dict(Plan.Every.choices) if name == "report_every" else {}
            changes.append((label, str(words.get(old, old or "")), str(words.get(new, new or ""))))
    if changes:
        bump(plan, *PLAN_FACTS)
        summary = f"修改基本信息（{'、'.join(label for label, _, _ in changes)}）"
        keep_step(plan=plan, actor=actor, kind=PlanStep.Kind.FACTS, summary=summary, before=before)
        trail.record(actor=actor, action="plan.edit", target=plan, summary="修改工作要点基本信息", changes=changes)
    return plan


@transaction.atomic
def withdraw_plan(*, actor: "User", plan_id: int, reason: str, expected_version: int | None = None) -> Plan:
    """作废: put a draft aside for good; it stays readable for the office.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id, expected_version)
    reason = reason.strip()
    if not reason:
        raise UserError("作废须填写理由，请补充后再提交。")
    plan.state = Plan.State.WITHDRAWN
    bump(plan, "state")
    end_rounds_of(plan, actor, "草稿已作废")
    trail.record(
        actor=actor,
        action="plan.withdraw",
        target=plan,
        summary="作废工作要点草稿",
        reason=reason[:2000],
        changes=[("状态", Plan.State.DRAFT.label, Plan.State.WITHDRAWN.label)],
    )
    return plan


@transaction.atomic
def refresh_suggestions(*, actor: "User", plan_id: int) -> list[UnitSuggestion]:
    """Suggest units anew after aliases or keyword rules were changed; nothing assigned is touched.

    Raises:
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id)
    found = suggest_units(plan)
    trail.record(
        actor=actor,
        action="plan.suggest",
        target=plan,
        summary=f"按单位表和关键词规则重新生成单位建议（{len(found)}条）",
    )
    return found
