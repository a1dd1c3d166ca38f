"""子任务: added one by one or pasted, counted by the parent, which closes after them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Entry
from core.errors import UserError
from notifications.models import Notification
from tasks.as_of import PlanHistory
from tasks.models import Plan, Task
from tasks.services.children import NewChild, add_children
from tasks.services.moves import close_directly, close_task, reopen_task, request_close, sign_task
from tasks.services.office_changes import set_deadline
from tests.county import AsPerson, County, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
S = Task.State


@pytest.fixture
def parent(plan: Plan, county: County) -> Task:
    """Return a task under way of 县应急局 without a figure of its own."""
    return make_task(plan, county.units["YJ"], 7, title="38项重点任务", target=None, state=S.ACTIVE)


def add(county: County, parent: Task, *children: NewChild) -> list[Task]:
    return add_children(actor=county.office, task_id=parent.pk, children=children)


def finish(county: County, task: Task) -> None:
    """Bring a child to the office's closing."""
    changed = {"state": S.ACTIVE, "verified_percent": 100, "reported_percent": 100, "completed_on": date(2026, 5, 11)}
    Task.objects.filter(pk=task.pk).update(**changed)
    close_directly(actor=county.office, task_id=task.pk, reason="完成")


def send(client: Any, parent: Task, **data: Any) -> Any:
    parent.refresh_from_db()
    return client.post(reverse("tasks:children", args=[parent.pk]), {"version": parent.version} | data)


# --- adding ---


def test_the_office_adds_a_child(as_person: AsPerson, county: County, parent: Task) -> None:
    zj = county.units["ZJ"]
    sent = {"one": "1", "title": "更新消防设施", "lead": zj.pk, "due_on": "2026-06-30", "weight": "2"}
    assert send(as_person("office"), parent, **sent).status_code == 302
    child = parent.children.get()
    assert (child.code, child.lead, child.due_on, child.weight, child.state) == (
        "2026-07-1",
        zj,
        date(2026, 6, 30),
        Decimal(2),
        S.ASSIGNED,
    )
    assert (child.plan, child.section, child.item, child.source) == (parent.plan, parent.section, None, "plan")
    assert Notification.objects.filter(recipient=county.other_editor, title__startswith="新增子任务").exists()
    assert parent.changes.filter(field="child", new="2026-07-1 更新消防设施").exists()
    assert Entry.objects.filter(action="task.add_children", object_id=str(parent.pk)).exists()
    page = as_person("office").get(f"/tasks/{parent.pk}/").content.decode()
    assert "已完成 0 ÷ 1" in page
    assert "更新消防设施" in page
    # The parent's lead sees it, the child's lead does not see the parent.
    assert as_person("editor").get(f"/tasks/{child.pk}/").status_code == 200
    assert as_person("other_editor").get(f"/tasks/{child.pk}/").status_code == 200
    assert as_person("other_editor").get(f"/tasks/{parent.pk}/").status_code == 404
    assert "属 2026-07" in as_person("office").get("/tasks/").content.decode()
    assert as_person("office").get("/tasks/?main=1").context["count"] == 1


def test_codes_count_on_and_spare_the_pieces_of_publishing(county: County, plan: Plan, parent: Task) -> None:
    piece = make_task(plan, county.units["YJ"], 8)
    Task.objects.filter(pk=piece.pk).update(code="2026-07-2")
    made = add(county, parent, *(NewChild(f"第{number}项") for number in range(10)))
    assert [task.code for task in made] == [f"2026-07-{number}" for number in range(3, 13)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "此项必填"),
        ({"due_on": "2027-01-01"}, "不能晚于上级任务的时限"),
        ({"weight": "0"}, "权重应大于 0"),
        ({"version": 99}, "任务已有变动"),
    ],
)
def test_what_cannot_be_comes_back(as_person: AsPerson, parent: Task, changes: dict[str, Any], words: str) -> None:
    answer = send(as_person("office"), parent, **({"one": "1", "title": "更新消防设施"} | changes))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not parent.children.exists()


def test_pasted_lines_are_previewed_then_added(as_person: AsPerson, county: County, parent: Task) -> None:
    lines = "1.更新消防设施｜县住建局｜6月30日｜2\n\n（2）排查燃气\t河口镇\t2026-07-31\n整治电动自行车\n"
    answer = send(as_person("office"), parent, lines=lines, preview="1")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "读出 3 项，请核对后增加" in page
    assert "增加这 3 项并通知牵头单位" in page
    assert not parent.children.exists()
    assert send(as_person("office"), parent, lines=lines, add="1").status_code == 302
    units = county.units
    found = list(parent.children.order_by("code").values_list("title", "lead", "due_on", "weight"))
    assert found == [
        ("更新消防设施", units["ZJ"].pk, date(2026, 6, 30), Decimal(2)),
        ("排查燃气", units["Z1"].pk, date(2026, 7, 31), Decimal(1)),
        ("整治电动自行车", units["YJ"].pk, date(2026, 12, 31), Decimal(1)),
    ]


