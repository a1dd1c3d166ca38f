"""Making the PDF of a duty list in force. The row without a file is the truth; making one twice does no harm."""

from django.db import transaction

from documents.keeping import make_pdf
from documents.ledger_pdf import render_ledger_pdf
from responsibility.duty_printing import printed_list
from responsibility.models import DutyList, Unit, duty_file_name
from responsibility.services.signature_rows import realign_signatures


def render_duty_file(list_id: int) -> bool:
    """Typeset one list and keep the file, unless it is there already.

    Returns:
        Whether a file was made; see `documents.keeping.make_pdf`.
    """
    duty_list = DutyList.objects.without_file().select_related("unit").filter(pk=list_id).first()
    if duty_list is None:
        return False
    return make_pdf(
        DutyList.objects.without_file(),
        duty_list,
        lambda: render_ledger_pdf(printed_list(duty_list)),
        name=duty_file_name(duty_list, ""),
        action="duties.render",
        summary="生成PDF",
    )


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
