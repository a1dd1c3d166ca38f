"""The report form saves itself while it is filled in, and outlives the session: nothing typed is lost."""

import json
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from evidence.models import File
from supervision.models import Letter
from tasks.models import ProgressReport, Task
from tasks.services.moves import sign_task
from tests.county import PASSWORD, AsPerson, County, make_task
from tests.meta.page_forms import forms_of
from tests.supervision.letters import letter_in
from tests.tasks.test_flow import PDF, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
LOGIN = reverse("account_login")


@pytest.fixture
def form(county: County, task: Task) -> str:
    sign_task(actor=county.editor, task_id=task.pk)
    return reverse("tasks:report", args=[task.pk])


def autosave(client: Client, form: str, **typed: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(form, {"autosave": "1", **typed}, headers={"X-Autosave": "1"})
    assert answer["Content-Type"] == "application/json"
    return answer.status_code, json.loads(answer.content)


def log_in_from(client: Client, page: Any, username: str, password: str = PASSWORD) -> Any:
    """Fill in the login form of a page and send it."""
    form = next(form for form in forms_of(page.content.decode()) if form.action == LOGIN)
    return client.post(LOGIN, form.filled(login=username, password=password))


# --- saving by itself ---


def test_it_tells_version_and_time_and_takes_no_file(as_person: AsPerson, task: Task, form: str) -> None:
    client = as_person("editor")
    upload = SimpleUploadedFile("a.pdf", PDF)
    status, told = autosave(client, form, version="", actions_taken="写了一半", files=[upload])
    assert (status, told) == (200, {"version": 2, "saved_at": "10:00", "complete": True})
    assert ProgressReport.objects.get().actions_taken == "写了一半"
    assert not File.objects.exists()
    assert autosave(client, form, version="2", actions_taken="写了一大半")[1]["version"] == 3


def test_what_is_wrong_is_left_out_and_said(as_person: AsPerson, task: Task, form: str) -> None:
    value = f"value_{task.targets.get().pk}"
    status, told = autosave(as_person("editor"), form, version="", actions_taken="甲", **{value: "三百"})
    assert (status, told["complete"]) == (200, False)
    assert ProgressReport.objects.get().actions_taken == "甲"


def test_a_colleagues_text_is_shown_and_never_overwritten(as_person: AsPerson, form: str) -> None:
    autosave(as_person("editor"), form, version="", actions_taken="先到的")
    status, told = autosave(as_person("second_editor"), form, version="", actions_taken="后到的")
    assert (status, told["version"]) == (409, 2)
    assert ["主要做法", "先到的"] in told["theirs"]
    assert ProgressReport.objects.get().actions_taken == "先到的"


def test_a_report_that_was_handed_in_meanwhile_is_left_alone(as_person: AsPerson, county: County, task: Task) -> None:
    report(county, task, "30")
    form = reverse("tasks:report", args=[task.pk])
    status, told = autosave(as_person("editor"), form, version="2", actions_taken="晚了")
    assert (status, told["version"]) == (409, None)
    assert "已上报待审" in told["message"]
    assert ProgressReport.objects.get().actions_taken == "组织演练"


def test_the_office_form_wants_its_reason_first(as_person: AsPerson, task: Task, form: str) -> None:
    address = reverse("tasks:report_for", args=[task.pk])
    status, told = autosave(as_person("office"), address, version="", actions_taken="代录", reason="")
    assert (status, "须填写理由" in told["message"]) == (422, True)
    assert not ProgressReport.objects.exists()
    assert autosave(as_person("office"), address, version="", actions_taken="代录", reason="断网")[0] == 200


def test_who_may_not_report_saves_nothing_by_itself_either(as_person: AsPerson, form: str) -> None:
    answer = as_person("head").post(form, {"actions_taken": "x"}, headers={"X-Autosave": "1"})
    assert answer.status_code == 403
    assert not ProgressReport.objects.exists()


def test_without_a_session_the_page_is_told(as_person: AsPerson, form: str) -> None:
    client = as_person("editor")
    Session.objects.all().delete()
    assert autosave(client, form, actions_taken="x") == (401, {"session": "ended"})


def test_whose_session_it_is_is_told_with_the_token(as_person: AsPerson, county: County) -> None:
    told = json.loads(as_person("editor").get(reverse("account_session")).content)
    assert told["user"] == county.editor.pk
    assert len(told["token"]) == 64
    assert json.loads(Client().get(reverse("account_session")).content)["user"] is None


# --- without script: the text comes along through the login ---


def typed_by(person: Any, **more: str) -> dict[str, str]:
    return {"kept_for": str(person.pk), "version": "", "actions_taken": "组织<演练>\r\n写了半天", "save": "1", **more}


def test_text_comes_back_after_the_login(as_person: AsPerson, county: County, task: Task, form: str) -> None:
    client = as_person("editor")
    assert f'name="kept_for" value="{county.editor.pk}"' in client.get(form).content.decode()
    Session.objects.all().delete()
    page = client.post(form, typed_by(county.editor))
    assert page.status_code == 403
    assert "填写的内容没有丢" in page.content.decode()
    assert not Session.objects.exists(), "nothing of an unknown visitor is kept"
    wrong = log_in_from(client, page, "editor", "wrong-password-00")
    assert wrong.status_code == 200
    answer = log_in_from(client, wrong, "editor")
    assert (answer.status_code, answer["Location"]) == (302, form)
    page = client.get(form)
    assert page.context["form"]["actions_taken"].value() == "组织<演练>\r\n写了半天"
    assert "已恢复重新登录之前填写的内容" in page.content.decode()
    assert not ProgressReport.objects.exists(), "it is for the person to save"
    assert "写了半天" not in client.get(form).content.decode(), "once"


def test_somebody_else_does_not_get_it(as_person: AsPerson, county: County, form: str) -> None:
    client = as_person("editor")
    Session.objects.all().delete()
    page = client.post(form, typed_by(county.editor))
    log_in_from(client, page, "editor2")
    assert "写了半天" not in client.get(form).content.decode()


def test_a_colleague_who_was_faster_is_not_overwritten_after_the_login(
    as_person: AsPerson, county: County, form: str
) -> None:
    client = as_person("editor")
    Session.objects.all().delete()
    page = client.post(form, typed_by(county.editor))
    autosave(as_person("second_editor"), form, version="", actions_taken="同事写的")
    log_in_from(client, page, "editor")
    back = next(each for each in forms_of(client.get(form).content.decode()) if "actions_taken" in each.fields)
    answer = client.post(form, back.filled(save="1"))
    assert answer.status_code == 409
    assert "同事写的" in answer.content.decode()
    assert ProgressReport.objects.get().actions_taken == "同事写的"


def test_what_was_not_signed_here_is_not_taken(county: County, form: str) -> None:
    client = Client()
    client.post(LOGIN, {"login": "editor", "password": PASSWORD, "kept_text": "eyJwYXRoIjoiLyJ9:forged"})
    assert "kept_form" not in client.session


def test_another_forms_text_waits_for_its_own_page(as_person: AsPerson, county: County, task: Task, form: str) -> None:
    other = make_task(task.plan, county.units["YJ"], 2, state=Task.State.ACTIVE)
    client = as_person("editor")
    Session.objects.all().delete()
    log_in_from(client, client.post(form, typed_by(county.editor)), "editor")
    assert "写了半天" not in client.get(reverse("tasks:report", args=[other.pk])).content.decode()
    assert "写了半天" in client.get(form).content.decode()


def test_a_forged_form_is_refused_and_kept_for_nobody(county: County, form: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(county.editor, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(form, typed_by(county.editor), headers={"Origin": "http://elsewhere.example"})
    assert answer.status_code == 403
    assert "kept_form" not in client.session


def test_a_form_older_than_the_login_comes_back_with_its_text(county: County, form: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(county.editor, backend="django.contrib.auth.backends.ModelBackend")
    old = typed_by(county.editor, csrfmiddlewaretoken="x" * 64)
    answer = client.post(form, old, headers={"Origin": "http://testserver"})
    assert (answer.status_code, answer["Location"]) == (302, form)
    page = client.get(form)
    assert "写了半天" in page.content.decode()
    back = next(each for each in forms_of(page.content.decode()) if "actions_taken" in each.fields)
    assert client.post(form, back.filled(save="1"), headers={"Origin": "http://testserver"}).status_code == 302
    assert "写了半天" in ProgressReport.objects.get().actions_taken


def test_a_reply_to_a_letter_comes_back_too(as_person: AsPerson, county: County, task: Task) -> None:
    letter = letter_in(Letter.State.RECEIVED, county, [task])
    form = reverse("supervision:reply", args=[letter.pk])
    client = as_person("editor")
    page = client.get(form)
    fields = next(each for each in forms_of(page.content.decode()) if "summary" in each.fields)
    Session.objects.all().delete()
    page = client.post(form, fields.filled(summary="回复写了半天", save="1"))
    log_in_from(client, page, "editor")
    assert "回复写了半天" in client.get(form).content.decode()
