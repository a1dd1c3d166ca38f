"""代报: the office enters a report for a unit that cannot; marked, proved, reviewed by another, the unit's to undo."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from core.errors import NotAllowed
from evidence.models import File
from evidence.selectors import files_of
from evidence.services import attach_file
from notifications.models import Notification
from tasks.models import ProgressReport, ReportValue, Task
from tasks.services.moves import sign_task
from tasks.services.on_behalf import save_draft_for_unit, submit_for_unit
from tasks.services.reporting import (
    ReportDraft,
    pass_report,
    return_report,
    save_draft,
    submit_report,
    withdraw_report,
)
from tests.county import AsPerson, County
from tests.tasks.test_flow import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
WHY = "该局网络中断，已送盖章的纸质报送表"
R = ProgressReport.State


@pytest.fixture
def form(county: County, task: Task) -> str:
    sign_task(actor=county.editor, task_id=task.pk)
    return reverse("tasks:report_for", args=[task.pk])


def paper(name: str = "盖章报送表.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF + name.encode())


def typed(task: Task, **changes: object) -> dict[str, object]:
    return {
        "version": "",
        "reason": WHY,
        f"value_{task.targets.get().pk}": "120",
        "actions_taken": "组织演练12场",
        **changes,
    }


def enter(client: Client, form: str, task: Task) -> ProgressReport:
    answer = client.post(form, typed(task, files=[paper()], submit="1"))
    assert answer.status_code == 302, answer.content.decode()
    return ProgressReport.objects.get(state=R.SUBMITTED)


def own_draft(county: County, task: Task) -> ProgressReport:
    values = {task.targets.get().pk: Decimal(90)}
    draft = save_draft(
        actor=county.editor, task_id=task.pk, draft=ReportDraft(values=values, texts={"actions_taken": "单位写了一半"})
    )
    attach_file(actor=county.editor, owner=draft, upload=paper("单位照片.pdf"))
    return draft


def test_the_round_says_who_entered_it_and_why(as_person: AsPerson, county: County, task: Task, form: str) -> None:
    report = enter(as_person("office"), form, task)
    assert (report.on_behalf, report.submitted_by, report.submitted_as) == (
        WHY,
        county.office,
        "安小委（代县应急局报）",
    )
    task.refresh_from_db()
    assert (task.state, task.reported_percent) == (Task.State.REPORTED, 30)
    entry = Entry.objects.filter(action="task.report_for").get()
    assert (entry.actor, entry.reason) == (county.office, WHY)
    pages = [
        as_person("editor").get(reverse("tasks:detail", args=[task.pk])),
        as_person("second_office").get(reverse("tasks:reviews")),
    ]
    for page in pages:
        text = page.content.decode()
        assert "代报</span>" in text
        assert WHY in text
        assert "安小委" in text
    assert "代报</span>" in as_person("second_office").get(reverse("tasks:review_bulk")).content.decode()


def test_the_unit_is_told_and_so_are_the_other_clerks(
    as_person: AsPerson, county: County, task: Task, form: str
) -> None:
    enter(as_person("office"), form, task)
    told = Notification.objects.filter(key__startswith=f"task-{task.pk}-report_for").select_related("recipient")
    assert {row.recipient for row in told} == {county.editor, county.second_editor, county.head, county.second_office}
    assert all(WHY in row.body for row in told)


def test_the_stamped_paper_is_always_wanted(as_person: AsPerson, task: Task, form: str) -> None:
    values = {f"value_{task.targets.get().pk}": "0"}
    answer = as_person("office").post(form, typed(task, submit="1", **values))
    assert answer.status_code == 409
    assert "代报须上传单位盖章的报送表扫描件。" in answer.content.decode()
    task.refresh_from_db()
    assert task.state == Task.State.ACTIVE


def test_who_entered_or_submitted_it_never_reviews_it(
    as_person: AsPerson, county: County, task: Task, form: str
) -> None:
    draft = ReportDraft(values={task.targets.get().pk: Decimal(120)}, texts={"actions_taken": "演练"})
    report = save_draft_for_unit(actor=county.office, task_id=task.pk, draft=draft, reason=WHY)
    attach_file(actor=county.second_office, owner=report, upload=paper())
    submit_for_unit(actor=county.second_office, task_id=task.pk, reason=WHY)
    for clerk in (county.office, county.second_office):
        with pytest.raises(NotAllowed, match="另一位"):
            pass_report(actor=clerk, task_id=task.pk)
        with pytest.raises(NotAllowed, match="另一位"):
            return_report(actor=clerk, task_id=task.pk, reason="不清楚")
    assert "由您本人经手" in as_person("office").get(reverse("tasks:reviews")).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressReport.objects.filter(pk=report.pk).update(reviewed_by=county.office)


def test_passed_by_another_clerk_it_counts(as_person: AsPerson, county: County, task: Task, form: str) -> None:
    enter(as_person("office"), form, task)
    pass_report(actor=county.second_office, task_id=task.pk)
    task.refresh_from_db()
    assert task.verified_percent == 30
    assert ProgressReport.objects.get().on_behalf == WHY


def test_the_unit_withdraws_it_and_what_it_saves_is_its_own(
    as_person: AsPerson, county: County, task: Task, form: str
) -> None:
    enter(as_person("office"), form, task)
    withdraw_report(actor=county.editor, task_id=task.pk, reason="数字有误")
    assert Notification.objects.filter(recipient=county.office, key__contains="entry-withdrawn").count() == 1
    own = reverse("tasks:report", args=[task.pk])
    page = as_person("editor").get(own)
    assert WHY in page.content.decode()
    draft = ProgressReport.objects.get()
    assert draft.on_behalf == WHY
    value = f"value_{task.targets.get().pk}"
    as_person("editor").post(own, {"version": draft.version, value: "100", "actions_taken": "自己报", "save": "1"})
    draft.refresh_from_db()
    assert (draft.on_behalf, draft.created_by, draft.actions_taken) == ("", county.editor, "自己报")
    assert WHY not in as_person("editor").get(own).content.decode()
    # The unit's own again: the office reads it no more, and may review what it had typed before.
    assert "自己报" not in as_person("office").get(reverse("tasks:detail", args=[task.pk])).content.decode()
    submit_report(actor=county.editor, task_id=task.pk)
    pass_report(actor=county.office, task_id=task.pk)


def test_submitting_what_the_office_entered_makes_it_the_units_word(county: County, task: Task, form: str) -> None:
    draft = ReportDraft(values={task.targets.get().pk: Decimal(120)}, texts={"actions_taken": "演练"})
    report = save_draft_for_unit(actor=county.office, task_id=task.pk, draft=draft, reason=WHY)
    attach_file(actor=county.office, owner=report, upload=paper())
    submit_report(actor=county.editor, task_id=task.pk)
    report.refresh_from_db()
    assert (report.on_behalf, report.submitted_by, report.created_by) == ("", county.editor, county.editor)


def test_the_units_own_draft_is_kept_aside_unread_and_given_back(
    as_person: AsPerson, county: County, task: Task, form: str
) -> None:
    own = own_draft(county, task)
    office = as_person("office")
    page = office.get(form).content.decode()
    assert "未上报的草稿" in page
    assert "单位写了一半" not in page
    enter(office, form, task)
    own.refresh_from_db()
    assert own.state == R.DROPPED
    assert office.get(reverse("evidence:download", args=[files_of(own).get().uid])).status_code == 404
    withdraw_report(actor=county.editor, task_id=task.pk, reason="改为自行上报")
    address = reverse("tasks:report", args=[task.pk])
    answer = as_person("editor").get(address)
    assert answer.context["form"]["actions_taken"].value() == "单位写了一半"
    assert "组织演练12场" in answer.content.decode()
    entered = ProgressReport.objects.get(state=R.DRAFT)
    values = {f"value_{task.targets.get().pk}": "90", "actions_taken": "单位写完了"}
    as_person("editor").post(address, {"version": entered.version, "save": "1", **values})
    entered.refresh_from_db()
    assert entered.set_aside is None
    assert {row.name for row in files_of(entered)} == {"盖章报送表.pdf", "单位照片.pdf"}
    assert ReportValue.objects.get(report=entered).value == 90


def test_a_form_open_on_the_draft_that_made_way_overwrites_nothing(
    as_person: AsPerson, county: County, task: Task, form: str
) -> None:
    own = own_draft(county, task)
    as_person("office").post(form, typed(task, save="1"))
    address = reverse("tasks:report", args=[task.pk])
    answer = as_person("editor").post(address, {"version": own.version, "actions_taken": "接着写", "save": "1"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "接着写" in text
    assert "组织演练12场" in text
    assert ProgressReport.objects.get(state=R.DRAFT).on_behalf == WHY


def test_office_is_told_when_the_unit_took_over_and_loses_nothing(
    as_person: AsPerson, county: County, task: Task, form: str
) -> None:
    client = as_person("office")
    client.post(form, typed(task, save="1"))
    entered = ProgressReport.objects.get()
    texts = {"actions_taken": "单位自己的话"}
    save_draft(actor=county.editor, task_id=task.pk, draft=ReportDraft(texts=texts), expected_version=entered.version)
    answer = client.post(form, typed(task, version=entered.version, actions_taken="又录了一段", save="1"))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "已转为自行填报" in text
    assert "又录了一段" in text
    assert "单位自己的话" not in text
    assert ProgressReport.objects.get().actions_taken == "单位自己的话"


def test_two_clerks_see_both_texts(as_person: AsPerson, task: Task, form: str) -> None:
    as_person("office").post(form, typed(task, save="1"))
    answer = as_person("second_office").post(form, typed(task, actions_taken="另一位录的", save="1"))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "另一位录的" in text
    assert "组织演练12场" in text


def test_office_alone_reads_and_changes_what_it_is_entering(as_person: AsPerson, task: Task, form: str) -> None:
    as_person("office").post(form, typed(task, files=[paper()], save="1"))
    file = reverse("evidence:download", args=[File.objects.get().uid])
    for person, status in (("second_office", 200), ("editor", 200), ("head", 200), ("leader", 404), ("auditor", 404)):
        answer: Any = as_person(person).get(file)
        assert answer.status_code == status, person
        if status == 200:
            assert b"".join(answer.streaming_content)
        shown = "组织演练12场" in as_person(person).get(reverse("tasks:detail", args=[task.pk])).content.decode()
        assert shown == (status == 200), person


def test_evidence_of_the_units_returned_round_is_no_stamped_paper(
    as_person: AsPerson, county: County, task: Task, form: str
) -> None:
    own_draft(county, task)
    submit_report(actor=county.editor, task_id=task.pk)
    return_report(actor=county.office, task_id=task.pk, reason="补充说明")
    answer = as_person("office").post(form, typed(task, submit="1"))
    assert answer.status_code == 409
    assert "扫描件" in answer.content.decode()
