"""The report as it is typeset: figures, sentences and tables put into an official document of the ordinary form."""

from collections.abc import Sequence

from documents.letter import Block, LetterTable, Paragraph, paragraphs_from_text
from documents.ordinary import OrdinaryDocument
from reports.content import Section, Table
from reports.models import Report


def title_for(label: str, edition_words: str = "") -> str:
    """Propose the title of a quarter's report."""
    return f"关于{label}全县安全生产工作要点推进情况的通报{edition_words}"


def is_printed(report: Report, section: Section) -> bool:
    """Say whether a section is printed: it has something to say, or the office wrote something."""
    return not section.empty or bool(report.texts.get(section.key))


def official_report(report: Report) -> OrdinaryDocument:
    """Return the report as it is typeset; only what is kept with it is read."""
    blocks: list[Block] = []
    for section in report.content.sections:
        if not is_printed(report, section):
            continue
        if section.title:
            blocks.append(Paragraph(section.title, level=1))
        blocks.extend(paragraphs_from_text(report.text_of(section.key)))
        for table in section.tables:
            blocks.extend(_table(report, table))
    return OrdinaryDocument(
        issuer=report.issuer,
        title=report.title,
        addressee=report.addressee,
        blocks=blocks,
        signer=report.issuer,
        printed_by=report.issuer,
        doc_number=report.doc_number or ("（草稿）" if report.is_draft else ""),
        issued_on=report.issued_on,
        contact_note=f"联系人：{report.contact}" if report.contact else "",
        copies_to=listed(report.copies_to),
    )


def listed(names: str) -> Sequence[str]:
    """Return the names of a list typed with commas."""
    return [name.strip() for name in names.replace("、", "，").replace(",", "，").split("，") if name.strip()]


def _table(report: Report, table: Table) -> list[Block]:
    rows = [[report.content.shown(cell) for cell in row] for row in table.rows]
    blocks: list[Block] = [
        LetterTable(
            headers=table.heads,
            rows=rows,
            widths=table.widths,
            caption=table.caption,
            numbered=False,
            compact=True,
        )
    ]
    if table.note:
        blocks.append(Paragraph(table.note))
    return blocks
