"""The same request sent twice in the same moment with one Idempotency-Key: carried out once, answered alike."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.tokens import create_token
from core.api import idempotency
from core.api.problems import InProgress
from core.models import IdempotentRequest
from hazards.models import Hazard
from hazards.services.registering import register_hazard
from tests.concurrency.race import committed, race, truncatable
from tests.county import County
from tests.enterprises import make_enterprise

__all__ = ["truncatable"]

KEY = "0b6f3f0e-7a55-4f6c-8a2e-3f4f0d1c9b77"
# More often than any twin has to ask again.
TRIES = 20_000


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Hold whoever does the work until the twin does it too, or has been told to wait; return what says the latter."""
    both_here, told, arrived = threading.Event(), threading.Event(), []
    claim = idempotency._claim

    def register_when_both_have_come(**given: Any) -> Hazard:
        arrived.append(1)
        if len(arrived) == 2:
            both_here.set()
        while not told.is_set():
            if both_here.wait(timeout=0.02):
                break
        return register_hazard(**given)

    def claim_and_tell(*given: Any) -> IdempotentRequest:
        try:
            return claim(*given)
        except InProgress:
            told.set()
            raise

    monkeypatch.setattr("hazards.api.register_hazard", register_when_both_have_come)
    monkeypatch.setattr(idempotency, "_claim", claim_and_tell)
    return told


@pytest.fixture
def unguarded() -> Iterator[None]:
    """Take away what lets only one of two claims in."""
    (guard,) = [each for each in IdempotentRequest._meta.constraints if "once" in each.name]
    with connection.schema_editor() as schema:
        schema.remove_constraint(IdempotentRequest, guard)
    yield
    IdempotentRequest.objects.all().delete()
    with connection.schema_editor() as schema:
        schema.add_constraint(IdempotentRequest, guard)


def send_both(county: County) -> list[Any]:
    """Have two machines send the same registration; who is told to wait asks again with the same."""
    token = create_token(actor=county.office, name="脚本", days=30).secret
    body = {
        "title": "通道堵塞", "description": "疏散通道堆放杂物", "place": "一层东侧", "level": "general",
        "source": "inspection", "found_on": "2026-05-10", "due_on": "2026-06-10", "rectifier": "张三",
        "enterprise": make_enterprise(county).pk,
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": KEY}

    def send() -> Any:
        for _ in range(TRIES):
            answer = Client().post("/api/v1/hazards/", json.dumps(body), "application/json", headers=headers)
            if answer.status_code != 409:
                return answer
            assert answer.headers["Retry-After"] == "1"
        raise AssertionError("the first was never done")

    return race(2, send)


@committed
@pytest.mark.usefixtures("in_may")
def test_it_is_carried_out_once_and_both_get_the_same_answer(county: County, meeting: threading.Event) -> None:
    answers = send_both(county)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert json.loads(answers[0].content) == json.loads(answers[1].content)
    assert sorted(answer.headers.get("Idempotency-Replayed", "") for answer in answers) == ["", "true"]
    assert meeting.is_set(), "they never met"
    assert Hazard.objects.count() == 1
    assert IdempotentRequest.objects.get().status == 201


@committed
@pytest.mark.usefixtures("in_may", "meeting", "unguarded")
def test_without_the_guard_it_would_be_carried_out_twice(county: County) -> None:
    """Negative control: the same meeting, two claims of one key let in."""
    answers = send_both(county)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({json.loads(answer.content)["id"] for answer in answers}) == 2
    assert Hazard.objects.count() == 2
