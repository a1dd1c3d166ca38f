"""The lists of drills as Excel files."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from core import clock
from drills.duties import Duties
from drills.duty_lines import read_duties
from drills.models import Drill
from responsibility.models import Unit
from spreadsheets.export import Column, Sheet, workbook

# Rows fetched at a time: a county's whole history is never in memory at once.
CHUNK = 500
RECORD_COLUMNS = (
    Column("编号", 15),
    Column("演练名称", 34),
    Column("组织单位", 22),
    Column("所属乡镇", 14),
    Column("村（社区）", 12),
    Column("级别", 12),
    Column("演练类型", 16),
    Column("演练形式", 12),
    Column("灾种或事故类型", 20),
    Column("演练日期", 12),
    Column("开始时间", 9),
    Column("结束时间", 9),
    Column("地点", 24),
    Column("对应预案或演练方案", 26),
    Column("参演人数", 9),
    Column("观摩人数", 9),
    Column("参演单位", 30),
    Column("其他参演方", 24),
    Column("无脚本", 8),
    Column("评估结论", 9),
    Column("发现问题数", 10),
    Column("未整改问题数", 11),
    Column("预案修订", 14),
    Column("状态", 14),
    Column("计入日期", 12),
    Column("审核意见", 30),
)


def records_workbook(rows: "QuerySet[Drill]", chips: Iterable[str]) -> bytes:
    """Return the records as an Excel file, in the order of `rows`; `chips` are the filters in words."""
    filters = "；".join(chips)
    note = f"导出时间：{clock.now():%Y-%m-%d %H:%M}" + (f"　筛选条件：{filters}" if filters else "")
    return workbook([Sheet("演练记录", RECORD_COLUMNS, _record_rows(rows), title="演练记录", note=note)])


def _record_rows(rows: "QuerySet[Drill]") -> Iterator[list[Any]]:
    joined = Prefetch("participants", Unit.objects.order_by("ordering", "code"))
    found = rows.select_related("organiser", "enterprise", "township").prefetch_related(joined, "problems")
    for drill in found.iterator(chunk_size=CHUNK):
        problems = list(drill.problems.all())
        organiser = drill.enterprise or drill.organiser
        yield [
            drill.code or "",
            drill.title,
            organiser.name if organiser else "",
            drill.township.short_name if drill.township else "",
            drill.village,
            drill.get_level_display(),
            drill.get_kind_display(),
            drill.get_form_display(),
            drill.subject if drill.hazard else "",
            drill.held_on,
            drill.starts_at.strftime("%H:%M") if drill.starts_at else "",
            drill.ends_at.strftime("%H:%M") if drill.ends_at else "",
            drill.place,
            drill.plan_name,
            drill.headcount,
            drill.observers,
            "、".join(unit.short_name for unit in drill.participants.all()),
            drill.other_participants,
            drill.unscripted,
            drill.get_conclusion_display(),
            len(problems),
            sum(problem.done_on is None for problem in problems),
            drill.get_revision_display(),
            drill.get_state_display(),
            drill.counted_on,
            drill.review_comment,
        ]


DUTY_COLUMNS = (
    Column("应练对象", 30),
    Column("所属乡镇", 16),
    Column("应练内容", 36),
    Column("时段", 16),
    Column("期限", 12),
    Column("应练数", 9),
    Column("已练数", 9),
    Column("完成情况", 18),
    Column("演练编号", 15),
    Column("演练名称", 34),
    Column("演练日期", 12),
    Column("依据", 40),
)


def duties_workbook(found: Duties | None, chips: Iterable[str]) -> bytes:
    """Return the duties as an Excel file, in the order asked for; `chips` are the filters in words."""
    filters = "；".join(chips)
    note = f"导出时间：{clock.now():%Y-%m-%d %H:%M}" + (f"　筛选条件：{filters}" if filters else "")
    rows = _duty_rows(found) if found is not None else []
    return workbook([Sheet("应练清单", DUTY_COLUMNS, rows, title="应练清单", note=note)])


def _duty_rows(found: Duties) -> Iterator[list[Any]]:
    start = 0
    while lines := read_duties(found, start, start + CHUNK):
        start += len(lines)
        for line in lines:
            drill = line.drill
            yield [
                line.name,
                line.township,
                str(line.rule),
                line.period.label,
                line.period.end,
                line.required,
                line.done,
                line.words,
                drill.code if drill else "",
                drill.title if drill else "",
                drill.held_on if drill else None,
                line.rule.basis,
            ]
