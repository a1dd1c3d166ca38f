"""Idempotency-Key: a POST is carried out once, whatever the network does to its answer."""

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import reverse

from core import clock
from core.api import idempotency
from core.api.idempotency import ABANDONED_AFTER, KEPT_FOR, forget_expired
from core.jobs import forget_idempotent_requests
from core.models import IdempotentRequest
from tasks.models import ProgressReport
from tests.api.calls import Api, problem_of, send, tag, undone
from tests.meta.scene import NOON

pytestmark = pytest.mark.django_db
KEY = "6f1c2a4e-6f0a-4a51-9d3c-0a5d1d0f9a11"
REPLAYED = "Idempotency-Replayed"


@pytest.fixture(autouse=True)
def _undone(api: Api) -> Any:
    with undone():
        yield


def new_report(api: Api, person: str = "editor", key: str = KEY, **changes: Any) -> HttpResponse:
    data = api.samples["new report"].data | changes
    return send(api.scene, person, "POST", reverse("api:reports"), data, Idempotency_Key=key)


def rounds(api: Api) -> int:
    return ProgressReport.objects.filter(task=api.scene.tasks["returned"]).count()


def test_the_same_request_is_carried_out_once_and_answered_alike(api: Api) -> None:
    before = rounds(api)
    first, again = new_report(api), new_report(api)
    assert (first.status_code, again.status_code) == (201, 201)
    assert json.loads(first.content) == json.loads(again.content)
    for name in ("Location", "ETag", "Content-Type"):
        assert first.headers[name] == again.headers[name]
    assert (first.headers.get(REPLAYED), again.headers[REPLAYED]) == (None, "true")
    assert rounds(api) == before + 1


def test_without_a_key_the_second_is_a_request_of_its_own(api: Api) -> None:
    data = api.samples["new report"].data
    answers = [send(api.scene, "editor", "POST", reverse("api:reports"), data).status_code for _ in range(2)]
    assert answers == [201, 409]
    assert not IdempotentRequest.objects.exists()


def test_a_move_is_made_once_although_its_version_has_passed(api: Api) -> None:
    task = api.scene.tasks["assigned"]
    version = tag(task)
    first = api.call("editor", "POST", "task-act", "task move", If_Match=version, Idempotency_Key=KEY)
    again = api.call("editor", "POST", "task-act", "task move", If_Match=version, Idempotency_Key=KEY)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert again.headers[REPLAYED] == "true"


def test_another_body_under_the_same_key_is_refused(api: Api) -> None:
    new_report(api)
    answer = new_report(api, results="另外的内容")
    assert answer.status_code == 422
    assert problem_of(answer)["type"].endswith("key-reused")


def test_a_key_is_one_accounts_and_one_addresses(api: Api) -> None:
    assert new_report(api).status_code == 201
    assert new_report(api, "second_editor").status_code == 409, "their own request, and the round is open"
    made = api.call("office", "POST", "letters", "compose", Idempotency_Key=KEY)
    assert made.status_code == 201


def test_what_was_refused_may_be_mended_and_sent_again(api: Api) -> None:
    move = {"Idempotency_Key": KEY}
    stale = api.call("editor", "POST", "task-act", "task move", If_Match='"999"', **move)
    assert stale.status_code == 412
    assert new_report(api, task=10**9).status_code == 404
    assert new_report(api, unknown=1).status_code == 400
    assert not IdempotentRequest.objects.exists(), "a refusal keeps its key"
    assert api.call("editor", "POST", "task-act", "task move", **move).status_code == 200
    assert new_report(api).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "键", "a" * 101, "\x7f", "a\tb"])
def test_a_key_that_is_none_is_refused(api: Api, key: str) -> None:
    answer = new_report(api, key=key)
    assert answer.status_code == 400
    assert problem_of(answer)["errors"][0]["field"] == "Idempotency-Key"


def test_the_twin_of_a_request_at_work_is_told_to_wait(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[HttpResponse] = []
    keep = idempotency._keep

    def meanwhile(*args: Any) -> None:
        if not answers:
            answers.append(new_report(api))
            answers.append(new_report(api, results="另外的内容"))
        keep(*args)

    monkeypatch.setattr(idempotency, "_keep", meanwhile)
    assert new_report(api).status_code == 201
    assert [answer.status_code for answer in answers] == [409, 422]
    assert problem_of(answers[0])["type"].endswith("in-progress")
    assert answers[0].headers["Retry-After"] == "1"


def test_what_a_crash_left_behind_is_taken_over_after_a_while(api: Api) -> None:
    new_report(api)
    row = IdempotentRequest.objects.get()
    ProgressReport.objects.filter(task=api.scene.tasks["returned"], state="draft").delete()
    IdempotentRequest.objects.update(status=None, answer="", headers={})
    assert new_report(api).status_code == 409
    IdempotentRequest.objects.update(begun_at=row.begun_at - ABANDONED_AFTER)
    assert new_report(api).status_code == 201
    assert IdempotentRequest.objects.get().status == 201


def test_whose_request_was_taken_over_undoes_its_work(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = idempotency._keep

    def overtaken(claim: IdempotentRequest, *args: Any) -> None:
        IdempotentRequest.objects.update(begun_at=claim.begun_at + timedelta(minutes=6))
        keep(claim, *args)

    monkeypatch.setattr(idempotency, "_keep", overtaken)
    before = rounds(api)
    assert new_report(api).status_code == 409
    assert rounds(api) == before


def test_an_error_of_ours_leaves_neither_work_nor_row(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError

    before = rounds(api)
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_keep", broken)
        assert problem_of(new_report(api))["status"] == 500
    assert rounds(api) == before
    assert not IdempotentRequest.objects.exists()
    assert new_report(api).status_code == 201


def test_a_file_is_kept_once_although_its_boundaries_differ(api: Api) -> None:
    files = [api.call("editor", "POST", "report-files", "report file", Idempotency_Key=KEY) for _ in range(2)]
    assert [answer.status_code for answer in files] == [201, 201]
    assert json.loads(files[0].content)["uid"] == json.loads(files[1].content)["uid"]


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def test_an_answer_is_kept_for_a_day(api: Api) -> None:
    with at(NOON):
        assert new_report(api).status_code == 201
    with at(NOON + KEPT_FOR - timedelta(seconds=1)):
        assert forget_expired() == 0
        assert new_report(api).headers[REPLAYED] == "true"
    with at(NOON + KEPT_FOR):
        assert new_report(api).status_code == 409, "carried out anew, whether or not the job has run"
    assert not IdempotentRequest.objects.exists()


def test_the_daily_job_forgets_what_is_no_longer_kept(api: Api) -> None:
    for number in range(3):
        IdempotentRequest.objects.create(
            user=api.scene.county.office,
            method="POST",
            path="/api/v1/letters/",
            key=str(number),
            begun_at=clock.now() - timedelta(days=number),
            expires_at=clock.now() + timedelta(hours=12) - timedelta(days=number),
        )
    assert forget_idempotent_requests() == 2
    out = StringIO()
    call_command("forget_idempotent_requests", stdout=out)
    assert "已删除 0 条" in out.getvalue()
    assert IdempotentRequest.objects.get().key == "0"
