"""The list of plans and the page on which a document comes in."""

import hashlib
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe
from django_filters.filterset import FilterSet

from core import clock
from core.errors import NotAllowed, UserError
from core.ui import turn_page
from evidence.services import clean_name
from responsibility.authority import authority_of
from tasks.drafts import Standing, standings_of
from tasks.forms.plans import PlanImportForm
from tasks.models import Plan, PlanItem, Task
from tasks.plan_permissions import require_office, require_reader
from tasks.services.importing import import_reading, read_document

PASTED = "粘贴文本"
TIGHT = {"td": {"class": "col-tight"}}


class PlanFilter(FilterSet):
    """Search and filters over plans."""

    q = django_filters.CharFilter(
        label="搜索", method="search", widget=forms.SearchInput(attrs={"placeholder": "标题、文号、年度"})
    )
    state = django_filters.ChoiceFilter(label="状态", choices=Plan.State.choices, empty_label="全部")

    class Meta:
        model = Plan
        fields: list[str] = []

    def search(self, queryset: "QuerySet[Plan]", name: str, value: str) -> "QuerySet[Plan]":
        """Match every word in title, number or year."""
        for word in value.replace("\x00", "").split()[:6]:
            found = Q(title__icontains=word) | Q(doc_number__icontains=word)
            digits = word.removesuffix("年")
            if digits.isdecimal() and len(digits) == 4:
                found |= Q(year=int(digits))
            queryset = queryset.filter(found)
        return queryset


class PlanTable(tables.Table):
    """One row per plan."""

    year = tables.Column(verbose_name="年度", attrs=TIGHT)
    title = tables.Column(verbose_name="标题", order_by=("title",))
    doc_number = tables.Column(verbose_name="文号", default="—", attrs=TIGHT)
    state = tables.TemplateColumn(
        '{% load ui %}{% if record.state == "draft" %}{% badge record.get_state_display "yellow" %}'
        '{% elif record.state == "published" %}{% badge record.get_state_display "green" %}'
        '{% else %}{% badge record.get_state_display "grey" %}{% endif %}',
        verbose_name="状态",
    )
    item_count = tables.Column(verbose_name="条目", attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    task_count = tables.Column(verbose_name="任务", attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    standing = tables.Column(verbose_name="核对进度", accessor="pk", orderable=False)
    created_at = tables.DateTimeColumn(verbose_name="导入时间", format="Y-m-d H:i", attrs=TIGHT)
    published_at = tables.DateTimeColumn(verbose_name="发布时间", format="Y-m-d H:i", default="—", attrs=TIGHT)

    # How far the check of each draft on this page is.
    standings: dict[int, Standing] = {}

    class Meta:
        order_by_field = "sort"
        order_by = ("-year", "-created_at")

    def render_year(self, value: int) -> str:
        """Write the year without a thousands separator."""
        return f"{value}年"

    def render_standing(self, value: int) -> str:
        """Say how far the check of a draft is, with the way back into it."""
        standing = self.standings.get(value)
        if standing is None:
            return "—"
        return format_html(
            '{}<div><a href="{}">继续核对</a></div>', standing.words, reverse("plans:check", args=[value])
        )

    def render_title(self, record: Plan) -> str:
        """Link a draft to its check and everything else to its page."""
        name = "plans:check" if record.state == Plan.State.DRAFT else "plans:detail"
        return format_html('<a href="{}">{}</a>', reverse(name, args=[record.pk]), record.title)


def _counted(rows: "QuerySet[Any]") -> Coalesce:
    per_plan = rows.filter(plan=OuterRef("pk")).order_by().values("plan").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(per_plan, output_field=IntegerField()), 0)


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """Show the plans the person may read, newest year first."""
    require_reader(request.user)
    office = authority_of(request.user).is_office
    plans = Plan.objects.visible_to(request.user).defer("source_text", "noise")
    filters = PlanFilter(
        request.GET,
        queryset=plans.annotate(
            item_count=_counted(PlanItem.objects.all()), task_count=_counted(Task.objects.visible_to(request.user))
        ),
        request=request,
    )
    hidden = () if office else ("state", "standing", "created_at")
    table = PlanTable(filters.qs, exclude=hidden)
    turn_page(request, table)
    if office:
        shown = [row.record for row in table.page.object_list]
        table.standings = standings_of(plan.pk for plan in shown if plan.state == Plan.State.DRAFT)
    if not office:
        del filters.form.fields["state"]
    context = {"filters": filters, "table": table, "count": table.page.paginator.count, "is_office": office}
    return render(request, "plans/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_import(request: HttpRequest) -> HttpResponse:
    """Take a file or pasted text, read it and keep it as a draft."""
    require_office(request.user)
    if request.method != "POST":
        return render(request, "plans/import.html", {"form": PlanImportForm(initial={"year": clock.today().year})})
    form = PlanImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return redirect("plans:check", pk=_import(request, form.cleaned_data).pk)
        except NotAllowed:
            raise
        except UserError as error:
            form.add_error("file" if form.cleaned_data["file"] else "text", error.message)
    return render(request, "plans/import.html", {"form": form}, status=400)


def _import(request: HttpRequest, data: dict[str, Any]) -> Plan:
    upload, year = data["file"], data["year"]
    source: bytes | str = b"".join(upload.chunks()) if upload else data["text"]
    name = clean_name(upload.name) if upload else PASTED
    digest = hashlib.sha256(source if isinstance(source, bytes) else source.encode()).hexdigest()
    twin = Plan.objects.filter(source_sha256=digest, year=year).exclude(state=Plan.State.WITHDRAWN).first()
    read = read_document(source, filename=name, year=year)
    plan = import_reading(
        actor=request.user,  # type: ignore[arg-type]
        reading=read.reading,
        year=year,
        source_name=name,
        sha256=digest,
    )
    messages.success(request, f"已读入{plan.items.count()}条，请逐条核对后发布。")
    if read.stated_year not in (None, year):
        messages.warning(
            request, f"原文写的是{read.stated_year}年，已按您填写的{year}年读取。如填错，请作废这份草稿后重新导入。"
        )
    if twin is not None:
        state = twin.get_state_display()
        messages.warning(request, f"同样的内容在{clock.date_of(twin.created_at)}导入过（{state}），请留意是否重复。")
    return plan
