"""The order of the reading: page, noise, header, structure, then each item's targets, deadlines and units."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tasks.reader import flags
from tasks.reader.deadlines import Setting, read_deadlines
from tasks.reader.header import Header, is_signature_date, is_unit_name, read_header
from tasks.reader.markers import Mark, find_marks
from tasks.reader.model import (
    DeadlineReading,
    FlagReading,
    ItemReading,
    NoiseReading,
    Reading,
    SectionReading,
    TargetReading,
    UnitReading,
)
from tasks.reader.noise import find_noise, repeated_titles, site_names
from tasks.reader.page import Line, Page, Span, overlaps
from tasks.reader.structure import Block, Point, Structure, find_structure
from tasks.reader.subtopics import read_subtopics
from tasks.reader.tables import Table, find_tables
from tasks.reader.targets import read_targets
from tasks.reader.units import column_units, mentioned_units, read_roles, role_brackets, role_lines, split_glued

_ATTACHMENTS = re.compile(r"附\s*件\s*\d{0,2}\s*:.*")
_ATTACHMENT_LABEL = re.compile(r"附\s*件\s*[\d一二三四五六七八九十]{0,2}")
_ATTACHMENT_ROW = re.compile(r"\d{1,2}\s*[.、][^。;]{2,60}")


@dataclass(frozen=True, slots=True)
class _Layout:
    """The document cut up: what is furniture, what is header, what is structure."""

    header: Header
    noise: list[NoiseReading]
    tables: list[Table]
    structure: Structure


def read_page(page: Page, plan_year: int | None, flood_season_start: str) -> Reading:
    """Read one page of text into a :class:`Reading`."""
    layout = _lay_out(page)
    year = plan_year or layout.header.plan_year
    setting = Setting(year, _month_day(flood_season_start))
    reader = _ItemReader(page, layout, setting)
    items = reader.items()
    items, glued = _part_glued_names(page, items)
    targets, deadlines = reader.document_level()
    return Reading(
        text=page.text,
        title=layout.header.title,
        plan_year=year,
        issuer=layout.header.issuer,
        doc_number=layout.header.doc_number,
        issued=layout.header.issued,
        sections=reader.sections(),
        items=items,
        noise=layout.noise,
        flags=_flags(page, layout, items, reader.roles, glued),
        targets=targets,
        deadlines=deadlines,
    )


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def _lay_out(page: Page) -> _Layout:
    """Set noise aside, read the header and build the structure from what is left."""
    attachments = _attachment_lists(page)
    lines = _except(page.lines, attachments)
    first, last = _extent(find_marks(page.plain, lines), find_tables(lines), len(page.text))
    noise = [*page.furniture, *attachments, *find_noise(page, first, last)]
    lines = _except(page.lines, noise)
    tables = find_tables(lines)
    marks = find_marks(page.plain, _outside(lines, tables))
    first, last = _extent(marks, tables, len(page.text))

    head, first_line = _head(page, lines, first)
    signature = _signature(page, lines, last)
    furniture = [line for line in page.lines if any(row.start == line.start for row in noise)]
    header = read_header(page, head, [line for line in lines if line.start > last], furniture)
    title_start = header.title_lines[0].start if header.title_lines else 0
    noise += repeated_titles(page, header.title, title_start, lines)
    noise += [
        NoiseReading(start, end, page.raw(start, end), "table_header")
        for table in tables
        for start, end in table.header_spans
    ]
    noise += site_names(page, noise, page.lines, first)
    noise += [row for row in signature if not overlaps(row.start, row.end, [(n.start, n.end) for n in noise])]

    body = _without_title(_except(_outside(lines, tables), noise), header.title_lines, first_line)
    title_end = header.title_lines[-1].end if header.title_lines else 0
    structure = find_structure(page, body, marks, tables, title_end)
    return _Layout(header, sorted(noise, key=lambda row: row.start), tables, structure)


def _extent(marks: Sequence[Mark], tables: Sequence[Table], length: int) -> Span:
    """Offsets of the first and last mark or table, or the text's end when there is none."""
    starts = [mark.start for mark in marks] + [table.start for table in tables]
    ends = [mark.start for mark in marks] + [table.end for table in tables]
    return (min(starts), max(ends)) if starts else (length, length)


def _head(page: Page, lines: Sequence[Line], first: int) -> tuple[list[Line], Line | None]:
    """The lines above the first mark; of the line that holds it, the part before it."""
    head = [line for line in lines if line.end <= first]
    shared = next((line for line in lines if line.start < first < line.end), None)
    if shared is not None:
        for match in re.finditer(r"\S+", page.plain[shared.start : first]):  # blanks part what stands before the mark
            start = shared.start + match.start()
            head.append(Line(start, start + len(match[0]), match[0]))
    return head, shared


def _except(lines: Iterable[Line], noise: Iterable[NoiseReading]) -> list[Line]:
    dropped = {row.start for row in noise}
    return [line for line in lines if line.start not in dropped]


