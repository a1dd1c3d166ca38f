"""Who may do what to a record of a drill; the table of moves says in which state."""

from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.errors import NotAllowed, WrongState
from core.models import lock_row
from drills.models import Drill
from drills.transitions import DRILL_TRANSITIONS, OFFICE, OWNER, REVIEWER, Transition
from responsibility.authority import authority_of
from responsibility.models import Unit

if TYPE_CHECKING:
    from accounts.models import User

MISSING = "没有这条演练记录。"
OWN_RECORD = "这条记录由您本人填报，须由另一位工作人员审核。"


def may_file(user: "User | Any") -> bool:
    """Say whether the person records drills: for the own unit or enterprise; the office for any."""
    authority = authority_of(user)
    return bool(authority.units or authority.enterprises) or authority.is_office


def is_worker(user: "User | Any") -> bool:
    """Say whether the person takes part in the county's work, other than for an enterprise."""
    authority = authority_of(user)
    return authority.reads_county or bool(authority.units)


def require_worker(user: "User | Any") -> None:
    """Let through who takes part in the county's work.

    Raises:
        Http404: an enterprise's person, the administrator, or nobody.
    """
    if not is_worker(user):
        raise Http404("没有这个页面。")


def require_office(user: "User | Any") -> None:
    """Let through the office, whose rules, settings and targets they are.

    Raises:
        Http404: not a colleague.
        NotAllowed: a colleague in another role.
    """
    require_worker(user)
    if not authority_of(user).is_office:
        raise NotAllowed("只有县安委办可以维护演练规则和目标。")


def wrote(user: "User | Any", drill: Drill) -> bool:
    """Say whether the person filed the record or handed it in: who did the work cannot accept it."""
    return user.pk in (drill.created_by_id, drill.submitted_by_id)


def owns(user: "User | Any", drill: Drill) -> bool:
    """Say whether it is the person's record to write: their unit's, their enterprise's, or filed by their unit."""
    authority = authority_of(user)
    if drill.enterprise_id is not None and drill.enterprise_id in authority.enterprises:
        return True
    if {drill.organiser_id, drill.filer_id} & authority.units:
        return True
    return authority.is_office and drill.filer is not None and drill.filer.kind == Unit.Kind.OFFICE


def judges(user: "User | Any", drill: Drill) -> bool:
    """Say whether the person's part is to judge such a record; whether they wrote this one is asked apart."""
    authority = authority_of(user)
    if authority.is_office:
        return True
    # What a unit filed itself is the office's to judge.
    if drill.filer_id is not None or drill.enterprise is None:
        return False
    return bool({drill.township_id, drill.enterprise.supervisor_id} & authority.units)


def plays(user: "User | Any", who: str, drill: Drill) -> bool:
    """Say whether the person plays the part for this record today."""
    if who == OWNER:
        return owns(user, drill)
    if who == REVIEWER:
        return judges(user, drill)
    if who == OFFICE:
        return authority_of(user).is_office
    raise ValueError(who)


def allowed_transitions(user: "User | Any", drill: Drill) -> list[Transition]:
    """Return the moves open to this person on this record now; they are the buttons of its page."""
    return [
        row
        for row in DRILL_TRANSITIONS
        if drill.state in row.sources
        and plays(user, row.who, drill)
        and not (row.who == REVIEWER and wrote(user, drill))
    ]


def get_drill_for(user: "User | Any", pk: int) -> Drill:
    """Return a record the person may see.

    Raises:
        Http404: it does not exist or is none of their business; the two look alike.
    """
    drill = (
        Drill.objects.visible_to(user)
        .select_related(
            "organiser", "enterprise__supervisor", "filer", "township", "created_by", "submitted_by", "reviewed_by"
        )
        .filter(pk=pk)
        .first()
    )
    if drill is None:
        raise Http404(MISSING)
    return drill


def lock_drill_for(user: "User | Any", pk: int, move: Transition, expected_version: int | None = None) -> Drill:
    """Lock the record for a move and check that the person may make it from the state it is in now.

    Raises:
        Http404: not visible to the person.
        NotAllowed: visible, but not theirs to do, or their own record to judge.
        WrongState: theirs to do, but not from the state it is in now.
        StaleObject: changed since `expected_version`.
    """
    rows = Drill.objects.visible_to(user).select_related("organiser", "enterprise", "filer", "township")
    try:
        drill = lock_row(rows, pk, expected_version)
    except Drill.DoesNotExist:
        raise Http404(MISSING) from None
    if not plays(user, move.who, drill):
        raise NotAllowed("您没有权限对这条演练记录进行此操作。")
    if drill.state not in move.sources:
        raise WrongState(
            f"记录当前为“{drill.get_state_display()}”，不能“{move.label}”。可能已有其他人处理，请刷新页面查看。"
        )
    if move.who == REVIEWER and wrote(user, drill):
        raise NotAllowed(OWN_RECORD)
    return drill
