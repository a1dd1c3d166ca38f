"""Occurrences: generated with the plan, changed by the office, delivered by reports, and what lamps make of them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from evidence.services import attach_file
from tasks.models import Plan, ProgressReport, Recurrence, Task, TaskChange, TaskNode
from tasks.occurrences import occurrences, propose_recurrence
from tasks.services.changes import relight
from tasks.services.moves import close_task, obstacle_to_closing, reopen_task, request_close, sign_task
from tasks.services.office_changes import set_deadline
from tasks.services.publishing import publish_plan
from tasks.services.recurrence import set_recurrence
from tasks.services.reporting import (
    ReportDraft,
    pass_report,
    return_report,
    save_draft,
    submit_report,
)
from tests.county import AsPerson, County
from tests.plan_drafts import assigned_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def on(day: int, month: int) -> Any:
    """Travel to ten o'clock of a day of 2026, county time."""
    return time_machine.travel(datetime(2026, month, day, 2, 0, tzinfo=UTC), tick=False)


@pytest.fixture
def quarterly(county: County, task: Task) -> Task:
    """A signed task due each quarter since 12 May: 30 June, 30 September, 31 December."""
    sign_task(actor=county.editor, task_id=task.pk)
    set_recurrence(actor=county.office, task_id=task.pk, recurrence=Recurrence.QUARTER, reason="按季推进")
    task.refresh_from_db()
    return task


def hand_in(county: County, task: Task, *titles: str, value: str = "100") -> ProgressReport:
    """Report on the task, delivering the nodes of these titles."""
    target = task.targets.get()
    ids = list(task.nodes.filter(title__in=titles).values_list("pk", flat=True))
    form = ReportDraft(values={target.pk: Decimal(value)}, nodes=ids, texts={"actions_taken": "组织演练"})
    draft = save_draft(actor=county.editor, task_id=task.pk, draft=form)
    attach_file(actor=county.editor, owner=draft, upload=SimpleUploadedFile(f"{value}.pdf", PDF + value.encode()))
    return submit_report(actor=county.editor, task_id=task.pk)


# --- the days ---


@pytest.mark.parametrize(
    ("recurrence", "months", "days"),
    [
        (Recurrence.ONCE, "", []),
        (Recurrence.QUARTER, "", [(3, 31), (6, 30), (9, 30), (12, 31)]),
        (Recurrence.HALF_YEAR, "", [(6, 30), (12, 31)]),
        (Recurrence.YEAR, "", [(12, 31)]),
        (Recurrence.FLOOD, "", [(4, 30)]),
        (Recurrence.MONTHS, "2,11", [(2, 28), (11, 30)]),
    ],
)
def test_days_of_a_year(recurrence: str, months: str, days: list[tuple[int, int]]) -> None:
    assert [row.due_on for row in occurrences(recurrence, months, *YEAR)] == [date(2026, *day) for day in days]


def test_spans_outside_the_task_do_not_count_and_its_deadline_is_the_last_day() -> None:
    found = occurrences(Recurrence.MONTH, "", date(2026, 3, 20), date(2026, 6, 10))
    assert [(row.title, row.due_on) for row in found] == [
        ("2026年3月", date(2026, 3, 31)),
        ("2026年4月", date(2026, 4, 30)),
        ("2026年5月", date(2026, 5, 31)),
        ("2026年6月", date(2026, 6, 10)),
    ]


def test_the_flood_season_is_the_countys(settings: Any) -> None:
    settings.FLOOD_SEASON_START = "06-01"
    assert [row.due_on for row in occurrences(Recurrence.FLOOD, "", *YEAR)] == [date(2026, 5, 31)]


@pytest.mark.parametrize(
    ("frequencies", "phrases", "proposed"),
    [
        (["P3M", "P1M"], [], "month"),
        (["quarter"], ["每季度"], "quarter"),
        (["P6M"], [], "half_year"),
        ([""], ["汛期来临前"], "flood"),
        (["P1Y", "P1W"], ["年底前"], ""),
    ],
)
def test_what_a_text_proposes(frequencies: list[str], phrases: list[str], proposed: str) -> None:
    assert propose_recurrence(frequencies, phrases) == proposed


# --- from the draft to the task ---


