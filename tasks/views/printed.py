"""Printing the 进展情况报送表: asking for it, waiting for it, fetching it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import PersonRequest
from core.errors import NotAllowed, UserError
from core.sending import send_file
from tasks.services.printed_rendering import KEPT_FOR
from tasks.services.printing import ask_for_form, get_form_for


@require_POST
def print_form(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask for the form, blank or filled; it is made in the background."""
    try:
        form = ask_for_form(actor=request.user, task_id=pk, filled="filled" in request.POST)
    except NotAllowed:
        raise
    except UserError as error:
        messages.error(request, error.message)
        return redirect("tasks:detail", pk=pk)
    return redirect("tasks:printed", pk=form.pk)


@require_safe
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whether the form is there; script asks for the part that waits again and again."""
    form = get_form_for(request.user, pk)
    waits = not form.pdf and not form.pdf_error
    template = "tasks/_printed.html" if getattr(request, "htmx", False) else "tasks/printed.html"
    return render(request, template, {"form": form, "waits": waits, "days": KEPT_FOR.days})


@require_safe
def printed_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the PDF; while it is not there, go back to the page that says so."""
    form = get_form_for(request.user, pk)
    if not form.pdf:
        return redirect("tasks:printed", pk=pk)
    name = f"{form.task.code} 进展情况报送表.pdf"
    return send_file(request, form.pdf, name, "application/pdf", gone="文件已不在存储中，请重新打印。")
