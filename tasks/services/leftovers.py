"""Sentences of a draft that are in no item: made an item, or set aside as needing none. Names of sections."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.http import Http404

from audit import trail
from core.errors import StaleObject, UserError
from core.models import bump
from tasks import reader
from tasks.coverage import BY_HAND, uncovered
from tasks.models import Plan, PlanItem, PlanSection, PlanStep
from tasks.outline import Outline
from tasks.plan_permissions import lock_draft
from tasks.services.importing import keep_part
from tasks.services.item_structure import propose_again
from tasks.services.step_states import capture, item_key, noise_key, section_key
from tasks.services.steps import keep_step, quoted, settle
from tasks.spans import Span, union, words

if TYPE_CHECKING:
    from accounts.models import User

GONE = "所选句子中有的已归入条目或已标为不需分解。请核对最新内容后重新选择。"


def _chosen(plan: Plan, spans: Iterable[Span]) -> list[Span]:
    """Return the chosen sentences in order.

    Raises:
        UserError: none is chosen.
        StaleObject: one of them is covered by now.
    """
    wanted = sorted(set(spans))
    if not wanted:
        raise UserError("没有勾选句子。请先在未覆盖的句子前打勾。")
    open_ = {(row.start, row.end) for row in uncovered(plan, list(plan.items.all()), list(plan.sections.all()))}
    if not open_.issuperset(wanted):
        raise StaleObject(GONE)
    return wanted


@transaction.atomic
def add_item(*, actor: "User", plan_id: int, spans: Iterable[Span]) -> PlanItem:
    """增加条目: make an item of sentences that are in none, and read it like the others.

    It stands in the section in which its first sentence stands, behind the item before it.

    Raises:
        UserError: no sentence is chosen.
        StaleObject: one of them was covered meanwhile.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id)
    source = plan.source_text
    chosen = union(source, _chosen(plan, spans))
    section = plan.sections.filter(start__lt=chosen[0][0]).order_by("-start").first()
    text = words(source, chosen)
    item = PlanItem(
        plan=plan,
        section=section,
        place=_place(plan, section, chosen[0][0]),
        number=(plan.items.aggregate(number=Max("number"))["number"] or 0) + 1,
        marker="",
        title=(reader.title_of(text) or text)[:200],
        starts_on=plan.issued_on,
    )
    item.spans = chosen
    item.save()
    part = reader.read_part(source, chosen, plan_year=plan.year, flood_season_start=settings.FLOOD_SEASON_START)
    keep_part(item, part)
    propose_again(item)
    item.save()
    settle(plan, [item.pk])
    summary = f"增加条目{quoted(item)}"
    keep_step(plan=plan, actor=actor, kind=PlanStep.Kind.ADD, summary=summary, before={}, created=[item_key(item.pk)])
    trail.record(actor=actor, action="plan_item.add", target=item, summary=summary)
    return item


def _place(plan: Plan, section: PlanSection | None, start: int) -> str:
    """Return the place of a new item among the items of its section: by where its text stands."""
    outline = Outline.of(plan)
    group = outline.group(section.pk if section else None, None)
    before = [row for row in group if row.start < start]
    return outline.place_after(group, group.index(before[-1]) + 1 if before else 0)


@transaction.atomic
def set_aside(*, actor: "User", plan_id: int, spans: Iterable[Span]) -> int:
    """不需分解: sentences that are no task (an introduction, a closing) are set aside and no longer counted.

    Returns:
        How many sentences.

    Raises:
        As `add_item`.
    """
    plan = lock_draft(actor, plan_id)
    chosen = _chosen(plan, spans)
    before = capture(plan, [noise_key(*span) for span in chosen])
    rows = [*plan.noise, *({"start": start, "end": end, "reason": BY_HAND} for start, end in chosen)]
    plan.noise = sorted(rows, key=lambda row: row["start"])
    plan.save(update_fields=["noise"])
    first = plan.source_text[slice(*chosen[0])]
    summary = f"标为不需分解：“{first[:30]}”" + (f"等{len(chosen)}句" if len(chosen) > 1 else "")
    keep_step(plan=plan, actor=actor, kind=PlanStep.Kind.ASIDE, summary=summary, before=before)
    trail.record(actor=actor, action="plan.aside", target=plan, summary=summary)
    return len(chosen)


@transaction.atomic
def take_back(*, actor: "User", plan_id: int, span: Span) -> None:
    """恢复为正文: what was set aside, by the reader or by hand, is text again and counted as uncovered.

    Raises:
        UserError: it is not set aside.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id)
    rows = [row for row in plan.noise if (row["start"], row["end"]) != span]
    if len(rows) == len(plan.noise):
        raise UserError("这段文字没有被剔除，请刷新页面查看。")
    before = capture(plan, [noise_key(*span)])
    plan.noise = rows
    plan.save(update_fields=["noise"])
    summary = f"恢复为正文：“{plan.source_text[slice(*span)][:40]}”"
    keep_step(plan=plan, actor=actor, kind=PlanStep.Kind.BACK, summary=summary, before=before)
    trail.record(actor=actor, action="plan.back", target=plan, summary=summary)


@transaction.atomic
def rename_section(
    *, actor: "User", plan_id: int, section_id: int, title: str, expected_version: int | None = None
) -> PlanSection:
    """修改章节名称: correct the name of a section; the document's text stays as it is.

    Raises:
        UserError: no name, or too long a one.
        StaleObject: a colleague renamed it meanwhile.
        Http404, NotAllowed, WrongState: see `tasks.plan_permissions.lock_draft`.
    """
    plan = lock_draft(actor, plan_id)
    section = plan.sections.select_for_update().filter(pk=section_id).first()
    if section is None:
        raise Http404("没有这个章节。")
    title = " ".join(title.split())
    if not title:
        raise UserError("请填写章节名称。")
    if len(title) > 200:
        raise UserError("章节名称请控制在 200 字以内。")
    if expected_version is not None and section.version != expected_version:
        raise StaleObject(f"在您打开页面之后，已有其他人把这个章节改名为“{section.title}”。请核对后再保存。")
    if section.title != title:
        before = capture(plan, [section_key(section.pk)])
        old, section.title = section.title, title
        bump(section, "title")
        summary = f"章节“{section.marker}{old[:24]}”改名为“{title[:30]}”"
        keep_step(plan=plan, actor=actor, kind=PlanStep.Kind.SECTION, summary=summary, before=before)
        trail.record(
            actor=actor, action="plan.section", target=plan, summary=summary, changes=[("章节名称", old, title)]
        )
    return section
