"""The review queue: next and previous as it is narrowed, and passing in one go what raises no doubt."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Entry
from evidence.models import File
from evidence.services import attach_file
from tasks.models import Plan, ProgressReport, Task
from tasks.services.moves import sign_task
from tasks.services.reporting import ReportDraft, pass_report, save_draft, submit_report, withdraw_report
from tests.county import AsPerson, County, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
QUEUE, BULK = reverse("tasks:reviews"), reverse("tasks:review_bulk")


def reported(county: County, task: Task, value: str = "200", content: bytes | None = None) -> Task:
    """Let the lead unit report with evidence of its own (or with this content; empty for none)."""
    if task.state == Task.State.ASSIGNED:
        sign_task(actor=county.editor, task_id=task.pk)
    target = task.targets.get()
    draft = save_draft(
        actor=county.editor,
        task_id=task.pk,
        draft=ReportDraft(values={target.pk: Decimal(value)}, texts={"actions_taken": "组织演练"}),
    )
    proof = f"{task.pk}-{value}".encode() if content is None else content
    attach_file(actor=county.editor, owner=draft, upload=SimpleUploadedFile("演练记录.pdf", PDF + proof))
    submit_report(actor=county.editor, task_id=task.pk)
    task.refresh_from_db()
    return task


@pytest.fixture
def three(plan: Plan, county: County) -> list[Task]:
    """Return three reported tasks: two in order, and one behind plan."""
    made = [make_task(plan, county.units["YJ"], number, title=f"任务{number}") for number in (1, 2, 3)]
    return [reported(county, made[0]), reported(county, made[1]), reported(county, made[2], "10")]


def rows_of(answer: Any) -> dict[str, list[str]]:
    return {row.task.title: [check.text for check in row.doubts] for row, _ in answer.context["rows"]}


def test_next_and_previous_follow_the_narrowed_queue(as_person: AsPerson, three: list[Task]) -> None:
    page = as_person("office").get(QUEUE + f"?task={three[1].pk}&q=任务")
    first, last = (f"?task={three[place].pk}&q=%E4%BB%BB%E5%8A%A1" for place in (0, 2))
    assert (page.context["before"], page.context["following"]) == (first, last)
    text = page.content.decode()
    assert 'data-key="j"' in text
    assert 'data-key="k"' in text
    # Passed from here, the one after it comes next, the search still there.
    action = reverse("tasks:review_act", args=[three[1].pk, "pass"])
    assert f"{action}{last}".replace("&", "&amp;") in text
    answer = as_person("office").post(action + last, {"version": three[1].version})
    assert answer.headers["Location"] == QUEUE + last
    # What somebody else has dealt with meanwhile is not offered.
    answer = as_person("office").post(
        reverse("tasks:review_act", args=[three[2].pk, "pass"]) + f"?task={three[1].pk}", {"version": three[2].version}
    )
    assert answer.headers["Location"] == QUEUE


def test_only_what_raises_no_doubt_can_be_ticked(as_person: AsPerson, three: list[Task]) -> None:
    answer = as_person("office").get(BULK)
    assert rows_of(answer) == {"任务1": [], "任务2": [], "任务3": ["进度 2.5%，低于计划进度 36.2%。"]}
    text = answer.content.decode()
    assert f'value="{three[0].pk}:{three[0].version}"' in text
    assert f'value="{three[2].pk}:' not in text


def test_ticked_reports_pass_and_a_doubt_sent_along_does_not(as_person: AsPerson, three: list[Task]) -> None:
    # A character no database takes is left out.
    data = {"task": [f"{task.pk}:{task.version}" for task in three], "comment": "同\x00意"}
    text = as_person("office").post(BULK, data).content.decode()
    assert "共 3 项：办理 2 项" in text
    assert "自动检查有疑点" in text
    states = list(Task.objects.order_by("code").values_list("state", "verified_percent"))
    assert states == [("active", 50), ("active", 50), ("reported", 0)]
    passed = ProgressReport.objects.filter(state="passed")
    assert {(report.reviewed_by.username, report.review_comment) for report in passed if report.reviewed_by} == {
        ("office", "同意")
    }
    assert Entry.objects.filter(action="task.pass").count() == 2


def test_what_changed_since_or_is_ones_own_is_left(as_person: AsPerson, county: County, three: list[Task]) -> None:
    withdraw_report(actor=county.editor, task_id=three[0].pk, reason="数字有误")
    ProgressReport.objects.filter(task=three[1]).update(submitted_by=county.office)
    data = {"task": [f"{task.pk}:{task.version}" for task in three[:2]]}
    text = as_person("office").post(BULK, data).content.decode()
    assert "办理 0 项" in text
    assert "已有其他人修改" in text
    assert "不能审核自己经手的进展" in text
    assert "由您本人上报" in as_person("office").get(BULK).content.decode()


def test_nothing_ticked_and_nobody_else(as_person: AsPerson, three: list[Task]) -> None:
    assert "请先勾选要通过的进展" in as_person("office").post(BULK, {}, follow=True).content.decode()
    for person in ("editor", "leader", "stranger"):
        assert as_person(person).get(BULK).status_code == 403
        assert as_person(person).post(BULK, {"task": f"{three[0].pk}:{three[0].version}"}).status_code == 403


def test_each_check_says_what_it_saw(as_person: AsPerson, county: County, plan: Plan) -> None:
    jumped = make_task(plan, county.units["YJ"], 4, title="突增")
    pass_report(actor=county.office, task_id=reported(county, jumped, "150").pk)
    reported(county, Task.objects.get(pk=jumped.pk), "390")
    fell = make_task(plan, county.units["YJ"], 5, title="减少")
    pass_report(actor=county.office, task_id=reported(county, fell, "200").pk)
    reported(county, Task.objects.get(pk=fell.pk), "160")
    copied = reported(county, make_task(plan, county.units["YJ"], 6, title="复用"), content=b"one")
    reported(county, make_task(plan, county.units["YJ"], 7, title="复用乙"), content=b"one")
    old = reported(county, make_task(plan, county.units["YJ"], 8, title="旧材料"))
    File.objects.filter(owner_id=old.reports.get().pk).update(uploaded_at="2026-01-10T00:00:00Z")
    found = rows_of(as_person("office").get(BULK))
    assert found["突增"] == ["“演练场次”由上次审定的 150 升至 390场次，一次增加超过目标的一半，请核实。"]
    assert found["减少"] == ["“演练场次”由上次审定的 200 降为 160，累计值不应减少。"]
    assert found["复用"] == ["材料“演练记录.pdf”在其他事项中也用过。"]
    assert found["旧材料"] == ["佐证材料都是本期之前上传的，没有本期新的材料。"]
    # The page of one report says the same.
    text = as_person("office").get(QUEUE + f"?task={copied.pk}").content.decode()
    assert "在其他事项中也用过" in text
