"""保存的视图: an address under a name, offered to whom it is for, leading nowhere but to the list."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from responsibility.models import SavedView
from responsibility.services.saved_views import PAGES, list_address
from tasks.models import Task
from tests.county import AsPerson, County

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
SAVE = reverse("responsibility:view_save")


def save(client: Any, name: str = "红灯", query: str = "lamp=red&page=3&q=", scope: str = "own", **more: str) -> Any:
    return client.post(SAVE, {"page": "tasks:list", "name": name, "query": query, "scope": scope} | more)


def test_a_view_opens_the_list_as_it_was(as_person: AsPerson, county: County, task: Task) -> None:
    answer = save(as_person("editor"), query="lamp=red&lamp=yellow&sort=-due_on&show=-&show=lead&page=3&q=")
    assert answer.status_code == 302
    view = SavedView.objects.get()
    assert (view.owner, view.scope, view.unit) == (county.editor, "own", None)
    # Without the page, and without what was left empty.
    assert view.query == "lamp=red&lamp=yellow&sort=-due_on&show=-&show=lead"
    assert answer.headers["Location"] == f"/tasks/?{view.query}"
    page = as_person("editor").get(answer.headers["Location"])
    assert page.status_code == 200
    assert f'href="/tasks/?{view.query.replace("&", "&amp;")}" aria-current="true"' in page.content.decode()


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        ("own", {"editor"}),
        ("unit", {"editor", "second_editor", "head"}),
    ],
)
def test_a_view_is_offered_to_whom_it_is_for(as_person: AsPerson, scope: str, seen: set[str]) -> None:
    save(as_person("editor"), name="只给他们看", scope=scope)
    people = ("editor", "second_editor", "head", "other_editor", "office", "auditor", "stranger")
    assert {name for name in people if "只给他们看" in as_person(name).get("/tasks/").content.decode()} == seen
    # Another list does not offer it.
    assert "只给他们看" not in as_person("editor").get("/hazards/").content.decode()


def test_the_office_shares_with_all_and_nobody_else_does(as_person: AsPerson) -> None:
    assert save(as_person("editor"), name="全县", scope="shared").status_code == 403
    save(as_person("office"), name="全县", scope="shared")
    assert "全县（全县共用）" in as_person("other_editor").get("/tasks/").content.decode().replace(
        '<span class="muted">', ""
    )


def test_the_same_name_is_replaced(as_person: AsPerson) -> None:
    save(as_person("editor"))
    save(as_person("editor"), query="lamp=yellow", scope="unit")
    view = SavedView.objects.get()
    assert (view.query, view.scope, view.unit_id is not None) == ("lamp=yellow", "unit", True)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"name": " "}, "请填写视图名称"),
        ({"name": "\x00"}, "请填写视图名称"),
        ({"name": "长" * 31}, "30 字以内"),
        ({"query": "q=" + "x" * 3000}, "筛选条件太多"),
        ({"scope": "world"}, "请选择视图给谁用"),
        ({"page": "admin:index"}, "没有这个列表"),
        ({"page": "//example.test/"}, "没有这个列表"),
    ],
)
def test_a_refusal_says_why(as_person: AsPerson, more: dict[str, str], word: str) -> None:
    client = as_person("editor")
    answer = save(client, **more)
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith("//")
    assert not SavedView.objects.exists()
    text = client.get("/tasks/").content.decode()
    assert word in text
    assert more.get("name", "红灯").strip() in text


def test_thirty_views_are_enough(as_person: AsPerson, county: County) -> None:
    SavedView.objects.bulk_create(
        SavedView(owner=county.editor, page="tasks:list", name=f"视图{number}") for number in range(30)
    )
    client = as_person("editor")
    save(client, name="第三十一个")
    assert "最多保存 30 个视图" in client.get("/tasks/").content.decode()
    assert SavedView.objects.count() == 30
    save(as_person("editor"), name="视图7", query="lamp=grey")
    assert SavedView.objects.get(name="视图7").query == "lamp=grey"


def test_removing_is_the_owners_and_for_shared_ones_the_offices(as_person: AsPerson) -> None:
    save(as_person("editor"), scope="unit")
    address = reverse("responsibility:view_remove", args=[SavedView.objects.get().pk])
    assert as_person("other_editor").post(address).status_code == 404
    assert as_person("second_editor").post(address).status_code == 403
    assert as_person("editor").get(address).status_code == 405
    assert as_person("editor").post(address).headers["Location"] == "/tasks/"
    assert not SavedView.objects.exists()
    save(as_person("office"), scope="shared")
    address = reverse("responsibility:view_remove", args=[SavedView.objects.get().pk])
    assert as_person("editor").post(address).status_code == 403
    assert as_person("second_office").post(address).status_code == 302


def test_every_list_named_is_one(county: County) -> None:
    assert all(list_address(page).startswith("/") for page in PAGES)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(owner=county.editor, page="tasks:list", name="错", scope="unit")


def test_columns_are_chosen_by_the_address(as_person: AsPerson, task: Task) -> None:
    text = as_person("office").get("/tasks/").content.decode()
    assert 'data-label="牵头单位"' in text
    assert 'data-label="原定时限"' not in text
    text = as_person("office").get("/tasks/?show=-&show=original_due_on&show=nothing&q=演练").content.decode()
    assert 'data-label="牵头单位"' not in text
    assert 'data-label="原定时限"' in text
    assert 'data-label="任务"' in text
    # The filters keep the columns and the columns keep the filters.
    assert '<input type="hidden" name="show" value="original_due_on">' in text
    assert '<input type="hidden" name="q" value="演练">' in text
    assert 'data-label="状态"' not in as_person("office").get("/tasks/?show=-").content.decode()
