"""From what a document says to what stands on the page: punctuation, ordinals, line breaks, column widths.

The result is plain text in the order of the page; templates only put it into elements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from documents.letter import Block, LetterTable, OfficialLetter, Paragraph
from documents.numbering import level_ordinal, official_date
from documents.ordinary import OrdinaryDocument
from documents.typography import TITLE_LATIN_WIDTH, official_punctuation, text_width, title_lines

# Sizes of the issuer mark in points, largest first; the type area is 156 mm = 442 pt wide (5.2.1, 7.2.4).
MARK_SIZES = (36, 34, 32, 30, 28, 26, 24, 22, 20)
_TYPE_AREA_POINTS = 442
# Text of at most this width (字) is centred in a table column; longer text is set from the left.
_CENTRED_CELL_WIDTH = 11
_NUMBER_COLUMN_PERCENT = 8
# Characters of 12 pt that fit into the other columns together, and what the padding of one column takes.
_TABLE_WIDTH, _PADDING = 33.5, 0.9


@dataclass(frozen=True)
class SetParagraph:
    """A paragraph as it is set: `heading` (with its ordinal) in the level's typeface, then `text` in 仿宋."""

    level: int
    heading: str
    text: str
    kind: str = "paragraph"


@dataclass(frozen=True)
class SetColumn:
    """A column of a table: head, share of the width in percent, and whether its cells are centred."""

    head: str
    percent: int
    centred: bool


@dataclass(frozen=True)
class SetTable:
    """A table as it is set; `rows` are cells (numbered, if it is) paired with whether they are centred."""

    caption: str
    columns: tuple[SetColumn, ...]
    rows: tuple[tuple[tuple[str, bool], ...], ...]
    compact: bool
    kind: str = "table"


@dataclass(frozen=True)
class SetDocument:
    """Everything a document's template prints, in order; texts are final and still to be escaped.

    Letters alone have an urgency, documents of the ordinary form alone are printed by somebody on a day.
    """

    document_title: str
    issuer: str
    mark_lines: tuple[str, ...]
    mark_size: int
    urgency: str
    doc_number: str
    title_lines: tuple[str, ...]
    addressee: str
    blocks: tuple[SetParagraph | SetTable, ...]
    annexes: tuple[tuple[str, str], ...]
    signer: str
    date_text: str
    signature_class: str
    contact_note: str
    copies_to: str
    printed_by: str
    printed_on: str


def compose(document: OfficialLetter | OrdinaryDocument) -> SetDocument:
    """Return `document` as it is to be set."""
    letter, ordinary = (document, None) if isinstance(document, OfficialLetter) else (None, document)
    size, mark_lines = _mark(document.issuer.strip() + ("文件" if ordinary else ""))
    title = official_punctuation(document.title)
    addressee = official_punctuation(document.addressee.strip())
    date_text = official_date(document.issued_on) if document.issued_on else "　　　　年　　月　　日"
    return SetDocument(
        document_title="".join(title.split()),
        issuer=document.issuer.strip(),
        mark_lines=mark_lines,
        mark_size=size,
        urgency=letter.urgency.strip() if letter else "",
        doc_number=document.doc_number.strip(),
        title_lines=title_lines(title),
        addressee=f"{addressee.rstrip('：')}：" if addressee else "",
        blocks=_set_blocks(document.blocks),
        annexes=_set_annexes(document.annex_names),
        signer=document.signer.strip(),
        date_text=date_text,
        signature_class=_signature_class(document, date_text),
        contact_note=_in_brackets(official_punctuation(document.contact_note.strip())),
        copies_to=_list_of_copies(document.copies_to),
        printed_by=ordinary.printed_by.strip() if ordinary else "",
        printed_on=_printed_on(document.issued_on) if ordinary else "",
    )


