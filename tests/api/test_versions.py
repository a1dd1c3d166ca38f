"""ETag, If-None-Match and If-Match: what is read may be kept, what has changed is not overwritten."""

from datetime import timedelta

import pytest
from django.urls import reverse

from audit.models import Entry
from core import clock
from core.api.etags import etag_of, is_unchanged, versions_of
from core.api.views import ObjectViews
from supervision.models import Letter
from tasks.models import Task
from tasks.services.changes import relight
from tests.api.calls import Api, problem_of, send, tag, undone

pytestmark = pytest.mark.django_db
OBJECTS = (
    ("task", "task assigned"),
    ("letter", "letter issued"),
    ("report", "report"),
    ("plan", "plan"),
    ("plan-item", "item"),
    ("unit", "unit"),
    ("file", "file"),
    ("hazard", "hazard edit"),
    ("drill", "drill submitted"),
    ("duty-list", "duties published"),
    ("duty-item", "duty"),
    ("fulfilment", "record"),
    ("sector", "sector"),
    ("post", "post"),
    ("enterprise", "enterprise"),
    ("quarterly-report", "quarterly"),
    ("quarterly-report-figure", "quarterly figure"),
)


@pytest.mark.parametrize(("name", "sample"), OBJECTS, ids=str)
def test_every_object_has_an_etag_and_is_not_sent_twice(api: Api, name: str, sample: str) -> None:
    first = api.call("office", "GET", name, sample)
    etag = first.headers["ETag"]
    for known in (etag, f'"0", {etag}', f"W/{etag}", "*"):
        again = api.call("office", "GET", name, sample, If_None_Match=known)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag), known
    for other in ('"0"', etag.strip('"'), ""):
        assert api.call("office", "GET", name, sample, If_None_Match=other).status_code == 200


def test_the_etag_changes_with_what_is_shown_and_its_version_only_with_edits(api: Api) -> None:
    task = api.scene.tasks["assigned"]
    before = api.call("office", "GET", "task", "task assigned").headers["ETag"]
    with undone(), clock.travel(clock.now() + timedelta(days=60)):
        relight(Task.objects.get(pk=task.pk))
        after = api.call("office", "GET", "task", "task assigned").headers["ETag"]
        assert after != before, "the lamp is another"
        assert versions_of(after) == versions_of(before) == {task.version}
        # Derived colours make no edit stale.
        assert api.call("editor", "POST", "task-act", "task move", If_Match=before).status_code == 200


def test_another_persons_answer_has_another_etag_where_it_differs(api: Api) -> None:
    tags = {api.call(person, "GET", "task", "task assigned").headers["ETag"] for person in ("office", "editor")}
    assert len(tags) == 2, "the editor is offered moves, the office is not"


CHANGES = (
    ("POST", "task-act", "task move", "editor"),
    ("POST", "letter-act", "letter move", "editor"),
    ("POST", "letter-pdf-again", "letter issued", "office"),
    ("PATCH", "letter", "letter edit", "office"),
    ("PATCH", "letter-reply", "letter reply", "editor"),
    ("PATCH", "report", "report draft", "editor"),
    ("PATCH", "hazard", "hazard edit", "office"),
    ("PATCH", "hazard-plan", "hazard plan", "editor"),
    ("PATCH", "hazard-rectify", "hazard rectify", "enterprise"),
    ("PATCH", "drill", "drill edit", "editor"),
    ("POST", "drill-finish", "drill problem", "head"),
    ("POST", "duty-list-act", "duty move", "office"),
    ("PATCH", "duty-item", "duty draft", "editor"),
    ("PATCH", "fulfilment", "record", "editor"),
)


