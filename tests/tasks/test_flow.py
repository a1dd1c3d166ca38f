"""The task's flow through its services: sign, report, review, return, withdraw, close, reopen."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from audit.models import Entry
from audit.trail import history_of
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from evidence.services import attach_file
from notifications.models import Notification
from tasks.models import ProgressReport, Task, TaskChange
from tasks.services.moves import close_directly, close_task, refuse_close, reopen_task, request_close, sign_task
from tasks.services.reporting import (
    ReportDraft,
    pass_report,
    return_report,
    save_draft,
    submit_report,
    withdraw_report,
)
from tests.county import County

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


def report(county: County, task: Task, value: str = "400") -> ProgressReport:
    """Sign if needed, draft with evidence and submit."""
    task.refresh_from_db()
    if task.state == Task.State.ASSIGNED:
        sign_task(actor=county.editor, task_id=task.pk)
    target = task.targets.get()
    draft = save_draft(
        actor=county.editor,
        task_id=task.pk,
        draft=ReportDraft(values={target.pk: Decimal(value)}, texts={"actions_taken": "组织演练"}),
        expected_version=current_version(task),
    )
    attach_file(actor=county.editor, owner=draft, upload=SimpleUploadedFile(f"演练{value}.pdf", PDF + value.encode()))
    return submit_report(actor=county.editor, task_id=task.pk)


def current_version(task: Task) -> int | None:
    draft = task.reports.filter(state=ProgressReport.State.DRAFT).first()
    return draft.version if draft else None


def test_whole_flow_to_closing_leaves_every_trace(county: County, task: Task) -> None:
    report(county, task)
    task.refresh_from_db()
    assert (task.state, task.reported_percent, task.verified_percent) == (Task.State.REPORTED, 100, 0)
    pass_report(actor=county.office, task_id=task.pk)
    task.refresh_from_db()
    assert (task.state, task.verified_percent, task.completed_on) == (Task.State.ACTIVE, 100, date(2026, 5, 12))
    assert task.lamp == Task.Lamp.GREEN
    request_close(actor=county.editor, task_id=task.pk, reason="全年演练已完成。")
    close_task(actor=county.office, task_id=task.pk, reason="核实属实。")
    task.refresh_from_db()
    assert (task.state, task.lamp, task.closed_on) == (Task.State.CLOSED, Task.Lamp.BLUE, date(2026, 5, 12))
    assert [entry.action for entry in history_of(task).order_by("id")] == [
        "task.sign",
        "task.submit",
        "task.pass",
        "task.request_close",
        "task.close",
    ]
    assert list(task.changes.filter(field=TaskChange.Field.STATE).order_by("id").values_list("new", flat=True)) == [
        "进行中",
        "已上报待审",
        "进行中",
        "申请销号",
        "已销号",
    ]
    assert task.targets.get().verified_value == 400


def test_return_gives_reason_and_lets_the_unit_begin_anew(county: County, task: Task) -> None:
    report(county, task, "30")
    return_report(actor=county.office, task_id=task.pk, reason="照片不清晰")
    task.refresh_from_db()
    assert (task.state, task.reported_percent) == (Task.State.RETURNED, 0)
    first = task.reports.get()
    assert (first.state, first.review_comment) == (ProgressReport.State.RETURNED, "照片不清晰")
    assert Notification.objects.filter(recipient=county.editor, body="照片不清晰").count() == 1
    second = report(county, task, "40")
    assert second.round == 2
    pass_report(actor=county.office, task_id=task.pk)
    task.refresh_from_db()
    assert task.verified_percent == Decimal("10.0")


def test_return_without_reason_is_refused(county: County, task: Task) -> None:
    report(county, task)
    with pytest.raises(UserError, match="理由"):
        return_report(actor=county.office, task_id=task.pk, reason="  ")
    task.refresh_from_db()
    assert task.state == Task.State.REPORTED


def test_stranger_cannot_tell_that_a_task_exists(county: County, task: Task) -> None:
    for person in (county.other_editor, county.stranger, county.enterprise, county.administrator):
        with pytest.raises(Http404):
            sign_task(actor=person, task_id=task.pk)
    with pytest.raises(Http404):
        sign_task(actor=county.editor, task_id=task.pk + 1000)


def test_colleagues_without_the_right_are_refused(county: County, task: Task) -> None:
    for person in (county.office, county.leader, county.head, county.auditor):
        with pytest.raises(NotAllowed):
            sign_task(actor=person, task_id=task.pk)


def test_wrong_state_is_refused_with_the_state_in_words(county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    with pytest.raises(WrongState, match="进行中"):
        sign_task(actor=county.second_editor, task_id=task.pk)


def test_submitter_never_reviews(county: County, task: Task) -> None:
    """A clerk of the office who is also the lead unit's editor must leave the review to a colleague."""
    task.lead = county.units["AWB"]
    task.save()
    from responsibility.models import Membership, Role

    Membership.objects.create(
        user=county.office, unit=county.units["AWB"], role=Role.EDITOR, valid_from=date(2020, 1, 1)
    )
    both = County(**(vars(county) | {"editor": county.office}))
    report(both, task)
    with pytest.raises(NotAllowed, match="不能审核自己"):
        pass_report(actor=county.office, task_id=task.pk)
    pass_report(actor=county.second_office, task_id=task.pk)
    with pytest.raises(NotAllowed, match="不能同时审批"):
        close_directly(actor=county.office, task_id=task.pk, reason="属实")
    close_directly(actor=county.second_office, task_id=task.pk, reason="属实")


