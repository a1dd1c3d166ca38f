"""The components of the screens as template tags: `{% load ui %}`.

A component that lacks something it needs raises `core.ui.MissingArgument` instead of drawing a hole; an argument that
may be unknown (a percentage not yet reported, a task without deadline) takes None and says so on the screen.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2
from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_filters.filterset import FilterSet

from core import drawing, kept_forms, ui
from core.icons import ICONS
from core.tables import drawn_rows
from core.ui import MissingArgument

register = template.Library()

# Mark, colour word and meaning: a colour never stands alone. Red is 逾期 or 滞后, as its reason says.
LAMPS = {
    "red": ("●", "红", ""),
    "yellow": ("▲", "黄", "预警"),
    "green": ("■", "绿", "正常"),
    "grey": ("○", "灰", "未到期"),
    "blue": ("✓", "蓝", "已销号"),
}
TONES = frozenset({"blue", "green", "yellow", "orange", "red", "grey"})


def _need(tag: str, **values: object) -> None:
    """Raise MissingArgument where a value is None or empty (an unknown variable arrives as an empty text)."""
    for name, value in values.items():
        if value is None or value == "":
            raise MissingArgument(f"{{% {tag} %}} needs '{name}'")


def _need_type(tag: str, name: str, value: object, *kinds: type[Any]) -> None:
    if not isinstance(value, kinds):
        wanted = " or ".join(kind.__name__ for kind in kinds)
        raise MissingArgument(f"{{% {tag} %}} needs '{name}' as {wanted}, got {type(value).__name__}")


def _request(tag: str, context: Context) -> HttpRequest:
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        raise MissingArgument(f"{{% {tag} %}} needs the request in its context")
    return request


@register.simple_tag
def table_rows(table: django_tables2.Table) -> SafeString:
    """Draw the rows of the table's page."""
    return SafeString("".join(drawn_rows(table)))


