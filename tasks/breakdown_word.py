"""重点任务分解表 as a Word document: the columns of the page and of the Excel file, chapters as rows across."""

from collections.abc import Sequence

from core import clock
from core.ui import day_in_words
from documents.word_table import Chapter, WordColumn, word_table
from tasks.breakdown import TableRow, by_section
from tasks.models import Plan

COLUMNS = (
    WordColumn("序号", 3, centred=True),
    WordColumn("重点任务", 10),
    WordColumn("目标要求", 12),
    WordColumn("工作措施", 30),
    WordColumn("牵头领导", 6, centred=True),
    WordColumn("牵头单位", 7, centred=True),
    WordColumn("配合单位", 11),
    WordColumn("完成时限", 7, centred=True),
    WordColumn("备注", 6),
)


def breakdown_document(plan: Plan, rows: Sequence[TableRow]) -> bytes:
    """Return the table as a .docx file.

    Forty items take some 0.2 s of a processor, as long as the Excel file: no job is needed.
    """
    chapters = [
        Chapter(f"{section.marker}{section.title}" if section else "", [_cells(row) for row in found])
        for section, found in by_section(rows)
    ]
    today = clock.today()
    draft = "" if plan.state == Plan.State.PUBLISHED else "征求意见稿，未发布。"
    number = f"{plan.doc_number}　" if plan.doc_number else ""
    note = f"{number}{draft}截至{today.year}年{day_in_words(today, today)}，共{len(rows)}项。"
    return word_table(title=f"{plan.title}重点任务分解表", note=note, columns=COLUMNS, chapters=chapters)


def _cells(row: TableRow) -> list[str]:
    due = f"{row.due_on.year}年{row.due_on.month}月{row.due_on.day}日" if row.due_on else ""
    what = [str(row.number), row.title, row.aims, row.measures]
    return [*what, row.leader, row.lead, row.supports, due, row.note]
