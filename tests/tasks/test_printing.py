"""The 进展情况报送表 on paper: blank or filled, made by a job, and nobody's but who asked for it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from core import clock
from responsibility.models import Unit
from tasks import jobs
from tasks.models import PrintedForm, Task
from tasks.services.moves import sign_task
from tasks.services.on_behalf import save_draft_for_unit
from tasks.services.printed_rendering import KEPT_FOR, render_missing_forms
from tasks.services.printing import ask_for_form
from tasks.services.reporting import ReportDraft, save_draft
from tests.county import AsPerson, County
from tests.documents.reading import reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


@pytest.fixture
def signed(county: County, task: Task) -> Task:
    sign_task(actor=county.editor, task_id=task.pk)
    return task


def words(client: Client, form: PrintedForm) -> str:
    answer = client.get(reverse("tasks:printed_pdf", args=[form.pk]))
    assert answer["Content-Type"] == "application/pdf"
    document = reader.PdfDocument(answer.getvalue())
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return "".join(text.split())


def ask(client: Client, task: Task, **data: str) -> PrintedForm:
    answer = client.post(reverse("tasks:print_form", args=[task.pk]), data)
    form = PrintedForm.objects.latest("pk")
    assert answer["Location"] == reverse("tasks:printed", args=[form.pk])
    return form


def test_blank_form_names_the_task_and_leaves_room(as_person: AsPerson, signed: Task) -> None:
    client = as_person("editor")
    form = ask(client, signed)
    assert (form.filled, form.period_label, form.pdf.name) == (False, "2026年第二季度", "")
    assert "正在生成" in client.get(reverse("tasks:printed", args=[form.pk])).content.decode()
    assert jobs.render_printed_form(form.pk) is True
    assert jobs.render_printed_form(form.pk) is False
    assert "下载 PDF" in client.get(reverse("tasks:printed", args=[form.pk])).content.decode()
    text = words(client, form)
    for part in (
        "进展情况报送表",
        "2026年第二季度",
        signed.code,
        signed.title,
        "演练场次",
        "不低于400场次",
        "累计完成值",
        "完成率",
    ):
        assert part in text, part
    for part in ("本期进展", "存在问题", "下一步打算", "佐证附件", "填报人", "审签人", "单位盖章", "应小急"):
        assert (part in text) == (part != "应小急"), part
    assert Entry.objects.filter(action="task.print_form").count() == 1


def test_filled_form_holds_the_draft_as_it_was(as_person: AsPerson, county: County, signed: Task) -> None:
    draft = ReportDraft({signed.targets.get().pk: 120}, texts={"actions_taken": "组织<b>演练</b>12场"})  # type: ignore[dict-item]
    saved = save_draft(actor=county.editor, task_id=signed.pk, draft=draft)
    client = as_person("editor")
    form = ask(client, signed, filled="1")
    later = ReportDraft(texts={"actions_taken": "改过了"})
    save_draft(actor=county.editor, task_id=signed.pk, draft=later, expected_version=saved.version)
    jobs.render_printed_form(form.pk)
    text = words(client, form)
    for part in ("组织<b>演练</b>12场", "120", "30%", "应小急"):
        assert part in text, part
    assert "改过了" not in text


def test_the_same_form_is_not_made_twice(as_person: AsPerson, county: County, signed: Task) -> None:
    client = as_person("editor")
    first = ask(client, signed)
    assert ask(client, signed) == first
    with time_machine.travel(clock.now() + timedelta(days=60)):
        assert ask_for_form(actor=county.editor, task_id=signed.pk, filled=False) != first, "another period"


def test_nothing_to_fill_from_is_said(as_person: AsPerson, signed: Task) -> None:
    client = as_person("editor")
    answer = client.post(reverse("tasks:print_form", args=[signed.pk]), {"filled": "1"}, follow=True)
    assert "还没有填写进展" in answer.content.decode()
    assert not PrintedForm.objects.exists()


def test_the_units_draft_is_not_printed_by_the_office(as_person: AsPerson, county: County, signed: Task) -> None:
    save_draft(actor=county.editor, task_id=signed.pk, draft=ReportDraft(texts={"actions_taken": "草稿"}))
    office = as_person("office")
    office.post(reverse("tasks:print_form", args=[signed.pk]), {"filled": "1"})
    assert not PrintedForm.objects.exists()
    save_draft_for_unit(
        actor=county.office, task_id=signed.pk, draft=ReportDraft(texts={"actions_taken": "代录"}), reason="断网"
    )
    form = ask(office, signed, filled="1")
    assert form.content["texts"]["actions_taken"] == "代录"
    for person in ("editor", "second_office", "leader"):
        assert as_person(person).get(reverse("tasks:printed", args=[form.pk])).status_code == 404, person


def test_who_reads_the_task_only_prints_no_form(as_person: AsPerson, county: County, signed: Task) -> None:
    assert as_person("leader").post(reverse("tasks:print_form", args=[signed.pk])).status_code == 403
    assert as_person("other_editor").post(reverse("tasks:print_form", args=[signed.pk])).status_code == 404
    form = ask(as_person("editor"), signed)
    Task.objects.filter(pk=signed.pk).update(lead=Unit.objects.get(code="ZJ"))
    assert as_person("editor").get(reverse("tasks:printed", args=[form.pk])).status_code == 404


def test_the_sweep_makes_what_was_missed_and_forgets_what_is_old(as_person: AsPerson, signed: Task) -> None:
    form = ask(as_person("editor"), signed)
    assert render_missing_forms() == 1
    form.refresh_from_db()
    storage, name = form.pdf.storage, str(form.pdf.name)
    assert storage.exists(name)
    with time_machine.travel(clock.now() + KEPT_FOR + timedelta(hours=1)):
        render_missing_forms()
    assert not PrintedForm.objects.exists()
    assert not storage.exists(name)
