"""我的工作 and the task list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import clock
from core.errors import NotAllowed
from core.queues import queues_of, summary_line
from core.ui import filter_chips, turn_page
from responsibility.authority import authority_of
from spreadsheets.export import attachment, workbook
from tasks.bulk import BULK_ACTIONS
from tasks.filters import ME, filtered_tasks
from tasks.sheets import task_sheet
from tasks.tables import TaskTable


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, most pressing first."""
    queues = queues_of(request.user)
    authority = authority_of(request.user)
    context = {
        "queues": queues,
        "summary": summary_line(queues),
        "today": clock.today(),
        # Where somebody with nothing to do may look next depends on what the person sees at all.
        "is_worker": authority.reads_county or bool(authority.units),
        "may_fill_sheet": bool(authority.editor_units),
        "is_enterprise": bool(authority.enterprises),
        "is_administrator": authority.is_administrator,
    }
    return render(request, "tasks/work.html", context)


@require_safe
def led_by_me(request: HttpRequest) -> HttpResponse:
    """我分管的任务: a county leader's open tasks, on the task list."""
    if not authority_of(request.user).is_leader:
        raise NotAllowed("“我分管的任务”供县领导使用。")
    return redirect(reverse("tasks:list") + f"?leader={ME}&unfinished=1")


@require_safe
def task_export(request: HttpRequest) -> HttpResponse:
    """Send what the list shows with the same filters, all pages of it, as an Excel file."""
    filters, found = filtered_tasks(request)
    conditions = "；".join(f"{chip.label}：{chip.value}" for chip in filter_chips(filters, request.GET))
    return attachment(workbook([task_sheet(found, conditions)]), f"任务台账{clock.today():%Y%m%d}")


@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    """Show the tasks the person may see, filtered, sorted and paged by the address."""
    filters, found = filtered_tasks(request)
    with_ticks = authority_of(request.user).is_office
    # Only the office acts on several rows at once.
    table = TaskTable(found, exclude=() if with_ticks else ("task",))
    turn_page(request, table)
    context = {
        "filters": filters,
        "table": table,
        "count": table.paginator.count,
        "today": clock.today(),
        "with_ticks": with_ticks,
        "bulk_actions": BULK_ACTIONS,
        "has_more": with_ticks and table.paginator.num_pages > 1,
    }
    return render(request, "tasks/list.html", context)
