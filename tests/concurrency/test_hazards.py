"""Two people decide about one hazard at once: one is heard, the other is told; without the lock both would be."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from core.errors import WrongState
from hazards import permissions
from hazards.models import Extension, Hazard, Rectification
from hazards.models.tracked import State
from hazards.services import extensions, rechecking, rectifying
from responsibility.models import Enterprise
from tests.concurrency.race import committed, let_them_meet, race_of, truncatable
from tests.county import County
from tests.enterprises import join_enterprise, make_enterprise
from tests.hazards.ledger import ask, draft, hazard_in, register

__all__ = ["truncatable"]

GRANTED = date(2026, 6, 20)
Outcome = Rectification.Outcome


@pytest.fixture
def enterprise(county: County) -> Enterprise:
    made = make_enterprise(county)
    join_enterprise(county.enterprise, made)
    return made


def both(*moves: Callable[..., Any]) -> list[str]:
    """Make the moves at once; return the names of those that were made."""

    def tried(move: Any) -> str:
        try:
            move()
        except WrongState:
            return ""
        name: str = move.func.__name__
        return name

    return [name for name in race_of([partial(tried, move) for move in moves]) if name]


def pass_and_return(county: County, hazard: Hazard) -> list[str]:
    given: dict[str, Any] = {"hazard_id": hazard.pk, "opinion": "现场复查"}
    return both(
        partial(rechecking.pass_and_close, actor=county.editor, **given),
        partial(rechecking.return_hazard, actor=county.head, **given),
    )


def grant_and_apply(county: County, hazard: Hazard) -> list[str]:
    grant = partial(
        extensions.grant_extension, actor=county.office, hazard_id=hazard.pk, opinion="同意", due_on=GRANTED
    )
    return both(grant, partial(rectifying.apply_for_recheck, actor=county.enterprise, hazard_id=hazard.pk))


def asked_and_drafted(county: County, enterprise: Enterprise) -> Hazard:
    """Return a hazard for which more time was asked for and whose rectification only has to be handed in."""
    hazard = register(county, enterprise)
    ask(hazard, county.enterprise)
    draft(hazard, county.enterprise)
    return hazard


def lock_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_row(rows: Any, pk: int, expected_version: int | None = None) -> Any:
        return rows.get(pk=pk)

    monkeypatch.setattr(permissions, "lock_row", read_row)


@committed
@pytest.mark.usefixtures("in_may")
def test_of_two_who_recheck_one_is_heard(
    county: County, enterprise: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazard = hazard_in(State.APPLIED, county, enterprise)
    let_them_meet(monkeypatch, Rectification)
    made = pass_and_return(county, hazard)
    assert len(made) == 1
    hazard.refresh_from_db()
    outcomes = sorted(hazard.rounds.values_list("outcome", flat=True))
    if made == ["pass_and_close"]:
        assert (hazard.state, outcomes) == (State.CLOSED, [Outcome.PASSED])
    else:
        assert (hazard.state, outcomes) == (State.RETURNED, sorted([Outcome.DRAFT, Outcome.RETURNED]))
    assert hazard.standings.filter(until=None).get().state == hazard.state


@committed
@pytest.mark.usefixtures("in_may")
def test_without_the_lock_both_rechecks_would_be_written(
    county: County, enterprise: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: both found it waiting; only the constraints of the table stop the second."""
    hazard = hazard_in(State.APPLIED, county, enterprise)
    let_them_meet(monkeypatch, Rectification)
    lock_nothing(monkeypatch)
    with pytest.raises(IntegrityError, match="hazard_"):
        pass_and_return(county, hazard)


@committed
@pytest.mark.usefixtures("in_may")
def test_more_time_is_granted_before_it_is_handed_in_or_not_at_all(
    county: County, enterprise: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazard = asked_and_drafted(county, enterprise)
    due_on = hazard.due_on
    let_them_meet(monkeypatch, Hazard)
    made = grant_and_apply(county, hazard)
    hazard.refresh_from_db()
    decision = hazard.extensions.get().decision
    if "grant_extension" in made:
        assert made == ["grant_extension", "apply_for_recheck"]
        assert (hazard.due_on, decision) == (GRANTED, Extension.Decision.GRANTED)
    else:
        assert made == ["apply_for_recheck"]
        assert (hazard.due_on, decision) == (due_on, Extension.Decision.LAPSED)
    assert hazard.state == State.APPLIED
    last = hazard.standings.get(until=None)
    assert (last.state, last.due_on) == (hazard.state, hazard.due_on), "figures count from what the hazard says"


@committed
@pytest.mark.usefixtures("in_may")
def test_without_the_lock_more_time_would_be_granted_for_what_has_been_handed_in(
    county: County, enterprise: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the later of the two undoes what the earlier one wrote."""
    hazard = asked_and_drafted(county, enterprise)
    version = Hazard.objects.get().version
    let_them_meet(monkeypatch, Hazard)
    lock_nothing(monkeypatch)
    assert len(grant_and_apply(county, hazard)) == 2
    hazard.refresh_from_db()
    # Granted last, the handing in is undone; handed in last, the figures still count from the old deadline.
    last = hazard.standings.get(until=None)
    undone = hazard.state == State.RECTIFYING and hazard.rounds.filter(outcome=Outcome.APPLIED).exists()
    assert undone or last.due_on != hazard.due_on
    assert hazard.version == version + 1, "two changes under one version"


@committed
@pytest.mark.usefixtures("in_may")
def test_what_is_taken_back_is_not_closed(
    county: County, enterprise: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazard = hazard_in(State.APPLIED, county, enterprise)
    let_them_meet(monkeypatch, Rectification)
    made = both(
        partial(rectifying.withdraw_application, actor=county.enterprise, hazard_id=hazard.pk, reason="照片有误"),
        partial(rechecking.pass_and_close, actor=county.editor, hazard_id=hazard.pk, opinion="合格"),
    )
    assert len(made) == 1
    hazard.refresh_from_db()
    assert hazard.state == (State.CLOSED if made == ["pass_and_close"] else State.RECTIFYING)
