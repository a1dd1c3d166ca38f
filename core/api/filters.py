"""Search, filters and order of lists: the pages' own filter sets, and an allow-list of what may be sorted by.

A parameter that is not known or means nothing is refused: ignoring it would show more than was asked for.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django_filters.filterset import FilterSet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from core.api.problems import BadInput
from core.ui import LONGEST_KEY

PAGING = {"page", "page_size"}
ORDERING = "ordering"
LARGEST_KEY = 10**LONGEST_KEY - 1
# A pattern of many thousand signs is an error to the database.
LONGEST_VALUE = 200


def _filterset(view: Any) -> type[FilterSet] | None:
    found: type[FilterSet] | None = getattr(view, "filterset_class", None)
    return found


def _orders(view: Any) -> Mapping[str, tuple[str, ...]]:
    found: Mapping[str, tuple[str, ...]] = getattr(view, "ordering_fields", {})
    return found


def _bounds(name: str, each: Any) -> list[str]:
    """Return the parameters of a filter: one, or the two ends of a range."""
    widget = each.field_class.widget
    suffixes = getattr(widget, "suffixes", None)
    return [f"{name}_{suffix}" for suffix in suffixes] if suffixes else [name]


def _parameters(filters: Any) -> Iterator[tuple[str, Any]]:
    for name, each in filters.base_filters.items():
        for parameter in _bounds(name, each):
            yield parameter, each


class PageFilters(BaseFilterBackend):
    """The view's `filterset_class`, as on the page of the same list."""

    def filter_queryset(self, request: Request, queryset: "QuerySet[Any]", view: Any) -> "QuerySet[Any]":
        """Return the rows that the address asks for.

        Raises:
            BadInput: an unknown parameter, or a value that means nothing.
        """
        filters = _filterset(view)
        known = {name for name, _ in _parameters(filters)} if filters else set()
        known |= PAGING | ({ORDERING} if _orders(view) else set())
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            words = f"没有这个参数。可用的有：{'、'.join(sorted(known))}。"
            raise BadInput(dict.fromkeys((name[:60] for name in unknown[:20]), words))
        long = [name for name, values in request.query_params.lists() if max(map(len, values)) > LONGEST_VALUE]
        if long:
            raise BadInput(dict.fromkeys(long, f"不能超过 {LONGEST_VALUE} 个字符。"))
        if filters is None:
            return queryset
        bound = filters(request.query_params, queryset=queryset, request=request)
        if not bound.is_valid():
            raise BadInput({name: "".join(map(str, errors)) for name, errors in bound.errors.items()})
        found: QuerySet[Any] = bound.qs
        return found

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameters."""
        filters = _filterset(view)
        if filters is None:
            return []
        found = []
        for name, each in _parameters(filters):
            parameter: dict[str, Any] = {
                "name": name,
                "in": "query",
                "required": False,
                "description": _description(name, each),
                "schema": _schema(each),
            }
            if parameter["schema"]["type"] == "array":
                parameter |= {"style": "form", "explode": True}
            found.append(parameter)
        return found


def _description(name: str, each: Any) -> str:
    label = str(each.label or name)
    if name.endswith("_after"):
        label += "（起，含当日）"
    elif name.endswith("_before"):
        label += "（止，含当日）"
    choices = _choices(each)
    return f"{label}：{'，'.join(f'{value} {word}' for value, word in choices)}" if choices else label


def _choices(each: Any) -> list[tuple[str, str]]:
    """Return the fixed choices of a filter; those read from the database are not part of the description."""
    choices = each.extra.get("choices") or ()
    return [] if callable(choices) else [(str(value), str(word)) for value, word in choices]


def _schema(each: Any) -> dict[str, Any]:
    key = {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY}
    if isinstance(each, django_filters.ModelMultipleChoiceFilter):
        return {"type": "array", "items": key}
    if isinstance(each, django_filters.ModelChoiceFilter):
        return key
    if isinstance(each, django_filters.ChoiceFilter):
        text: dict[str, Any] = {"type": "string", "maxLength": LONGEST_VALUE}
        values = [value for value, _ in _choices(each)]
        one = {"type": "string", "enum": values} if values else text
        several = isinstance(each, django_filters.MultipleChoiceFilter)
        return {"type": "array", "items": one} if several else one
    if isinstance(each, (django_filters.DateFilter, django_filters.DateFromToRangeFilter)):
        return {"type": "string", "format": "date"}
    return {"type": "string", "maxLength": LONGEST_VALUE}


class AllowedOrder(BaseFilterBackend):
    """`ordering=-due_on,code`: names of the view's `ordering_fields`; the primary key last keeps pages stable."""

    def filter_queryset(self, request: Request, queryset: "QuerySet[Any]", view: Any) -> "QuerySet[Any]":
        """Return the rows in the order asked for.

        Raises:
            BadInput: a name that is not allowed.
        """
        allowed, asked = _orders(view), request.query_params.get(ORDERING, "")
        if not asked:
            own = queryset.query.order_by or queryset.model._meta.ordering or ()
            return queryset.order_by(*own, "pk")
        order: list[str] = []
        for name in asked.split(","):
            fields = allowed.get(name.removeprefix("-"))
            if fields is None:
                words = f"不能按它排序。可用的有：{'、'.join(allowed)}，前面加 - 为倒序。"
                raise BadInput({ORDERING: words})
            order += [f"-{field}" if name.startswith("-") else field for field in fields]
        return queryset.order_by(*order, "pk")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameter."""
        names = _orders(view)
        if not names:
            return []
        one = f"-?({'|'.join(names)})"
        return [
            {
                "name": ORDERING,
                "in": "query",
                "required": False,
                "description": f"排序：{'、'.join(names)}，前面加 - 为倒序，多项用英文逗号分开",
                "schema": {"type": "string", "pattern": f"^{one}(,{one}){{0,2}}$"},
            }
        ]
