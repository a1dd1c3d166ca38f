"""签发: a report is frozen, gets its number, or is corrected by a new edition."""

import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from audit import trail
from core import clock
from core.errors import UserError
from documents.numbering import format_document_number, official_date, validate_code
from notifications.services import notify
from reports.checks import check_list, strays_of
from reports.computing import compute
from reports.habits import Head
from reports.jobs import render_report
from reports.models import Report
from reports.permissions import get_report_for, lock_report_for
from reports.services.drafting import new_draft
from reports.services.moves import carry_out, check_reason, one_line
from reports.transitions import CORRECT, FREEZE, NUMBER, RENDER, SUPERSEDE
from reports.wording import title_for
from responsibility.selectors import people_of
from supervision.models import LetterCounter

if TYPE_CHECKING:
    from accounts.models import User

_NUMBER = re.compile(r"([\u4e00-\u9fff]{2,12})[〔\[（(【](\d{4})[〕\]）)】](\d{1,5})号")


def queue_rendering(report: Report) -> None:
    """Have the worker make the files once the transaction is kept; with the broker away the sweep does it."""

    def enqueue() -> None:
        render_report.apply_async((report.pk,), retry=False)

    transaction.on_commit(enqueue, robust=True)


def take_number(typed: str) -> str:
    """Enter a 发文字号 in the register that letters take theirs from, and return it as it is printed.

    Numbers of one 代字 and year rise and are never used twice, so letters go on after it. Empty stays empty.

    Raises:
        UserError: it is not of the form 代字〔年份〕顺序号, or is taken.
    """
    typed = "".join(typed.split())
    if not typed:
        return ""
    found = _NUMBER.fullmatch(typed)
    if found is None:
        raise UserError("发文字号的写法应为“代字〔年份〕顺序号”，例如“清安委办〔2026〕12号”；没有文号的请留空。")
    code, year, sequence = validate_code(found[1]), int(found[2]), int(found[3])
    number = format_document_number(code, year, sequence)
    LetterCounter.objects.get_or_create(code=code, year=year)
    counter = LetterCounter.objects.select_for_update().get(code=code, year=year)
    if sequence <= counter.last:
        following = format_document_number(code, year, counter.last + 1)
        raise UserError(f"{number}已被使用或小于已用的文号，下一个可用的是{following}。")
    counter.last = sequence
    counter.save(update_fields=["last"])
    return number


def freeze_report(
    *,
    actor: "User",
    report_id: int,
    signatory: str,
    number: str = "",
    acknowledged: bool = False,
    expected_version: int | None = None,
) -> Report:
    """签发: fix figures, rows and texts, publish the report, have its files made; a corrected edition is superseded.

    Args:
        actor: clerk of the office, or a county leader.
        report_id: a draft whose figures are those of today's data.
        signatory: 签发人, the name of the person who approved it.
        number: 发文字号; empty leaves it blank.
        acknowledged: the person has seen the check list's warnings.
        expected_version: version of the draft last seen.

    Raises:
        UserError: no signatory, a bad number, the quarter has not ended, the figures are out of date, or a warning was
            not confirmed.
        Http404, NotAllowed, WrongState, StaleObject: see `reports.permissions.lock_report_for`.
    """
    # Computed outside the transaction, on the report as it is; a change meanwhile makes the version stale.
    seen = get_report_for(actor, report_id)
    found = check_list(seen, clock.today()) if seen.is_draft else None
    with transaction.atomic():
        report = lock_report_for(
            actor, report_id, FREEZE, seen.version if expected_version is None else expected_version
        )
        if found is not None:
            for check in found.checks:
                if check.blocking and not check.ok:
                    raise UserError(f"{check.title}{check.advice}")
            if found.warned and not acknowledged:
                raise UserError("检查清单中有需要核对的事项，请逐项核对并勾选“已核对”后再签发。")
        report.signatory = one_line("签发人", signatory, 60)
        report.doc_number = take_number(number)
        report.frozen_at, report.frozen_by = clock.now(), actor
        report.content_sha256 = report.fingerprint()
        _supersede(report, actor)
        strays = [f"{key}：{'、'.join(numbers)}" for key, numbers in strays_of(report).items()]
        carry_out(
            report,
            FREEZE,
            actor=actor,
            reason=f"已核对改写文字中的数字（{'；'.join(strays)}）" if strays else "",
            changes=[
                ("签发人", "", report.signatory),
                ("发文字号", "", report.doc_number or "（留空）"),
                ("SHA-256", "", report.content_sha256),
            ],
            fields=("signatory", "doc_number", "frozen_at", "frozen_by", "content_sha256"),
        )
        _tell(report, actor)
        queue_rendering(report)
        return report


