"""Making PDF and XLSX file of an issued report. The row without a file is the truth; making one twice is safe."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.db import transaction

from audit import trail
from core.errors import UserError
from documents.pdf import render_pdf
from reports.models import Report, report_file_name
from reports.wording import official_report
from reports.workbook import report_workbook

logger = logging.getLogger(__name__)


class ContentChanged(UserError):
    """What is stored is not what was frozen."""


def report_pdf(report: Report) -> bytes:
    """Return the report as a PDF, from what is kept with it.

    Raises:
        ContentChanged: an issued report no longer has the fingerprint it was issued with.
        PdfUnavailable: a library is missing.
    """
    check_fingerprint(report)
    return render_pdf(official_report(report))


def report_xlsx(report: Report) -> bytes:
    """Return the figures and the rows behind them as an Excel file, from what is kept with the report.

    Raises:
        ContentChanged: as `report_pdf`.
    """
    check_fingerprint(report)
    return report_workbook(report)


def check_fingerprint(report: Report) -> None:
    """Refuse an issued report whose content is not what was frozen.

    Raises:
        ContentChanged: it is not.
    """
    if report.is_issued and report.fingerprint() != report.content_sha256:
        raise ContentChanged("报告内容与签发时的校验值不一致，未生成文件。请系统管理员核查数据库。")


def render_report_files(report_id: int) -> bool:
    """Make and keep the files of one report that are missing.

    Typesetting and writing happen outside any transaction. What goes wrong is kept on the row for the office to see,
    and tried again by the next sweep.

    Returns:
        Whether a file was made.
    """
    report = Report.objects.without_files().filter(pk=report_id).first()
    if report is None:
        return False
    made = False
    try:
        if not report.xlsx:
            made = _keep(report, "xlsx", report_xlsx(report)) or made
        if not report.pdf:
            made = _keep(report, "pdf", report_pdf(report)) or made
    except UserError as error:
        _failed(report, error.message)
    except Exception:
        # Whatever it is, the office must see that there is no file and the log must say why.
        logger.exception("report %s could not be typeset", report.pk)
        _failed(report, "生成文件的程序出错，请系统管理员查看后台任务日志后重新生成。")
    return made


def _failed(report: Report, words: str) -> None:
    Report.objects.without_files().filter(pk=report.pk).update(file_error=words[:300])


def _keep(report: Report, suffix: str, content: bytes) -> bool:
    storage = report.pdf.storage
    name = storage.save(report_file_name(report, f".{suffix}"), ContentFile(content))
    digest = hashlib.sha256(content).hexdigest()
    try:
        with transaction.atomic():
            # The version is left alone: files follow from the report and make no open form stale. A report that got
            # its number meanwhile has another version, and this file lacks the number.
            rows = Report.objects.issued().filter(pk=report.pk, version=report.version, **{suffix: ""})
            kept = rows.update(**{suffix: name, f"{suffix}_sha256": digest, "file_error": ""})
            if kept:
                words = "PDF" if suffix == "pdf" else "附表（XLSX）"
                trail.record(
                    actor=None,
                    action="report.file",
                    target=report,
                    summary=f"生成{words}（{report.name}）",
                    changes=[("SHA-256", "", digest)],
                )
    except BaseException:
        storage.delete(name)
        raise
    if not kept:
        storage.delete(name)
    return bool(kept)


def render_missing_reports() -> int:
    """Make every file that is missing: the sweep that picks up what the broker lost.

    Returns:
        How many reports got a file.
    """
    waiting = list(Report.objects.without_files().order_by("pk").values_list("pk", flat=True))
    return sum(render_report_files(pk) for pk in waiting)