def _mark(issuer: str) -> tuple[int, tuple[str, ...]]:
    """Return the size in points that fits the issuer's name to the type area, and its lines: one, else two."""
    for size in MARK_SIZES:
        if text_width(issuer, TITLE_LATIN_WIDTH) * size <= _TYPE_AREA_POINTS:
            return size, (issuer,)
    for size in MARK_SIZES[MARK_SIZES.index(26) :]:
        lines = title_lines(issuer, _TYPE_AREA_POINTS // size)
        if len(lines) <= 2:
            return size, lines
    return size, lines


def _set_blocks(blocks: Sequence[Block]) -> tuple[SetParagraph | SetTable, ...]:
    counts = [0, 0, 0, 0, 0]
    done: list[SetParagraph | SetTable] = []
    for block in blocks:
        if isinstance(block, LetterTable):
            done.append(_set_table(block))
            continue
        if block.level:
            counts[block.level] += 1
            counts[block.level + 1 :] = [0] * (4 - block.level)
        done.append(_set_paragraph(block, counts[block.level]))
    return tuple(done)


def _set_paragraph(block: Paragraph, number: int) -> SetParagraph:
    ordinal = level_ordinal(block.level, number) if block.ordinal is None else block.ordinal
    text, lead = official_punctuation(block.text.strip()), official_punctuation(block.lead.strip())
    if not lead and block.level in (1, 2):
        return SetParagraph(block.level, ordinal + text, "")
    return SetParagraph(block.level, ordinal + lead, text)


def _set_table(table: LetterTable) -> SetTable:
    weights = table.widths or _natural_widths(table)
    columns = [SetColumn("序号", _NUMBER_COLUMN_PERCENT, True)] if table.numbered else []
    scale = (100 - sum(column.percent for column in columns)) / sum(weights)
    for index, (head, weight) in enumerate(zip(table.headers, weights, strict=True)):
        centred = all(text_width(row[index]) <= _CENTRED_CELL_WIDTH for row in table.rows)
        columns.append(SetColumn(official_punctuation(head), max(1, round(weight * scale)), centred))
    rows = []
    for number, row in enumerate(table.rows, start=1):
        cells = [official_punctuation(cell) for cell in row]
        if table.numbered:
            cells.insert(0, str(number))
        rows.append(tuple((cell, column.centred) for cell, column in zip(cells, columns, strict=True)))
    return SetTable(official_punctuation(table.caption), tuple(columns), tuple(rows), table.compact)


def _natural_widths(table: LetterTable) -> list[float]:
    """Return the width (字) of each column: short texts on one line, longer ones share the rest by their length."""
    longest = [max((text_width(row[index]) for row in table.rows), default=0) for index in range(len(table.headers))]
    # A head may fill two lines.
    wanted = [max(cell, text_width(head) / 2, 2) for cell, head in zip(longest, table.headers, strict=True)]
    short = [width + _PADDING if width <= _CENTRED_CELL_WIDTH else 0 for width in wanted]
    long = [min(width, 40) if width > _CENTRED_CELL_WIDTH else 0 for width in wanted]
    rest = max(_TABLE_WIDTH - sum(short), _TABLE_WIDTH / 3)
    return [own or rest * share / sum(long) for own, share in zip(short, long, strict=True)]


def _set_annexes(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return ordinal and name of each annex; a single one has no ordinal (7.3.4)."""
    texts = [official_punctuation(name.strip()).rstrip("。；") for name in names if name.strip()]
    return tuple((f"{number}." if len(texts) > 1 else "", text) for number, text in enumerate(texts, start=1))


def _signature_class(document: OfficialLetter | OrdinaryDocument, date_text: str) -> str:
    """Return how signature and date stand: with the seal's place (7.3.5.1) or without (7.3.5.2)."""
    if not document.sealed:
        return "unsealed"
    # Centred over a date that ends 4 characters from the right, a longer name would leave the type area.
    return "sealed" if text_width(document.signer.strip()) <= text_width(date_text) + 8 else "sealed-long"


def _printed_on(day: date | None) -> str:
    return f"{official_date(day)}印发" if day else "　　　　年　月　日印发"


def _in_brackets(text: str) -> str:
    if not text or (text.startswith("（") and text.endswith("）")):
        return text
    return f"（{text}）"


def _list_of_copies(names: Sequence[str]) -> str:
    texts = [official_punctuation(name.strip()).rstrip("，。、；") for name in names if name.strip()]
    return "，".join(texts) + "。" if texts else ""