@pytest.mark.parametrize(("method", "name", "sample", "person"), CHANGES, ids=str)
def test_a_change_needs_the_version_it_is_meant_for(api: Api, method: str, name: str, sample: str, person: str) -> None:
    row = api.samples[sample].row
    assert row is not None
    before, entries = tag(row), Entry.objects.count()
    for missing in ("", "*"):
        answer = api.call(person, method, name, sample, If_Match=missing)
        assert problem_of(answer)["type"].endswith("precondition-required")
        assert answer.status_code == 428
    for wrong in ("7", "abc", '"', '"x"', "7-abc", '"' + "9" * 30 + '"'):
        answer = api.call(person, method, name, sample, If_Match=wrong)
        assert answer.status_code == 400, wrong
        assert problem_of(answer)["errors"][0]["field"] == "If-Match"
    for stale in ('"999999"', '"999999-abcdef", "999998"'):
        answer = api.call(person, method, name, sample, If_Match=stale)
        found = problem_of(answer)
        assert answer.status_code == 412
        assert found["current"]["etag"] == answer.headers["ETag"] == before
    assert tag(row) == before
    assert Entry.objects.count() == entries, "a refused change leaves a trace"
    with undone():
        weakened = f'"999999", W/{before[:-1]}-0123456789abcdef"'
        answer = api.call(person, method, name, sample, If_Match=weakened)
        assert answer.status_code == 200
        assert versions_of(answer.headers["ETag"]) != versions_of(before)
        assert tag(row).strip('"') == str(*versions_of(answer.headers["ETag"]))


def test_who_comes_too_late_is_told_who_changed_what(api: Api) -> None:
    with undone():
        etag = api.call("editor", "GET", "task", "task assigned").headers["ETag"]
        assert api.call("second_editor", "POST", "task-act", "task move", If_Match=etag).status_code == 200
        answer = api.call("editor", "POST", "task-act", "task move", If_Match=etag)
        found = problem_of(answer)
        assert answer.status_code == 412
        assert "应二急" in found["detail"]
        current = found["current"]
        assert current["changed_by"] == "应二急"
        assert {"label": "状态", "old": "待签收", "new": "进行中"} in current["changes"]
        # With what it was told the caller may go on; the task has moved on meanwhile.
        again = api.call("editor", "POST", "task-act", "task move", If_Match=current["etag"])
        assert again.status_code == 409
        assert "进行中" in problem_of(again)["detail"]


def test_a_change_between_look_and_lock_is_refused_by_the_service(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = api.scene.letters["issued"]
    look = ObjectViews.expected_version

    def somebody_is_quicker(view: ObjectViews) -> int:
        version = look(view)
        Letter.objects.filter(pk=letter.pk).update(version=version + 1)
        return version

    monkeypatch.setattr(ObjectViews, "expected_version", somebody_is_quicker)
    with undone():
        answer = api.call("editor", "POST", "letter-act", "letter move")
        assert answer.status_code == 412
        assert problem_of(answer)["current"]["version"] == letter.version + 1


def test_a_closed_round_is_not_reached_through_the_open_one(api: Api) -> None:
    """The service saves a task's open round; an older one of the same version must not stand for it."""
    with undone():
        returned = api.scene.tasks["returned"].reports.get()
        made = api.call("editor", "POST", "reports", "new report")
        assert made.status_code == 201
        address = reverse("api:report", args=[returned.pk])
        answer = send(api.scene, "editor", "PATCH", address, {"results": "改写"}, If_Match=tag(returned))
        assert answer.status_code in (409, 412)
        newest = api.scene.tasks["returned"].reports.get(state="draft")
        assert newest.results == ""


def test_etags_read_as_they_are_written() -> None:
    assert versions_of(etag_of(7)) == versions_of(etag_of(7, b"x")) == {7}
    assert versions_of('"7-0a", W/"8"') == {7, 8}
    assert versions_of("") == versions_of("*") == versions_of('"-1"') == set()
    assert etag_of(7, b"x") != etag_of(7, b"y")
    assert is_unchanged('W/"7"', '"7"')
    assert not is_unchanged('"7"', '"77"')
