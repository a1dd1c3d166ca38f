"""批量办理: every row goes through the single service, alone; what is refused says why and stops none of the others."""

from datetime import date
from typing import Any

import pytest
from django.http import Http404
from django.urls import reverse

from audit.models import Entry
from core.errors import NotAllowed
from notifications.models import Notification
from responsibility.models import Membership
from tasks.models import Plan, Task, TaskChange, TaskRequest
from tasks.services.moves import sign_task
from tasks.services.office_changes import set_deadline, urge_task
from tests.county import AsPerson, County, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


@pytest.fixture
def three(plan: Plan, county: County) -> list[Task]:
    """Return an active task, one that is closed, and one of another unit."""
    return [
        make_task(plan, county.units["YJ"], 1, state=Task.State.ACTIVE),
        make_task(plan, county.units["YJ"], 2, state=Task.State.CLOSED, closed_on=date(2026, 5, 1)),
        make_task(plan, county.units["ZJ"], 3, title="整治隐患"),
    ]


def send(client: Any, key: str, tasks: list[Task], reason: str = "县政府常务会议要求", **more: Any) -> Any:
    data = {"task": [f"{task.pk}:{task.version}" for task in tasks], "reason": reason} | more
    return client.post(reverse("tasks:bulk", args=[key]), data)


def test_the_list_leads_to_the_form_with_what_was_ticked(as_person: AsPerson, three: list[Task]) -> None:
    assert reverse("tasks:bulk", args=["deadline"]) in as_person("office").get("/tasks/").content.decode()
    assert "tasks/bulk" not in as_person("editor").get("/tasks/").content.decode()
    query = "&".join(f"task={task.pk}" for task in three)
    page = as_person("office").get(reverse("tasks:bulk", args=["deadline"]) + "?" + query)
    assert page.status_code == 200
    text = page.content.decode()
    assert "已选 3 项任务" in text
    assert f'value="{three[0].pk}:{three[0].version}"' in text


def test_deadlines_change_row_by_row_with_a_result_each(as_person: AsPerson, three: list[Task]) -> None:
    answer = send(as_person("office"), "deadline", three, due_on="2026-11-30")
    text = answer.content.decode()
    assert "共 3 项：办理 2 项" in text
    assert "任务当前为“已销号”" in text
    for task, due_on in zip(three, (date(2026, 11, 30), date(2026, 12, 31), date(2026, 11, 30)), strict=True):
        task.refresh_from_db()
        assert (task.due_on, task.original_due_on) == (due_on, date(2026, 12, 31))
    change = TaskChange.objects.get(task=three[0], field="due_on")
    assert (change.old, change.new, change.reason) == ("2026-12-31", "2026-11-30", "县政府常务会议要求")
    entry = Entry.objects.get(action="task.set_deadline", object_id=str(three[0].pk))
    assert (entry.actor_name, entry.reason) == ("安小委", "县政府常务会议要求")
    assert Notification.objects.filter(recipient__username="editor", title__contains="2026-11-30").count() == 1


def test_a_task_changed_since_is_left_alone(as_person: AsPerson, county: County, three: list[Task]) -> None:
    seen = three[2]
    sign_task(actor=county.other_editor, task_id=seen.pk)
    text = send(as_person("office"), "deadline", [three[0], seen], due_on="2026-11-30").content.decode()
    assert "已有其他人修改" in text
    assert Task.objects.get(pk=seen.pk).due_on == date(2026, 12, 31)
    assert Task.objects.get(pk=three[0].pk).due_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("due_on", "word"), [("2026-05-01", "不能早于今天"), ("2028-01-01", "最迟为2027年"), ("2026-12-31", "没有变化")]
)
def test_a_day_that_cannot_be_is_refused_for_the_row(
    as_person: AsPerson, three: list[Task], due_on: str, word: str
) -> None:
    assert word in send(as_person("office"), "deadline", three[:1], due_on=due_on).content.decode()
    assert not TaskChange.objects.filter(field="due_on").exists()


def test_an_open_request_is_decided_first(as_person: AsPerson, county: County, three: list[Task]) -> None:
    TaskRequest.objects.create(
        task=three[0], kind="extend", reason="雨季", due_on=three[0].due_on, asked_by=county.editor, asked_as="应小急",
        proposed_due_on=date(2027, 1, 31), progress="一半",
    )  # fmt: skip
    assert "请先在任务页批复" in send(as_person("office"), "deadline", three[:1], due_on="2026-11-30").content.decode()


def test_leads_change_through_the_handing_over(as_person: AsPerson, county: County, three: list[Task]) -> None:
    text = send(as_person("office"), "lead", [three[0], three[2]], lead_id=county.units["ZJ"].pk).content.decode()
    assert "共 2 项：办理 1 项" in text
    assert "已经是牵头单位" in text
    three[0].refresh_from_db()
    assert (three[0].lead, three[0].state) == (county.units["ZJ"], Task.State.ASSIGNED)


