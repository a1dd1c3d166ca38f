"""What the components of the screens compute: dates and numbers in words, page links, filter chips, form widgets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2
from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.http import HttpRequest, QueryDict
from django_filters.filterset import FilterSet
from django_filters.widgets import DateRangeWidget, SuffixedMultiWidget

PAGE_SIZES = (20, 50, 100)
# Parameter that names the optional columns to show; "-" beside them says that a choice was made, also of none.
SHOW = "show"
# Digits of the largest number a database takes for a key; SQLite and PostgreSQL refuse longer ones with an error.
LONGEST_KEY = 18


class MissingArgument(ValueError):
    """A component was called without something it needs: a slip in the template, never the user's."""


# --- numbers and dates in words ---


def grouped(value: Decimal | int | float | str | None) -> str:
    """Return a number with thousands separators and without trailing zeros ("1,200", "0.5"); None gives "—"."""
    if value is None:
        return "—"
    number = Decimal(str(value))
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_in_words(day: date, today: date) -> str:
    """Return "11月30日", with the year in front where it is not the year of `today`."""
    text = f"{day.month}月{day.day}日"
    return text if day.year == today.year else f"{day.year}年{text}"


@dataclass(frozen=True)
class DueText:
    """A deadline in words: `text` for the screen, `tone` one of plain, soon, today, late."""

    text: str
    tone: str


def due_text(due_on: date | None, today: date, *, met: bool = False) -> DueText:
    """Say how far away a deadline is, in calendar days; `met` says the work is in, so that nothing is counted."""
    if due_on is None:
        return DueText("未定时限", "plain")
    day, left = day_in_words(due_on, today), (due_on - today).days
    if met:
        return DueText(day, "plain")
    if left < 0:
        return DueText(f"逾期 {-left} 天（{day}）", "late")
    if left == 0:
        return DueText(f"今天到期（{day}）", "today")
    return DueText(f"还剩 {left} 天（{day}）", "soon" if left <= 7 else "plain")


# --- pages ---


def page_size(request: HttpRequest, default: int = PAGE_SIZES[0]) -> int:
    """Return the rows a page shows: `per_page` of the address where it is one of PAGE_SIZES, else `default`."""
    asked = request.GET.get("per_page", "")
    return next((size for size in PAGE_SIZES if str(size) == asked), default)


def page_of(request: HttpRequest, rows: Any, default: int = PAGE_SIZES[0]) -> Page[Any]:
    """Return the page of `rows` (queryset or list) named by `page` and `per_page`; a bad number gives the nearest."""
    return Paginator(rows, page_size(request, default)).get_page(request.GET.get("page"))


def turn_page(request: HttpRequest, table: django_tables2.Table) -> None:
    """Order a table and open it at the page, both as the address says.

    The library's own paging takes any number of rows from the address, also none and all of them. A table with
    `optional` (column → shown at first) shows those of them that `show` of the address names.
    """
    table.request = request  # type: ignore[attr-defined]
    for choice in column_choices(request, table):
        if not choice.shown:
            table.columns.hide(choice.name)
    # Only names of sortable columns are passed on: the library looks deeper into anything else.
    asked = request.GET.getlist(str(table.prefixed_order_by_field))
    known = {str(column.name) for column in table.columns.iterall() if column.orderable}
    order = [name for name in asked if name.removeprefix("-") in known]
    if order:
        table.order_by = order
    # The paginator must be there first: without one the library counts the rows by loading all of them.
    table.paginator = Paginator(table.rows, page_size(request))
    table.page = table.paginator.get_page(request.GET.get("page"))


@dataclass(frozen=True)
class ColumnChoice:
    """A column a person may show or leave out."""

    name: str
    label: str
    shown: bool


def column_choices(request: HttpRequest, table: django_tables2.Table) -> list[ColumnChoice]:
    """Return the columns of `table.optional` with whether each is shown: as the address says, else as at first."""
    optional: dict[str, bool] = getattr(table, "optional", {})
    asked = request.GET.getlist(SHOW)
    labels = {str(column.name): str(column.header) for column in table.columns.iterall()}
    return [
        ColumnChoice(name, labels[name], name in asked if asked else shown)
        for name, shown in optional.items()
        if name in labels
    ]


def address(params: QueryDict, **changes: object) -> str:
    """Return the query string of `params` with `changes` made (None removes a name), for a link on the same page."""
    changed = params.copy()
    for name, value in changes.items():
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = str(value)
    return "?" + changed.urlencode()


@dataclass(frozen=True)
class Link:
    """A link of the pager; without `url` a gap between page numbers."""

    label: str
    url: str
    current: bool = False


def page_links(page: Page[Any], params: QueryDict, page_param: str) -> list[Link]:
    """Return the numbered links of the pager, with gaps where pages are left out."""
    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        url = address(params, **{page_param: number}) if isinstance(number, int) else ""
        links.append(Link(str(number) if url else "…", url, number == page.number))
    return links


def size_links(page: Page[Any], params: QueryDict, page_param: str, size_param: str) -> list[Link]:
    """Return the choices of rows on a page; choosing one leads back to the first page."""
    return [
        Link(str(size), address(params, **{page_param: None, size_param: size}), size == page.paginator.per_page)
        for size in PAGE_SIZES
    ]


