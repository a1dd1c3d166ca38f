"""Where a person begins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import defaults
from django.views.decorators.http import require_safe

from core.api.problems import problem_page
from responsibility.authority import authority_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send a person to the page their role begins with: work to do, the county at a glance, accounts or the trail."""
    authority = authority_of(request.user)
    if authority.is_office or authority.units:
        return redirect("tasks:work")
    if authority.is_leader:
        return redirect("dashboards:overview")
    if authority.is_administrator:
        return redirect("responsibility:people")
    if authority.reads_county:
        return redirect("responsibility:audit")
    return redirect("tasks:work")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what no view could read: people with a page, programs with a problem document."""
    if request.path.startswith("/api/"):
        return problem_page(400, "bad-request")
    return defaults.bad_request(request, exception)
