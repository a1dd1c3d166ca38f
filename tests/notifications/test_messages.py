"""The person's own messages: list, open, mark read."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Notification
from notifications.services import mark_read, notify
from tests.county import County

LIST = "/notifications/"


def tell(user: User, number: int = 1, *, path: str = "/tasks/7/", **extra: Any) -> Notification:
    notify(recipients=[user], title=f"第{number}条", body="请办理", path=path, key=f"k{number}", **extra)
    return Notification.objects.get(recipient=user, key=f"k{number}")


@pytest.fixture
def editor(client: Client, county: County) -> Client:
    client.force_login(county.editor)
    return client


def test_list_shows_only_own_messages_unread_first(editor: Client, county: County) -> None:
    for number in (1, 2, 3):
        tell(county.editor, number)
    tell(county.office, 9)
    mark_read(actor=county.editor, notification_id=Notification.objects.get(recipient=county.editor, key="k3").pk)
    page = editor.get(LIST).context["page"]
    assert [row.title for row in page] == ["第2条", "第1条", "第3条"]
    assert "第9条" not in editor.get(LIST).content.decode()


def test_filters_stand_in_the_address(editor: Client, county: County) -> None:
    tell(county.editor, 1)
    mark_read(actor=county.editor)
    tell(county.editor, 2)
    titles = {
        query: [row.title for row in editor.get(LIST + query).context["page"]]
        for query in (
            "?state=unread",
            "?state=read",
            "?q=第2",
            "?q=没有这样的",
            "?day_after=2000-01-01",
            "?day_before=2000-01-01",
        )
    }
    assert titles == {
        "?state=unread": ["第2条"],
        "?state=read": ["第1条"],
        "?q=第2": ["第2条"],
        "?q=没有这样的": [],
        "?day_after=2000-01-01": ["第2条", "第1条"],
        "?day_before=2000-01-01": [],
    }


def test_empty_lists_say_what_to_do_next(editor: Client) -> None:
    assert "还没有消息" in editor.get(LIST).content.decode()
    assert "没有符合条件的消息" in editor.get(LIST + "?q=x").content.decode()


@pytest.mark.parametrize("rows", [3, 30])
def test_list_takes_few_queries(editor: Client, county: County, rows: int, django_assert_max_num_queries: Any) -> None:
    for number in range(rows):
        tell(county.editor, number)
    with django_assert_max_num_queries(12):
        assert editor.get(LIST + "?per_page=50").status_code == 200


def test_opening_marks_read_and_leads_on(editor: Client, county: County) -> None:
    message = tell(county.editor)
    response = editor.get(reverse("notifications:open", args=[message.pk]))
    assert (response.status_code, response["Location"]) == (302, "/tasks/7/")
    message.refresh_from_db()
    first = message.read_at
    assert first is not None
    editor.get(reverse("notifications:open", args=[message.pk]))
    message.refresh_from_db()
    assert message.read_at == first


@pytest.mark.parametrize("path", ["", "/\\outside.example/x", "/\t/outside.example"])
def test_a_message_never_leads_outside(editor: Client, county: County, path: str) -> None:
    message = tell(county.editor, path=path)
    assert editor.get(reverse("notifications:open", args=[message.pk]))["Location"] == LIST


@pytest.mark.parametrize("path", ["//outside.example", "https://outside.example"])
def test_the_database_refuses_an_outside_address(county: County, path: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(recipient=county.editor, title="x", key="x", path=path)


def test_marking_one_and_all_read_by_post(editor: Client, county: County) -> None:
    first, second = tell(county.editor, 1), tell(county.editor, 2)
    others = tell(county.office, 3)
    response = editor.post(reverse("notifications:read", args=[first.pk]), {"next": f"{LIST}?state=unread"})
    assert response["Location"] == f"{LIST}?state=unread"
    assert list(Notification.objects.filter(read_at__isnull=True)) == [others, second]
    response = editor.post(reverse("notifications:read_all"), {"next": "https://outside.example/"})
    assert response["Location"] == LIST
    assert list(Notification.objects.filter(read_at__isnull=True)) == [others]


def test_another_persons_message_does_not_exist(editor: Client, county: County) -> None:
    message = tell(county.office)
    assert editor.get(reverse("notifications:open", args=[message.pk])).status_code == 404
    assert editor.post(reverse("notifications:read", args=[message.pk])).status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_wrong_methods_are_refused(editor: Client, county: County) -> None:
    message = tell(county.editor)
    assert editor.post(LIST).status_code == 405
    assert editor.get(reverse("notifications:read", args=[message.pk])).status_code == 405
    assert editor.get(reverse("notifications:read_all")).status_code == 405
    assert editor.post(reverse("notifications:open", args=[message.pk])).status_code == 405


def test_login_is_required(client: Client, db: None) -> None:
    assert client.get(LIST)["Location"].startswith("/accounts/login/")


def test_the_same_key_reaches_a_person_once(county: County) -> None:
    people = [county.editor, county.editor, county.office]
    assert notify(recipients=people, title="一", key="same") == 2
    assert notify(recipients=people, title="二", key="same") == 0
    assert Notification.objects.count() == 2


def test_inactive_people_get_nothing(county: County) -> None:
    county.editor.is_active = False
    assert notify(recipients=[county.editor], title="一", key="k") == 0