def test_lines_with_errors_are_all_named_and_none_is_added(as_person: AsPerson, parent: Task) -> None:
    lines = "更新｜县无此局\n排查｜｜明天\n｜县住建局\n整治｜｜｜多\n再办｜｜2027-01-01\n好的一项"
    for button in ("preview", "add"):
        page = send(as_person("office"), parent, lines=lines, **{button: "1"}).content.decode()
        for words in (
            "单位表中没有“县无此局”",
            "“明天”不是日期",
            "没有任务名称",
            "权重“多”应是大于 0",
            "时限不能晚于上级任务的时限",
            "其中 5 项有误",
            "好的一项",
        ):
            assert words in page
    assert not parent.children.exists()


def test_who_may_not_add(as_person: AsPerson, county: County, parent: Task) -> None:
    sent = {"one": "1", "title": "更新消防设施"}
    assert send(as_person("editor"), parent, **sent).status_code == 403
    assert send(as_person("other_editor"), parent, **sent).status_code == 404
    (child,) = add(county, parent, NewChild("更新"))
    with pytest.raises(UserError, match="不能再设子任务"):
        add(county, child, NewChild("再分"))
    with pytest.raises(UserError, match="至少填写一项"):
        add(county, parent)
    Task.objects.filter(pk=parent.pk).update(state=S.CLOSED, closed_on=date(2026, 5, 1))
    assert send(as_person("office"), parent, **sent).status_code == 400
    assert as_person("office").get(reverse("tasks:children", args=[parent.pk])).status_code == 302


# --- counting and closing ---


def test_the_parent_counts_what_is_done_by_weight(as_person: AsPerson, county: County, parent: Task) -> None:
    first, second = add(county, parent, NewChild("更新", weight=Decimal(3)), NewChild("排查"))
    finish(county, first)
    parent.refresh_from_db()
    assert (parent.verified_percent, parent.completed_on) == (Decimal("75.0"), None)
    assert parent.changes.filter(field="progress", old="0%", new="75%").exists()
    page = as_person("editor").get(f"/tasks/{parent.pk}/report/").content.decode()
    assert 'name="percent"' not in page
    finish(county, second)
    parent.refresh_from_db()
    assert (parent.verified_percent, parent.completed_on) == (Decimal(100), date(2026, 5, 12))
    reopen_task(actor=county.office, task_id=second.pk, reason="复查未完成")
    parent.refresh_from_db()
    assert (parent.verified_percent, parent.completed_on) == (Decimal("75.0"), None)


def test_an_amount_of_its_own_measures_the_parent(county: County, plan: Plan) -> None:
    parent = make_task(plan, county.units["YJ"], 9, state=S.ACTIVE)
    (child,) = add(county, parent, NewChild("更新"))
    finish(county, child)
    parent.refresh_from_db()
    assert parent.verified_percent == 0


def test_the_parent_closes_after_its_children(county: County, parent: Task) -> None:
    first, second = add(county, parent, NewChild("更新"), NewChild("排查"))
    finish(county, first)
    with pytest.raises(UserError, match="还有子任务没有销号：2026-07-2"):
        request_close(actor=county.editor, task_id=parent.pk, reason="完成")
    finish(county, second)
    request_close(actor=county.editor, task_id=parent.pk, reason="完成")
    close_task(actor=county.office, task_id=parent.pk, reason="同意")
    with pytest.raises(UserError, match="请先重新打开上级任务"):
        reopen_task(actor=county.office, task_id=second.pk, reason="复查")
    reopen_task(actor=county.office, task_id=parent.pk, reason="复查")
    reopen_task(actor=county.office, task_id=second.pk, reason="复查")
    parent.refresh_from_db()
    assert parent.verified_percent == 50


def test_deadlines_of_parent_and_child_hold_each_other(county: County, parent: Task) -> None:
    (child,) = add(county, parent, NewChild("更新", due_on=date(2026, 6, 30)))
    with pytest.raises(UserError, match="不能早于子任务2026-07-1"):
        set_deadline(actor=county.office, task_id=parent.pk, due_on=date(2026, 6, 1), reason="提前")
    with pytest.raises(UserError, match="不能晚于上级任务2026-07"):
        set_deadline(actor=county.office, task_id=child.pk, due_on=date(2027, 1, 31), reason="延后")
    set_deadline(actor=county.office, task_id=child.pk, due_on=date(2026, 7, 31), reason="延后")


def test_a_child_is_signed_by_its_own_lead(county: County, parent: Task) -> None:
    (child,) = add(county, parent, NewChild("更新", lead=county.units["ZJ"]))
    sign_task(actor=county.other_editor, task_id=child.pk)
    with pytest.raises(UserError, match="没有权限"):
        sign_task(actor=county.editor, task_id=child.pk)


def test_the_past_tells_the_parent_complete_without_a_report(county: County, parent: Task) -> None:
    (child,) = add(county, parent, NewChild("更新"))
    finish(county, child)
    rows = {row.task.code: row for row in PlanHistory(parent.plan).tasks_on(date(2026, 5, 12))}
    assert rows["2026-07"].complete
    assert rows["2026-07"].percent == 100
    assert "2026-07-1" not in {row.task.code for row in PlanHistory(parent.plan).tasks_on(date(2026, 5, 11))}


def test_a_child_has_no_origin_of_its_own(county: County, parent: Task) -> None:
    (child,) = add(county, parent, NewChild("更新"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=child.pk).update(item=parent.item_id)
