"""The list of letters."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.ui import turn_page
from supervision.filters import LetterFilter
from supervision.models import Letter
from supervision.permissions import may_compose
from supervision.tables import LetterTable


@require_safe
def letter_list(request: HttpRequest) -> HttpResponse:
    """Show the letters the person may see, filtered, sorted and paged by the address."""
    rows = Letter.objects.visible_to(request.user).select_related("unit").annotate(item_count=Count("items"))
    # Counting drops the model's own order.
    rows = rows.order_by("-created_at", "-pk")
    filters = LetterFilter(request.GET, queryset=rows, request=request)
    table = LetterTable(filters.qs)
    turn_page(request, table)
    context = {
        "filters": filters,
        "table": table,
        "count": table.paginator.count,
        "today": clock.today(),
        "may_compose": may_compose(request.user),
    }
    return render(request, "supervision/list.html", context)
