"""A small county for tests: named people, a few units, a published plan with tasks. Fixtures are used by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from responsibility.models import Membership, Role, Unit, UnitAlias
from tasks.models import Plan, PlanItem, PlanSection, Task, TaskSupport, TaskTarget
from tasks.services.changes import relight

AsPerson = Callable[[str], Client]
PASSWORD = "correct-horse-battery"
TEXT = "一、压实责任\n1.开展演练。全年演练不少于400场次。\n2.整治隐患。12月底前完成整治。\n"


@dataclass
class County:
    """Units by code and people by name of their part."""

    units: dict[str, Unit] = field(default_factory=dict)
    office: User = None  # type: ignore[assignment]
    second_office: User = None  # type: ignore[assignment]
    leader: User = None  # type: ignore[assignment]
    editor: User = None  # type: ignore[assignment]
    second_editor: User = None  # type: ignore[assignment]
    head: User = None  # type: ignore[assignment]
    other_editor: User = None  # type: ignore[assignment]
    auditor: User = None  # type: ignore[assignment]
    administrator: User = None  # type: ignore[assignment]
    enterprise: User = None  # type: ignore[assignment]
    stranger: User = None  # type: ignore[assignment]

    @property
    def people(self) -> dict[str, User]:
        """Every person by the name of their part."""
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


def make_user(username: str, name: str, unit: Unit | None = None, role: str = "", **extra: Any) -> User:
    """Create an account and, where a unit is given, its membership since 2020."""
    user = User.objects.create_user(username, password=PASSWORD, display_name=name, **extra)
    if unit is not None:
        Membership.objects.create(user=user, unit=unit, role=role, valid_from=date(2020, 1, 1))
    return user


UNITS = (
    ("AWB", "县安全生产委员会办公室", "县安委办", Unit.Kind.OFFICE),
    ("YJ", "县应急管理局", "县应急局", Unit.Kind.GOVERNMENT),
    ("ZJ", "县住房和城乡建设局", "县住建局", Unit.Kind.GOVERNMENT),
    ("XF", "县消防救援大队", "县消防大队", Unit.Kind.STATIONED),
    ("Z1", "河口镇", "河口镇", Unit.Kind.TOWNSHIP),
)


def make_county() -> County:
    """Create five units and one person for each part."""
    made = County()
    for order, (code, name, short, kind) in enumerate(UNITS):
        made.units[code] = Unit.objects.create(code=code, name=name, short_name=short, kind=kind, ordering=order)
        if short != name:
            UnitAlias.objects.create(unit=made.units[code], name=short)
    unit = made.units
    made.office = make_user("office", "安小委", unit["AWB"], Role.OFFICE, email="office@example.test")
    made.second_office = make_user("office2", "安二委", unit["AWB"], Role.OFFICE)
    made.leader = make_user("leader", "县领导", unit["AWB"], Role.LEADER)
    made.editor = make_user("editor", "应小急", unit["YJ"], Role.EDITOR, email="editor@example.test")
    made.second_editor = make_user("editor2", "应二急", unit["YJ"], Role.EDITOR)
    made.head = make_user("head", "应局长", unit["YJ"], Role.HEAD)
    made.other_editor = make_user("other", "住小建", unit["ZJ"], Role.EDITOR)
    made.auditor = make_user("auditor", "审计员", unit["AWB"], Role.AUDITOR)
    made.administrator = make_user("admin", "管理员", unit["AWB"], Role.ADMINISTRATOR, is_staff=True, is_superuser=True)
    made.enterprise = make_user("enterprise", "企业员", unit["Z1"], Role.ENTERPRISE)
    made.stranger = make_user("stranger", "无任职")
    return made


def make_plan(county: County) -> Plan:
    """Create a published plan of 2026 with one section and no tasks yet."""
    made = Plan.objects.create(
        year=2026,
        title="2026年全县安全生产工作要点",
        state=Plan.State.PUBLISHED,
        source_text=TEXT,
        issued_on=date(2026, 1, 4),
        created_by=county.office,
        published_by=county.office,
    )
    PlanSection.objects.create(plan=made, number=1, marker="一、", title="压实责任", start=0, end=6)
    return made


@pytest.fixture
def county(db: None) -> County:
    """Five units and one person for each part."""
    return make_county()


@pytest.fixture
def plan(county: County) -> Plan:
    """A published plan of 2026 with one section and no tasks yet."""
    return make_plan(county)


def make_task(
    plan: Plan,
    lead: Unit,
    number: int = 1,
    *,
    title: str = "开展演练",
    starts_on: date = date(2026, 1, 1),
    due_on: date = date(2026, 12, 31),
    supports: tuple[Unit, ...] = (),
    target: tuple[str, str, str, str] | None = ("演练场次", ">=", "400", "场次"),
    **extra: Any,
) -> Task:
    """Create a task as publishing would, with one target (metric, operator, value, unit) unless None is given."""
    section = plan.sections.first()
    item = PlanItem.objects.create(
        plan=plan, section=section, number=number, marker=f"{number}.", title=title, start=7, end=29, due_on=due_on
    )
    task = Task.objects.create(
        plan=plan,
        item=item,
        section=section,
        code=f"{plan.year}-{number:02d}",
        title=title,
        source_text=item.text,
        lead=lead,
        starts_on=starts_on,
        due_on=due_on,
        original_due_on=due_on,
        **extra,
    )
    for unit in supports:
        TaskSupport.objects.create(task=task, unit=unit)
    if target:
        metric, operator, value, unit_word = target
        TaskTarget.objects.create(
            task=task, phrase=metric, metric=metric, operator=operator, value=Decimal(value), unit=unit_word
        )
    relight(task)
    return task


@pytest.fixture
def task(county: County, plan: Plan) -> Task:
    """A task led by 县应急管理局, supported by 河口镇, awaiting 签收."""
    return make_task(plan, county.units["YJ"], supports=(county.units["Z1"],))


def client_of(person: User) -> Client:
    """Return a client logged in as the person."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def as_person(county: County) -> AsPerson:
    """Give a client logged in as the person of that part."""
    return lambda name: client_of(county.people[name])


@pytest.fixture
def in_may() -> Iterator[None]:
    """Freeze the clock at 10 o'clock on 12 May 2026, county time."""
    with time_machine.travel(datetime(2026, 5, 12, 2, 0, tzinfo=UTC), tick=False):
        yield
