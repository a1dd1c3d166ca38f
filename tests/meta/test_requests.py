"""Requests as browsers make them: HEAD and OPTIONS, addresses without their slash, forms without their token, and
every page after the session has ended.
"""

import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.county import PASSWORD
from tests.meta.scene import ANONYMOUS, Scene
from tests.meta.test_pages import assert_guarded, check
from tests.meta.url_roles import ACCOUNT, ROLES
from tests.meta.walk import Row, rows

pytestmark = pytest.mark.django_db
ROWS = rows()
READ = [row for row in ROWS if row.method == "GET"]
SENT = [row for row in ROWS if row.method == "POST"]
SHOWN = [row for row in READ if 200 in row.status.values()]


def address(scene: Scene, row: Row) -> str:
    return reverse(row.name, kwargs=scene.samples[row.sample])


@pytest.mark.parametrize("row", READ, ids=str)
def test_head_is_answered_as_get_is_without_a_body(scene: Scene, row: Row) -> None:
    for role in ROLES:
        answer = Row("HEAD", row.name, row.sample, row.status).request(scene, role)
        assert answer.status_code == row.status[role], role
        assert answer.getvalue() == b"" if answer.streaming else answer.content == b""


def test_options_tell_nothing_and_change_nothing(scene: Scene) -> None:
    for row in ROWS:
        for role in (row.permitted(), "stranger"):
            answer = scene.client(role).options(address(scene, row))
            assert answer.status_code in (200, 403, 404, 405), (row, role)
            assert answer.content == b"" or answer.status_code != 200, (row, role)
        assert scene.client(ANONYMOUS).options(address(scene, row)).status_code in (302, 405), row


def test_an_address_without_its_slash_leads_to_the_page(scene: Scene) -> None:
    for row in SHOWN:
        path = address(scene, row)
        if not path.endswith("/"):
            assert scene.client(row.permitted()).get(path + "/").status_code == 404, row
            continue
        client = scene.client(row.permitted())
        answer = client.get(path[:-1] + "?a=b")
        assert (answer.status_code, answer["Location"]) == (301, path + "?a=b"), row
        assert client.get(path + "/").status_code == 404, row
        assert client.get(path.upper()).status_code in (200, 404), row


@pytest.mark.parametrize("row", SENT, ids=str)
def test_a_form_without_its_token_is_refused_with_a_page(scene: Scene, row: Row) -> None:
    client = scene.client(row.permitted())
    client.handler.enforce_csrf_checks = True
    for data in ({}, {"csrfmiddlewaretoken": "x" * 64}, {"csrfmiddlewaretoken": "\x00"}):
        answer = client.post(address(scene, row), data | scene.posted.get(row.sample, {}))
        assert answer.status_code == 403
        text = answer.content.decode()
        assert "页面已过期" in text
        check(text)
        assert_guarded(answer.headers)


def test_forms_of_the_account_want_their_token(scene: Scene) -> None:
    for method, name, status in ACCOUNT:
        if method == "POST" and status != 405:
            for person in (ANONYMOUS, "editor"):
                client = scene.client(person)
                client.handler.enforce_csrf_checks = True
                answer = client.post(reverse(name), {"login": "editor", "password": PASSWORD})
                assert answer.status_code == 403, (name, person)


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_after_the_session_has_ended_login_leads_back(scene: Scene, row: Row) -> None:
    role = row.permitted()
    client = scene.client(role)
    Session.objects.filter(session_key=scene.sessions[role]).delete()
    path = address(scene, row) + "?a=%E6%BC%94&page=1"
    answer = client.get(path)
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert page.status_code == 200
    hidden = re.search(r'name="next" value="([^"]+)"', page.content.decode())
    assert hidden is not None
    way_back = hidden[1].replace("&amp;", "&")
    person = scene.county.people[role].username
    answer = client.post(reverse("account_login"), {"login": person, "password": PASSWORD, "next": way_back})
    assert (answer.status_code, answer["Location"]) == (302, path)
    answer = client.get(path)
    assert answer.status_code == 200
    if answer.streaming:
        answer.getvalue()


@pytest.mark.parametrize("row", SENT, ids=str)
def test_a_form_sent_after_the_session_has_ended_leads_back_to_its_page(scene: Scene, row: Row) -> None:
    with transaction.atomic():
        Session.objects.all().delete()
        page = "/tasks/work/?q=%E6%BC%94"
        back = reverse("account_login") + "?next=/tasks/work/%3Fq%3D%25E6%25BC%2594"
        data = scene.posted.get(row.sample, {})
        client = scene.client(row.permitted())
        answer = client.post(address(scene, row), data, headers={"referer": f"http://testserver{page}"})
        assert (answer.status_code, answer["Location"]) == (302, back)
        # Another site's page, or none, is no way back.
        for referer in ("http://example.test/tasks/", "//example.test", "javascript:x", "", "http://testserver"):
            answer = client.post(address(scene, row), data, headers={"referer": referer})
            assert answer["Location"] == reverse("account_login") + "?next=/", referer
        # A part of a page is not replaced by the login page: the whole page goes there.
        headers = {"hx-request": "true", "hx-current-url": f"http://testserver{page}"}
        answer = client.post(address(scene, row), data, headers=headers)
        assert (answer.status_code, answer["HX-Redirect"]) == (200, back)
        transaction.set_rollback(True)


def test_a_session_of_somebody_switched_off_ends(scene: Scene) -> None:
    person = scene.county.people["second_editor"]
    client: Client = scene.client("second_editor")
    assert client.get("/tasks/work/").status_code == 200
    person.is_active = False
    person.save(update_fields=["is_active"])
    assert client.get("/tasks/work/").status_code == 302
    assert settings.SESSION_COOKIE_AGE <= 12 * 60 * 60
