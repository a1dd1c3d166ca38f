"""Drafting a report: made once a quarter, its sentences and head edited, its figures computed anew, or given up."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit import trail
from audit.trail import Change
from core import clock
from core.errors import NotAllowed, UserError
from documents.numbering import official_date
from notifications.services import notify
from reports.comparing import changed_figures
from reports.computing import compute
from reports.content import Content
from reports.habits import Head, head_for
from reports.models import Report
from reports.permissions import get_report_for, lock_report_for, may_make
from reports.quarters import Quarter
from reports.services.moves import carry_out, check_reason, one_line
from reports.transitions import DISCARD, EDIT, RECALCULATE
from reports.wording import title_for
from responsibility.selectors import people_of

if TYPE_CHECKING:
    from accounts.models import User

MAX_TEXT = 4000


def existing_report(quarter: Quarter) -> Report | None:
    """Return the quarter's draft, else the edition in force, else None."""
    rows = Report.objects.of_quarter(quarter)
    draft = rows.filter(state=Report.State.DRAFT).first()
    return draft or rows.filter(state=Report.State.FROZEN).first()


def make_report(*, actor: "User | None", quarter: Quarter) -> tuple[Report, bool]:
    """Draft the first edition of a quarter's report, unless the quarter has one: figures, rows and sentences.

    Args:
        actor: clerk of the office; None for the system's own job.
        quarter: which; a quarter that runs is counted up to today.

    Returns:
        The quarter's draft or edition in force, and whether it was made now.

    Raises:
        NotAllowed: the person is not of the office.
        UserError: the quarter has not begun, or there are no tasks to report on.
    """
    if actor is not None and not may_make(actor):
        raise NotAllowed("只有县安委办工作人员可以编制季度报告。")
    known = existing_report(quarter)
    if known is not None:
        return known, False
    # Counted outside the transaction: nobody waits while it is read.
    content = compute(quarter, clock.today())
    try:
        with transaction.atomic():
            return _create(actor, quarter, content), True
    except IntegrityError:
        # A colleague, or the nightly job, was faster.
        known = existing_report(quarter)
        if known is None:
            raise
        return known, False


def _create(actor: "User | None", quarter: Quarter, content: Content) -> Report:
    report = new_draft(actor, quarter, content, head_for(actor))
    report.save(force_insert=True)
    trail.record(
        actor=actor,
        action="report.make",
        target=report,
        summary=f"生成{report.name}草稿（数据截至{official_date(report.as_of)}）",
    )
    if actor is None:
        notify(
            recipients=people_of(role="office"),
            title=f"{report.name}草稿已生成，请核对后签发",
            body=f"数据截至{official_date(report.as_of)}。请核对各节文字和检查清单。",
            path=f"/reports/{report.pk}/",
            key=f"report-{report.pk}-made",
        )
    return report


def new_draft(actor: "User | None", quarter: Quarter, content: Content, head: Head, **extra: object) -> Report:
    """Return an unsaved draft; `extra` are further fields."""
    report = Report(
        year=quarter.year,
        quarter=quarter.number,
        title=title_for(quarter.period.label),
        made_by=actor,
        made_at=clock.now(),
        **asdict(head),
    )
    for name, value in extra.items():
        setattr(report, name, value)
    report.keep(content)
    return report


def edit_section(*, actor: "User", report_id: int, key: str, text: str, expected_version: int | None = None) -> Report:
    """Replace the sentences of one section; an empty text brings the sentences by rule back.

    Numbers that are none of the section's figures are not refused: the pages point them out, and whoever issues the
    report has to confirm them.

    Args:
        actor: clerk of the office.
        report_id: a draft.
        key: the section.
        text: one paragraph a line.
        expected_version: version of the report the form was opened with.

    Raises:
        UserError: no such section, or the text is too long.
        Http404, NotAllowed, WrongState, StaleObject: see `reports.permissions.lock_report_for`.
    """
    with transaction.atomic():
        report = lock_report_for(actor, report_id, EDIT, expected_version)
        section = report.content.section(key)
        if section is None:
            raise UserError("没有这一节，请返回报告重新选择。")
        words = "\n".join(line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip())
        if len(words) > MAX_TEXT:
            raise UserError(f"每节文字请控制在 {MAX_TEXT} 字以内（现为 {len(words)} 字）。")
        old, by_rule = report.text_of(key), report.content.text_of(section)
        texts = dict(report.texts)
        texts.pop(key, None)
        if words and words != by_rule:
            texts[key] = words
        report.texts = texts
        new = report.text_of(key)
        if new != old:
            carry_out(report, EDIT, actor=actor, changes=[(section.title or "开头", old, new)], fields=("texts",))
        return report


def edit_head(*, actor: "User", report_id: int, title: str, head: Head, expected_version: int | None = None) -> Report:
    """Change title, 发文机关, 主送, 抄送 and contact.

    Raises:
        UserError: something is missing or too long.
        Http404, NotAllowed, WrongState, StaleObject: see `reports.permissions.lock_report_for`.
    """
    with transaction.atomic():
        report = lock_report_for(actor, report_id, EDIT, expected_version)
        wanted = {
            "title": one_line("标题", title, 120),
            "issuer": one_line("发文机关", head.issuer, 60),
            "addressee": one_line("主送", head.addressee, 200).rstrip("：:"),
            "copies_to": one_line("抄送", head.copies_to, 300, needed=False),
            "contact": one_line("联系人及电话", head.contact, 120, needed=False),
        }
        changes: list[Change] = []
        for name, value in wanted.items():
            old = getattr(report, name)
            if old != value:
                changes.append((str(Report._meta.get_field(name).verbose_name), old, value))  # type: ignore[union-attr]
                setattr(report, name, value)
        if changes:
            carry_out(report, EDIT, actor=actor, changes=changes, fields=tuple(wanted))
        return report


def recalculate(*, actor: "User", report_id: int, expected_version: int | None = None) -> list[Change]:
    """Compute figures, rows and sentences of a draft anew; what the office wrote itself stays.

    Returns:
        (label, old, new) for everything that changed; empty where nothing did.

    Raises:
        Http404, NotAllowed, WrongState, StaleObject: see `reports.permissions.lock_report_for`.
    """
    report = get_report_for(actor, report_id)
    content = compute(report.of, clock.today(), replaces=report.correction_reason)
    with transaction.atomic():
        report = lock_report_for(actor, report_id, RECALCULATE, expected_version)
        changes = changed_figures(report.content, content)
        if changes:
            carry_out(report, RECALCULATE, actor=actor, changes=changes, fields=report.keep(content))
        return changes


def discard(*, actor: "User", report_id: int, reason: str, expected_version: int | None = None) -> Report:
    """作废: give a draft up; the quarter can be drafted anew.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `reports.permissions.lock_report_for`.
    """
    with transaction.atomic():
        report = lock_report_for(actor, report_id, DISCARD, expected_version)
        carry_out(report, DISCARD, actor=actor, reason=check_reason(DISCARD, reason))
        return report
