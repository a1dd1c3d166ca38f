"""Making the PDF of a duty list in force. The row without a file is the truth; making one twice does no harm."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.db import transaction

from audit import trail
from core.errors import UserError
from documents.ledger_pdf import render_ledger_pdf
from responsibility.duty_printing import printed_list
from responsibility.models import DutyList, Unit, duty_file_name
from responsibility.services.signature_rows import realign_signatures

logger = logging.getLogger(__name__)


def render_duty_file(list_id: int) -> bool:
    """Typeset one list and keep the file, unless it is there already.

    Typesetting and writing happen outside any transaction. What goes wrong is kept on the row for the office to see,
    and tried again by the next sweep.

    Returns:
        Whether a file was made.
    """
    duty_list = DutyList.objects.without_file().select_related("unit").filter(pk=list_id).first()
    if duty_list is None:
        return False
    try:
        content = render_ledger_pdf(printed_list(duty_list))
    except UserError as error:
        return _failed(duty_list, error.message)
    except Exception:
        # Whatever it is, the office must see that there is no PDF and the log must say why.
        logger.exception("duty list %s could not be typeset", duty_list.pk)
        return _failed(duty_list, "排版程序出错，请系统管理员查看后台任务日志后重新生成。")
    return _keep(duty_list, content)


def _failed(duty_list: DutyList, words: str) -> bool:
    DutyList.objects.without_file().filter(pk=duty_list.pk).update(pdf_error=words[:300])
    return False


def _keep(duty_list: DutyList, content: bytes) -> bool:
    storage = duty_list.pdf.storage
    name = storage.save(duty_file_name(duty_list, ""), ContentFile(content))
    try:
        with transaction.atomic():
            # The version is left alone: the file follows from the list and makes no open form stale.
            kept = DutyList.objects.without_file().filter(pk=duty_list.pk).update(pdf=name, pdf_error="")
            if kept:
                trail.record(
                    actor=None,
                    action="duties.render",
                    target=duty_list,
                    summary="生成PDF",
                    changes=[("SHA-256", "", hashlib.sha256(content).hexdigest())],
                )
    except BaseException:
        storage.delete(name)
        raise
    if not kept:
        storage.delete(name)
    return bool(kept)


def render_missing_files() -> int:
    """Make every file that is missing: the sweep that picks up what the broker lost.

    Returns:
        How many were made.
    """
    waiting = list(DutyList.objects.without_file().order_by("pk").values_list("pk", flat=True))
    return sum(render_duty_file(pk) for pk in waiting)


def realign_all_signatures() -> int:
    """Bring the signatures due up to who holds the posts today: an appointment may have been dated ahead.

    Returns:
        How many units with a list in force were looked through.
    """
    units = list(Unit.objects.filter(duty_lists__state=DutyList.State.PUBLISHED).distinct())
    for unit in units:
        with transaction.atomic():
            # Locked like every change of the unit's posts.
            Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk).first()
            realign_signatures(unit)
    return len(units)