def _supersede(report: Report, actor: "User") -> None:
    """Mark the edition this one corrects; its constraint lets only one edition of a quarter be in force."""
    if report.corrects_id is None:
        return
    old = Report.objects.select_for_update(of=("self",)).get(pk=report.corrects_id)
    carry_out(old, SUPERSEDE, actor=actor, reason=report.correction_reason)


def _tell(report: Report, actor: "User") -> None:
    corrected = f"，更正原因：{report.correction_reason}" if report.correction_reason else ""
    readers = {
        person.pk: person
        for group in (people_of(), people_of(role="office"), people_of(role="leader"))
        for person in group
    }
    notify(
        recipients=[person for pk, person in readers.items() if pk != actor.pk],
        title=f"已签发：{report.title}",
        body=f"数据截至{official_date(report.as_of)}{corrected}。",
        path=reverse("reports:detail", args=[report.pk]),
        key=f"report-{report.pk}-issued",
    )


def give_number(*, actor: "User", report_id: int, number: str, expected_version: int | None = None) -> Report:
    """登记发文字号: print a number on a report that was issued without one; nothing else changes.

    Raises:
        UserError: no number, a bad one, or the report has one.
        Http404, NotAllowed, WrongState, StaleObject: see `reports.permissions.lock_report_for`.
    """
    with transaction.atomic():
        report = lock_report_for(actor, report_id, NUMBER, expected_version)
        if report.doc_number:
            raise UserError(f"报告已有发文字号{report.doc_number}，不能再改。")
        report.doc_number = take_number(number)
        if not report.doc_number:
            raise UserError("请填写发文字号，例如“清安委办〔2026〕12号”。")
        report.pdf, report.pdf_sha256, report.file_error = "", "", ""
        carry_out(
            report,
            NUMBER,
            actor=actor,
            changes=[("发文字号", "（留空）", report.doc_number)],
            fields=("doc_number", "pdf", "pdf_sha256", "file_error"),
        )
        queue_rendering(report)
        return report


def correct_report(*, actor: "User", report_id: int, reason: str, expected_version: int | None = None) -> Report:
    """起草更正版: a new edition computed from today's data as of the same day; texts the office wrote are taken over.

    The edition in force stays so until the new one is issued.

    Returns:
        The new draft.

    Raises:
        UserError: no reason, or a correction is being drafted already.
        Http404, NotAllowed, WrongState, StaleObject: see `reports.permissions.lock_report_for`.
    """
    reason = check_reason(CORRECT, reason)
    seen = get_report_for(actor, report_id)
    content = compute(seen.of, clock.today(), replaces=reason)
    with transaction.atomic():
        report = lock_report_for(actor, report_id, CORRECT, expected_version)
        if Report.objects.of_quarter(report.of).filter(state=Report.State.DRAFT).exists():
            raise UserError(f"{report.of.period.label}已有一份草稿正在起草，请先完成或作废那份草稿。")
        head = Head(report.issuer, report.addressee, report.copies_to, report.contact)
        texts = {key: text for key, text in report.texts.items() if key != "opening"}
        draft = new_draft(
            actor,
            report.of,
            content,
            head,
            edition=report.edition + 1,
            corrects=report,
            correction_reason=reason,
            texts=texts,
        )
        draft.title = title_for(report.of.period.label, draft.edition_words)
        draft.save(force_insert=True)
        carry_out(report, CORRECT, actor=actor, reason=reason)
        trail.record(actor=actor, action="report.make", target=draft, summary=f"起草{draft.name}", reason=reason)
        return draft


def render_again(*, actor: "User", report_id: int) -> Report:
    """重新生成: have the files of an issued report made anew, after an error or when the proper fonts were installed.

    The earlier files stay on disk; their fingerprints are in the history.

    Raises:
        Http404, NotAllowed, WrongState: see `reports.permissions.lock_report_for`.
    """
    with transaction.atomic():
        report = lock_report_for(actor, report_id, RENDER)
        report.pdf, report.pdf_sha256, report.xlsx, report.xlsx_sha256, report.file_error = "", "", "", "", ""
        carry_out(report, RENDER, actor=actor, fields=("pdf", "pdf_sha256", "xlsx", "xlsx_sha256", "file_error"))
        queue_rendering(report)
        return report