def _outside(lines: Iterable[Line], tables: Sequence[Table]) -> list[Line]:
    """The lines that belong to no table."""
    kept: list[Line] = []
    position = 0
    for line in lines:
        while position < len(tables) and tables[position].end <= line.start:
            position += 1
        if position == len(tables) or line.end <= tables[position].start:
            kept.append(line)
    return kept


def _without_title(lines: Sequence[Line], title: Sequence[Line], shared: Line | None) -> list[Line]:
    """Drop the title's lines; from a line shared with the first mark cut nothing, the head stays its preamble."""
    starts = {line.start for line in title if shared is None or line.start != shared.start}
    return [line for line in lines if line.start not in starts]


def _attachment_lists(page: Page) -> list[NoiseReading]:
    """附件:1.… 2.…: names of annexed papers, no points of the plan."""
    found: list[NoiseReading] = []
    listing = False
    for line in page.lines:
        begins = bool(_ATTACHMENTS.fullmatch(line.text)) and len(line.text) <= 120
        if begins or (listing and _ATTACHMENT_ROW.fullmatch(line.text)):
            found.append(NoiseReading(line.start, line.end, page.raw(line.start, line.end), "attachment_list"))
            listing = True
            continue
        listing = False
        if _ATTACHMENT_LABEL.fullmatch(line.text):
            found.append(NoiseReading(line.start, line.end, page.raw(line.start, line.end), "attachment_label"))
    return found


def _signature(page: Page, lines: Sequence[Line], last: int) -> list[NoiseReading]:
    """The issuer's name and the date below the last point."""
    found: list[NoiseReading] = []
    for index, line in enumerate(lines):
        if line.start <= last or not is_signature_date(line.text):
            continue
        above = lines[index - 1]
        for row in (above, line) if above.start > last and is_unit_name(above.text) else (line,):
            found.append(NoiseReading(row.start, row.end, page.raw(row.start, row.end), "signature"))
    return found


class _ItemReader:
    """Reads the points of one document; ids count through the document, nested ones behind their parent's."""

    def __init__(self, page: Page, layout: _Layout, setting: Setting) -> None:
        self.page = page
        self.structure = layout.structure
        self.setting = setting
        self.issued = layout.header.issued
        furniture = [(row.start, row.end) for row in layout.noise]
        self.masked = page.without(furniture)
        self.roles = [self._role_spans(point) for point in self.structure.points]
        self.running = page.without([*furniture, *(span for spans in self.roles for span in spans)])
        self.section_ids = {id(block): f"s{n}" for n, block in enumerate(self.structure.sections, start=1)}

    def sections(self) -> list[SectionReading]:
        """The sections in order; a section's level counts the sections above it."""
        return [
            SectionReading(
                id=self.section_ids[id(block)],
                level=_level(block),
                marker=self._marker(block.mark),
                number=block.mark.number,
                title=self._heading(block),
                start=block.mark.start,
                end=block.end,
            )
            for block in self.structure.sections
        ]

    def items(self) -> list[ItemReading]:
        """The items in order."""
        found: list[ItemReading] = []
        ids: dict[int, str] = {}
        below: Counter[str] = Counter()
        for point, roles in zip(self.structure.points, self.roles, strict=True):
            parent = ids[id(point.parent)] if point.parent else None
            below[parent or ""] += 1
            ids[id(point)] = f"{parent}-{below[parent]}" if parent else str(below[""])
            found.append(self._item(point, ids[id(point)], parent, roles))
        return found

    def document_level(self) -> tuple[list[TargetReading], list[DeadlineReading]]:
        """Targets and deadlines of the paragraphs that belong to no item."""
        spans = [span for span in (*self.structure.preamble, *self.structure.loose) if self._is_sentence(span)]
        deadlines = read_deadlines(self.page, self.running, spans, (), self.setting)
        kept = [row for row in deadlines if row.kind != "plan_year" and (row.kind != "date" or row.date != self.issued)]
        return read_targets(self.page, self.running, spans), kept

    def _item(self, point: Point, item_id: str, parent: str | None, roles: Sequence[Span]) -> ItemReading:
        units: list[UnitReading] = []
        slots: list[Span] = []
        for start, end in roles:
            named, asked = read_roles(self.page, self.masked, start, end)
            units.extend(named)
            slots.extend(asked)
        if point.row is not None:
            slots.extend(point.row.spans("deadline"))
            for role in ("lead", "responsible", "cooperate", "implement"):
                for start, end in point.row.spans(role):
                    units.extend(column_units(self.page, self.page.plain, start, end, role))
        named_already = {unit.name for unit in units}
        mentioned = mentioned_units(self.page, self.running, point.own, [(unit.start, unit.end) for unit in units])
        units.extend(unit for unit in mentioned if unit.name not in named_already)
        return ItemReading(
            id=item_id,
            section=self.section_ids[id(point.section)] if point.section else None,
            parent=parent,
            marker=self._marker(point.block.mark) if point.block else (point.row.marker if point.row else ""),
            number=point.block.mark.number if point.block else (point.row.number if point.row else int(item_id)),
            title=point.title,
            start=point.start,
            end=point.end,
            targets=read_targets(self.page, self.running, point.own),
            deadlines=self._deadlines(point.own, slots),
            units=units,
            subtopics=read_subtopics(self.page, self.running, point.own),
        )

    def _deadlines(self, texts: Sequence[Span], slots: Sequence[Span]) -> list[DeadlineReading]:
        """Deadlines of running text, brackets blanked out, and of the places that ask for one."""
        asked = read_deadlines(self.page, self.masked, (), slots, self.setting)
        running = read_deadlines(self.page, self.running, texts, (), self.setting)
        every = {row.every for row in asked if row.every}
        kept = [row for row in running if row.every not in every or row.min_count]
        return sorted([*kept, *asked], key=lambda row: row.start)

    def _role_spans(self, point: Point) -> list[Span]:
        found: list[Span] = []
        spans = [(point.start, point.block.end), *point.own[1:]] if point.block else point.own
        for start, end in spans:
            brackets = role_brackets(self.masked, start, end)
            found.extend(brackets)
            found.extend(role_lines(self.masked, start, end, brackets))
        return found

    def _heading(self, block: Block) -> str:
        raw = self.page.raw(block.mark.end, block.end)
        return re.sub(r"(?<=[\u4e00-\u9fff,,、])[ \u3000]+(?=[\u4e00-\u9fff])", "", raw).strip(" \t\u3000。;；:：.*#")

    def _marker(self, mark: Mark) -> str:
        return self.page.raw(mark.start, mark.end).strip(" \t\u3000:：")

    def _is_sentence(self, span: Span) -> bool:
        return bool(re.search(r"[。;,]", self.page.plain[span[0] : span[1]]))