def test_publishing_makes_the_years_occurrences(county: County) -> None:
    with on(2, 2):
        plan = assigned_draft(county.office, county.units["ZJ"])
        plan.items.filter(number=2).update(recurrence="quarter")
        plan.items.filter(number=3).update(recurrence="months", recurrence_months="1,4,12")
        tasks = publish_plan(actor=county.office, plan_id=plan.pk)
    by_code = {task.code: [(n.title, n.due_on) for n in task.nodes.all()] for task in tasks}
    assert by_code["2026-02"] == [
        ("2026年第一季度", date(2026, 3, 31)),
        ("2026年第二季度", date(2026, 6, 30)),
        ("2026年第三季度", date(2026, 9, 30)),
        ("2026年第四季度", date(2026, 12, 31)),
    ]
    # January was over when the unit was told, December lies behind the deadline.
    assert by_code["2026-03"] == [("2026年4月", date(2026, 4, 30))]
    assert tasks[1].recurrence == "quarter"


def test_the_form_of_an_item_keeps_the_recurrence(as_person: AsPerson, county: County) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    item = plan.items.get(number=2)
    address = reverse("plans:item", args=[plan.pk, item.pk])
    typed = {
        "version": item.version, "title": item.title, "starts_on": "2026-01-20", "due_on": "2026-12-31",
        "lead": item.lead_id, "recurrence": "months", "target-TOTAL_FORMS": "0", "target-INITIAL_FORMS": "0",
    }  # fmt: skip
    refused = as_person("office").post(address, typed | {"months": "13"})
    assert refused.status_code == 422
    assert "月份应为 1 至 12 的数字" in refused.content.decode()
    assert "请填写月份" in as_person("office").post(address, typed | {"months": ""}).content.decode()
    assert as_person("office").post(address, typed | {"months": "9、3"}).status_code == 302
    item.refresh_from_db()
    assert (item.recurrence, item.recurrence_months) == ("months", "3,9")
    assert ["期次", "", "指定月份（3、9月）"] in Entry.objects.latest("pk").changes


# --- the office changes ---


def test_changing_the_recurrence_touches_only_what_lies_ahead(county: County, quarterly: Task) -> None:
    hand_in(county, quarterly, "2026年第二季度")
    pass_report(actor=county.office, task_id=quarterly.pk)
    with on(15, 7):
        set_recurrence(actor=county.office, task_id=quarterly.pk, recurrence="half_year", reason="改为半年")
    live = list(quarterly.nodes.live().values_list("title", "done_on"))
    assert live == [("2026年第二季度", date(2026, 5, 12)), ("2026年下半年", None)]
    gone = quarterly.nodes.filter(cancelled_on=date(2026, 7, 15))
    assert set(gone.values_list("title", "cancelled_reason")) == {
        ("2026年第三季度", "频次改为每半年：改为半年"),
        ("2026年第四季度", "频次改为每半年：改为半年"),
    }
    assert TaskChange.objects.filter(task=quarterly, field="recurrence", old="每季度", new="每半年").count() == 1


def test_the_office_sets_the_recurrence_on_the_tasks_page(as_person: AsPerson, task: Task) -> None:
    address = reverse("tasks:recurrence", args=[task.pk])
    data = {"version": task.version, "recurrence": "months", "months": "6、11", "reason": "  "}
    refused = as_person("office").post(address, data)
    assert refused.status_code == 409
    assert 'value="6、11"' in refused.content.decode()
    assert as_person("editor").post(address, data | {"reason": "按月"}).status_code == 403
    assert as_person("office").post(address, data | {"reason": "分两次"}).status_code == 302
    assert list(task.nodes.values_list("title", "due_on")) == [
        ("2026年6月", date(2026, 6, 30)),
        ("2026年11月", date(2026, 11, 30)),
    ]
    page = as_person("editor").get(reverse("tasks:detail", args=[task.pk])).content.decode()
    assert "2026年11月" in page
    assert "指定月份（6、11月）" in page
    stale = as_person("office").post(address, data | {"recurrence": "month", "months": "", "reason": "再改"})
    assert stale.status_code == 409
    assert "已有其他人修改" in stale.content.decode()


