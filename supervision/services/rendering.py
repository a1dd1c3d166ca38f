"""Making the PDF of a letter in force. The row without a file is the truth; making one twice does no harm."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.db import transaction

from audit import trail
from core.errors import UserError
from documents.pdf import render_pdf
from supervision.models import Letter, letter_file_name
from supervision.wording import official_letter

logger = logging.getLogger(__name__)


def render_letter_file(letter_id: int) -> bool:
    """Typeset one letter and keep the file, unless it is there already.

    Typesetting and writing happen outside any transaction. What goes wrong is kept on the row for the office to see,
    and tried again by the next sweep.

    Returns:
        Whether a file was made.
    """
    letter = Letter.objects.without_file().select_related("unit").prefetch_related("items").filter(pk=letter_id).first()
    if letter is None:
        return False
    try:
        content = render_pdf(official_letter(letter))
    except UserError as error:
        return _failed(letter, error.message)
    except Exception:
        # Whatever it is, the office must see that there is no PDF and the log must say why.
        logger.exception("letter %s could not be typeset", letter.pk)
        return _failed(letter, "排版程序出错，请系统管理员查看后台任务日志后重新生成。")
    return _keep(letter, content)


def _failed(letter: Letter, words: str) -> bool:
    Letter.objects.without_file().filter(pk=letter.pk).update(pdf_error=words[:300])
    return False


def _keep(letter: Letter, content: bytes) -> bool:
    storage = letter.pdf.storage
    name = storage.save(letter_file_name(letter, ""), ContentFile(content))
    try:
        with transaction.atomic():
            # The version is left alone: the file follows from the letter and makes no open form stale.
            kept = Letter.objects.without_file().filter(pk=letter.pk).update(pdf=name, pdf_error="")
            if kept:
                trail.record(
                    actor=None,
                    action="letter.render",
                    target=letter,
                    summary=f"生成PDF（{letter.number}）",
                    changes=[("SHA-256", "", hashlib.sha256(content).hexdigest())],
                )
    except BaseException:
        storage.delete(name)
        raise
    if not kept:
        storage.delete(name)
    return bool(kept)


def render_missing_letters() -> int:
    """Make every file that is missing: the sweep that picks up what the broker lost.

    Returns:
        How many were made.
    """
    waiting = list(Letter.objects.without_file().order_by("pk").values_list("pk", flat=True))
    return sum(render_letter_file(pk) for pk in waiting)
