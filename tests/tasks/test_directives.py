"""交办事项: entered by the office or a leader, opened as real tasks of the year, followed, settled with feedback."""

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import Entry
from core.errors import NotAllowed, StaleObject, UserError
from notifications.models import Notification
from tasks.as_of import PlanHistory
from tasks.models import Directive, Plan, Task
from tasks.services.directives import DirectiveDraft, register_directive, settle_directive
from tasks.services.moves import reopen_task
from tasks.services.opening import NewTask, open_task
from tests.county import AsPerson, County, make_plan, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]

ENTRY = {
    "kind": "leader",
    "number": "批〔2026〕7号",
    "received_on": "2026-05-10",
    "giver": "县长",
    "leader": "",
    "title": "排查老旧小区燃气",
    "text": "请县住建局牵头，6月底前排查完毕。",
    "due_on": "2026-06-30",
}


def make(county: County, kind: str = "leader", **changes: Any) -> Directive:
    facts: dict[str, Any] = {
        "kind": kind,
        "received_on": date(2026, 5, 10),
        "giver": "县长",
        "title": "排查老旧小区燃气",
        "text": "请县住建局牵头，6月底前排查完毕。",
        "leader": county.leader,
        "due_on": date(2026, 6, 30),
    }
    return register_directive(actor=county.office, draft=DirectiveDraft(**(facts | changes)))


def new_task(county: County, lead: str = "YJ", **changes: Any) -> NewTask:
    facts: dict[str, Any] = {
        "title": "排查燃气",
        "lead": county.units[lead],
        "starts_on": date(2026, 5, 12),
        "due_on": date(2026, 6, 20),
    }
    return NewTask(**(facts | changes))


def task_form(county: County, row: Directive, **changes: Any) -> dict[str, Any]:
    row.refresh_from_db()
    return {
        "version": row.version,
        "title": "排查燃气",
        "lead": county.units["YJ"].pk,
        "supports": [county.units["Z1"].pk],
        "leader": county.leader.pk,
        "starts_on": "2026-05-12",
        "due_on": "2026-06-20",
        "sector": "",
        "weight": "2",
        "target-TOTAL_FORMS": "1",
        "target-INITIAL_FORMS": "0",
        "target-0-metric": "排查户数",
        "target-0-operator": ">=",
        "target-0-value": "1,200",
        "target-0-unit": "户",
    } | changes


def close(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(state="closed", closed_on=date(2026, 5, 12))


# --- the register ---


def test_the_office_enters_with_a_scan(as_person: AsPerson, county: County) -> None:
    scan = SimpleUploadedFile("批示.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    answer = as_person("office").post(reverse("directives:create"), ENTRY | {"files": scan}, follow=True)
    row = Directive.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("directives:detail", args=[row.pk])
    assert (row.kind, row.title, row.due_on, row.created_by) == (
        "leader",
        "排查老旧小区燃气",
        date(2026, 6, 30),
        county.office,
    )
    page = answer.content.decode()
    assert "批示.pdf" in page
    assert "未立项" in page
    assert Entry.objects.filter(action="directive.register", object_id=str(row.pk)).exists()
    assert "交办事项待立项" in as_person("office").get("/tasks/work/").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "此项必填"),
        ({"text": " "}, "此项必填"),
        ({"received_on": "2026-05-13"}, "收到日期不能晚于今天"),
        ({"due_on": "2026-05-01"}, "不能早于收到日期"),
        ({"kind": "none"}, "不在可选范围内"),
    ],
)
def test_what_cannot_be_comes_back_as_typed(as_person: AsPerson, changes: dict[str, str], words: str) -> None:
    answer = as_person("office").post(reverse("directives:create"), ENTRY | changes)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert "批〔2026〕7号" in answer.content.decode()
    assert not Directive.objects.exists()


def test_a_leader_enters_their_own_instruction_only(as_person: AsPerson, county: County) -> None:
    client = as_person("leader")
    assert client.post(reverse("directives:create"), ENTRY | {"kind": "meeting"}).status_code == 400
    assert client.post(reverse("directives:create"), ENTRY).status_code == 302
    row = Directive.objects.get()
    assert (row.leader, row.kind) == (county.leader, "leader")
    assert Notification.objects.filter(recipient=county.office, title__contains="批示：排查老旧小区燃气").exists()
    edit = reverse("directives:edit", args=[row.pk])
    assert client.post(edit, ENTRY | {"version": row.version, "title": "排查燃气"}).status_code == 302
    make_plan(county)
    open_task(actor=county.office, directive_id=row.pk, draft=new_task(county))
    # Taken up by the office: now it is the office's.
    assert client.get(edit).status_code == 403
    with pytest.raises(NotAllowed):
        register_directive(actor=county.leader, draft=DirectiveDraft("meeting", date(2026, 5, 1), "常务会", "题", "文"))