def test_one_occurrence_is_changed_and_cancelled(as_person: AsPerson, quarterly: Task) -> None:
    node = quarterly.nodes.get(title="2026年第三季度")
    address = reverse("tasks:occurrence", args=[node.pk])
    client = as_person("office")
    assert client.get(address).status_code == 200
    data = {"version": 1, "title": "三季度督查", "due_on": "2026-09-20", "reason": "提前"}
    assert client.post(address, data | {"due_on": "2027-01-01"}).status_code == 409
    assert client.post(address, data).status_code == 302
    node.refresh_from_db()
    assert (node.title, node.due_on, node.original_due_on) == (
        "三季度督查",
        date(2026, 9, 20),
        date(2026, 9, 30),
    )
    change = TaskChange.objects.get(node=node, new__startswith="三季度督查")
    assert (change.old, change.reason) == ("2026年第三季度（2026-09-30）", "提前")
    stale = client.post(address, data | {"title": "我的名称"})
    assert stale.status_code == 409
    assert "我的名称" in stale.content.decode()
    assert client.post(address, data | {"version": 2, "cancel": "1"}).status_code == 302
    node.refresh_from_db()
    assert (node.cancelled_on, node.cancelled_reason) == (date(2026, 5, 12), "提前")
    assert client.get(address).status_code == 200
    assert "该期次已取消" in client.post(address, data | {"version": 3}).content.decode()


def test_nodes_follow_the_deadline(county: County, quarterly: Task) -> None:
    set_deadline(actor=county.office, task_id=quarterly.pk, due_on=date(2026, 11, 15), reason="提前")
    assert list(quarterly.nodes.live().values_list("due_on", flat=True)) == [
        date(2026, 6, 30),
        date(2026, 9, 30),
        date(2026, 11, 15),
    ]
    set_deadline(actor=county.office, task_id=quarterly.pk, due_on=date(2026, 9, 20), reason="再提前")
    assert list(quarterly.nodes.live().values_list("due_on", flat=True)) == [date(2026, 6, 30), date(2026, 9, 20)]
    set_deadline(actor=county.office, task_id=quarterly.pk, due_on=date(2026, 12, 31), reason="恢复")
    assert list(quarterly.nodes.live().values_list("due_on", flat=True)) == [
        date(2026, 6, 30),
        date(2026, 9, 30),
        date(2026, 12, 31),
    ]


# --- delivery ---


def test_the_form_offers_what_is_due_and_keeps_the_ticks(as_person: AsPerson, county: County, quarterly: Task) -> None:
    with on(10, 6):
        client, address = as_person("editor"), reverse("tasks:report", args=[quarterly.pk])
        page = client.get(address).content.decode()
        near, _, later = page.partition("提前完成以后的节点、期次（2）")
        assert "2026年第二季度" in near
        assert "2026年第四季度" in later
        node = quarterly.nodes.get(title="2026年第四季度")
        assert client.post(address, {"save": "1", "nodes": [node.pk, "x", "9" * 30], "version": "0"}).status_code == 302
        draft = quarterly.reports.get()
        assert list(draft.nodes.all()) == [node]
        assert f'value="{node.pk}" checked' in client.get(address).content.decode()


def test_a_node_counts_once_its_report_has_passed(as_person: AsPerson, county: County, quarterly: Task) -> None:
    with on(20, 6):
        hand_in(county, quarterly, "2026年第二季度")
    node = quarterly.nodes.get(title="2026年第二季度")
    with on(10, 7):
        assert node.done_on is None
        quarterly.refresh_from_db()
        relight(quarterly)
        assert "2026年第二季度" not in quarterly.lamp_reason  # Reported in time, it waits for the office.
        assert not TaskNode.objects.missed_on(date(2026, 7, 10)).exists()
        page = as_person("office").get(reverse("tasks:reviews"), {"task": quarterly.pk}).content.decode()
        assert "申报完成的节点、期次：<b>2026年第二季度</b>" in page
        pass_report(actor=county.office, task_id=quarterly.pk)
    node.refresh_from_db()
    assert (node.done_on, node.delivered_by_id) == (date(2026, 6, 20), quarterly.reports.get().pk)
    assert TaskChange.objects.get(node=node, new="完成（2026-06-20）").actor == county.office


