"""A published (or withdrawn) plan: its items with their tasks, the document's text, the history."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from audit.trail import history_of
from core import clock
from responsibility.authority import authority_of
from tasks.models import Plan, PlanItem, PlanSection, Task
from tasks.plan_permissions import get_plan_for
from tasks.views.plan_source import source_pieces

TABS = {"items": "条目与任务", "source": "原文", "history": "办理记录"}
HISTORY_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item and its task, None where it has none or the person may not see it."""

    item: PlanItem
    task: Task | None


def _sections(plan: Plan, request: HttpRequest) -> list[tuple[PlanSection | None, list[ItemRow]]]:
    """Return the items by section, in the order of the document."""
    tasks = {task.item_id: task for task in Task.objects.visible_to(request.user).filter(plan=plan)}
    found: list[tuple[PlanSection | None, list[ItemRow]]] = []
    items = plan.items.select_related("section", "lead")
    if not authority_of(request.user).is_office:
        items = items.filter(dropped=False)
    for item in items:
        if not found or found[-1][0] != item.section:
            found.append((item.section, []))
        found[-1][1].append(ItemRow(item, tasks.get(item.pk)))
    return found


@require_safe
def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a plan; a draft is shown on its checking page."""
    plan = get_plan_for(request.user, pk)
    if plan.state == Plan.State.DRAFT:
        return redirect("plans:check", pk=pk)
    office = authority_of(request.user).is_office
    tabs = {key: label for key, label in TABS.items() if key != "history" or office}
    tab = request.GET.get("tab", "")
    tab = tab if tab in tabs else "items"
    context = {"plan": plan, "tabs": list(tabs.items()), "tab": tab, "today": clock.today(), "is_office": office}
    if tab == "items":
        context["sections"] = _sections(plan, request)
    elif tab == "source":
        context["pieces"] = source_pieces(plan, with_flags=office)
    else:
        context["history"] = history_of(plan)[:HISTORY_SHOWN]
    return render(request, "plans/detail.html", context)
