"""Milestones: who sets them, what shares may be, the curve planned by them, percent from what is delivered."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Entry
from core.errors import NotAllowed, UserError
from evidence.services import attach_file
from tasks.models import Plan, Task, TaskChange, TaskNode
from tasks.progress import milestone_percent, milestone_plan
from tasks.services.milestones import MilestoneDraft, set_milestones, template_drafts
from tasks.services.moves import sign_task
from tasks.services.office_changes import set_deadline
from tasks.services.reporting import ReportDraft, pass_report, save_draft, submit_report
from tests.county import AsPerson, County, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
K = TaskNode.Kind


def on(day: int, month: int) -> Any:
    return time_machine.travel(datetime(2026, month, day, 2, 0, tzinfo=UTC), tick=False)


def draft(title: str, month: int, share: str | None = None, pk: int | None = None) -> MilestoneDraft:
    return MilestoneDraft(pk, K.BUILD, title, date(2026, month, 28), None if share is None else Decimal(share))


@pytest.fixture
def build(county: County, plan: Plan) -> Task:
    """A signed task without figures, begun and built in two steps: 启动 by 28 May (10 %), 建成 by 28 November."""
    task = make_task(plan, county.units["YJ"], 7, title="建设避难场所", target=None)
    sign_task(actor=county.editor, task_id=task.pk)
    rows = [draft("启动建设", 5, "10"), draft("建成投用", 11, "100")]
    set_milestones(actor=county.office, task_id=task.pk, drafts=rows, curve="milestones", reason="按节点推进")
    task.refresh_from_db()
    return task


def deliver(county: County, task: Task, *titles: str) -> None:
    ids = list(task.nodes.filter(title__in=titles).values_list("pk", flat=True))
    row = save_draft(
        actor=county.editor, task_id=task.pk, draft=ReportDraft(nodes=ids, texts={"actions_taken": "施工"})
    )
    upload = SimpleUploadedFile("照片.pdf", PDF + "".join(titles).encode())
    attach_file(actor=county.editor, owner=row, upload=upload)
    submit_report(actor=county.editor, task_id=task.pk)
    pass_report(actor=county.office, task_id=task.pk)
    task.refresh_from_db()


def test_begun_is_not_done(county: County, build: Task) -> None:
    deliver(county, build, "启动建设")
    assert (build.verified_percent, build.completed_on) == (10, None)
    deliver(county, build, "建成投用")
    assert (build.verified_percent, build.completed_on) == (100, date(2026, 5, 12))


def test_percent_adds_what_each_delivered_milestone_brings() -> None:
    shares = [Decimal(10), Decimal(50), Decimal(100)]
    assert milestone_percent(zip(shares, [False, True, False], strict=True)) == 40
    assert milestone_percent(zip(shares, [True, True, True], strict=True)) == 100
    assert milestone_percent([]) is None


def test_the_plan_steps_up_the_day_after_each_milestone(build: Task) -> None:
    days = [date(2026, 5, 28), date(2026, 5, 29), date(2026, 11, 28), date(2026, 11, 29), date(2027, 1, 1)]
    assert [build.planned_on(day) for day in days] == [0, 10, 10, 100, 100]
    assert milestone_plan([(date(2026, 6, 1), Decimal(30))], date(2026, 6, 30), date(2026, 7, 1)) == 100
    build.curve = Task.Curve.STRAIGHT
    assert build.planned_on(date(2026, 6, 30)) == Decimal("49.6")


def test_lamps_and_pages_follow_the_curve(as_person: AsPerson, build: Task) -> None:
    with on(20, 5):
        # On a straight line the task would be 38 points behind.
        page = as_person("office").get(reverse("tasks:list")).content.decode()
        assert "应达 0%" in page
        build.refresh_from_db()
        assert build.planned_today == 0
    assert build.lamp != "red"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([draft("甲", 6, "50"), draft("乙", 9, "40")], "应大于前一个节点"),
        ([draft("甲", 6, "50"), draft("乙", 9, "90")], "应为 100"),
        ([draft("甲", 6, "50"), draft("乙", 9)], "请填写节点“乙”的累计占比"),
        ([MilestoneDraft(None, K.OTHER, "甲", date(2027, 1, 1))], "之间"),
        ([draft(" ", 6)], "名称"),
    ],
)
def test_what_cannot_be_is_refused(county: County, task: Task, rows: list[MilestoneDraft], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        set_milestones(actor=county.office, task_id=task.pk, drafts=rows, reason="分步")
    assert not task.nodes.exists()


def test_shares_left_empty_are_spread_evenly(county: County, task: Task) -> None:
    rows = [draft("甲", 6), draft("乙", 9), draft("丙", 12)]
    set_milestones(actor=county.editor, task_id=task.pk, drafts=rows, reason="分步")
    assert [str(node.share) for node in task.nodes.all()] == ["33.3", "66.7", "100.0"]


def test_the_unit_sets_them_until_the_office_plans_by_them(county: County, build: Task, task: Task) -> None:
    rows = [draft("甲", 6), draft("乙", 9)]
    set_milestones(actor=county.editor, task_id=task.pk, drafts=rows, reason="分步")
    with pytest.raises(NotAllowed):
        set_milestones(actor=county.editor, task_id=task.pk, drafts=rows, curve="milestones", reason="分步")
    with pytest.raises(NotAllowed, match="由县安委办调整"):
        set_milestones(actor=county.editor, task_id=build.pk, drafts=rows, reason="分步")
    with pytest.raises(NotAllowed):
        set_milestones(actor=county.leader, task_id=build.pk, drafts=rows, reason="分步")


def test_a_moved_milestone_leaves_a_dated_row_and_a_removed_one_stays_on_record(county: County, build: Task) -> None:
    first, last = build.nodes.all()
    rows = [draft("建成投用", 10, "100", last.pk)]
    set_milestones(actor=county.office, task_id=build.pk, drafts=rows, reason="合并节点")
    last.refresh_from_db()
    first.refresh_from_db()
    assert (last.due_on, last.original_due_on) == (date(2026, 10, 28), date(2026, 11, 28))
    assert (first.cancelled_on, first.cancelled_reason) == (date(2026, 5, 12), "合并节点")
    change = TaskChange.objects.get(node=last, old__contains="2026-11-28")
    assert change.new == "建成投用（2026-10-28，累计100%）"
    build.refresh_from_db()
    assert build.curve_points == [["2026-10-28", "100.0"]]


def test_milestones_due_on_the_deadline_move_with_it(county: County, build: Task) -> None:
    set_deadline(actor=county.office, task_id=build.pk, due_on=date(2026, 10, 31), reason="提前")
    assert list(build.nodes.values_list("due_on", flat=True)) == [date(2026, 5, 28), date(2026, 10, 31)]
    build.refresh_from_db()
    assert build.planned_on(date(2026, 10, 31)) == 10


def test_templates_lie_within_the_task() -> None:
    rows = template_drafts("document", date(2026, 5, 12), date(2026, 12, 31))
    assert [row.title for row in rows] == ["委托编制", "完成初稿", "通过评审", "正式印发"]
    assert rows[-1].due_on == date(2026, 12, 31)
    assert all(date(2026, 5, 12) <= row.due_on for row in rows)


# --- the page ---


def posted(version: int, *rows: tuple[str, str, str], **extra: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "version": version, "reason": "分步推进", "node-TOTAL_FORMS": str(len(rows)), "node-INITIAL_FORMS": "0",
    }  # fmt: skip
    for place, (title, day, share) in enumerate(rows):
        data |= {
            f"node-{place}-title": title,
            f"node-{place}-kind": "document",
            f"node-{place}-due_on": day,
            f"node-{place}-share": share,
        }
    return data | extra


def test_the_page_saves_and_loses_nothing(as_person: AsPerson, task: Task) -> None:
    client, address = as_person("office"), reverse("tasks:milestones", args=[task.pk])
    page = client.get(address, {"template": "document"}).content.decode()
    assert "委托编制" in page
    assert "正式印发" in page
    rows = (("完成初稿", "2026-06-30", "60"), ("正式印发", "2026-09-30", "100"))
    refused = client.post(address, posted(task.version, ("完成初稿", "2026-13-30", "60")))
    assert refused.status_code == 409
    assert "完成初稿" in refused.content.decode()
    assert client.post(address, posted(task.version, *rows, curve="milestones")).status_code == 302
    task.refresh_from_db()
    assert (task.curve, task.curve_points) == ("milestones", [["2026-06-30", "60.0"], ["2026-09-30", "100.0"]])
    assert ["计划进度", "按时间均匀推进", "按节点推进"] in Entry.objects.latest("pk").changes
    stale = client.post(address, posted(1, ("我的节点", "2026-09-30", "100"), curve="milestones"))
    assert stale.status_code == 409
    assert "我的节点" in stale.content.decode()
    assert "现在保存的节点" in stale.content.decode()


def test_who_may_open_the_page(as_person: AsPerson, task: Task, build: Task) -> None:
    address = reverse("tasks:milestones", args=[task.pk])
    assert as_person("editor").get(address).status_code == 200
    assert as_person("leader").get(address).status_code == 403
    assert as_person("other_editor").get(address).status_code == 404
    fixed = reverse("tasks:milestones", args=[build.pk])
    assert as_person("editor").get(fixed).status_code == 302
    assert as_person("editor").post(fixed, posted(build.version, ("甲", "2026-09-30", "100"))).status_code == 403
    assert build.nodes.count() == 2
