"""What a new report takes over from the last one, so that nobody types it every quarter."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.models import Report
from supervision.models import Letter
from supervision.selectors import office_name

if TYPE_CHECKING:
    from accounts.models import User

ADDRESSEE = "各乡镇人民政府（街道办事处），县安全生产委员会各成员单位"
COPIES_TO = "县委办公室，县政府办公室，县安全生产委员会领导"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands around the text: 发文机关, 主送, 抄送, contact."""

    issuer: str
    addressee: str
    copies_to: str
    contact: str


def head_for(actor: "User | None") -> Head:
    """Return the head of the last report, else the issuer of the last letter and the usual recipients."""
    last = Report.objects.exclude(state=Report.State.DISCARDED).light().order_by("-pk").first()
    if last is not None:
        return Head(last.issuer, last.addressee, last.copies_to, last.contact)
    letter = Letter.objects.exclude(state=Letter.State.VOID).order_by("-pk").first()
    own = "" if actor is None else f"{actor}，{actor.phone}" if actor.phone else str(actor)
    issuer, contact = (letter.issuer, letter.contact) if letter is not None else (office_name(), own)
    return Head(issuer, ADDRESSEE, COPIES_TO, contact)
