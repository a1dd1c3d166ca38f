"""What a report consists of: figures with the rows behind them, sentences and tables that refer to the figures.

A report is computed once into a `Content`, kept as JSON, and read back from there by its pages, the PDF and the XLSX
file; nothing is counted again. Sentences and cells hold references, not numbers: text and figures cannot differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tasks.lamps import plain

NOTHING = "—"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the report.

    Attributes:
        key: stable name, `<section>.<name>`.
        label: what it is, in words.
        value: None where there is nothing to measure (a share of nothing).
        unit: 项, 份, %, 场次 …
        formula: how it was computed, one sentence.
        as_of: last day counted.
        kind: kind of the rows behind it (see `Content.rows`); empty where it has none.
        rows: ids of the rows counted (of the numerator, for a share).
        numerator, denominator: what a share was divided from.
        base: key of the figure whose rows are the denominator; empty for a plain count.
        signed: a change, shown with its sign.
        note: what a reader must know beside it; may be empty.
    """

    key: str
    label: str
    value: Decimal | None
    unit: str
    formula: str
    as_of: date
    kind: str = ""
    rows: tuple[int, ...] = ()
    numerator: int | None = None
    denominator: int | None = None
    base: str = ""
    signed: bool = False
    note: str = ""

    @property
    def number(self) -> str:
        """The number as texts and tables show it: "38", "30.2%", "+5"; "—" where there is none."""
        if self.value is None:
            return NOTHING
        text = plain(self.value) if self.value else "0"
        return f"{'+' if self.signed and self.value > 0 else ''}{text}{'%' if self.unit == '%' else ''}"

    @property
    def magnitude(self) -> str:
        """The number without its sign, for "增加5项"."""
        return self.number.lstrip("+-")

    def to_json(self) -> Json:
        """Return what is kept."""
        return {
            "label": self.label,
            "value": None if self.value is None else plain(self.value),
            "unit": self.unit,
            "formula": self.formula,
            "as_of": self.as_of.isoformat(),
            "kind": self.kind,
            "rows": list(self.rows),
            "numerator": self.numerator,
            "denominator": self.denominator,
            "base": self.base,
            "signed": self.signed,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, key: str, kept: Json) -> "Figure":
        """Return the figure from what was kept."""
        value = kept["value"]
        return cls(
            key=key,
            value=None if value is None else Decimal(value),
            as_of=date.fromisoformat(kept["as_of"]),
            rows=tuple(kept["rows"]),
            **{name: kept[name] for name in ("label", "unit", "formula", "kind", "numerator", "denominator", "base")},
            signed=kept["signed"],
            note=kept["note"],
        )


@dataclass(frozen=True, slots=True)
class Ref:
    """A figure within a sentence or a cell; `magnitude` leaves its sign out."""

    key: str
    magnitude: bool = False


Segment = str | Ref
Line = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: heads, rows of cells, relative widths of the columns (empty fits them), a line below it."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Segment]]
    widths: Sequence[float] = ()
    caption: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section.

    Attributes:
        key: stable name.
        title: its heading; empty for the opening.
        lines: sentences made by rule, one paragraph each.
        tables: printed after the text.
        empty: why there is nothing to say; such a section is printed only if somebody writes a text for it.
    """

    key: str
    title: str
    lines: Sequence[Line]
    tables: Sequence[Table] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row behind a figure, frozen: its name, the object it stands for and the cells of its kind's columns."""

    label: str
    object_type: str
    object_id: int
    cells: Sequence[Any]


@dataclass(slots=True)
class RowSet:
    """All rows of one kind.

    Attributes:
        title: what the rows are.
        heads: (head, type) of the columns; type is text, number or date.
        rows: by id.
        public: a unit's people may read the rows of other units as well, for the report itself names them.
    """

    title: str
    heads: Sequence[tuple[str, str]]
    rows: dict[int, Row] = field(default_factory=dict)
    public: bool = False


