"""Building a report's sections: counts, shares and changes become figures, templates become sentences about them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from string import Formatter
from typing import Any

from reports.content import Content, Figure, Line, Ref, Row, RowSet, Section, Segment, Table
from tasks.lamps import plain

TENTH = Decimal("0.1")


def share_of(part: int, whole: int) -> Decimal | None:
    """Return part ÷ whole in percent with one place; None over nothing."""
    return (Decimal(part) * 100 / whole).quantize(TENTH, ROUND_HALF_UP) if whole else None


def shown_of(shown: int, whole: int) -> str:
    """Return what a caption adds where a table does not list all: （共25项，列最早到期的12项）."""
    return f"（共{whole}项，列最早到期的{shown}项）" if shown < whole else ""


class Builder:
    """Collects one section; its figures and rows go into the content at once.

    Names are those within the section; "overall.total" names a figure of another one.
    """

    def __init__(self, content: Content, key: str, title: str) -> None:
        self.content, self.key, self.title = content, key, title
        self.lines: list[Line] = []
        self.tables: list[Table] = []

    def _key(self, name: str) -> str:
        return name if "." in name else f"{self.key}.{name}"

    def figure(self, name: str) -> Figure:
        """Return a figure made before."""
        return self.content.figures[self._key(name)]

    def _keep(self, figure: Figure) -> Figure:
        self.content.figures[figure.key] = figure
        return figure

    def count(
        self,
        name: str,
        label: str,
        rows: Collection[int],
        *,
        kind: str,
        formula: str,
        unit: str = "项",
        as_of: date | None = None,
    ) -> Figure:
        """Make a figure that counts rows."""
        return self._keep(
            Figure(
                key=self._key(name),
                label=label,
                value=Decimal(len(rows)),
                unit=unit,
                formula=formula,
                as_of=as_of or self.content.as_of,
                kind=kind,
                rows=tuple(rows),
            )
        )

    def share(
        self,
        name: str,
        label: str,
        part: str,
        whole: str,
        *,
        formula: str,
        divide: Callable[[int, int], Decimal | None] = share_of,
    ) -> Figure:
        """Make a figure that divides one count by another, in percent; none over nothing.

        `divide` is the ledger's own way where the ledger shows the same rate.
        """
        over, under = self.figure(part), self.figure(whole)
        return self._keep(
            Figure(
                key=self._key(name),
                label=label,
                value=divide(len(over.rows), len(under.rows)),
                unit="%",
                formula=formula,
                as_of=over.as_of,
                kind=over.kind,
                rows=over.rows,
                numerator=len(over.rows),
                denominator=len(under.rows),
                base=under.key,
            )
        )

    def change(self, name: str, label: str, now: str, before: int | None, *, formula: str) -> Figure:
        """Make a figure that says how a count changed since the previous quarter; none where there was no count.

        Its rows are those counted now.
        """
        current = self.figure(now)
        value = None if before is None else Decimal(len(current.rows) - before)
        return self._keep(
            Figure(
                key=self._key(name),
                label=label,
                value=value,
                unit=current.unit,
                formula=formula,
                as_of=current.as_of,
                kind=current.kind,
                rows=current.rows,
                signed=True,
            )
        )

    def measure(self, name: str, label: str, value: Decimal | None, *, unit: str, formula: str, **extra: Any) -> Figure:
        """Make a figure from a value that was measured elsewhere; `extra` are further attributes of `Figure`."""
        extra.setdefault("as_of", self.content.as_of)
        return self._keep(Figure(key=self._key(name), label=label, value=value, unit=unit, formula=formula, **extra))

    def ref(self, name: str) -> Ref:
        """Return a reference to a figure, for a cell."""
        return Ref(self.figure(name).key)

    def said(self, template: str, **words: str) -> Line:
        """Return a sentence: `{name}` is a figure, `{name!m}` its magnitude, names given in `words` are plain text."""
        line: list[Segment] = []
        for text, name, _, conversion in Formatter().parse(template):
            if text:
                line.append(text)
            if name is None:
                continue
            if name in words:
                line.append(words[name])
            else:
                line.append(Ref(self.figure(name).key, conversion == "m"))
        return tuple(line)

    def say(self, *parts: Line | str) -> None:
        """Add a paragraph made of sentences; plain text is not read as a template."""
        line: list[Segment] = []
        for part in parts:
            line.extend([part] if isinstance(part, str) else part)
        if line:
            self.lines.append(tuple(line))

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Segment]], **extra: Any) -> None:
        """Add a table, unless it has no rows; `extra` are further attributes of `Table`."""
        kept = [list(row) for row in rows]
        if kept:
            self.tables.append(Table(heads=heads, rows=kept, **extra))

    def done(self, empty: str = "") -> None:
        """Put the section into the content; `empty` says why there is nothing."""
        self.content.sections.append(Section(self.key, self.title, self.lines, self.tables, empty))


def keep_row(rows: RowSet, pk: int, label: str, target: tuple[str, int], cells: Sequence[Any]) -> None:
    """Keep a row behind a figure: its name, the object (type, id) it stands for, its cells; dates become ISO text."""
    frozen = [cell.isoformat() if isinstance(cell, date) else cell for cell in cells]
    # One spelling of a number, wherever it was read: 45 and 45.0 are the same figure.
    rows.rows[pk] = Row(label, *target, [plain(cell) if isinstance(cell, Decimal) else cell for cell in frozen])