def test_urging_tells_the_unit_once_a_day(as_person: AsPerson, county: County, three: list[Task]) -> None:
    assert "办理 1 项" in send(as_person("office"), "urge", three[:1], reason="请抓紧").content.decode()
    told = Notification.objects.filter(title__contains="催办", recipient=county.editor)
    assert [(row.body, row.path) for row in told] == [("请抓紧", f"/tasks/{three[0].pk}/")]
    assert "今天已经催办过" in send(as_person("second_office"), "urge", three[:1], reason="再催").content.decode()
    assert told.count() == 1
    Membership.objects.filter(unit=county.units["ZJ"]).delete()
    assert "没有联络员账号" in send(as_person("office"), "urge", three[2:], reason="请抓紧").content.decode()


def test_what_was_reported_is_not_urged(as_person: AsPerson, three: list[Task]) -> None:
    Task.objects.filter(pk=three[0].pk).update(state=Task.State.REPORTED, submitted_on=date(2026, 5, 10))
    assert "无需催办" in send(as_person("office"), "urge", three[:1], reason="请抓紧").content.decode()


def test_a_refused_form_keeps_what_was_typed(as_person: AsPerson, three: list[Task]) -> None:
    answer = send(as_person("office"), "deadline", three[:1], reason="保留这句话", due_on="明天")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "保留这句话" in text
    assert f'value="{three[0].pk}:{three[0].version}"' in text
    assert not TaskChange.objects.filter(field="due_on").exists()


@pytest.mark.parametrize("person", ["editor", "leader", "auditor", "stranger"])
def test_nobody_else_may(as_person: AsPerson, three: list[Task], person: str) -> None:
    assert send(as_person(person), "urge", three[:1]).status_code == 403
    assert as_person("office").get("/tasks/bulk/nothing/").status_code == 404
    # Nothing ticked leads back with a word.
    answer = as_person("office").get("/tasks/bulk/urge/?task=x&task=99999999999999999999", follow=True)
    assert "请先在任务台账中勾选任务" in answer.content.decode()


@pytest.mark.parametrize("person", ["editor", "leader", "auditor"])
def test_the_services_judge_for_themselves(county: County, three: list[Task], person: str) -> None:
    actor = county.people[person]
    with pytest.raises(NotAllowed):
        set_deadline(actor=actor, task_id=three[0].pk, due_on=date(2026, 11, 30), reason="会议要求")
    with pytest.raises(NotAllowed):
        urge_task(actor=actor, task_id=three[0].pk, reason="请抓紧")
    with pytest.raises(Http404):
        urge_task(actor=county.stranger, task_id=three[0].pk, reason="请抓紧")
    assert not Entry.objects.filter(action__in=("task.set_deadline", "task.urge")).exists()


def test_everything_the_filters_leave_is_chosen_over_all_pages(as_person: AsPerson, county: County, plan: Plan) -> None:
    own = [make_task(plan, county.units["YJ"], number) for number in range(1, 24)]
    make_task(plan, county.units["ZJ"], 40, title="别的单位")
    client, query = as_person("office"), f"lead={county.units['YJ'].pk}"
    page = client.get(f"/tasks/?{query}").content.decode()
    assert "对全部 23 项筛选结果" in page
    assert f"/tasks/bulk/urge/?all=1&amp;{query}" in page
    chosen = client.get(f"/tasks/bulk/urge/?all=1&{query}", follow=True).content.decode()
    assert "已选 23 项任务" in chosen
    assert f'value="{own[22].pk}:{own[22].version}"' in chosen
    assert "别的单位" not in chosen
    letters = client.get(f"/letters/compose/all/?{query}", follow=True)
    assert letters.status_code == 200
    assert letters.content.decode().count(own[0].title) >= 23
    # One page only: the boxes are enough.
    assert "对全部" not in client.get("/tasks/?q=别的单位").content.decode()
    assert as_person("editor").get(f"/tasks/bulk/urge/?all=1&{query}").status_code == 403
    assert as_person("editor").get(f"/letters/compose/all/?{query}").status_code == 403


def test_more_than_are_done_at_once_are_narrowed_first(
    as_person: AsPerson, county: County, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.views.bulk.MOST", 2)
    for number in range(1, 4):
        make_task(plan, county.units["YJ"], number)
    answer = as_person("office").get("/tasks/bulk/urge/?all=1&state=assigned", follow=True)
    assert answer.redirect_chain[-1][0] == "/tasks/?state=assigned"
    assert "符合条件的有 3 项，一次最多办理 2 项" in answer.content.decode()
