"""The rows of lists, drawn fast: what is the same for every row of a table is worked out once.

The library draws cell by cell: it compiles the column's template, reads the signature of what draws it and writes its
attributes anew each time, which made up most of a list page. Here the columns are prepared once and the rows drawn
from them; attributes of a cell are therefore those of its column, the same in each row.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from inspect import Parameter, signature
from typing import Any

import django_tables2
from django.template import Context, Template
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django_tables2.columns.base import BoundColumn

# What the library hands to whatever draws a cell, if it asks for it.
OFFERED = frozenset({"value", "record", "column", "bound_column", "table"})


class ToldColumn(django_tables2.TemplateColumn):
    """A cell whose template is given, as `value`, what a function tells of the row."""

    def __init__(self, template: str, tell: Callable[[Any], Any], **extra: Any) -> None:
        super().__init__(template, empty_values=(), **extra)
        self.tell = tell


@lru_cache(maxsize=256)
def _compiled(code: str) -> Template:
    return Template(code)


class _Cells:
    """One column of a table, prepared to draw its cell of any row."""

    def __init__(self, table: django_tables2.Table, bound: BoundColumn, record: Any) -> None:
        label = strip_tags(str(bound.header))
        self.opening = format_html('<td {} data-label="{}">', bound.attrs["td"].as_html(), label)
        self.table, self.bound, self.column = table, bound, bound.column
        self.read = self.column.tell if isinstance(self.column, ToldColumn) else _reader(bound, record)
        self.render: Callable[..., Any] = vars(bound)["render"]
        self.takes = OFFERED
        # Columns of dates draw by a template too.
        code = getattr(self.column, "template_code", None)
        if code and getattr(self.render, "__func__", None) is django_tables2.TemplateColumn.render:
            self.render = partial(self._from_template, _compiled(code), getattr(table, "context", None) or Context())
            return
        wanted = signature(self.render).parameters.values()
        if not any(one.kind is Parameter.VAR_KEYWORD for one in wanted):
            self.takes = OFFERED & {one.name for one in wanted}

    def _from_template(self, template: Template, context: Context, *, record: Any, value: Any, **offered: Any) -> str:
        own = {"record": record, "value": value, "column": self.bound, "default": self.bound.default}
        with context.update(own):
            return template.render(context)

    def draw(self, record: Any) -> str:
        """Return the cell as markup."""
        value = self.read(record)
        if value in self.column.empty_values:
            return f"{self.opening}{conditional_escape(self.bound.default)}</td>"
        offered: Mapping[str, Any] = {
            "value": value,
            "record": record,
            "column": self.column,
            "bound_column": self.bound,
            "table": self.table,
        }
        content = self.render(**{name: offered[name] for name in self.takes})
        if self.bound.link:
            content = self.bound.link(content, **offered)
        return f"{self.opening}{conditional_escape(content)}</td>"


def _reader(bound: BoundColumn, record: Any) -> Callable[[Any], Any]:
    """Return what reads the column's value from a record: in words where the field has choices, None where it has none.

    Args:
        bound: the column.
        record: the first row; the others are of the same kind.
    """
    accessor = django_tables2.A(bound.accessor)
    first = accessor.bits[0]
    if not (isinstance(record, Mapping) or hasattr(type(record), first) or hasattr(record, first)):
        return lambda record: None
    field = accessor.get_field(record)
    if not getattr(field, "choices", None):
        return lambda record: accessor.resolve(record, quiet=True)
    words = f"get_{accessor.bits[-1]}_display"

    def in_words(record: Any) -> Any:
        holder = accessor.penultimate(record)[0]
        return getattr(holder, words)() if hasattr(holder, words) else accessor.resolve(record, quiet=True)

    return in_words


def drawn_rows(table: django_tables2.Table) -> Iterator[SafeString]:
    """Yield the rows of the table's page as `<tr>` elements."""
    cells: list[_Cells] = []
    for row in table.paginated_rows:
        record = row.record
        cells = cells or [_Cells(table, bound, record) for bound in table.columns]
        # Each cell has escaped what it shows.
        yield mark_safe(f"<tr>{''.join(cell.draw(record) for cell in cells)}</tr>")
