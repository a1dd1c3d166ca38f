"""The report form loses nothing: wrong input, long texts, a colleague who was faster, a round that was returned."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evidence.models import File
from evidence.selectors import files_of
from tasks.models import ProgressReport, ReportValue, Task
from tasks.services.moves import sign_task
from tasks.services.reporting import return_report, submit_report
from tests.county import AsPerson, County, make_task
from tests.tasks.test_flow import PDF, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


@pytest.fixture
def form(county: County, task: Task) -> str:
    sign_task(actor=county.editor, task_id=task.pk)
    return reverse("tasks:report", args=[task.pk])


def value_name(task: Task) -> str:
    return f"value_{task.targets.get().pk}"


def version() -> int:
    return ProgressReport.objects.get(state=ProgressReport.State.DRAFT).version


def test_enter_in_a_field_saves_and_does_not_submit(as_person: AsPerson, form: str) -> None:
    page = as_person("editor").get(form).content.decode()
    body = page[page.index('data-guard="report-') :]
    first = re.search(r"<button[^>]*>", body)
    assert first is not None
    assert 'name="save"' in first[0]


def test_wrong_figure_leaves_the_saved_one_alone(as_person: AsPerson, task: Task, form: str) -> None:
    client = as_person("editor")
    client.post(form, {"version": "", value_name(task): "1,200", "save": "1"})
    assert ReportValue.objects.get().value == Decimal(1200)
    response = client.post(form, {"version": version(), value_name(task): "三百", "actions_taken": "甲", "save": "1"})
    assert response.status_code == 409
    assert ReportValue.objects.get().value == Decimal(1200)
    assert ProgressReport.objects.get().actions_taken == "甲"
    client.post(form, {"version": version(), value_name(task): "３００", "save": "1"})
    assert ReportValue.objects.get().value == Decimal(300)


@pytest.mark.parametrize("text", ["长" * 10001, "行\r\n" * 5001, "坏\x00字"])
def test_text_that_cannot_be_kept_comes_back_with_a_sentence(as_person: AsPerson, form: str, text: str) -> None:
    response = as_person("editor").post(form, {"version": "", "actions_taken": text, "results": "好", "save": "1"})
    assert response.status_code == 409
    assert ProgressReport.objects.get().results == "好"


def test_broken_file_button_is_no_error_page(as_person: AsPerson, form: str) -> None:
    response = as_person("editor").post(form, {"version": "", "remove": "abc"})
    assert response.status_code == 409
    assert "已被移除" in response.content.decode()


def test_typed_text_comes_back_when_a_colleague_submitted_meanwhile(
    as_person: AsPerson, county: County, task: Task
) -> None:
    report(county, task, "30")
    response = as_person("second_editor").post(
        reverse("tasks:report", args=[task.pk]), {"version": "1", "actions_taken": "写了半天", "save": "1"}
    )
    assert response.status_code == 409
    assert "写了半天" in response.content.decode()


def test_returned_round_keeps_its_evidence(as_person: AsPerson, county: County, task: Task) -> None:
    first = report(county, task, "30")
    return_report(actor=county.office, task_id=task.pk, reason="补充说明")
    form = reverse("tasks:report", args=[task.pk])
    as_person("editor").post(form, {"version": "", value_name(task): "30", "actions_taken": "补充", "save": "1"})
    second = ProgressReport.objects.get(state=ProgressReport.State.DRAFT)
    assert [row.sha256 for row in files_of(second)] == [row.sha256 for row in files_of(first)]
    submit_report(actor=county.editor, task_id=task.pk)
    checks = as_person("office").get(reverse("tasks:reviews")).context["checks"]
    assert not [check.text for check in checks if "其他事项" in check.text]


def test_same_file_in_another_task_is_pointed_out(as_person: AsPerson, county: County, task: Task) -> None:
    other = make_task(task.plan, county.units["YJ"], 2)
    report(county, task, "30")
    report(county, other, "30")
    page = as_person("office").get(reverse("tasks:reviews") + f"?task={other.pk}")
    assert [check.text for check in page.context["checks"] if "其他事项" in check.text]


def test_head_reads_the_units_draft_but_changes_nothing(as_person: AsPerson, task: Task, form: str) -> None:
    upload = SimpleUploadedFile("a.pdf", PDF)
    as_person("editor").post(form, {"version": "", "actions_taken": "草稿内容", "files": [upload], "save": "1"})
    head = as_person("head")
    assert "草稿内容" in head.get(reverse("tasks:detail", args=[task.pk])).content.decode()
    shown = head.get(reverse("evidence:download", args=[File.objects.get().uid]))
    assert shown.getvalue() == PDF
    assert "草稿内容" not in as_person("office").get(reverse("tasks:detail", args=[task.pk])).content.decode()


def test_each_queue_opens_exactly_its_rows(as_person: AsPerson, county: County, task: Task) -> None:
    unit = county.units["YJ"]
    for number in range(2, 15):
        make_task(task.plan, unit, number, state=Task.State.ACTIVE, due_on=date(2026, 4, number + 10))
    report(county, make_task(task.plan, unit, 20, due_on=date(2026, 5, 13)))
    client = as_person("editor")
    queues = client.get(reverse("tasks:work")).context["queues"]
    assert {queue.key for queue in queues} >= {"overdue", "assigned", "waiting"}
    for queue in queues:
        assert client.get(queue.path).context["count"] == queue.count, queue.key


def test_unit_answers_on_its_dashboard_for_what_it_leads(as_person: AsPerson, county: County, task: Task) -> None:
    make_task(task.plan, county.units["ZJ"], 2, supports=(county.units["YJ"],))
    page = as_person("editor").get(reverse("dashboards:overview"))
    assert page.context["figures"][0].value == 1
    assert page.context["supported"] == 1
    assert as_person("editor").get(page.context["supported_path"]).context["count"] == 1


@pytest.mark.parametrize("query", ["lead=999999", "year=1999", "section=99999", "lamp=mauve", "queue=x"])
def test_filter_that_means_nothing_finds_nothing(as_person: AsPerson, task: Task, query: str) -> None:
    assert as_person("office").get(reverse("tasks:list") + f"?{query}").context["count"] == 0
