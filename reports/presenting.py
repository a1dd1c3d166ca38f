"""What a report's pages show: sections with every number a link to the rows it counted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from reports.checks import strays_of
from reports.content import Content, Figure, Ref, Section, Segment
from reports.models import Report
from reports.wording import is_printed

_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line or a cell: text, and where a figure, its address and what it is."""

    text: str
    path: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table of the page; each cell is paired with its head, which stands before it on narrow screens."""

    heads: Sequence[str]
    rows: Sequence[Sequence[tuple[str, Part]]]
    caption: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section of the page.

    Attributes:
        key, title: as in the content.
        lines: its paragraphs.
        tables: its tables.
        edited: the office wrote the text itself.
        strays: numbers in that text that are none of the section's figures.
        printed: it stands in the PDF.
        empty: why there is nothing, where there is nothing.
    """

    key: str
    title: str
    lines: Sequence[Sequence[Part]]
    tables: Sequence[ShownTable]
    edited: bool
    strays: Sequence[str] = field(default_factory=list)
    printed: bool = True
    empty: str = ""


def figure_path(report: Report, figure: Figure, part: str = "") -> str:
    """Return the page that shows the frozen rows of a figure (`part` "base": of its denominator)."""
    address = reverse("reports:figure", args=[report.pk, figure.key])
    return f"{address}?part={part}" if part else address


def shown_sections(report: Report) -> list[ShownSection]:
    """Return the report's sections as its page shows them."""
    strays = strays_of(report)
    return [_shown(report, section, strays.get(section.key, [])) for section in report.content.sections]


def _shown(report: Report, section: Section, strays: Sequence[str]) -> ShownSection:
    own: str = report.texts.get(section.key, "")
    if own:
        figures = _unambiguous(report.content, section)
        lines = [list(_linked(report, line, figures)) for line in own.split("\n")]
    else:
        lines = [[_part(report, segment) for segment in line] for line in section.lines]
    tables = [
        ShownTable(
            table.heads,
            [[(head, _part(report, cell)) for head, cell in zip(table.heads, row, strict=True)] for row in table.rows],
            table.caption,
            table.note,
        )
        for table in section.tables
    ]
    printed = is_printed(report, section)
    return ShownSection(section.key, section.title, lines, tables, bool(own), strays, printed, section.empty)


def _part(report: Report, segment: Segment) -> Part:
    if not isinstance(segment, Ref):
        return Part(segment)
    figure = report.content.figures[segment.key]
    return Part(report.content.shown(segment), figure_path(report, figure), figure.label)


def _unambiguous(content: Content, section: Section) -> dict[str, Figure]:
    """Return the section's figures by number, but for those that share one: edited text does not say which it means."""
    found: dict[str, list[Figure]] = {}
    for figure in content.figures_of(section):
        found.setdefault(figure.number, []).append(figure)
    return {number: figures[0] for number, figures in found.items() if len(figures) == 1}


def _linked(report: Report, line: str, figures: dict[str, Figure]) -> Iterator[Part]:
    end = 0
    for match in _NUMBER.finditer(line):
        figure = figures.get(match.group())
        if figure is None:
            continue
        if match.start() > end:
            yield Part(line[end : match.start()])
        yield Part(match.group(), figure_path(report, figure), figure.label)
        end = match.end()
    if end < len(line):
        yield Part(line[end:])
