"""重点任务分解表 there and back: what is not changed changes nothing, what is changed is shown and carried out."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from audit.models import Entry
from notifications.models import Notification
from responsibility.models import Unit
from spreadsheets.export import workbook
from spreadsheets.reading import read_rows
from tasks.breakdown import breakdown_rows, breakdown_sheet
from tasks.breakdown_reading import BreakdownReading, read_breakdown
from tasks.models import Plan, PlanItem, Task
from tasks.services.publishing import publish_plan
from tests.county import AsPerson, County
from tests.plan_drafts import assigned_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
Edit = Callable[[Worksheet, dict[str, int]], None]
FIRST = 4  # title, note and header stand above


@pytest.fixture
def plan(county: County) -> Plan:
    return assigned_draft(county.office, county.units["YJ"])


def exported(client: Any, plan: Plan) -> bytes:
    return client.get(reverse("plans:breakdown_export", args=[plan.pk])).content  # type: ignore[no-any-return]


def edited(content: bytes, edit: Edit) -> bytes:
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    edit(sheet, {str(cell.value): at for at, cell in enumerate(sheet[FIRST - 1], 1)})
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def put(**values: Any) -> Edit:
    """Write into the first row, by header."""

    def edit(sheet: Worksheet, columns: dict[str, int]) -> None:
        for name, value in values.items():
            sheet.cell(FIRST, columns[name], value)

    return edit


def upload(client: Any, plan: Plan, content: bytes) -> Any:
    file = SimpleUploadedFile("分解表.xlsx", content)
    return client.post(reverse("plans:breakdown_import", args=[plan.pk]), {"file": file})


def confirm(client: Any, plan: Plan, preview: Any, **more: str) -> Any:
    data = {"changes": preview.context["confirm"].initial["changes"]} | more
    return client.post(reverse("plans:breakdown_import", args=[plan.pk]), data)


def first(plan: Plan) -> PlanItem:
    item = plan.items.order_by("place").first()
    assert item is not None
    return item


def round_trip(plan: Plan, user: Any) -> BreakdownReading:
    rows = breakdown_rows(plan, user)
    content = workbook([breakdown_sheet(plan, rows, keyed=True)])
    return read_breakdown(plan, breakdown_rows(plan, user), read_rows(content))


# --- nothing changed ---


def test_a_file_sent_back_as_it_was_changes_nothing(as_person: AsPerson, county: County, plan: Plan) -> None:
    page = upload(as_person("office"), plan, exported(as_person("office"), plan))
    assert page.status_code == 200
    reading = page.context["reading"]
    assert (reading.count, reading.troubles, reading.absent) == (0, [], [])
    assert "共 0 处改动" in page.content.decode()
    # Nor one that Excel, or another program, has saved anew.
    again = upload(as_person("office"), plan, edited(exported(as_person("office"), plan), lambda sheet, columns: None))
    assert again.context["reading"].count == 0


ODD = [
    "=1+1",
    "+A1",
    "@x",
    "#N/A",
    "a\nb",
    '"引号"',
    "  首尾空格  ",
    "12",
    "2026-06-30",
    "真",
    "é\u3000全角",
    "<b>&amp;",
    "\t制表",
]


def test_odd_texts_come_back_as_they_were(county: County, plan: Plan) -> None:
    item = first(plan)
    for text in ODD:
        PlanItem.objects.filter(pk=item.pk).update(title=text)
        target = item.targets.create(phrase=text, metric=text, operator=">=", value="1.50", unit="个；次")
        reading = round_trip(plan, county.office)
        assert (reading.count, reading.troubles) == (0, []), text
        target.delete()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(st.characters(min_codepoint=1, codec="utf-8"), min_size=1, max_size=60),
    metric=st.text(st.characters(min_codepoint=1, codec="utf-8"), min_size=1, max_size=40),
    value=st.decimals(0, 10**12, places=2),
    due_on=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_any_text_comes_back_as_it_was(
    county: County, plan: Plan, title: str, metric: str, value: Any, due_on: date | None
) -> None:
    item = first(plan)
    PlanItem.objects.filter(pk=item.pk).update(title=title, due_on=due_on, lead=None)
    item.targets.all().delete()
    item.targets.create(phrase="x", metric=metric, operator="<=", value=value, unit="%")
    reading = round_trip(plan, county.office)
    assert (reading.count, reading.troubles, reading.absent) == (0, [], [])


def test_a_published_plan_comes_back_as_it_was(county: County, plan: Plan) -> None:
    publish_plan(actor=county.office, plan_id=plan.pk)
    plan.refresh_from_db()
    reading = round_trip(plan, county.office)
    assert (reading.count, reading.troubles, reading.absent) == (0, [], [])


# --- changes of a draft ---


def test_changes_are_shown_and_then_carried_out(as_person: AsPerson, county: County, plan: Plan) -> None:
    name = "各镇（街道、园区）"
    group = Unit.objects.create(code="QT", name=name, short_name=name, kind=Unit.Kind.GROUP)
    office, item = as_person("office"), first(plan)
    steps = plan.steps.count()
    edit = put(
        重点任务="健全 责任清单",
        牵头单位="县住房和城乡建设局",
        配合单位=f"县应急局、{group.short_name}",
        完成时限=date(2026, 9, 30),
        目标要求="印发清单不低于3份；覆盖率达到100%",
    )
    preview = upload(office, plan, edited(exported(office, plan), edit))
    words = {column: (old, new) for column, old, new in preview.context["reading"].changes[0].words}
    assert words["牵头单位"] == ("县应急局", "县住建局"), "found by its full name"
    assert words["完成时限"] == ("2026-06-30", "2026-09-30")
    assert set(words) == {"重点任务", "牵头单位", "配合单位", "完成时限", "目标要求"}
    item.refresh_from_db()
    assert item.lead == county.units["YJ"], "the preview changes nothing"
    assert confirm(office, plan, preview).status_code == 302
    item.refresh_from_db()
    assert (item.title, item.lead, item.due_on) == ("健全 责任清单", county.units["ZJ"], date(2026, 9, 30))
    assert {unit.short_name for unit in item.supports.all()} == {"县应急局", group.short_name}
    assert [(row.metric, row.wanted) for row in item.targets.all()] == [
        ("印发清单", "不低于3份"),
        ("覆盖率", "达到100%"),
    ]
    plan.refresh_from_db()
    assert plan.steps.count() == steps + 1, "one step of the check, which can be taken back"
    assert Entry.objects.filter(action="plan_item.edit", object_id=str(item.pk)).exists()
    assert upload(office, plan, exported(office, plan)).context["reading"].count == 0


def test_aims_are_laid_over_the_targets_there_are(as_person: AsPerson, plan: Plan) -> None:
    office = as_person("office")
    item = plan.items.order_by("place")[1]
    target = item.targets.get()

    def edit(sheet: Worksheet, columns: dict[str, int]) -> None:
        sheet.cell(FIRST + 1, columns["目标要求"], "演练场次不低于1,500.5场次")

    preview = upload(office, plan, edited(exported(office, plan), edit))
    assert confirm(office, plan, preview).status_code == 302
    target.refresh_from_db()
    assert (str(target.value), target.phrase) == ("1500.50", "全年演练不少于400场次"), "the same target, changed"


def test_an_item_is_left_out_with_the_reason_written(as_person: AsPerson, plan: Plan) -> None:
    office, item = as_person("office"), first(plan)
    preview = upload(office, plan, edited(exported(office, plan), put(不纳入的理由="并入第二项")))
    assert confirm(office, plan, preview).status_code == 302
    item.refresh_from_db()
    assert (item.dropped, item.dropped_reason) == (True, "并入第二项")


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("牵头单位", "县外星局", "单位表里没有“县外星局”"),
        ("牵头单位", "各镇", "是集合名称"),
        ("配合单位", "县应急局、不知道", "单位表里没有“不知道”"),
        ("完成时限", "六月底", "不是日期"),
        ("完成时限", "2026-13-01", "不是日期"),
        ("完成时限", "", "不是日期"),
        ("完成时限", "2036-06-30", "请核对年份"),
        ("完成时限", 12, "请核对年份"),
        ("目标要求", "越多越好", "看不懂"),
        ("目标要求", "场次不低于1.2.3次", "不是数"),
        ("重点任务", "", "不能为空"),
        ("重点任务", "长" * 201, "200 字以内"),
        ("重点任务", "=A1&B1", "是公式"),
        ("工作措施", "改了原文", "不能在 Excel 里改"),
        ("条目标识", "", "没有条目标识"),
        ("条目标识", "1-999999-1", "已合并、撤销"),
    ],
)
def test_what_cannot_be_understood_is_named_by_row_and_column(
    as_person: AsPerson, plan: Plan, column: str, value: Any, words: str
) -> None:
    Unit.objects.create(code="QT", name="各镇", short_name="各镇", kind=Unit.Kind.GROUP)
    value = value.replace("1-", f"{plan.pk}-", 1) if column == "条目标识" and value else value
    office = as_person("office")
    page = upload(office, plan, edited(exported(office, plan), put(**{column: value})))
    reading = page.context["reading"]
    assert reading.count == 0
    assert [trouble.row for trouble in reading.troubles] == [FIRST]
    assert words in page.content.decode()
    assert f"第 {FIRST} 行" in page.content.decode()


def test_what_is_understood_is_taken_over_beside_what_is_not(as_person: AsPerson, plan: Plan) -> None:
    office, item = as_person("office"), first(plan)
    content = edited(exported(office, plan), put(牵头单位="县外星局", 完成时限="2026年8月31日"))
    preview = upload(office, plan, content)
    assert (preview.context["reading"].count, len(preview.context["reading"].troubles)) == (1, 1)
    confirm(office, plan, preview)
    item.refresh_from_db()
    assert item.due_on == date(2026, 8, 31)


# --- the wrong file, the wrong time, the wrong person ---


def plain_book(*rows: list[Any]) -> bytes:
    book, stream = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(stream)
    return stream.getvalue()


def test_files_that_are_not_ours_are_refused_in_words(as_person: AsPerson, county: County, plan: Plan) -> None:
    office = as_person("office")
    other = assigned_draft(county.office, county.units["ZJ"])
    for content, words in (
        (exported(office, other), "这个文件不是"),
        (b"PK\x03\x04broken", "不能打开这个文件"),
        (b"no workbook at all", "不能打开这个文件"),
        (plain_book(["甲", "乙"]), "没有找到表头"),
        (plain_book(*[["甲"]] * 3100), "3000 行"),
    ):
        page = upload(office, plan, content)
        assert page.status_code == 400, words
        assert words in page.content.decode()


def test_an_item_changed_meanwhile_is_not_overwritten(as_person: AsPerson, plan: Plan) -> None:
    office, item = as_person("office"), first(plan)
    content = edited(exported(office, plan), put(完成时限=date(2026, 9, 30)))
    preview = upload(office, plan, content)
    PlanItem.objects.filter(pk=item.pk).update(title="同事改了", version=item.version + 1)
    late = confirm(office, plan, preview)
    assert late.status_code == 409
    assert "没有导入任何改动" in late.content.decode()
    again = upload(office, plan, content)
    assert again.context["reading"].count == 0
    assert "下载之后这一条已被修改" in again.content.decode()


def test_all_or_nothing(as_person: AsPerson, county: County, plan: Plan) -> None:
    office = as_person("office")

    def edit(sheet: Worksheet, columns: dict[str, int]) -> None:
        sheet.cell(FIRST, columns["完成时限"], date(2026, 9, 30))
        sheet.cell(FIRST + 1, columns["完成时限"], date(2026, 9, 30))

    preview = upload(office, plan, edited(exported(office, plan), edit))
    second = plan.items.order_by("place")[1]
    PlanItem.objects.filter(pk=second.pk).update(starts_on=date(2026, 10, 1))
    refused = confirm(office, plan, preview)
    assert refused.status_code == 409
    assert "不能早于开始日期" in refused.content.decode()
    assert first(plan).due_on == date(2026, 6, 30)


def test_a_preview_cannot_be_made_up(as_person: AsPerson, county: County, plan: Plan) -> None:
    office = as_person("office")
    preview = upload(office, plan, edited(exported(office, plan), put(完成时限=date(2026, 9, 30))))
    sealed = preview.context["confirm"].initial["changes"]
    address = reverse("plans:breakdown_import", args=[plan.pk])
    for changes in ("", "x", sealed[:-2], sealed + "1"):
        assert "预览已失效" in office.post(address, {"changes": changes}).content.decode()
    assert as_person("second_office").post(address, {"changes": sealed}).status_code == 409, "another person's preview"
    assert as_person("editor").post(address, {"changes": sealed}).status_code == 404
    assert first(plan).due_on == date(2026, 6, 30)


# --- a published plan ---


@pytest.fixture
def published(county: County, plan: Plan) -> Plan:
    publish_plan(actor=county.office, plan_id=plan.pk)
    plan.refresh_from_db()
    return plan


def test_of_a_published_plan_lead_and_deadline_change_with_a_reason(
    as_person: AsPerson, county: County, published: Plan
) -> None:
    office, task = as_person("office"), Task.objects.get(plan=published, item=first(published))
    edit = put(牵头单位="县消防大队", 完成时限=date(2026, 9, 30), 重点任务="改名")
    content = edited(exported(office, published), edit)
    preview = upload(office, published, content)
    assert "只能改牵头单位和完成时限" in preview.content.decode()
    without = confirm(office, published, preview)
    assert without.status_code == 409
    assert "请填写理由" in without.content.decode()
    task.refresh_from_db()
    assert task.lead == county.units["YJ"]
    assert confirm(office, published, preview, reason="县政府常务会议议定").status_code == 302
    task.refresh_from_db()
    assert (task.lead, task.due_on, task.title) == (county.units["XF"], date(2026, 9, 30), "健全责任清单")
    assert task.original_due_on == date(2026, 6, 30)
    reasons = Entry.objects.filter(object_id=str(task.pk), action__in=["task.set_deadline", "task.transfer"])
    assert {entry.reason for entry in reasons} == {"县政府常务会议议定"}
    assert Notification.objects.filter(recipient=county.editor, title__contains="完成时限调整").exists()


def test_a_closed_task_stops_the_whole_file(as_person: AsPerson, published: Plan) -> None:
    office = as_person("office")

    def edit(sheet: Worksheet, columns: dict[str, int]) -> None:
        for row in (FIRST, FIRST + 1):
            sheet.cell(row, columns["完成时限"], date(2026, 10, 31))

    preview = upload(office, published, edited(exported(office, published), edit))
    second = Task.objects.filter(plan=published).order_by("code")[1]
    Task.objects.filter(pk=second.pk).update(state=Task.State.CLOSING)
    refused = confirm(office, published, preview, reason="会议议定")
    assert refused.status_code == 409
    assert second.title in refused.content.decode()
    assert not Task.objects.filter(plan=published, due_on=date(2026, 10, 31)).exists()


def test_readers_get_a_file_without_keys(as_person: AsPerson, published: Plan) -> None:
    sheet = load_workbook(io.BytesIO(exported(as_person("editor"), published))).active
    assert sheet is not None
    assert "条目标识" not in [cell.value for cell in sheet[FIRST - 1]]
    assert as_person("editor").get(reverse("plans:breakdown_import", args=[published.pk])).status_code == 403
