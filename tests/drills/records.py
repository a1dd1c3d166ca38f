"""Records of drills for tests, made by the services as people would."""

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from core import clock
from drills.models import Drill
from drills.services.drafting import DrillDraft, create_drill, submit_drill, void_drill
from drills.services.problems import ProblemDraft
from drills.services.reviewing import count_drill, refuse_drill, return_drill
from evidence.services import attach_file
from responsibility.models import Enterprise, Membership, Role, Sector, Unit
from safetyplan.demo.files import make_evidence
from tests.county import County, make_user

S = Drill.State
STATES = tuple(S.values)
# A record the county's rule counts; what a case is about is changed.
WHOLE: dict[str, Any] = {
    "title": "防汛综合演练",
    "kind": "comprehensive",
    "form": "field",
    "hazard": "flood",
    "held_on": date(2026, 4, 20),
    "place": "河口镇政府广场",
    "plan_name": "河口镇防汛应急预案",
    "headcount": 60,
    "evaluator": "县应急局评估组",
    "eval_execution": "按方案完成预警、转移、安置三个环节。",
    "conclusion": "good",
}
MOBILE = "13800000000"


def make_enterprise(county: County, number: int = 1, **extra: Any) -> Enterprise:
    """Create an open enterprise in 河口镇 supervised by 县住房和城乡建设局."""
    sector, _ = Sector.objects.get_or_create(code="GY", defaults={"name": "工贸"})
    values: dict[str, Any] = {
        "name": f"河口第{number}机械厂",
        "credit_code": f"91330000MA{number:08d}",
        "sector": sector,
        "township": county.units["Z1"],
        "supervisor": county.units["ZJ"],
        "address": "河口镇工业路1号",
        "contact": "厂安全员",
        "phone": MOBILE,
    }
    return Enterprise.objects.create(**(values | extra))


def person_of(county: County, code: str, username: str, name: str, role: str = Role.EDITOR) -> User:
    """Create one more person of a unit."""
    return make_user(username, name, county.units[code], role)


def send_to(person: User, enterprise: Enterprise) -> None:
    """Make a person the safety manager of an enterprise."""
    Membership.objects.filter(user=person).delete()
    Membership.objects.create(
        user=person,
        unit=enterprise.township,
        role=Role.ENTERPRISE,
        enterprise=enterprise,
        valid_from=date(2020, 1, 1),
    )


def picture(name: str) -> SimpleUploadedFile:
    """Return a small photo unlike others of another name."""
    return make_evidence(f"{name}.png", name, "河口镇", "2026-04-20")


def draft_of(
    actor: User,
    organiser: Unit | Enterprise,
    *,
    photos: int = 2,
    participants: tuple[Unit, ...] = (),
    problems: tuple[ProblemDraft, ...] = (),
    **changes: Any,
) -> Drill:
    """Return a draft with everything the rule asks for but what `changes` says otherwise."""
    where = {"enterprise_id": organiser.pk} if isinstance(organiser, Enterprise) else {"organiser_id": organiser.pk}
    values: Any = WHOLE | changes
    drill = create_drill(actor=actor, draft=DrillDraft(values, [unit.pk for unit in participants], problems), **where)
    for number in range(photos):
        attach_file(actor=actor, owner=drill, upload=picture(f"照片{drill.pk}之{number}"))
    return drill


def submitted(actor: User, organiser: Unit | Enterprise, **changes: Any) -> Drill:
    """Return a record handed in by `actor`."""
    return submit_drill(actor=actor, drill_id=draft_of(actor, organiser, **changes).pk)


def counted(actor: User, organiser: Unit | Enterprise, *, by: User, **changes: Any) -> Drill:
    """Return a record that counts."""
    return count_drill(actor=by, drill_id=submitted(actor, organiser, **changes).pk)


def drill_in(state: str, county: County, actor: User, organiser: Unit | Enterprise, number: int = 0) -> Drill:
    """Return a record brought to `state`, of a day of its own so that none is another's twin."""
    day: dict[str, Any] = {"held_on": clock.today() - timedelta(days=number + 1), "title": f"防汛演练{number}"}
    drill = draft_of(actor, organiser, problems=(ProblemDraft("通信不畅", "王工", clock.today()),), **day)
    if state in (S.SUBMITTED, S.RETURNED, S.COUNTED, S.NOT_COUNTED):
        submit_drill(actor=actor, drill_id=drill.pk)
    if state == S.RETURNED:
        return_drill(actor=county.office, drill_id=drill.pk, reason="照片不清")
    elif state == S.COUNTED:
        count_drill(actor=county.office, drill_id=drill.pk)
    elif state == S.NOT_COUNTED:
        refuse_drill(actor=county.office, drill_id=drill.pk, reason="与上月演练相同")
    elif state == S.VOID:
        void_drill(actor=actor, drill_id=drill.pk, reason="重复登记")
    drill.refresh_from_db()
    return drill
