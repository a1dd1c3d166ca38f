"""From draft to frozen to corrected: who may do what when, and that nothing changes what was issued."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoCaptureOnCommitCallbacks as Committing

from audit.trail import history_of
from core.errors import UserError
from core.queues import queues_of
from reports import jobs
from reports.models import Report
from reports.services.drafting import edit_section, make_report, recalculate
from reports.services.freezing import correct_report, freeze_report, give_number
from reports.services.rendering import render_report_files, report_pdf, report_xlsx
from reports.transitions import REPORT_TRANSITIONS, SUPERSEDE
from supervision.models import LetterCounter
from tasks.models import Task
from tests.county import AsPerson
from tests.documents.reading import read_pages
from tests.reports.story import Q1, Story, drafted, frozen, live_on, on
from tests.reports.story import report as report_progress

pytestmark = pytest.mark.django_db
S = Report.State


def act(client: Client, report: Report, action: str, **data: Any) -> Any:
    report.refresh_from_db()
    address = reverse("reports:act", args=[report.pk, action])
    return client.post(address, {"version": report.version, **data})


NEEDED: dict[str, dict[str, str]] = {
    "recalculate": {},
    "freeze": {"signatory": "冀立夏", "acknowledged": "1"},
    "discard": {"reason": "重复"},
    "number": {"number": "清安委办发〔2026〕7号"},
    "render": {},
    "correct": {"reason": "数字有误"},
}


@pytest.mark.parametrize("action", NEEDED)
def test_each_move_from_each_state_by_each_role(story: Story, as_person: AsPerson, action: str) -> None:
    """Office and leader as the table says; readers of issued reports 403, everybody else does not know of it."""
    move = next(row for row in REPORT_TRANSITIONS if row.action == action)
    issued = frozen(story)
    readers = ("editor", "head", "other_editor", "auditor")
    for role in (*readers, "administrator", "enterprise", "stranger"):
        with on(4, 9):
            status = act(as_person(role), issued, action, **NEEDED[action]).status_code
        assert status == (403 if role in readers else 404), role
    for role in ("leader", "office"):
        with on(4, 9):
            status = act(as_person(role), issued, action, **NEEDED[action]).status_code
        if role not in move.who:
            assert status == 403
        else:
            assert status == (302 if S.FROZEN in move.sources else 409)
    assert SUPERSEDE.who == ()


@pytest.mark.parametrize("action", NEEDED)
def test_each_move_from_a_draft_by_each_role(story: Story, as_person: AsPerson, action: str) -> None:
    """A draft is known to who makes and signs it and to who audits; to nobody else it exists."""
    move = next(row for row in REPORT_TRANSITIONS if row.action == action)
    report = drafted(story)
    for role in (
        "editor",
        "head",
        "other_editor",
        "auditor",
        "administrator",
        "enterprise",
        "stranger",
        "leader",
        "office",
    ):
        with on(4, 9):
            status = act(as_person(role), report, action, **NEEDED[action]).status_code
        report.refresh_from_db()
        if role not in ("leader", "office"):
            assert status == (403 if Report.objects.visible_to(story.county.people[role]).exists() else 404), role
            assert report.state == S.DRAFT, role
        elif role not in move.who:
            assert (status, report.state) == (403, S.DRAFT), role
        elif S.DRAFT not in move.sources:
            assert (status, report.state) == (409, S.DRAFT), role
        else:
            # The leader's signature is the last word: the office finds it issued.
            assert (status, report.state) in {(302, move.target or S.DRAFT), (409, S.FROZEN)}, role
            assert role == "office" or status == 302


def test_a_draft_is_made_once_edited_checked_and_issued(
    story: Story, as_person: AsPerson, django_capture_on_commit_callbacks: Committing
) -> None:
    office, leader = as_person("office"), as_person("leader")
    with on(4, 7):
        address = reverse("reports:make")
        assert office.post(address, {"quarter": "2026Q1"}).status_code == 302
        assert office.post(address, {"quarter": "2026Q1"}).status_code == 302
        (made,) = Report.objects.all()
        section = reverse("reports:section", args=[made.pk, "overall"])
        shown = office.post(section, {"version": 1, "text": "全县共5项任务，已办结99项。"}, follow=True)
        assert "“99”" in shown.content.decode()
        page = leader.get(reverse("reports:check", args=[made.pk])).content.decode()
        assert "总体情况：99" in page
        assert "县住建局：2026-03 整治燃气、2026-04 排查房屋" in page
        assert [queue.key for queue in queues_of(story.county.leader)].count("reports-issue") == 1
        refused = act(leader, made, "freeze", signatory="冀立夏")
        assert (refused.status_code, "勾选“已核对”" in refused.content.decode()) == (409, True)
        with django_capture_on_commit_callbacks(execute=True):
            done = act(leader, made, "freeze", signatory="冀立夏", acknowledged="1", number="清安办函〔2026〕9号")
        assert done.status_code == 302
    made.refresh_from_db()
    assert (made.state, made.signatory, made.frozen_by) == (S.FROZEN, "冀立夏", story.county.leader)
    assert made.content_sha256 == made.fingerprint()
    assert made.pdf
    assert made.xlsx
    assert LetterCounter.objects.get(code="清安办函", year=2026).last == 9
    actions = [entry.action for entry in history_of(made)]
    assert actions == ["report.file", "report.file", "report.freeze", "report.edit", "report.make"]
    assert "99" in history_of(made).get(action="report.freeze").reason


def test_later_changes_change_nothing_that_was_issued(story: Story, as_person: AsPerson) -> None:
    issued = frozen(story)
    before = (issued.fingerprint(), issued.figures, issued.rows, issued.text_of("overall"))
    pdf = "".join(page.text for page in read_pages(report_pdf(issued)))
    live_on(story)
    Task.objects.filter(pk=story.tasks[3].pk).update(title="改名的任务")
    issued = Report.objects.get(pk=issued.pk)
    assert (issued.fingerprint(), issued.figures, issued.rows, issued.text_of("overall")) == before
    assert "".join(page.text for page in read_pages(report_pdf(issued))) == pdf
    with on(7, 6):
        page = as_person("auditor").get(reverse("reports:detail", args=[issued.pk])).content.decode()
        rows = as_person("auditor").get(reverse("reports:figure", args=[issued.pk, "overall.overdue"]))
    assert "改名的任务" not in page + rows.content.decode()
    assert "2026-03" in rows.content.decode()


def test_content_that_is_not_what_was_frozen_is_never_printed(story: Story) -> None:
    issued = frozen(story)
    figures = issued.figures | {"overall.total": issued.figures["overall.total"] | {"value": "6"}}
    Report.objects.filter(pk=issued.pk).update(figures=figures)
    assert not render_report_files(issued.pk)
    issued.refresh_from_db()
    assert "校验值不一致" in issued.file_error


def test_changed_figures_are_shown_and_must_be_taken_over_before_issuing(story: Story, as_person: AsPerson) -> None:
    made = drafted(story, day=(3, 31))
    with on(3, 31):
        edit_section(actor=story.county.office, report_id=made.pk, key="next_steps", text="（一）抓紧整改。")
    with on(3, 31, 8):
        report_progress(story.county.other_editor, story.tasks[3], percent="60")
    with on(4, 7):
        page = as_person("office").get(reverse("reports:check", args=[made.pk])).content.decode()
        assert "统计日有 2 项任务的填报待审核" in page
        with pytest.raises(UserError, match="请先重新计算"):
            freeze_report(actor=story.county.leader, report_id=made.pk, signatory="冀立夏", acknowledged=True)
        changes = recalculate(actor=story.county.office, report_id=made.pk)
        assert changes
        made.refresh_from_db()
        assert made.text_of("next_steps") == "（一）抓紧整改。"
        assert recalculate(actor=story.county.office, report_id=made.pk) == []
        freeze_report(actor=story.county.leader, report_id=made.pk, signatory="冀立夏", acknowledged=True)


def test_a_quarter_is_not_issued_before_its_end(story: Story) -> None:
    made = drafted(story, day=(3, 30))
    with on(3, 30), pytest.raises(UserError, match="季度尚未结束"):
        freeze_report(actor=story.county.leader, report_id=made.pk, signatory="冀立夏", acknowledged=True)


def test_a_correction_takes_the_place_of_the_old_edition_which_stays_readable(
    story: Story, as_person: AsPerson
) -> None:
    first = frozen(story)
    with on(4, 12):
        second = correct_report(actor=story.county.office, report_id=first.pk, reason="漏计一份函件。")
        first.refresh_from_db()
        assert (first.state, second.edition, second.corrects) == (S.FROZEN, 2, first)
        with pytest.raises(UserError, match="已有一份草稿"):
            correct_report(actor=story.county.office, report_id=first.pk, reason="又一次")
        freeze_report(actor=story.county.office, report_id=second.pk, signatory="冀立夏", acknowledged=True)
        old = as_person("editor").get(reverse("reports:detail", args=[first.pk])).content.decode()
        new = as_person("editor").get(reverse("reports:detail", args=[second.pk])).content.decode()
    first.refresh_from_db()
    assert first.state == S.SUPERSEDED
    assert "本报告已更正，仅供查阅" in old
    assert "2026年第一季度报告（更正版）" in old
    assert "更正原因为：漏计一份函件。现重新通报如下，原通报同时废止。" in new


def test_a_number_is_given_later_and_never_twice(story: Story) -> None:
    issued = frozen(story)
    with on(4, 9):
        with pytest.raises(UserError, match="下一个可用的是清安办函〔2026〕3号"):
            give_number(actor=story.county.office, report_id=issued.pk, number="清安办函[2026]2号")
        with pytest.raises(UserError, match="写法应为"):
            give_number(actor=story.county.office, report_id=issued.pk, number="第五号")
        done = give_number(actor=story.county.office, report_id=issued.pk, number="清安办函[2026]3号")
    assert done.doc_number == "清安办函〔2026〕3号"
    assert done.fingerprint() == done.content_sha256
    with pytest.raises(UserError, match="不能再改"):
        give_number(actor=story.county.office, report_id=issued.pk, number="清安办函〔2026〕4号")


def test_a_stale_form_shows_both_texts(story: Story, as_person: AsPerson) -> None:
    made = drafted(story)
    with on(4, 7):
        edit_section(actor=story.county.second_office, report_id=made.pk, key="overall", text="同事的文字")
        address = reverse("reports:section", args=[made.pk, "overall"])
        page = as_person("office").post(address, {"version": 1, "text": "我的文字"})
    assert page.status_code == 409
    assert "同事的文字" in page.content.decode()
    assert "我的文字" in page.content.decode()
    made.refresh_from_db()
    assert made.text_of("overall") == "同事的文字"


def test_pdf_and_workbook_say_what_the_report_says(story: Story) -> None:
    issued = frozen(story)
    pages = read_pages(report_pdf(issued))
    words = "".join("".join(glyph.text for glyph in page.glyphs) for page in pages)
    for expected in (
        "县安全生产委员会办公室文件",
        "一、总体情况",
        "全县共5项任务，已办结1项（20%）",
        "县应急局2110",
        "逾期未回复1份",
        "抄送：",
        "2026年4月8日印发",
        "—1—",
    ):
        assert expected in words, expected
    assert all(glyph.left >= 27.8 and glyph.right <= 184.5 for page in pages for glyph in page.glyphs)
    book = load_workbook(io.BytesIO(report_xlsx(issued)))
    assert book.sheetnames[:2] == ["数字", "任务"]
    figures = {row[1].value: row for row in book["数字"].iter_rows(min_row=4)}
    share = figures["已办结占比"]
    assert [share[place].value for place in (2, 5, 6)] == [20, 1, 5]
    assert str(share[7].value).startswith("2026-03-31")
    tasks = {row[0].value: [cell.value for cell in row] for row in book["任务"].iter_rows(min_row=4)}
    assert tasks["2026-03"][3] == "县住建局"
    assert tasks["2026-02"][7] == Decimal(25)


def test_command_and_job_make_the_same_and_run_twice_make_nothing_twice(story: Story, tmp_path: Any) -> None:
    with on(4, 7):
        call_command("make_report", "2026Q1", out=tmp_path, stdout=io.StringIO())
        by_command = Report.objects.get()
        assert jobs.make_report("2026Q1") == by_command.pk
        assert jobs.make_due_report() is False
        kept = (by_command.figures, by_command.rows, by_command.sections)
        Report.objects.all().delete()
        by_job = Report.objects.get(pk=jobs.make_report("2026Q1"))
    assert (by_job.figures, by_job.rows, by_job.sections) == kept
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".pdf", ".xlsx"]
    assert all(path.stat().st_size > 5000 for path in tmp_path.iterdir())


def test_rendering_twice_makes_one_of_each_and_the_sweep_finds_what_is_missing(story: Story) -> None:
    issued = frozen(story)
    assert [jobs.render_missing_reports(), jobs.render_missing_reports()] == [1, 0]
    assert history_of(issued).filter(action="report.file").count() == 2


def test_units_read_issued_reports_and_are_led_only_to_what_they_may_see(story: Story, as_person: AsPerson) -> None:
    issued = frozen(story)
    editor = as_person("editor")
    tasks = editor.get(reverse("reports:figure", args=[issued.pk, "overall.total"])).content.decode()
    assert reverse("tasks:detail", args=[story.tasks[1].pk]) in tasks
    assert "整治燃气" in tasks
    assert reverse("tasks:detail", args=[story.tasks[3].pk]) not in tasks
    letters = editor.get(reverse("reports:figure", args=[issued.pk, "letters.sent"])).content.decode()
    assert "另有 1 行属于其他单位" in letters
    assert story.letters["ZJ"].title not in letters
    assert editor.get(reverse("reports:xlsx", args=[issued.pk])).status_code == 403


def test_the_dashboard_leads_to_the_latest_report(story: Story, as_person: AsPerson) -> None:
    issued = frozen(story)
    with on(4, 9):
        page = as_person("office").get(reverse("dashboards:overview")).content.decode()
        unit = as_person("editor").get(reverse("dashboards:overview")).content.decode()
    assert reverse("reports:detail", args=[issued.pk]) in page
    assert "生成本季度报告" in page
    assert reverse("reports:detail", args=[issued.pk]) in unit
    assert "生成本季度报告" not in unit


def test_nobody_but_the_office_makes_reports(story: Story) -> None:
    for person in (story.county.leader, story.county.editor, story.county.auditor):
        with on(4, 7), pytest.raises(UserError):
            make_report(actor=person, quarter=Q1)
    assert not Report.objects.exists()
