"""The pages on which the office drafts and edits, through the client: what is proposed, stored, refused and kept."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from supervision.models import Letter
from tasks.models import Plan, Task
from tests.county import AsPerson, County, make_task
from tests.supervision.letters import draft_of, issue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
LIST, COMPOSE = "/letters/", "/letters/compose/"


def path(name: str, letter: Letter, *more: str) -> str:
    return reverse(f"supervision:{name}", args=[letter.pk, *more])


def ticked(tasks: list[Task]) -> str:
    return "?" + "&".join(f"task={task.pk}" for task in tasks)


def form_values(client: Client, query: str) -> dict[str, Any]:
    """Return what a browser would send back from the drafting page as it opens."""
    form = client.get(COMPOSE + query).context["form"]
    values = {bound.html_name: bound.value() for bound in form}
    sent = {name: value for name, value in values.items() if value is not None and value is not False}
    return sent | {"kind": form.kind, "task": [row.task.pk for row in form.standings]}


def test_only_the_office_reaches_the_drafting_page(as_person: AsPerson, county: County, late: list[Task]) -> None:
    statuses = {name: as_person(name).get(COMPOSE + ticked(late)).status_code for name in county.people}
    assert {name for name, status in statuses.items() if status == 200} == {"office", "second_office"}
    assert set(statuses.values()) == {200, 403}


def test_without_tasks_the_overdue_and_red_ones_are_offered(
    as_person: AsPerson, county: County, plan: Plan, late: list[Task]
) -> None:
    make_task(plan, county.units["XF"], 9, title="从容任务", starts_on=late[2].due_on)
    page = as_person("office").get(COMPOSE).content.decode()
    assert all(task.title in page for task in late)
    assert "从容任务" not in page
    assert as_person("office").get(COMPOSE + "?task=x&task=99999999999999999999").status_code == 200
    missing = as_person("office").get(COMPOSE + "?task=999999", follow=True)
    assert "所选任务不存在" in missing.content.decode()


def test_posted_ticks_lead_to_the_drafting_page(as_person: AsPerson, late: list[Task]) -> None:
    response = as_person("office").post(COMPOSE, {"task": [task.pk for task in late[:2]]})
    assert (response.status_code, response["Location"]) == (302, COMPOSE + ticked(late[:2]))


def test_page_groups_by_unit_and_creates_the_drafts(as_person: AsPerson, county: County, late: list[Task]) -> None:
    client = as_person("office")
    values = form_values(client, ticked(late)) | {"code": "清安办函", "reply_due_on": "2026-05-20"}
    values[f"title_{county.units['ZJ'].pk}"] = "关于燃气整治的督促函"
    del values[f"include_{late[0].pk}"]
    response = client.post(COMPOSE, values)
    assert (response.status_code, response["Location"]) == (302, LIST + "?state=draft")
    first, second = Letter.objects.order_by("pk")
    # The proposal was left as it was, so its figures follow the ticks.
    assert (first.title, first.items.count()) == ("关于加快办理“修订预案”任务的督促函", 1)
    assert "你单位牵头的1项任务" in first.opening
    assert (second.title, str(second.reply_due_on)) == ("关于燃气整治的督促函", "2026-05-20")


def test_page_keeps_what_was_typed_when_refused(as_person: AsPerson, county: County, late: list[Task]) -> None:
    client = as_person("office")
    values = form_values(client, ticked(late)) | {"code": "清安办函〔2026〕", "demand": "请抓紧。"}
    response = client.post(COMPOSE, values)
    page = response.content.decode()
    assert response.status_code == 409
    assert "机关代字“清安办函〔2026〕”只能由" in page
    assert "请抓紧。" in page
    assert not Letter.objects.exists()
    response = client.post(COMPOSE, values | {"reply_due_on": "明天"})
    assert response.status_code == 409
    assert "请抓紧。" in response.content.decode()


def test_page_says_who_cannot_be_urged_and_what_is_already_named(
    as_person: AsPerson, county: County, plan: Plan, late: list[Task]
) -> None:
    fine = make_task(plan, county.units["XF"], 9, title="从容任务", starts_on=late[2].due_on)
    draft_of(county, late[:1])
    client = as_person("office")
    query = ticked([*late[:2], fine])
    page = client.get(COMPOSE + query).content.decode()
    assert "未逾期也未亮红灯，不能列入督促函，可改发提醒函。" in page
    assert "已列入尚未回复的" in page
    values = form_values(client, query) | {"code": "清安办函"}
    assert f"again_{late[0].pk}" not in values
    client.post(COMPOSE, values)
    assert [item.task for item in Letter.objects.latest("pk").items.all()] == [late[1]]
    client.post(COMPOSE, form_values(client, ticked(late[:1])) | {f"again_{late[0].pk}": "on"})
    assert [item.task for item in Letter.objects.latest("pk").items.all()] == [late[0]]


def test_a_colleagues_draft_made_meanwhile_is_not_repeated(
    as_person: AsPerson, county: County, late: list[Task]
) -> None:
    client = as_person("office")
    values = form_values(client, ticked(late[:1])) | {"code": "清安办函"}
    draft_of(county, late[:1], actor=county.second_office)
    response = client.post(COMPOSE, values)
    assert (response.status_code, Letter.objects.count()) == (409, 1)
    assert "仍列入" in response.content.decode()


def test_reminder_is_proposed_for_what_is_not_late(
    as_person: AsPerson, county: County, plan: Plan, late: list[Task]
) -> None:
    fine = make_task(plan, county.units["XF"], 9, title="从容任务", starts_on=late[2].due_on)
    client = as_person("office")
    assert client.get(COMPOSE + ticked([fine])).context["kind"] == "reminder"
    assert client.get(COMPOSE + ticked([fine, late[0]])).context["kind"] == "urging"
    assert client.get(COMPOSE + ticked([fine]) + "&kind=urging").context["able"] == 0
    assert client.get(COMPOSE + ticked([fine]) + "&kind=nonsense").context["kind"] == "reminder"


@pytest.mark.parametrize("count", [3, 30])
def test_drafting_page_asks_the_database_no_more_for_more_tasks(
    as_person: AsPerson,
    county: County,
    plan: Plan,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    assert plan.issued_on is not None
    tasks = [make_task(plan, county.units["YJ"], n, due_on=plan.issued_on) for n in range(1, count + 1)]
    client = as_person("office")
    with django_assert_max_num_queries(20):
        assert client.get(COMPOSE + ticked(tasks)).context["able"] == count


def test_edit_page_saves_refuses_and_shows_both_texts(as_person: AsPerson, county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:2])
    client, address = as_person("office"), path("edit", letter)
    form = client.get(address).context["form"]
    values = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    stale = values | {"title": "我的标题"}
    assert client.post(address, values | {"title": "新标题"})["Location"] == path("detail", letter)
    letter.refresh_from_db()
    assert (letter.title, letter.version) == ("新标题", 2)
    response = client.post(address, stale)
    page = response.content.decode()
    assert response.status_code == 409
    assert "我的标题" in page
    assert "新标题" in page
    letter.refresh_from_db()
    assert letter.title == "新标题"
    # The form now carries the version it was compared with: sending it again replaces knowingly.
    assert client.post(address, stale | {"version": 2}).status_code == 302
    refused = client.post(address, values | {"version": 3, "reply_due_on": "2026-05-01", "title": "留住"})
    assert refused.status_code == 409
    assert "留住" in refused.content.decode()
    assert client.post(address, values | {"version": 3, "title": ""}).status_code == 409


def test_edit_page_is_the_offices_and_only_for_drafts(as_person: AsPerson, county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:2])
    statuses = [as_person(name).get(path("edit", letter)).status_code for name in ("leader", "editor", "stranger")]
    assert statuses == [403, 404, 404]
    issue(letter, county.office)
    response = as_person("office").get(path("edit", letter), follow=True)
    assert "文稿不能再改" in response.content.decode()
    assert as_person("editor").get(path("edit", letter)).status_code == 403
