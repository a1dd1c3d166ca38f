"""Editing a draft: the text of a section, and the head."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.errors import NotAllowed, StaleObject, UserError
from reports.content import Section
from reports.forms import HeadForm, SectionForm
from reports.models import Report
from reports.numbers import stray_numbers
from reports.permissions import get_report_for, plays
from reports.presenting import figure_path
from reports.services.drafting import edit_head, edit_section
from reports.transitions import EDIT

METHODS = ["GET", "HEAD", "POST"]


def _draft_for(request: HttpRequest, pk: int) -> Report:
    report = get_report_for(request.user, pk)
    if not plays(request.user, EDIT.who):
        raise NotAllowed("只有县安委办工作人员可以修改报告。")
    return report


def _section_of(report: Report, key: str) -> Section:
    section = report.content.section(key)
    if section is None:
        raise Http404("报告中没有这一节。")
    return section


@require_http_methods(METHODS)
def section(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Edit the sentences of one section; its figures stand beside the form and cannot be changed."""
    report = _draft_for(request, pk)
    edited = _section_of(report, key)
    if request.method != "POST":
        if not report.is_draft:
            messages.info(request, f"报告当前为“{report.get_state_display()}”，文字不能再改。")
            return redirect("reports:detail", pk=pk)
        form = SectionForm(initial={"version": report.version, "text": report.text_of(key)})
        return _section_page(request, report, edited, form)
    form = SectionForm(request.POST)
    if not form.is_valid():
        return _section_page(request, report, edited, form)
    text = "" if "restore" in request.POST else form.cleaned_data["text"]
    try:
        report = edit_section(
            actor=request.user,  # type: ignore[arg-type]
            report_id=pk,
            key=key,
            text=text,
            expected_version=form.cleaned_data["version"],
        )
    except StaleObject as error:
        return _section_conflict(request, pk, key, error)
    except NotAllowed:
        raise
    except UserError as error:
        return _section_page(request, get_report_for(request.user, pk), edited, form, error=error.message)
    strays = stray_numbers(report.content, edited, report.texts.get(key, ""))
    if strays:
        numbers = "、".join(f"“{number}”" for number in strays)
        messages.warning(request, f"文字已保存。其中{numbers}不是本节的数字，请核对；签发时还会提示。")
    else:
        messages.success(request, "文字已保存。")
    return redirect(f"{reverse('reports:detail', args=[pk])}#{key}")


def _section_page(
    request: HttpRequest, report: Report, edited: Section, form: SectionForm, **extra: Any
) -> HttpResponse:
    figures = [
        (figure, figure_path(report, figure))
        for figure in report.content.figures_of(Section(edited.key, edited.title, edited.lines))
    ]
    context = {
        "report": report,
        "section": edited,
        "form": form,
        "by_rule": report.content.text_of(edited),
        "edited": edited.key in report.texts,
        "figures": figures,
    }
    refused = bool(form.errors or extra.get("error"))
    return render(request, "reports/section.html", context | extra, status=409 if refused else 200)


def _section_conflict(request: HttpRequest, pk: int, key: str, error: StaleObject) -> HttpResponse:
    """Show the text as it is now beside the typed one; saving again then replaces it knowingly."""
    report = get_report_for(request.user, pk)
    data = request.POST.copy()
    data["version"] = str(report.version)
    theirs = [("现在的文字", report.text_of(key))]
    form = SectionForm(data)
    return _section_page(request, report, _section_of(report, key), form, error=error.message, theirs=theirs)


@require_http_methods(METHODS)
def head(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit title, 发文机关, 主送, 抄送 and contact of a draft."""
    report = _draft_for(request, pk)
    if request.method != "POST":
        if not report.is_draft:
            messages.info(request, f"报告当前为“{report.get_state_display()}”，不能再改。")
            return redirect("reports:detail", pk=pk)
        return _head_page(request, report, HeadForm.of(report))
    form = HeadForm(request.POST)
    if not form.is_valid():
        return _head_page(request, report, form)
    try:
        edit_head(
            actor=request.user,  # type: ignore[arg-type]
            report_id=pk,
            title=form.cleaned_data["title"],
            head=form.head(),
            expected_version=form.cleaned_data["version"],
        )
    except StaleObject as error:
        return _head_conflict(request, pk, error)
    except NotAllowed:
        raise
    except UserError as error:
        return _head_page(request, report, form, error=error.message)
    messages.success(request, "版头和版记已保存。")
    return redirect("reports:detail", pk=pk)


def _head_page(request: HttpRequest, report: Report, form: HeadForm, **extra: Any) -> HttpResponse:
    refused = bool(form.errors or extra.get("error"))
    context = {"report": report, "form": form}
    return render(request, "reports/head.html", context | extra, status=409 if refused else 200)


def _head_conflict(request: HttpRequest, pk: int, error: StaleObject) -> HttpResponse:
    report = get_report_for(request.user, pk)
    data = request.POST.copy()
    data["version"] = str(report.version)
    stored = HeadForm.of(report)
    theirs = [(str(bound.label), bound.value()) for bound in stored if not bound.is_hidden]
    return _head_page(request, report, HeadForm(data), error=error.message, theirs=theirs)