def test_second_editor_does_not_overwrite_the_first(county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    first = save_draft(actor=county.editor, task_id=task.pk, draft=ReportDraft(texts={"actions_taken": "甲"}))
    with pytest.raises(StaleObject):
        save_draft(actor=county.second_editor, task_id=task.pk, draft=ReportDraft(texts={"actions_taken": "乙"}))
    saved = save_draft(
        actor=county.second_editor,
        task_id=task.pk,
        draft=ReportDraft(texts={"actions_taken": "甲乙"}),
        expected_version=first.version,
    )
    assert saved.actions_taken == "甲乙"
    with pytest.raises(StaleObject):
        submit_report(actor=county.editor, task_id=task.pk, expected_version=first.version)


def test_submit_lists_everything_that_is_missing(county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    save_draft(actor=county.editor, task_id=task.pk, draft=ReportDraft())
    with pytest.raises(UserError) as caught:
        submit_report(actor=county.editor, task_id=task.pk)
    assert "主要做法" in caught.value.message
    assert "演练场次" in caught.value.message
    task.refresh_from_db()
    assert task.state == Task.State.ACTIVE


def test_withdrawn_report_becomes_the_draft_again(county: County, task: Task) -> None:
    report(county, task, "30")
    withdraw_report(actor=county.editor, task_id=task.pk, reason="数字有误")
    task.refresh_from_db()
    assert (task.state, task.submitted_on, task.reported_percent) == (Task.State.ACTIVE, None, 0)
    assert task.reports.get().state == ProgressReport.State.DRAFT


def test_closing_needs_full_progress(county: County, task: Task) -> None:
    report(county, task, "30")
    pass_report(actor=county.office, task_id=task.pk)
    with pytest.raises(UserError, match=r"7\.5%"):
        request_close(actor=county.editor, task_id=task.pk, reason="完成")
    with pytest.raises(UserError, match=r"7\.5%"):
        close_directly(actor=county.office, task_id=task.pk, reason="完成")


def test_refused_closing_and_reopening_put_the_task_back_to_work(county: County, task: Task) -> None:
    report(county, task)
    pass_report(actor=county.office, task_id=task.pk)
    request_close(actor=county.editor, task_id=task.pk, reason="完成")
    refuse_close(actor=county.office, task_id=task.pk, reason="现场未见")
    task.refresh_from_db()
    assert (task.state, task.completed_on) == (Task.State.ACTIVE, None)
    with pytest.raises(UserError, match="进行中"):
        close_task(actor=county.office, task_id=task.pk, reason="补充核实")
    with pytest.raises(UserError, match="重新上报"):
        close_directly(actor=county.office, task_id=task.pk, reason="补充核实")
    report(county, task, "401")
    pass_report(actor=county.office, task_id=task.pk)
    close_directly(actor=county.office, task_id=task.pk, reason="补充核实")
    reopen_task(actor=county.office, task_id=task.pk, reason="复查发现反弹")
    task.refresh_from_db()
    assert (task.state, task.closed_on) == (Task.State.ACTIVE, None)


def test_stale_button_is_refused(county: County, task: Task) -> None:
    report(county, task)
    task.refresh_from_db()
    seen = task.version
    return_report(actor=county.office, task_id=task.pk, reason="补材料", expected_version=seen)
    with pytest.raises(StaleObject):
        pass_report(actor=county.second_office, task_id=task.pk, expected_version=seen)


def test_audit_entries_cannot_be_changed_or_deleted(county: County, task: Task) -> None:
    from django.db import DatabaseError, transaction

    sign_task(actor=county.editor, task_id=task.pk)
    entry = Entry.objects.get()
    for attempt in (lambda: Entry.objects.filter(pk=entry.pk).update(summary="x"), lambda: entry.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert Entry.objects.get().summary == entry.summary