@register.simple_tag
def choices(groups: Any) -> SafeString:
    """Draw the choices of a select: `widget.optgroups` of Django's widget."""
    return drawing.choices(groups)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite; it says nothing to a screen reader, so words must stand beside it."""
    if name not in ICONS:
        raise MissingArgument(f"there is no icon '{name}'; the list is core/icons.py")
    return drawing.icon(name)


@register.simple_tag
def lamp(colour: str, reason: str) -> SafeString:
    """Show a lamp (red, yellow, green, grey, blue) in mark and words; `reason` is the sentence that explains it."""
    _need("lamp", colour=colour, reason=reason)
    if colour not in LAMPS:
        raise MissingArgument(f"there is no lamp colour '{colour}'")
    mark, colour_word, meaning = LAMPS[colour]
    if not meaning:
        meaning = "逾期" if "逾期" in reason else "滞后"
    return drawing.lamp(colour, mark, f"{colour_word} {meaning}", reason)


@register.simple_tag
def progress(percent: Decimal | int | float | None, planned: Decimal | int | float | None) -> SafeString:
    """Draw progress in percent (0–100) with a mark where the plan wants it today; None: not reported, no plan."""
    for name, value in (("percent", percent), ("planned", planned)):
        if value is not None:
            _need_type("progress", name, value, Decimal, int, float)

    def bar(value: Decimal | int | float | None) -> str:
        return f"{min(max(float(value or 0), 0.0), 100.0):.1f}"

    def words(value: Decimal | int | float | None) -> str:
        return "" if value is None else ui.grouped(round(Decimal(str(value)), 1)) + "%"

    behind = percent is not None and planned is not None and percent < planned
    mark = None if planned is None else bar(planned)
    return drawing.progress(bar(percent), mark, words(percent), words(planned), behind=behind)


@register.inclusion_tag("ui/empty_state.html")
def empty_state(title: str, text: str, url: str = "", label: str = "") -> dict[str, Any]:
    """Say why there is nothing and what to do next; `url` and `label` (the next step) come together or not at all."""
    _need("empty_state", title=title, text=text)
    if bool(url) != bool(label):
        raise MissingArgument("{% empty_state %} needs 'url' and 'label' together")
    return {"title": title, "text": text, "url": url, "label": label}


@register.simple_tag
def badge(text: object, tone: str) -> SafeString:
    """Show a short word on a tinted ground; tones: blue, green, yellow, orange, red, grey."""
    _need("badge", text=text, tone=tone)
    if tone not in TONES:
        raise MissingArgument(f"there is no tone '{tone}'")
    return drawing.badge(text, tone)


@register.simple_tag
def due(due_on: date | None, today: date, met: bool = False) -> SafeString:
    """Say a deadline and how far it is; `met`: the work is in (or done), nothing is counted any more."""
    _need_type("due", "today", today, date)
    if due_on is not None:
        _need_type("due", "due_on", due_on, date)
    return drawing.due(due_on, ui.due_text(due_on, today, met=bool(met)))


@register.simple_tag
def number(value: Decimal | int | float | None, unit: str = "") -> str:
    """Show a number with thousands separators and without trailing zeros, its unit after it; None gives "—"."""
    if isinstance(value, str):
        raise MissingArgument("{% number %} needs a number")
    text = ui.grouped(value)
    if not unit or value is None:
        return text
    return text + unit if unit[0] in "%‰" else f"{text} {unit}"


@register.inclusion_tag("ui/stat.html")
def stat(label: str, value: Decimal | int | float, url: str, tone: str, note: str) -> dict[str, Any]:
    """Show a figure that is a link to exactly the rows it counted; `note` is the small line below (may be empty)."""
    _need("stat", label=label, value=value, url=url, tone=tone)
    if tone not in TONES:
        raise MissingArgument(f"there is no tone '{tone}'")
    return {"label": label, "value": value, "url": url, "tone": tone, "note": note}


@register.inclusion_tag("ui/field.html")
def field(bound_field: BoundField) -> dict[str, Any]:
    """Draw a form field: label, control, help and errors, tied together for screen readers."""
    _need_type("field", "bound_field", bound_field, BoundField)
    return {"field": bound_field, "kind": ui.field_kind(bound_field), "control": ui.styled_widget(bound_field)}


@register.simple_tag(takes_context=True)
def keep_typed(context: Context) -> str:
    """Draw the hidden field of a form whose typed text outlives the session (`core.kept_forms`): whose it is."""
    person = _request("keep_typed", context).user.pk
    return format_html('<input type="hidden" name="{}" value="{}">', kept_forms.OWNER, person)


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """List what is wrong in a refused form, each line a link to its field."""
    _need_type("form_errors", "form", form, BaseForm)
    return {"form": form, "fields": [bound for bound in form if bound.errors]}


@register.inclusion_tag("ui/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """Draw a whole form between its <form> tags: what is wrong, hidden fields, then every field."""
    _need_type("form_fields", "form", form, BaseForm)
    return {"form": form}


@register.inclusion_tag("ui/pages.html", takes_context=True)
def pages(
    context: Context, page_obj: Page[Any], page_param: str = "page", size_param: str = "per_page"
) -> dict[str, Any]:
    """Draw the pager: total, page numbers and rows on a page, keeping the rest of the address."""
    _need_type("pages", "page_obj", page_obj, Page)
    params = _request("pages", context).GET
    neighbours = {
        "previous": page_obj.previous_page_number() if page_obj.has_previous() else None,
        "next": page_obj.next_page_number() if page_obj.has_next() else None,
    }
    return {
        "page": page_obj,
        "total": page_obj.paginator.count,
        "links": ui.page_links(page_obj, params, page_param),
        "sizes": ui.size_links(page_obj, params, page_param, size_param),
        **{f"{name}_url": ui.address(params, **{page_param: number}) for name, number in neighbours.items() if number},
    }


@register.inclusion_tag("ui/chips.html", takes_context=True)
def chips(context: Context, filters: FilterSet) -> dict[str, Any]:
    """Show the active filters as chips, each removable by its link, and a link that removes all."""
    _need_type("chips", "filters", filters, FilterSet)
    return {"chips": ui.filter_chips(filters, _request("chips", context).GET), "reset_url": "?"}


@register.inclusion_tag("ui/filter_bar.html", takes_context=True)
def filter_bar(context: Context, filters: FilterSet, count: int | None = None) -> dict[str, Any]:
    """Draw the filter bar of a list: the fields named in the filter set's `primary` in one row, the others under 更多.

    Without `primary` the first four fields stand in the row. `count` is the number of rows found.
    """
    _need_type("filter_bar", "filters", filters, FilterSet)
    request = _request("filter_bar", context)
    fields = [bound for bound in filters.form if not bound.is_hidden]
    names = getattr(filters, "primary", None) or [bound.name for bound in fields[:4]]
    more = [bound for bound in fields if bound.name not in names]
    shown = ui.filter_chips(filters, request.GET)
    kept = [(name, value) for name in ("sort", "per_page", ui.SHOW) for value in request.GET.getlist(name) if value]
    return {
        "request": request,
        "filters": filters,
        "row": [bound for bound in fields if bound.name in names],
        "more": more,
        "more_open": any(bound.errors for bound in more) or any(chip.name not in names for chip in shown),
        "kept": kept,
        "count": count,
        "chips": shown,
        "reset_url": request.path,
    }


@register.inclusion_tag("ui/columns.html", takes_context=True)
def columns_choice(context: Context, table: Any) -> dict[str, Any]:
    """Draw the choice of a table's optional columns; choosing keeps filters, order and rows on a page."""
    request = _request("columns_choice", context)
    kept = [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if value and name not in (ui.SHOW, "page")
    ]
    return {"choices": ui.column_choices(request, table), "kept": kept, "path": request.path}


@register.inclusion_tag("ui/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """Draw what happened, as given (newest first): `.at`, `.actor_name`, `.summary`, `.reason`, `.changes`.

    `.changes` is a list of (label, old, new).
    """
    if entries is None or isinstance(entries, str):
        raise MissingArgument("{% timeline %} needs 'entries'")
    return {"entries": entries}
