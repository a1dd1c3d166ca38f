"""Excel files read back: order, types, and text that stays text."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from spreadsheets.export import Column, Sheet, attachment, workbook

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.test")', "#N/A", "\t=1", "'=1"]


def read(*rows: list[Any], **extra: Any) -> Any:
    columns = [Column(f"列{number}", 12) for number in range(len(rows[0]))]
    return load_workbook(io.BytesIO(workbook([Sheet("台账[1]/甲", columns, rows, **extra)]))).active


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_person_typed_never_becomes_a_formula(text: str) -> None:
    cell = read([text])["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_types_and_layout() -> None:
    moment = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
    page = read(["甲\x00乙", 3, Decimal("2.5"), date(2026, 5, 12), moment, None, True], title="台账", note="截至今日")
    assert page.title == "台账1甲"
    assert [cell.value for cell in page[3]] == [f"列{number}" for number in range(7)]
    values = [cell.value for cell in page[4]]
    assert values == [
        "甲乙",
        3,
        2.5,
        datetime.fromisoformat("2026-05-12 00:00"),
        datetime.fromisoformat("2026-05-12 10:00"),
        None,
        "是",
    ]
    assert page["A1"].value == "台账"
    assert page.freeze_panes == "A4"
    assert page.print_title_rows == "$3:$3"


def test_the_name_of_the_download_is_kept_in_chinese() -> None:
    response = attachment(b"x", '隐患台账"2026')
    assert "attachment" in response.headers["Content-Disposition"]
    assert "%E9%9A%90%E6%82%A3" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "private, no-store"
