"""What units ask of the office: adjustments, extensions, obstacles; handing over, endorsing, forced lamps."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from audit.models import Entry
from notifications.models import Notification
from responsibility.models import Unit
from tasks.models import Obstacle, ProgressReport, Task, TaskChange, TaskRequest
from tasks.services.changes import recompute_lamps
from tasks.services.moves import sign_task
from tasks.services.reporting import pass_report
from tasks.services.requests import ask_extension, decide_extension
from tests.county import AsPerson, County
from tests.tasks.test_flow import report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
S = Task.State


def act(client: Any, task: Task, action: str, **data: Any) -> Any:
    task.refresh_from_db()
    address = reverse("tasks:act", args=[task.pk, action])
    return client.post(address, {"version": task.version, "reason": "经研究决定"} | data)


def send(client: Any, name: str, pk: int, version: int, **data: Any) -> Any:
    return client.post(reverse(f"tasks:{name}", args=[pk]), {"version": version} | data)


# --- 提出调整 ---


def test_an_adjustment_is_proposed_and_accepted(as_person: AsPerson, county: County, task: Task) -> None:
    zj = county.units["ZJ"]
    proposed = {"proposed_lead": zj.pk, "proposed_due_on": "2026-11-30", "reason": "燃气管网由住建局主管"}
    assert act(as_person("editor"), task, "propose", **proposed).status_code == 302
    request = TaskRequest.objects.get()
    assert (request.kind, request.state, request.proposed_lead, request.due_on) == (
        "adjust",
        "open",
        zj,
        date(2026, 12, 31),
    )
    page = as_person("office").get(f"/tasks/{task.pk}/").content.decode()
    assert "燃气管网由住建局主管" in page
    assert "建议由县住房和城乡建设局牵头" in page
    assert "提出调整待决定" in as_person("office").get("/tasks/work/").content.decode()
    answer = act(as_person("office"), task, "accept_adjustment", lead=zj.pk, due_on="2026-11-30")
    assert answer.status_code == 302
    task.refresh_from_db()
    assert (task.state, task.lead, task.due_on, task.original_due_on) == (
        S.ASSIGNED,
        zj,
        date(2026, 11, 30),
        date(2026, 11, 30),
    )
    request.refresh_from_db()
    assert (request.state, request.decided_by, request.granted_due_on) == (
        "granted",
        county.office,
        date(2026, 11, 30),
    )
    fields = set(task.changes.values_list("field", flat=True))
    assert {"lead", "due_on", "state"} <= fields
    # The former lead learns of it and sees the task no more; the new one finds it in its queue.
    assert Notification.objects.filter(recipient=county.editor, title__startswith="任务已移交县住建局牵头").exists()
    assert as_person("editor").get(f"/tasks/{task.pk}/").status_code == 404
    assert as_person("other_editor").get(f"/tasks/{task.pk}/").status_code == 200


def test_the_office_keeps_the_assignment(as_person: AsPerson, county: County, task: Task) -> None:
    act(as_person("editor"), task, "propose")
    assert act(as_person("office"), task, "keep", reason="职责明确").status_code == 302
    task.refresh_from_db()
    assert (task.state, TaskRequest.objects.get().state) == (S.ASSIGNED, "refused")
    assert Notification.objects.filter(recipient=county.editor, body="职责明确").exists()


def test_an_adjustment_taken_back_leaves_the_task_to_be_signed(as_person: AsPerson, task: Task) -> None:
    act(as_person("editor"), task, "propose")
    act(as_person("editor"), task, "take_back", reason="已协商一致")
    task.refresh_from_db()
    assert (task.state, TaskRequest.objects.get().state) == (S.ASSIGNED, "withdrawn")
    assert act(as_person("editor"), task, "sign").status_code == 302


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"proposed_lead": "YJ"}, "建议牵头单位就是本单位"),
        ({"proposed_due_on": "2026-05-11"}, "不能早于今天"),
        ({"proposed_due_on": "2028-01-01"}, "最迟为2027年12月31日"),
        ({"proposed_due_on": "明年"}, "请改正下面标出的内容"),
        ({"proposed_lead": "9" * 30}, "请改正下面标出的内容"),
    ],
)
def test_a_proposal_that_makes_no_sense_comes_back_as_typed(
    as_person: AsPerson, county: County, task: Task, data: dict[str, str], word: str
) -> None:
    if data.get("proposed_lead") == "YJ":
        data = {"proposed_lead": str(county.units["YJ"].pk)}
    answer = act(as_person("editor"), task, "propose", reason="这样写理由", **data)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert word in page
    assert "这样写理由" in page
    task.refresh_from_db()
    assert task.state == S.ASSIGNED


def test_accepting_must_change_something(as_person: AsPerson, task: Task) -> None:
    act(as_person("editor"), task, "propose")
    answer = act(as_person("office"), task, "accept_adjustment", lead=task.lead_id, due_on="2026-12-31")
    assert answer.status_code == 409
    assert "维持原分工" in answer.content.decode()


# --- 移交 ---


def test_a_task_is_handed_over_with_its_history(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    as_person("editor").post(f"/tasks/{task.pk}/report/", {"version": 0, "actions_taken": "写了一半", "save": "1"})
    town = county.units["Z1"]
    assert act(as_person("office"), task, "transfer", lead=town.pk).status_code == 302
    task.refresh_from_db()
    assert (task.lead, task.state, task.supports.count()) == (town, S.ASSIGNED, 0)
    assert task.reports.get().state == ProgressReport.State.DROPPED
    page = as_person("office").get(f"/tasks/{task.pk}/").content.decode()
    assert "移交其他单位牵头" in page
    assert "写了一半" not in page


@pytest.mark.parametrize(("lead", "word"), [("", "请选择接收任务的牵头单位"), ("YJ", "已经是牵头单位")])
def test_handing_over_names_another_unit(as_person: AsPerson, county: County, task: Task, lead: str, word: str) -> None:
    answer = act(as_person("office"), task, "transfer", lead=county.units[lead].pk if lead else "")
    assert answer.status_code == 409
    assert word in answer.content.decode()


# --- 延期 ---


def extend(client: Any, task: Task, **data: Any) -> Any:
    task.refresh_from_db()
    typed = {"reason": "设备未到货", "progress": "已完成八成", "proposed_due_on": "2027-01-31"}
    return send(client, "extension", task.pk, task.version, **(typed | data))


def test_an_extension_is_asked_for_and_granted(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    assert extend(as_person("editor"), task).status_code == 302
    request = TaskRequest.objects.get()
    page = as_person("office").get(f"/tasks/{task.pk}/").content.decode()
    assert "设备未到货" in page
    assert "已完成八成" in page
    assert "延期申请待批复" in as_person("office").get("/tasks/work/").content.decode()
    answer = send(
        as_person("office"),
        "extension_decide",
        request.pk,
        request.version,
        granted_due_on="2027-01-15",
        decision="同意，不再延期",
        grant="1",
    )
    assert answer.status_code == 302
    task.refresh_from_db()
    assert (task.due_on, task.original_due_on) == (date(2027, 1, 15), date(2026, 12, 31))
    change = TaskChange.objects.get(task=task, field="due_on")
    assert (change.old, change.new, change.reason) == ("2026-12-31", "2027-01-15", "同意，不再延期")
    assert Entry.objects.filter(action="task.decide_extension", reason="同意，不再延期").exists()
    page = as_person("editor").get(f"/tasks/{task.pk}/").content.decode()
    assert "原定 <del>2026-12-31</del>" in page
    found = as_person("office").get(reverse("tasks:list") + "?extended=1").content.decode()
    assert task.title in found


def test_an_extension_is_refused_and_the_deadline_stays(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    extend(as_person("editor"), task)
    request = TaskRequest.objects.get()
    data = {"granted_due_on": "2027-01-31", "decision": "理由不充分", "refuse": "1"}
    assert send(as_person("office"), "extension_decide", request.pk, request.version, **data).status_code == 302
    task.refresh_from_db()
    request.refresh_from_db()
    assert (task.due_on, request.state, request.granted_due_on) == (date(2026, 12, 31), "refused", None)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"proposed_due_on": "2026-12-31"}, "应晚于现时限"),
        ({"proposed_due_on": "2029-01-01"}, "请核对年份"),
        ({"reason": ""}, "没有保存"),
        ({"progress": "长" * 2001}, "2000 字以内"),
    ],
)
def test_an_extension_that_is_wrong_comes_back_as_typed(
    as_person: AsPerson, county: County, task: Task, data: dict[str, str], word: str
) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    answer = extend(as_person("editor"), task, **data)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert word in page
    assert data.get("progress", "已完成八成") in page
    assert not TaskRequest.objects.exists()


def test_an_extension_is_asked_for_in_time_and_once(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    # Five working days before Monday 18 May is Monday the 11th: yesterday.
    Task.objects.filter(pk=task.pk).update(due_on=date(2026, 5, 18))
    answer = extend(as_person("editor"), task)
    assert answer.status_code == 409
    assert "5 个工作日" in answer.content.decode()
    assert "已完成八成" in answer.content.decode(), "what was typed is lost"
    Task.objects.filter(pk=task.pk).update(due_on=date(2026, 5, 22))
    assert extend(as_person("editor"), task).status_code == 302
    answer = extend(as_person("editor"), task)
    assert answer.status_code == 409
    assert "不能重复申请" in answer.content.decode()


def test_a_decided_request_is_not_decided_again(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    request = ask_extension(
        actor=county.editor, task_id=task.pk, reason="甲", progress="乙", proposed_due_on=date(2027, 1, 31)
    )
    decide_extension(actor=county.office, request_id=request.pk, granted_due_on=None, decision="丙")
    data = {"granted_due_on": "2027-01-31", "decision": "丁", "grant": "1"}
    answer = send(as_person("second_office"), "extension_decide", request.pk, request.version, **data)
    assert answer.status_code == 409
    task.refresh_from_db()
    assert task.due_on == date(2026, 12, 31)


def test_what_a_unit_asks_for_lapses_when_its_task_is_closed(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    assert extend(as_person("editor"), task).status_code == 302
    report(county, task, "400")
    pass_report(actor=county.office, task_id=task.pk)
    assert act(as_person("office"), task, "close_directly").status_code == 302
    request, due_on = TaskRequest.objects.get(), task.due_on
    assert (request.state, request.decided_by) == ("lapsed", None)
    answer = send(
        as_person("office"), "extension_decide", request.pk, request.version, granted_due_on="2027-03-31", decision="好"
    )
    assert answer.status_code == 409
    assert "已失效" in answer.content.decode()
    task.refresh_from_db()
    assert (task.due_on, "已失效" in as_person("editor").get(f"/tasks/{task.pk}/").content.decode()) == (due_on, True)


def test_the_asker_takes_an_extension_back(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    extend(as_person("editor"), task)
    request = TaskRequest.objects.get()
    answer = send(as_person("editor"), "extension_withdraw", request.pk, request.version, reason="设备到货")
    assert answer.status_code == 302
    request.refresh_from_db()
    assert request.state == "withdrawn"


# --- 审签 ---


def test_a_report_leaves_the_unit_with_its_heads_agreement(as_person: AsPerson, county: County, task: Task) -> None:
    Unit.objects.filter(pk=task.lead_id).update(head_reviews=True)
    report(county, task)
    task.refresh_from_db()
    made = task.reports.get()
    assert (task.state, made.state, made.submitted_at, task.submitted_on) == (S.ENDORSING, "endorsing", None, None)
    assert Notification.objects.filter(recipient=county.head, title__startswith="报本单位负责人审签").exists()
    assert "待本单位负责人审签" in as_person("head").get("/tasks/work/").content.decode()
    # Outside the unit nobody sees it yet.
    assert "组织演练" not in as_person("office").get(f"/tasks/{task.pk}/").content.decode()
    assert act(as_person("head"), task, "endorse").status_code == 302
    task.refresh_from_db()
    made.refresh_from_db()
    assert (task.state, made.state, made.endorsed_by, made.submitted_by) == (
        S.REPORTED,
        "submitted",
        county.head,
        county.editor,
    )
    assert task.submitted_on == date(2026, 5, 12)
    assert "应局长审签" in as_person("office").get(f"/tasks/{task.pk}/").content.decode()


def test_the_head_sends_a_report_back_inside_the_unit(as_person: AsPerson, county: County, task: Task) -> None:
    Unit.objects.filter(pk=task.lead_id).update(head_reviews=True)
    report(county, task)
    assert act(as_person("head"), task, "decline", reason="数字再核一遍").status_code == 302
    task.refresh_from_db()
    assert (task.state, task.reports.get().state) == (S.RETURNED, "draft")
    assert "数字再核一遍" in as_person("editor").get(f"/tasks/{task.pk}/report/").content.decode()


def test_the_editor_takes_a_report_back_from_the_head(as_person: AsPerson, county: County, task: Task) -> None:
    Unit.objects.filter(pk=task.lead_id).update(head_reviews=True)
    report(county, task)
    assert act(as_person("editor"), task, "withdraw").status_code == 302
    task.refresh_from_db()
    assert (task.state, task.reports.get().state) == (S.ACTIVE, "draft")


# --- 受阻 ---


def test_an_obstacle_is_raised_and_solved(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    task.refresh_from_db()
    typed = {"cause": "缺资金", "done": "报了两次", "needs_whom": "县财政局", "needed_by": "2026-06-01"}
    assert send(as_person("editor"), "obstacle", task.pk, task.version, **typed).status_code == 302
    row = Obstacle.objects.get()
    assert Notification.objects.filter(recipient=county.office, body__contains="县财政局").exists()
    assert task.title in as_person("office").get(reverse("tasks:list") + "?asked=blocked").content.decode()
    answer = send(as_person("office"), "obstacle_solve", row.pk, row.version, outcome="资金已拨付")
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.solved_by) == ("资金已拨付", county.office)
    assert task.title not in as_person("office").get(reverse("tasks:list") + "?asked=blocked").content.decode()
    answer = send(as_person("office"), "obstacle_solve", row.pk, row.version, outcome="再来")
    assert answer.status_code == 409


def test_a_task_stands_in_every_queue_it_waits_in(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    extend(as_person("editor"), task)
    task.refresh_from_db()
    typed = {"cause": "缺资金", "done": "报了两次", "needs_whom": "县财政局", "needed_by": "2026-06-01"}
    send(as_person("editor"), "obstacle", task.pk, task.version, **typed)
    client = as_person("office")
    queues = {queue.key: queue for queue in client.get(reverse("tasks:work")).context["queues"]}
    assert {"extend", "blocked"} <= set(queues)
    for key in ("extend", "blocked"):
        assert client.get(queues[key].path).context["count"] == queues[key].count == 1


@pytest.mark.parametrize(("missing", "value"), [("cause", ""), ("needs_whom", "长" * 300), ("needed_by", "2026-05-11")])
def test_an_obstacle_says_all_three_parts(
    as_person: AsPerson, county: County, task: Task, missing: str, value: str
) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    task.refresh_from_db()
    typed = {"cause": "缺资金", "done": "报了两次", "needs_whom": "县财政局", "needed_by": "2026-06-01"}
    answer = send(as_person("editor"), "obstacle", task.pk, task.version, **(typed | {missing: value}))
    assert answer.status_code == 409
    assert "报了两次" in answer.content.decode()
    assert not Obstacle.objects.exists()


# --- 改判 ---


def test_a_forced_lamp_says_who_why_and_until_when_and_ends_by_itself(
    as_person: AsPerson, county: County, task: Task
) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    task.refresh_from_db()
    ruled = task.lamp
    typed = {"colour": "red", "until": "2026-05-20", "reason": "现场核查未开工"}
    assert send(as_person("office"), "lamp_force", task.pk, task.version, **typed).status_code == 302
    task.refresh_from_db()
    assert task.lamp == "red"
    assert "安小委人工改判（至2026-05-20）：现场核查未开工" in task.lamp_reason
    assert TaskChange.objects.filter(task=task, field="lamp", new="red").exists()
    Task.objects.filter(pk=task.pk).update(forced_until=date(2026, 5, 11), lamp_on=date(2026, 5, 11))
    recompute_lamps()
    task.refresh_from_db()
    assert task.lamp == ruled


def test_a_forced_lamp_is_taken_back(as_person: AsPerson, county: County, task: Task) -> None:
    ruled = task.lamp
    typed = {"colour": "yellow", "until": "2026-05-20", "reason": "先提示"}
    send(as_person("office"), "lamp_force", task.pk, task.version, **typed)
    task.refresh_from_db()
    assert send(as_person("office"), "lamp_end", task.pk, task.version, reason="已改正").status_code == 302
    task.refresh_from_db()
    assert (task.lamp, task.forced_lamp) == (ruled, "")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"colour": "blue"}, "没有保存"),
        ({"until": "2026-05-11"}, "92 天之内"),
        ({"until": str(date(2026, 5, 12) + timedelta(days=93))}, "92 天之内"),
        ({"reason": " "}, "没有保存"),
    ],
)
def test_a_forced_lamp_needs_all_of_it(as_person: AsPerson, task: Task, data: dict[str, str], word: str) -> None:
    typed = {"colour": "red", "until": "2026-05-20", "reason": "现场核查"} | data
    answer = send(as_person("office"), "lamp_force", task.pk, task.version, **typed)
    assert answer.status_code == 409
    assert word in answer.content.decode()
    task.refresh_from_db()
    assert task.forced_lamp == ""