# --- filters ---


@dataclass(frozen=True)
class Chip:
    """An active filter: its field's name and label, the chosen value in words and the address without it."""

    name: str
    label: str
    value: str
    remove_url: str


def _parameter_names(bound: BoundField) -> list[str]:
    """Return the names under which the field's values stand in the address."""
    widget = bound.field.widget
    if isinstance(widget, SuffixedMultiWidget):
        return [widget.suffixed(bound.html_name, suffix) for suffix in widget.suffixes]
    return [bound.html_name]


def _labels(field: forms.Field, values: list[str]) -> dict[str, str]:
    """Return the words of the chosen values of a choice field; a value that is no choice is missing."""
    if isinstance(field, forms.ModelChoiceField):
        key = field.to_field_name or "pk"
        values = [value for value in values if len(value) <= LONGEST_KEY]
        try:
            chosen = field.queryset.filter(**{f"{key}__in": values}) if field.queryset is not None else []
            return {str(getattr(each, key)): field.label_from_instance(each) for each in chosen}
        except (ValueError, TypeError):
            return {}
    choices: Iterable[Any] = getattr(field, "choices", ())
    flat: dict[str, str] = {}
    for value, label in choices:
        options = label if isinstance(label, (list, tuple)) else [(value, label)]
        flat |= {str(inner): str(text) for inner, text in options}
    return flat


def filter_chips(filterset: FilterSet, params: QueryDict) -> list[Chip]:
    """Return a chip for every filter value in the address, each with the link that takes just this one away."""
    return list(_chips(filterset.form, params))


def _chips(form: forms.BaseForm, params: QueryDict) -> Iterator[Chip]:
    for bound in form:
        names = _parameter_names(bound)
        if len(names) > 1:
            parts = [params.get(name, "") for name in names]
            if any(parts):
                changed: dict[str, object] = dict.fromkeys([*names, "page"])
                span = " 至 ".join(part or "不限" for part in parts)
                yield Chip(bound.name, str(bound.label), span, address(params, **changed))
            continue
        values = [value for value in params.getlist(names[0]) if value]
        chosen = getattr(form, "cleaned_data", {}).get(bound.name)
        if isinstance(bound.field, forms.ModelChoiceField) and isinstance(chosen, Model):
            # The form has looked it up already.
            labels = {value: bound.field.label_from_instance(chosen) for value in values}
        else:
            labels = _labels(bound.field, values) if values else {}
        for value in values:
            rest = params.copy()
            rest.setlist(names[0], [other for other in params.getlist(names[0]) if other != value])
            rest.pop("page", None)
            yield Chip(bound.name, str(bound.label), labels.get(value, value), "?" + rest.urlencode())


# --- form widgets ---

_CHOICE_INPUTS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def field_kind(bound: BoundField) -> str:
    """Return how a field is laid out: check, choices, file, group (several inputs) or plain."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, _CHOICE_INPUTS):
        return "choices"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "group" if isinstance(widget, forms.MultiWidget) else "plain"


def _use_date_picker(widget: forms.Widget, label: str) -> None:
    """Let dates be chosen in the browser's own calendar, which wants ISO dates whatever the language."""
    if isinstance(widget, DateRangeWidget):
        for part, end in zip(widget.widgets, ("从", "到"), strict=True):
            part.input_type = "date"  # type: ignore[attr-defined]
            part.attrs["aria-label"] = label + end
    elif isinstance(widget, forms.DateInput) and widget.input_type == "text":
        widget.input_type = "date"
        widget.format = "%Y-%m-%d"


def styled_widget(bound: BoundField) -> str:
    """Return the field's control with the classes of the design; long lists become searchable where script runs."""
    widget = bound.field.widget
    _use_date_picker(widget, str(bound.label))
    if isinstance(widget, _CHOICE_INPUTS):
        # Django would put the class on the list around the inputs as well; the style sheet finds them by themselves.
        return bound.as_widget()
    if isinstance(widget, forms.CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, forms.Select):
        css = "form-select"
    else:
        css = "form-control"
    classes = [str(widget.attrs.get("class", "")), css, "is-invalid" if bound.errors else ""]
    attrs: dict[str, Any] = {"class": " ".join(filter(None, classes))}
    if isinstance(bound.field, forms.ModelChoiceField) and bound.field.empty_label == "---------":
        bound.field.empty_label = "请选择"
    searchable = isinstance(bound.field, forms.ModelChoiceField) or isinstance(widget, forms.SelectMultiple)
    if searchable and isinstance(widget, forms.Select):
        attrs["data-enhance"] = True
    return bound.as_widget(attrs=attrs)


class TickColumn(django_tables2.CheckBoxColumn):
    """The column of tick boxes of a list with bulk actions; posts the primary keys under the column's name."""

    def __init__(self, *, row_label: str = "选择此行", **extra: Any) -> None:
        attrs = {
            "th": {"class": "col-tick"},
            "td": {"class": "col-tick"},
            "th__input": {"class": "form-check-input js-only", "data-tick-all": True, "aria-label": "全选本页"},
            "td__input": {"class": "form-check-input", "aria-label": row_label},
        }
        super().__init__(**{"accessor": "pk", "attrs": attrs, **extra})  # type: ignore[no-untyped-call]
