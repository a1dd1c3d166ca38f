"""Making and keeping the PDF of a row: the row without a file is the truth, and making one twice does no harm."""

import hashlib
import logging
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from audit import trail
from core.errors import UserError

logger = logging.getLogger(__name__)


def make_pdf(
    waiting: "QuerySet[Any]", row: Any, typeset: Callable[[], bytes], *, name: str, action: str, summary: str
) -> bool:
    """Typeset a row's document and keep the file, unless it is there already.

    Typesetting and writing happen outside any transaction. What goes wrong is kept on the row for the office to see,
    and tried again by the next sweep.

    Args:
        waiting: the rows that still lack their file; the row leaves it as soon as it has one.
        row: one of them, with `pdf` and `pdf_error`.
        typeset: gives the file's content.
        name: where it is to lie below MEDIA_ROOT.
        action: audit action of the system, with `summary` in words.

    Returns:
        Whether this call made the file.
    """
    try:
        content = typeset()
    except UserError as error:
        return _failed(waiting, row, error.message)
    except Exception:
        # Whatever it is, the office must see that there is no PDF and the log must say why.
        logger.exception("%s %s could not be typeset", row._meta.label_lower, row.pk)
        return _failed(waiting, row, "排版程序出错，请系统管理员查看后台任务日志后重新生成。")
    return _keep(waiting, row, content, name, action, summary)


def _failed(waiting: "QuerySet[Any]", row: Any, words: str) -> bool:
    waiting.filter(pk=row.pk).update(pdf_error=words[:300])
    return False


def _keep(waiting: "QuerySet[Any]", row: Any, content: bytes, name: str, action: str, summary: str) -> bool:
    storage = row.pdf.storage
    stored = storage.save(name, ContentFile(content))
    try:
        with transaction.atomic():
            # The version is left alone: the file follows from the row and makes no open form stale.
            kept = waiting.filter(pk=row.pk).update(pdf=stored, pdf_error="")
            if kept:
                digest = hashlib.sha256(content).hexdigest()
                changes = [("SHA-256", "", digest)]
                trail.record(actor=None, action=action, target=row, summary=summary, changes=changes)
    except BaseException:
        storage.delete(stored)
        raise
    if not kept:
        storage.delete(stored)
    return bool(kept)