def test_others_may_not_enter(as_person: AsPerson) -> None:
    assert as_person("editor").get(reverse("directives:create")).status_code == 403
    assert as_person("auditor").post(reverse("directives:create"), ENTRY).status_code == 403
    assert as_person("enterprise").get(reverse("directives:list")).status_code == 404


def test_a_stale_form_shows_both_texts(as_person: AsPerson, county: County) -> None:
    row = make(county)
    seen = row.version
    edit = reverse("directives:edit", args=[row.pk])
    assert as_person("office").post(edit, ENTRY | {"version": seen, "title": "同事的名称"}).status_code == 302
    answer = as_person("second_office").post(edit, ENTRY | {"version": seen, "title": "我的名称"})
    assert answer.status_code == 400
    assert "同事的名称" in answer.content.decode()
    assert "我的名称" in answer.content.decode()
    assert Directive.objects.get().title == "同事的名称"


# --- opening tasks ---


def test_a_task_is_opened_in_the_plan_of_the_year(as_person: AsPerson, county: County, plan: Plan) -> None:
    row = make(county)
    answer = as_person("office").post(reverse("directives:open", args=[row.pk]), task_form(county, row), follow=True)
    assert "已立项2026-P01" in answer.content.decode()
    task = Task.objects.get()
    assert (task.plan, task.item, task.directive, task.source) == (plan, None, row, "leader")
    assert (task.lead, task.leader, task.weight, task.opened_on) == (
        county.units["YJ"],
        county.leader,
        2,
        date(2026, 5, 12),
    )
    assert [support.unit for support in task.supports.all()] == [county.units["Z1"]]
    assert [(target.metric, target.value) for target in task.targets.all()] == [("排查户数", 1200)]
    assert Notification.objects.filter(recipient=county.editor, title__contains="新任务（牵头）：2026-P01").exists()
    assert Notification.objects.filter(recipient=county.leader, title__contains="由您牵头的任务").exists()
    # The unit finds it everywhere it finds its tasks.
    for page in ("/tasks/", f"/tasks/{task.pk}/", "/tasks/work/", f"/directives/{row.pk}/", "/directives/"):
        assert "2026-P01" in as_person("editor").get(page).content.decode(), page
    assert as_person("other_editor").get(f"/directives/{row.pk}/").status_code == 404
    assert as_person("other_editor").get("/directives/").context["count"] == 0


def test_the_numbers_count_on_by_kind(county: County, plan: Plan) -> None:
    codes = []
    for kind in ("leader", "meeting", "superior", "inspection", "leader"):
        row = make(county, kind)
        codes.append(open_task(actor=county.office, directive_id=row.pk, draft=new_task(county)).code)
    assert codes == ["2026-P01", "2026-H01", "2026-S01", "2026-X01", "2026-P02"]


def test_a_form_sent_twice_opens_one_task(as_person: AsPerson, county: County, plan: Plan) -> None:
    row = make(county)
    form = task_form(county, row)
    address = reverse("directives:open", args=[row.pk])
    assert as_person("office").post(address, form | {"again": "1"}).headers["Location"] == address
    answer = as_person("office").post(address, form)
    assert answer.status_code == 400
    assert "已有其他人修改" in answer.content.decode()
    assert Task.objects.count() == 1


def test_without_a_plan_it_says_so(as_person: AsPerson, county: County) -> None:
    row = make(county)
    address = reverse("directives:open", args=[row.pk])
    assert "2026年工作要点尚未发布" in as_person("office").get(address).content.decode()
    answer = as_person("office").post(address, task_form(county, row))
    assert answer.status_code == 400
    assert "2026年工作要点尚未发布" in answer.content.decode()
    assert 'value="1,200"' in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"due_on": "2026-07-01"}, "不能晚于交办事项要求的时限"),
        ({"due_on": "2026-05-01"}, "完成时限不能早于开始日期"),
        ({"weight": "0"}, "权重应大于 0"),
        ({"lead": ""}, "此项必填"),
        ({"target-0-value": "多"}, "指标中有未填对的内容"),
    ],
)
def test_a_refused_task_comes_back(
    as_person: AsPerson, county: County, plan: Plan, changes: dict[str, str], words: str
) -> None:
    row = make(county)
    answer = as_person("office").post(reverse("directives:open", args=[row.pk]), task_form(county, row, **changes))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert "排查户数" in answer.content.decode()
    assert not Task.objects.exists()