def test_a_returned_report_delivers_nothing_and_its_ticks_come_again(county: County, quarterly: Task) -> None:
    hand_in(county, quarterly, "2026年第二季度")
    return_report(actor=county.office, task_id=quarterly.pk, reason="材料不全")
    assert not quarterly.nodes.filter(done_on__isnull=False).exists()
    again = save_draft(actor=county.editor, task_id=quarterly.pk, draft=ReportDraft())
    assert [node.title for node in again.nodes.all()] == ["2026年第二季度"]
    with on(1, 7):
        Task.objects.filter(pk=quarterly.pk).update(verified_percent=60, submitted_on=date(2026, 6, 20))
        quarterly.refresh_from_db()
        relight(quarterly)
        assert (quarterly.lamp, quarterly.lamp_reason) == (
            "red",
            "“2026年第二季度”应于2026-06-30完成，已逾期1天。",
        )


def test_a_task_with_open_nodes_is_not_done(county: County, quarterly: Task) -> None:
    hand_in(county, quarterly, "2026年第二季度", value="400")
    pass_report(actor=county.office, task_id=quarterly.pk)
    quarterly.refresh_from_db()
    assert (quarterly.verified_percent, quarterly.completed_on) == (Decimal("99.9"), None)
    assert obstacle_to_closing(quarterly).startswith("还有“2026年第三季度”等2个节点、期次未完成，不能销号。")
    hand_in(county, quarterly, "2026年第三季度", "2026年第四季度", value="400")
    pass_report(actor=county.office, task_id=quarterly.pk)
    quarterly.refresh_from_db()
    assert (quarterly.verified_percent, quarterly.completed_on) == (100, date(2026, 5, 12))


def test_closing_puts_the_rest_aside_and_reopening_brings_it_back(county: County, quarterly: Task) -> None:
    hand_in(county, quarterly, *quarterly.nodes.values_list("title", flat=True), value="400")
    pass_report(actor=county.office, task_id=quarterly.pk)
    set_deadline(actor=county.office, task_id=quarterly.pk, due_on=date(2027, 3, 31), reason="顺延")
    request_close(actor=county.editor, task_id=quarterly.pk, reason="完成")
    close_task(actor=county.office, task_id=quarterly.pk, reason="同意")
    assert set(quarterly.nodes.filter(cancelled_reason="任务已销号").values_list("title", flat=True)) == {
        "2027年第一季度"
    }
    reopen_task(actor=county.office, task_id=quarterly.pk, reason="复查")
    assert quarterly.nodes.undelivered().count() == 1


# --- lamps ---


def test_a_missed_month_is_yellow_a_missed_quarter_red(county: County, task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(verified_percent=60, submitted_on=date(2026, 5, 12))
    set_recurrence(actor=county.office, task_id=task.pk, recurrence="month", reason="按月")
    with on(1, 6):
        task.refresh_from_db()
        relight(task)
        assert (task.lamp, task.lamp_reason) == ("yellow", "“2026年5月”应于2026-05-31完成，已逾期1天。")
        assert TaskNode.objects.missed_on(date(2026, 6, 1)).count() == 1
    with on(31, 5):
        relight(task)
        assert "2026年5月" not in task.lamp_reason


def test_the_same_rule_in_the_database_and_in_the_lamps(county: County, quarterly: Task, plan: Plan) -> None:
    with on(1, 7):
        hand_in(county, quarterly, "2026年第二季度")
    with on(2, 7):
        quarterly.refresh_from_db()
        relight(quarterly)
        # Handed in after its day: missed until it has passed.
        assert quarterly.lamp == "red"
        assert TaskNode.objects.missed_on(date(2026, 7, 2)).count() == 1


def test_strangers_see_no_nodes(county: County, quarterly: Task) -> None:
    assert TaskNode.objects.visible_to(county.editor).count() == 3
    assert not TaskNode.objects.visible_to(county.other_editor).exists()
    client = Client()
    client.force_login(county.other_editor, backend="django.contrib.auth.backends.ModelBackend")
    node = quarterly.nodes.all()[0]
    assert client.get(reverse("tasks:occurrence", args=[node.pk])).status_code == 404
