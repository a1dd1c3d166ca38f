"""The two shapes most pages here have: a filtered table, and one form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django_tables2 import Table

from accounts.requests import PersonRequest
from core.errors import NotAllowed, StaleObject, UserError
from core.ui import turn_page

METHODS = ["GET", "HEAD", "POST"]


def list_page(request: PersonRequest, template: str, filters: Any, table: Table, **context: Any) -> HttpResponse:
    """Show a filtered table with paging and order from the address."""
    turn_page(request, table)
    found = {"filters": filters, "table": table, "count": table.page.paginator.count}
    return render(request, template, found | context)


@dataclass(frozen=True, slots=True)
class FormPage:
    """Words around a form.

    Attributes:
        title: heading.
        submit: what the button says; it names the effect.
        back: where 取消 leads.
        pretitle: small line above the heading.
        note: a sentence before the fields.
        extra: more for the template.
        guard: name under which the browser keeps what was typed until it is sent; empty for short forms.
    """

    title: str
    submit: str
    back: str
    pretitle: str = ""
    note: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    guard: str = ""


def form_page(
    request: PersonRequest,
    form: forms.BaseForm,
    page: FormPage,
    save: Callable[[], HttpResponse],
    *,
    current: Callable[[], tuple[int, Sequence[tuple[str, str]]]] | None = None,
) -> HttpResponse:
    """Show a form, or carry it out; refused input comes back with what was typed.

    Args:
        request: its POST has been bound to `form`.
        form: bound where the request is a POST.
        page: the words around it.
        save: carries the valid form out and answers; may raise UserError.
        current: version and (label, value) of the stored object, for forms that check the version they were opened
            with (hidden field `version`).
    """
    refused = False
    facts: Sequence[tuple[str, str]] = ()
    if request.method == "POST":
        if form.is_valid():
            try:
                return save()
            except NotAllowed:
                raise
            except UserError as error:
                form.add_error(None, error.message)
                if isinstance(error, StaleObject) and current is not None:
                    facts = current()[1]
        refused = True
    context: dict[str, Any] = {"form": form, "page": page, "facts": facts}
    if current is not None:
        # After a collision the person has both texts before them and may send theirs again.
        context["version"] = current()[0] if facts or not refused else request.POST.get("version")
    return render(request, "responsibility/form.html", context | page.extra, status=400 if refused else 200)


def version_of(request: PersonRequest) -> int:
    """Return the version the form was opened with; 0, which no object has, where none was sent."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0


def bound(request: PersonRequest) -> Any:
    """Return what to bind a form to: the POST, or None where the form is only shown."""
    return request.POST if request.method == "POST" else None
