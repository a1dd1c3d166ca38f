"""按表填报: out as Excel, back in with a preview, kept as drafts; untouched it changes nothing."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from responsibility.models import Role, Unit
from tasks.models import ProgressReport, Task
from tasks.services.moves import sign_task
from tasks.services.reporting import ReportDraft, save_draft
from tests.county import AsPerson, County, client_of, make_task, make_user
from tests.tasks.test_flow import report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
UPLOAD = reverse("tasks:sheet_upload")
APPLY = reverse("tasks:sheet_apply")
HEAD = 3


@pytest.fixture
def tasks(county: County, task: Task) -> list[Task]:
    """Two tasks under way: one counted, one that states its own percent and has a draft."""
    plain = make_task(task.plan, county.units["YJ"], 2, title="整治隐患", target=None)
    for each in (task, plain):
        sign_task(actor=county.editor, task_id=each.pk)
    draft = ReportDraft(percent=Decimal(20), texts={"actions_taken": "已部署"})
    save_draft(actor=county.editor, task_id=plain.pk, draft=draft)
    return [task, plain]


def filled(client: Client, fill: Callable[[Worksheet, dict[str, int]], Any] | None = None) -> SimpleUploadedFile:
    """Download the sheet, fill it in as in Excel and save it again."""
    book = load_workbook(io.BytesIO(client.get(reverse("tasks:sheet")).content))
    page = book.worksheets[0]
    places = {str(cell.value): int(cell.column or 0) for cell in page[HEAD]}
    if fill is not None:
        fill(page, places)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("填报表.xlsx", out.getvalue())


def preview(client: Client, file: SimpleUploadedFile) -> Any:
    return client.post(UPLOAD, {"file": file})


def put(row: int, column: str, value: Any) -> Callable[[Worksheet, dict[str, int]], Any]:
    return lambda page, places: page.cell(HEAD + row, places[column], value)


def test_untouched_it_changes_nothing(as_person: AsPerson, tasks: list[Task]) -> None:
    client = as_person("editor")
    page = preview(client, filled(client))
    assert page.status_code == 200
    assert page.context["rows"] == []
    assert "没有需要保存的修改" in page.content.decode()


def test_the_sheet_holds_the_units_tasks_under_way(as_person: AsPerson, county: County, tasks: list[Task]) -> None:
    make_task(tasks[0].plan, county.units["ZJ"], 3, state=Task.State.ACTIVE)
    make_task(tasks[0].plan, county.units["YJ"], 4)
    book = load_workbook(io.BytesIO(as_person("editor").get(reverse("tasks:sheet")).content))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=HEAD)]
    assert rows[0][1:6] == ["任务编号", "任务", "指标1", "指标1累计完成值", "总体进度（%）"]
    assert [row[1] for row in rows[1:]] == ["2026-01", "2026-02"]
    assert rows[1][3] == "演练场次（目标不低于400场次）"
    assert rows[1][5] == "自动折算"
    assert (rows[2][5], rows[2][6]) == (20, "已部署")
    assert book.worksheets[0].column_dimensions["A"].hidden


def test_filled_in_it_is_previewed_and_kept_as_drafts(as_person: AsPerson, county: County, tasks: list[Task]) -> None:
    client = as_person("editor")

    def fill(page: Worksheet, places: dict[str, int]) -> None:
        page.cell(HEAD + 1, places["指标1累计完成值"], 120)
        page.cell(HEAD + 1, places["主要做法"], "组织演练12场")
        page.cell(HEAD + 2, places["总体进度（%）"], 35.5)

    page = preview(client, filled(client, fill))
    changes = [(change.label, change.old, change.new) for row in page.context["rows"] for change in row.changes]
    assert changes == [
        ("演练场次", "", "120"),
        ("主要做法", "", "组织演练12场"),
        ("总体进度（%）", "20", "35.5"),
    ]
    assert ProgressReport.objects.count() == 1, "a preview changes nothing"
    result = client.post(APPLY, {"kept": page.context["kept"]})
    assert [row.ok for row in result.context["results"]] == [True, True]
    first, second = (task.reports.get() for task in tasks)
    assert (first.state, first.actions_taken, first.values.get().value) == ("draft", "组织演练12场", 120)
    assert first.percent == 30
    assert (second.percent, second.actions_taken) == (Decimal("35.5"), "已部署")
    tasks[0].refresh_from_db()
    assert tasks[0].state == Task.State.ACTIVE, "not submitted"
    assert preview(client, filled(client)).context["rows"] == []


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("指标1累计完成值", "三百", "“指标1累计完成值”"),
        ("指标1累计完成值", -3, "“指标1累计完成值”"),
        ("指标1累计完成值", 1.234, "“指标1累计完成值”"),
        ("指标1累计完成值", "=1+1", "是公式"),
        ("主要做法", "长" * 10001, "“主要做法”"),
        ("标识", "x", "不要新增行"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_what_is_wrong_is_said_by_row_and_column(
    as_person: AsPerson, tasks: list[Task], column: str, value: object, words: str
) -> None:
    client = as_person("editor")
    page = preview(client, filled(client, put(1, column, value)))
    (row,) = page.context["rows"]
    assert (row.number, row.draft) == (HEAD + 1, None)
    assert words in row.errors[0]
    assert f"第 {HEAD + 1} 行" in page.content.decode()
    assert page.context["kept"] == ""


def test_a_draft_changed_meanwhile_is_not_overwritten(as_person: AsPerson, county: County, tasks: list[Task]) -> None:
    client = as_person("editor")
    file = filled(client, put(2, "主要做法", "表里写的"))
    content = file.read()
    draft = tasks[1].reports.get()
    page = preview(client, SimpleUploadedFile("a.xlsx", content))
    later = ReportDraft(percent=Decimal(20), texts={"actions_taken": "同事写的"})
    save_draft(actor=county.second_editor, task_id=tasks[1].pk, draft=later, expected_version=draft.version)
    result = client.post(APPLY, {"kept": page.context["kept"]})
    assert [row.ok for row in result.context["results"]] == [False]
    draft.refresh_from_db()
    assert draft.actions_taken == "同事写的"
    (row,) = preview(client, SimpleUploadedFile("a.xlsx", content)).context["rows"]
    assert "重新下载" in row.errors[0]


def test_a_task_reported_meanwhile_is_named(as_person: AsPerson, county: County, tasks: list[Task]) -> None:
    client = as_person("editor")
    file = filled(client)
    report(county, tasks[0], "30")
    (row,) = preview(client, file).context["rows"]
    assert "现在不能填报" in row.errors[0]


def test_other_units_and_other_periods_are_refused(as_person: AsPerson, county: County, tasks: list[Task]) -> None:
    make_task(tasks[0].plan, county.units["ZJ"], 3, state=Task.State.ACTIVE)
    other = filled(client_of(county.other_editor))
    client = as_person("editor")
    answer = preview(client, other)
    assert (answer.status_code, "其他单位" in answer.content.decode()) == (409, True)

    def of_winter(page: Worksheet, places: dict[str, int]) -> None:
        cell = page.cell(HEAD + 1, places["标识"])
        cell.value = str(cell.value).replace("第二季度", "第一季度")

    answer = preview(client, filled(client, of_winter))
    assert (answer.status_code, "重新下载本期" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04"], ids=["empty", "text", "broken"])
def test_what_is_no_such_file_is_refused(as_person: AsPerson, tasks: list[Task], content: bytes) -> None:
    answer = as_person("editor").post(UPLOAD, {"file": SimpleUploadedFile("a.xlsx", content)})
    assert answer.status_code == 409
    assert "xlsx" in answer.content.decode()


def test_a_forged_or_foreign_preview_keeps_nothing(as_person: AsPerson, county: County, tasks: list[Task]) -> None:
    client = as_person("editor")
    assert client.post(APPLY, {"kept": "forged"}).status_code == 302
    kept = preview(client, filled(client, put(1, "主要做法", "写好的"))).context["kept"]
    result = client_of(county.other_editor).post(APPLY, {"kept": kept})
    assert result.context["results"] == []
    head = make_user("both", "兼任员", Unit.objects.get(code="ZJ"), Role.EDITOR)
    head.memberships.create(unit=county.units["YJ"], role=Role.HEAD, valid_from="2020-01-01")
    assert [row.ok for row in client_of(head).post(APPLY, {"kept": kept}).context["results"]] == [False]
    assert not tasks[0].reports.exists()


@pytest.mark.parametrize("person", ["office", "leader", "head", "auditor", "enterprise", "stranger"])
def test_only_editors_fill_in_sheets(as_person: AsPerson, tasks: list[Task], person: str) -> None:
    client = as_person(person)
    assert client.get(UPLOAD).status_code == 403
    assert client.get(reverse("tasks:sheet")).status_code == 403
    assert client.post(APPLY, {"kept": ""}).status_code == 403