@dataclass(slots=True)
class Content:
    """A report's figures, rows and sections."""

    start: date
    as_of: date
    figures: dict[str, Figure] = field(default_factory=dict)
    rows: dict[str, RowSet] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)

    def shown(self, segment: Segment) -> str:
        """Return a piece of a sentence or a cell as text."""
        if isinstance(segment, str):
            return segment
        figure = self.figures[segment.key]
        return figure.magnitude if segment.magnitude else figure.number

    def text_of(self, section: Section) -> str:
        """Return a section's own sentences, one paragraph a line."""
        return "\n".join("".join(self.shown(segment) for segment in line) for line in section.lines)

    def section(self, key: str) -> Section | None:
        """Return a section by its name."""
        return next((section for section in self.sections if section.key == key), None)

    def figures_of(self, section: Section) -> list[Figure]:
        """Return the figures a section speaks of, each once, in the order of reading."""
        keys = dict.fromkeys(segment.key for segment in _segments(section) if isinstance(segment, Ref))
        return [self.figures[key] for key in keys]

    def rows_of(self, figure: Figure) -> list[tuple[int, Row]]:
        """Return the rows behind a figure."""
        rows = self.rows[figure.kind].rows if figure.kind else {}
        return [(pk, rows[pk]) for pk in figure.rows]


def _segments(section: Section) -> Iterator[Segment]:
    for line in section.lines:
        yield from line
    for table in section.tables:
        for row in table.rows:
            yield from row


# --- as JSON ---


def _kept_segment(segment: Segment) -> Any:
    if isinstance(segment, str):
        return segment
    return {"figure": segment.key, "magnitude": segment.magnitude} if segment.magnitude else {"figure": segment.key}


def _segment(kept: Any) -> Segment:
    return kept if isinstance(kept, str) else Ref(kept["figure"], kept.get("magnitude", False))


def figures_to_json(content: Content) -> Json:
    """Return the figures by key."""
    return {key: figure.to_json() for key, figure in content.figures.items()}


def rows_to_json(content: Content) -> Json:
    """Return the rows by kind and id."""
    return {
        kind: {
            "title": rows.title,
            "heads": [list(head) for head in rows.heads],
            "public": rows.public,
            "rows": {
                str(pk): {"label": row.label, "object": [row.object_type, row.object_id], "cells": list(row.cells)}
                for pk, row in rows.rows.items()
            },
        }
        for kind, rows in content.rows.items()
    }


def sections_to_json(content: Content) -> list[Json]:
    """Return the sections in their order."""
    return [
        {
            "key": section.key,
            "title": section.title,
            "lines": [[_kept_segment(segment) for segment in line] for line in section.lines],
            "tables": [
                {
                    "heads": list(table.heads),
                    "rows": [[_kept_segment(cell) for cell in row] for row in table.rows],
                    "widths": list(table.widths),
                    "caption": table.caption,
                    "note": table.note,
                }
                for table in section.tables
            ],
            "empty": section.empty,
        }
        for section in content.sections
    ]


def content_from_json(
    start: date, as_of: date, figures: Mapping[str, Json], rows: Mapping[str, Json], sections: Sequence[Json]
) -> Content:
    """Return a content from what was kept."""
    return Content(
        start=start,
        as_of=as_of,
        figures={key: Figure.from_json(key, kept) for key, kept in figures.items()},
        rows={kind: _row_set(kept) for kind, kept in rows.items()},
        sections=[_section(kept) for kept in sections],
    )


def _row_set(kept: Json) -> RowSet:
    rows = {
        int(pk): Row(row["label"], row["object"][0], row["object"][1], row["cells"]) for pk, row in kept["rows"].items()
    }
    heads = [(head, kind) for head, kind in kept["heads"]]
    return RowSet(kept["title"], heads, rows, kept["public"])


def _section(kept: Json) -> Section:
    tables = [
        Table(
            heads=table["heads"],
            rows=[[_segment(cell) for cell in row] for row in table["rows"]],
            widths=table["widths"],
            caption=table["caption"],
            note=table["note"],
        )
        for table in kept["tables"]
    ]
    lines = [tuple(_segment(segment) for segment in line) for line in kept["lines"]]
    return Section(kept["key"], kept["title"], lines, tables, kept["empty"])
