"""What an official table (清单, 一览表) says, free of how it is typeset: A4 across, its head repeated on every page.

All texts are plain text: they are escaped when the table is rendered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LedgerColumn:
    """A column: head, share of the width in percent (the column of numbers takes the rest), centred cells or not."""

    head: str
    percent: int
    centred: bool = False


@dataclass
class LedgerSection:
    """A heading within the table, of level 1 or 2, and the rows under it; rows are numbered throughout the table."""

    heading: str
    level: int = 1
    rows: list[Sequence[str]] = field(default_factory=list)


@dataclass(frozen=True)
class OfficialLedger:
    """An official table.

    Attributes:
        title: 标题, centred above the table.
        subtitle: line under the title; empty prints none.
        columns: without the column of numbers.
        sections: rows under their headings, as many cells as `columns`.
        closing_title, closing_text, closing_columns, closing_rows: a second table on a page of its own, such as one to
            sign on paper; without `closing_columns` there is none.

    Raises:
        ValueError: if a row has not one cell for each column, or the columns take the whole width or more.
    """

    title: str
    columns: Sequence[LedgerColumn]
    sections: Sequence[LedgerSection]
    subtitle: str = ""
    closing_title: str = ""
    closing_text: str = ""
    closing_columns: Sequence[LedgerColumn] = ()
    closing_rows: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        tables = ((self.columns, [row for section in self.sections for row in section.rows]),)
        for columns, rows in (*tables, (self.closing_columns, self.closing_rows)):
            if any(len(row) != len(columns) for row in rows):
                raise ValueError("every row needs one cell for each column")
            if sum(column.percent for column in columns) >= 100:
                raise ValueError("the column of numbers needs room")


@dataclass(frozen=True)
class SetRow:
    """A row as it is set: a heading of level 1 or 2, or (level 0) a number and (text, centred) for each column."""

    level: int
    heading: str
    number: int
    cells: Sequence[tuple[str, bool]]


def _cells(columns: Sequence[LedgerColumn], row: Sequence[str]) -> list[tuple[str, bool]]:
    return [(text, column.centred) for text, column in zip(row, columns, strict=True)]


def set_rows(ledger: OfficialLedger) -> list[SetRow]:
    """Return the rows of the table in their order, numbered from 1."""
    rows: list[SetRow] = []
    number = 0
    for section in ledger.sections:
        rows.append(SetRow(section.level, section.heading, 0, []))
        for row in section.rows:
            number += 1
            rows.append(SetRow(0, "", number, _cells(ledger.columns, row)))
    return rows


def set_closing_rows(ledger: OfficialLedger) -> list[SetRow]:
    """Return the rows of the second table, numbered from 1."""
    return [
        SetRow(0, "", number, _cells(ledger.closing_columns, row)) for number, row in enumerate(ledger.closing_rows, 1)
    ]