def _level(block: Block) -> int:
    level, above = 1, block.parent
    while above is not None:
        level, above = level + 1, above.parent
    return level


def _part_glued_names(page: Page, items: Sequence[ItemReading]) -> tuple[list[ItemReading], list[FlagReading]]:
    """Part unit names whose separator is lost, where both halves stand alone elsewhere; flag each."""
    known = frozenset(unit.name for item in items for unit in item.units if unit.role != "mentioned")
    found: list[ItemReading] = []
    doubts: list[FlagReading] = []
    for item in items:
        units: list[UnitReading] = []
        for unit in item.units:
            parts = split_glued(unit, known) if unit.role != "mentioned" else None
            units.extend(parts or (unit,))
            if parts:
                proposal = f"{parts[0].name}、{parts[1].name}"
                raw = page.raw(unit.start, unit.end)
                doubts.append(FlagReading(unit.start, unit.end, raw, "missing_delimiter", proposal, "high"))
        found.append(replace(item, units=units))
    return found, doubts


def _flags(
    page: Page,
    layout: _Layout,
    items: Sequence[ItemReading],
    roles: Sequence[Sequence[Span]],
    glued: Sequence[FlagReading],
) -> list[FlagReading]:
    """All doubtful places in order."""
    structure = layout.structure
    sections = [(b.mark.start if b.mark.style == "chinese" else b.mark.end, b.end) for b in structure.sections]
    points = [(p.block.mark.end, p.block.end) for p in structure.points if p.block]
    paragraphs = [span for p in structure.points if p.block for span in p.own[1:]]
    rows = [(p.start, p.end) for p in structure.points if not p.block]
    headers = [(cell.start, cell.end) for table in layout.tables for cell in table.header if cell.text]
    found = [
        *glued,
        *flags.slips(page, [*structure.preamble, *sections, *points, *paragraphs, *rows, *structure.loose]),
    ]
    listed = {index for spans in roles for start, end in spans for index in range(start, end)}
    blanks = flags.stray_blanks(page, [*sections, *points, *paragraphs, *headers])
    found.extend(flag for flag in blanks if flag.start not in listed)
    found.extend(flags.unbalanced(page, [*points, *paragraphs, *rows]))
    found.extend(flags.numbering(page, items))
    left_out = frozenset(
        item.id
        for item, point, spans in zip(items, structure.points, roles, strict=True)
        if not point.block or any(end >= point.end for _, end in spans)
    )
    found.extend(flags.missing_stops(page, items, left_out))
    found.extend(flags.loose_text(page, structure.loose))
    found.extend(_trailing_marks(page, structure.points))
    first = structure.points[0] if structure.points else None
    if first is not None and first.block is None and first.row is None:
        raw = page.raw(first.start, first.end)
        found.append(FlagReading(first.start, first.end, raw, "no_numbering", None, "low"))
    return sorted(found, key=lambda flag: (flag.start, flag.end))


def _trailing_marks(page: Page, points: Sequence[Point]) -> list[FlagReading]:
    """A table's topic that ends with a separating mark may have lost its last word."""
    found = []
    for point in points:
        topic = point.row.topic if point.row else None
        if topic and re.search(r"[、,]$", topic.text):
            raw = page.raw(topic.start, topic.end)
            found.append(FlagReading(topic.start, topic.end, raw, "trailing_mark", raw.rstrip("、,，"), "medium"))
    return found
