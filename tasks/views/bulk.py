"""批量办理 of ticked tasks: what is chosen and what is asked, then a result for each row."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from core import clock
from core.errors import NotAllowed
from core.ui import LONGEST_KEY
from responsibility.authority import authority_of
from tasks.bulk import BULK_ACTIONS, BY_KEY, MOST, BulkResult, run_bulk
from tasks.filters import filtered_tasks
from tasks.forms.moves import BulkForm
from tasks.models import Task

# Parameter that stands for every row of the list's filters instead of ticked ones.
ALL = "all"


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_KEY else None


def ticked_rows(params: QueryDict) -> dict[int, int]:
    """Return the ticked task ids, each with the version that was shown (0 where none is named)."""
    found = {}
    for text in params.getlist("task"):
        pk, _, version = text.partition(":")
        number = _number(pk)
        if number is not None:
            found[number] = _number(version) or 0
    return dict(list(found.items())[:MOST])


def choose_all(request: HttpRequest, address: str) -> HttpResponse:
    """Go on to `address` with every task the list shows by the filters of this address, all pages of it.

    Where there are more than are done at once the person is asked to narrow the filters first.
    """
    found = filtered_tasks(request)[1]
    params = request.GET.copy()
    params.pop(ALL, None)
    count = found.count()
    if count > MOST:
        messages.warning(request, f"符合条件的有 {count} 项，一次最多办理 {MOST} 项，请缩小筛选范围后再办理。")
        return redirect(f"{reverse('tasks:list')}?{params.urlencode()}")
    chosen = QueryDict(mutable=True)
    chosen.setlist("task", [f"{pk}:{version}" for pk, version in found.values_list("pk", "version")])
    return redirect(f"{address}?{chosen.urlencode()}")


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: PersonRequest, key: str) -> HttpResponse:
    """Show the chosen tasks with the action's form; carried out, show what became of each."""
    action = BY_KEY.get(key)
    if action is None:
        raise Http404("没有这种批量操作。")
    if not authority_of(request.user).is_office:
        raise NotAllowed("只有县安委办可以批量办理。")
    if request.method != "POST" and ALL in request.GET:
        return choose_all(request, reverse("tasks:bulk", args=[key]))
    ticked = ticked_rows(request.POST if request.method == "POST" else request.GET)
    chosen = list(
        Task.objects.visible_to(request.user)
        .filter(pk__in=ticked)
        .select_related("lead")
        .order_by("-plan__year", "code")
    )
    if not chosen:
        messages.warning(request, "请先在任务台账中勾选任务。")
        return redirect("tasks:list")
    form = BulkForm(request.POST or None, asks=action.asks, reason_label=action.reason_label)
    context: dict[str, Any] = {
        "action": action,
        "actions": BULK_ACTIONS,
        "chosen": chosen,
        "today": clock.today(),
        # A refused form keeps the versions that were shown first.
        "rows": [(task, ticked.get(task.pk) or task.version) for task in chosen],
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "tasks/bulk.html", context | {"form": form}, status=422 if form.is_bound else 200)
    rows = [(task.pk, ticked[task.pk]) for task in chosen]
    results = run_bulk(action, actor=request.user, rows=rows, **form.arguments())
    return result_page(request, action.label, results, reverse("tasks:list"), "返回任务台账")


def result_page(
    request: PersonRequest, title: str, results: Sequence[BulkResult], back: str, back_label: str
) -> HttpResponse:
    """Show what became of each row."""
    context = {
        "title": title,
        "results": results,
        "done": sum(result.ok for result in results),
        "back": back,
        "back_label": back_label,
    }
    return render(request, "tasks/bulk_result.html", context)