def test_a_task_is_of_an_item_or_of_a_directive(county: County, plan: Plan) -> None:
    row = make(county)
    task = open_task(actor=county.office, directive_id=row.pk, draft=new_task(county))
    other = make_task(plan, county.units["YJ"], 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(directive=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=other.pk).update(directive=row)


# --- settling ---


def test_it_is_settled_when_all_tasks_are_closed(as_person: AsPerson, county: County, plan: Plan) -> None:
    row = make(county)
    task = open_task(actor=county.office, directive_id=row.pk, draft=new_task(county))
    row.refresh_from_db()
    address = reverse("directives:settle", args=[row.pk])
    sent = {"version": row.version, "outcome": "已排查1200户，整改完毕。"}
    answer = as_person("office").post(address, sent)
    assert answer.status_code == 400
    assert "还有任务没有销号：2026-P01" in answer.content.decode()
    assert "已排查1200户" in answer.content.decode()
    close(task)
    assert "交办事项待办结" in as_person("office").get("/tasks/work/").content.decode()
    assert as_person("leader").post(address, sent).status_code == 403
    assert as_person("office").post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.done_on, row.done_by, row.outcome) == (date(2026, 5, 12), county.office, "已排查1200户，整改完毕。")
    assert Notification.objects.filter(recipient=county.leader, title__startswith="交办事项已办结").exists()
    with pytest.raises(UserError, match="请先撤销办结"):
        reopen_task(actor=county.office, task_id=task.pk, reason="复查")
    with pytest.raises(UserError, match="已办结"):
        open_task(actor=county.office, directive_id=row.pk, draft=new_task(county))


def test_the_settling_is_taken_back(as_person: AsPerson, county: County) -> None:
    row = settle_directive(actor=county.office, directive_id=make(county).pk, outcome="阅知，无需立项。")
    address = reverse("directives:unsettle", args=[row.pk])
    assert as_person("editor").post(address, {"version": row.version, "reason": "x"}).status_code == 404
    assert as_person("auditor").post(address, {"version": row.version, "reason": "x"}).status_code == 403
    assert as_person("office").post(address, {"version": row.version, "reason": ""}).status_code == 400
    assert as_person("office").post(address, {"version": row.version, "reason": "尚需核实"}).status_code == 302
    row.refresh_from_db()
    assert (row.done_on, row.outcome) == (None, "")
    entry = Entry.objects.get(action="directive.unsettle")
    assert "阅知，无需立项。" in str(entry.changes)
    with pytest.raises(StaleObject):
        settle_directive(actor=county.office, directive_id=row.pk, outcome="再办结", expected_version=1)


# --- everywhere else ---


def test_tasks_without_an_item_stand_on_every_page(as_person: AsPerson, county: County, plan: Plan) -> None:
    make_task(plan, county.units["YJ"], 1)
    row = make(county)
    task = open_task(actor=county.office, directive_id=row.pk, draft=new_task(county))
    client = as_person("office")
    assert "交办内容" in client.get(f"/tasks/{task.pk}/").content.decode()
    board = client.get(reverse("dashboards:overview")).content.decode()
    assert "要点章节外" in board
    assert f"lead={county.units['YJ'].pk}&amp;outside=1" in board
    assert client.get("/tasks/?outside=1").context["count"] == 1
    breakdown = client.get(f"/plans/{plan.pk}/breakdown/").content.decode()
    assert "交办事项" in breakdown
    assert "排查燃气" in breakdown
    assert client.get(f"/plans/{plan.pk}/").status_code == 200
    sheet = load_workbook(io.BytesIO(client.get("/tasks/export/").content)).active
    assert sheet is not None
    assert any("排查老旧小区燃气" in line for line in sheet.iter_rows(values_only=True))


def test_the_past_does_not_know_a_task_opened_later(county: County, plan: Plan) -> None:
    make_task(plan, county.units["YJ"], 1)
    open_task(actor=county.office, directive_id=make(county).pk, draft=new_task(county))
    history = PlanHistory(plan)
    assert [row.task.code for row in history.tasks_on(date(2026, 5, 11))] == ["2026-01"]
    assert [row.task.code for row in history.tasks_on(date(2026, 5, 12))] == ["2026-01", "2026-P01"]


def test_the_list_is_searched_filtered_and_exported(as_person: AsPerson, county: County, plan: Plan) -> None:
    first = make(county)
    make(county, "meeting", title="常务会议定事项", due_on=date(2026, 5, 11), giver="县政府常务会议")
    open_task(actor=county.office, directive_id=first.pk, draft=new_task(county))
    client = as_person("office")
    for query, count in {
        "q=2026-P01": 1,
        "q=常务会": 1,
        "kind=meeting": 1,
        "stage=new": 1,
        "stage=running": 1,
        "stage=ready": 0,
        "stage=done": 0,
        "overdue=1": 1,
        f"leader={county.leader.pk}": 2,
        "received_from=2026-05-11": 0,
        "kind=none": 0,
    }.items():
        assert client.get(f"/directives/?{query}").context["count"] == count, query
    assert client.get("/directives/?sort=-received_on&sort=due_on").status_code == 200
    sheet = load_workbook(io.BytesIO(client.get("/directives/export/?kind=leader").content)).active
    assert sheet is not None
    lines = [line for line in sheet.iter_rows(values_only=True) if line[0] == "领导批示"]
    assert len(lines) == 1
    assert "2026-P01 排查燃气（县应急局" in str(lines[0][8])
