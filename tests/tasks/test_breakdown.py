"""重点任务分解表: the items in their order, what the tasks have become for who may see them, and the same in Excel."""

import io
from datetime import date

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from tasks.models import Task
from tasks.services.handing_over import transfer_task
from tasks.services.office_changes import set_deadline
from tasks.services.publishing import publish_plan
from tests.county import AsPerson, County
from tests.plan_drafts import assigned_draft, draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


def table(client: Client, pk: int) -> list[tuple[str, str, str, str]]:
    """Return (title, aims, lead, due) of each row."""
    page = client.get(f"/plans/{pk}/breakdown/")
    return [(row.title, row.aims, row.lead, f"{row.due_on}") for _, rows in page.context["sections"] for row in rows]


def test_a_draft_goes_round_before_it_is_published(as_person: AsPerson, county: County) -> None:
    plan = draft(county.office)
    page = as_person("office").get(f"/plans/{plan.pk}/breakdown/").content.decode()
    assert "征求意见稿，未发布" in page
    assert "待定" in page
    assert table(as_person("office"), plan.pk)[1][:2] == ("组织综合演练", "演练场次不低于400场次")
    assert as_person("editor").get(f"/plans/{plan.pk}/breakdown/").status_code == 404


def test_changes_show_to_who_may_see_the_task(as_person: AsPerson, county: County) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    publish_plan(actor=county.office, plan_id=plan.pk)
    task = Task.objects.get(plan=plan, title="组织综合演练")
    set_deadline(actor=county.office, task_id=task.pk, due_on=date(2026, 11, 30), reason="会议要求")
    transfer_task(actor=county.office, task_id=task.pk, reason="分工调整", lead_id=county.units["XF"].pk)
    row = table(as_person("office"), plan.pk)[1]
    assert row == ("组织综合演练", "演练场次不低于400场次", "县消防大队", "2026-11-30")
    text = as_person("office").get(f"/plans/{plan.pk}/breakdown/").content.decode()
    assert f"原定{task.original_due_on:%Y-%m-%d}" in text
    # Not their task: what the published document says.
    assert table(as_person("other_editor"), plan.pk)[1][2:] == ("县住建局", "2026-12-31")


def test_the_sheet_holds_the_same_rows(as_person: AsPerson, county: County) -> None:
    plan = draft(county.office)
    answer = as_person("office").get(f"/plans/{plan.pk}/breakdown/export/")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][0] == f"{plan.title}重点任务分解表"
    titles = [line[2] for line in lines if isinstance(line[0], int)]
    assert titles == [row[0] for row in table(as_person("office"), plan.pk)]


def test_the_word_document_holds_the_same_rows(as_person: AsPerson, county: County) -> None:
    plan = draft(county.office)
    answer = as_person("office").get(f"/plans/{plan.pk}/breakdown/word/")
    assert "wordprocessingml" in answer.headers["Content-Type"]
    assert "docx" in answer.headers["Content-Disposition"]
    document = Document(io.BytesIO(answer.content))
    assert document.paragraphs[0].text == f"{plan.title}重点任务分解表"
    assert "征求意见稿，未发布" in document.paragraphs[1].text
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [row[1] for row in rows if row[0].isdecimal()] == [row[0] for row in table(as_person("office"), plan.pk)]
    assert rows[1] == ["一、压实责任"] * 9
    assert as_person("editor").get(f"/plans/{plan.pk}/breakdown/word/").status_code == 404
