"""The list of reminders, and the rules they follow."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import PersonRequest
from core.ui import turn_page
from reminders.filters import ReminderFilter
from reminders.models import Reminder, ReminderRule
from reminders.tables import ReminderTable
from responsibility.authority import authority_of
from tasks.models import Task


@require_safe
def reminder_list(request: PersonRequest) -> HttpResponse:
    """Show the reminders of the tasks the person may see."""
    authority = authority_of(request.user)
    if not (authority.reads_county or authority.units):
        raise Http404("没有这个页面。")
    rows = Reminder.objects.filter(task__in=Task.objects.visible_to(request.user))
    filters = ReminderFilter(request.GET, rows.select_related("task", "rule", "recipient"))
    table = ReminderTable(filters.qs)
    turn_page(request, table)
    rules = ReminderRule.objects.filter(active=True)
    context = {"filters": filters, "table": table, "count": table.page.paginator.count, "rules": rules}
    return render(request, "reminders/list.html", context)
