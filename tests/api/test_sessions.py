"""A person's browser on the interface: the session of the pages, and a CSRF token for whatever changes something."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.api.calls import Api, problem_of, tag, undone

pytestmark = pytest.mark.django_db


def browser(api: Api, person: str) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = api.scene.sessions[person]
    return client


def csrf_of(client: Client) -> str:
    page = client.get(reverse("api:docs")).content.decode()
    return page.partition('data-csrf="')[2].partition('"')[0]


def test_a_session_reads_and_with_its_csrf_token_changes(api: Api) -> None:
    client, task = browser(api, "editor"), api.scene.tasks["assigned"]
    assert json.loads(client.get("/api/v1/me/").content)["username"] == "editor"
    address = reverse("api:task-act", kwargs={"pk": task.pk, "action": "sign"})
    with undone():
        answer = client.post(
            address,
            "{}",
            content_type="application/json",
            headers={"X-CSRFToken": csrf_of(client), "If-Match": tag(task)},
        )
        assert answer.status_code == 200, answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "wrong"}, {"X-CSRFToken": "a" * 64}])
def test_without_it_nothing_is_changed(api: Api, headers: dict[str, str]) -> None:
    client, task = browser(api, "editor"), api.scene.tasks["assigned"]
    client.get("/api/v1/docs/")
    changes = (
        ("post", reverse("api:task-act", kwargs={"pk": task.pk, "action": "sign"})),
        ("patch", reverse("api:report", kwargs=api.samples["report draft"].kwargs)),
        ("delete", reverse("api:file", kwargs=api.samples["file"].kwargs)),
    )
    before = tag(task)
    for method, address in changes:
        answer = getattr(client, method)(
            address, "{}", content_type="application/json", headers={**headers, "If-Match": before}
        )
        assert answer.status_code == 403
        assert "CSRF" in problem_of(answer)["detail"]
    assert tag(task) == before


def test_a_token_needs_none(api: Api) -> None:
    client, task = Client(enforce_csrf_checks=True), api.scene.tasks["assigned"]
    address = reverse("api:task-act", kwargs={"pk": task.pk, "action": "sign"})
    headers = {"Authorization": f"Bearer {api.scene.tokens['editor']}", "If-Match": tag(task)}
    with undone():
        assert client.post(address, "{}", content_type="application/json", headers=headers).status_code == 200


def test_a_session_that_ended_opens_nothing(api: Api) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "gone"
    answer: Any = client.get("/api/v1/tasks/")
    assert problem_of(answer)["status"] == 401
