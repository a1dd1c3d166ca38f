"""Whose membership counts on a day: the person's dates and the unit's."""

from datetime import date, timedelta

import pytest

from accounts.models import User
from core.errors import UserError
from responsibility.authority import authority_of
from responsibility.models import Membership, Role, Unit
from responsibility.services.units import UnitDraft, change_unit
from tests.county import County

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "acts"),
    [
        (None, None, True),
        (0, 0, True),
        (1, None, False),
        (None, -1, False),
    ],
)
def test_nobody_acts_for_a_unit_that_is_not_in_force(
    county: County, valid_from: int | None, valid_to: int | None, acts: bool
) -> None:
    unit = county.units["YJ"]
    unit.valid_from, unit.valid_to = (
        None if days is None else DAY + timedelta(days=days) for days in (valid_from, valid_to)
    )
    unit.save()
    assert Membership.objects.active_on(DAY).filter(user=county.editor).exists() is acts


@pytest.mark.usefixtures("in_may")
def test_an_account_of_a_closed_unit_may_do_nothing(county: County) -> None:
    Unit.objects.filter(code="YJ").update(valid_to=DAY - timedelta(days=1))
    person = User.objects.get(pk=county.editor.pk)
    assert (authority_of(person).roles, authority_of(person).units) == (frozenset(), frozenset())


@pytest.mark.usefixtures("in_may")
@pytest.mark.parametrize(("valid_from", "valid_to"), [(None, DAY), (None, date(2027, 1, 1)), (date(2027, 1, 1), None)])
def test_the_unit_of_the_only_administrators_is_not_closed(
    county: County, valid_from: date | None, valid_to: date | None
) -> None:
    unit = county.units["AWB"]
    draft = UnitDraft(unit.code, unit.name, unit.short_name, unit.kind, unit.ordering, valid_from, valid_to)
    with pytest.raises(UserError, match="请先在其他单位指定系统管理员"):
        change_unit(actor=county.administrator, unit_id=unit.pk, draft=draft)
    unit.refresh_from_db()
    assert (unit.valid_from, unit.valid_to) == (None, None)
    other = county.units["YJ"]
    Membership.objects.create(user=county.head, unit=other, role=Role.ADMINISTRATOR, valid_from=date(2020, 1, 1))
    change_unit(actor=county.administrator, unit_id=unit.pk, draft=draft)
