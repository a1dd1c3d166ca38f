"""看板."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.errors import NotAllowed
from dashboards.selectors import overview as gather
from reports.selectors import report_card
from responsibility.authority import authority_of
from tasks.models import Plan


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how the year's tasks stand: the county for office, leaders and auditors, the own unit for its people."""
    authority = authority_of(request.user)
    if not (authority.reads_county or authority.units):
        raise NotAllowed("您还没有任职单位，暂无可看的看板。请联系系统管理员设置任职。")
    years = list(Plan.objects.filter(state=Plan.State.PUBLISHED).order_by("-year").values_list("year", flat=True))
    asked = request.GET.get("year", "")
    # Next year's plan may be published in December; this year's is still the one people look for.
    usual = next((year for year in years if year <= clock.today().year), years[0] if years else None)
    year = next((year for year in years if str(year) == asked), usual)
    context = {
        "years": years,
        "scope": "全县" if authority.reads_county else "本单位",
        "reports": report_card(request.user, years),
    }
    return render(request, "dashboards/overview.html", context | (gather(request.user, year) if year else {}))
