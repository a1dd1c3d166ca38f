"""`{% load saved_views %}{% saved_views %}`: the saved views of the list that is shown, and the form to save it."""

from typing import Any

from django import template
from django.template.context import Context

from responsibility.authority import authority_of
from responsibility.models import SavedView
from responsibility.services.saved_views import list_address, tidy_query

register = template.Library()


@register.inclusion_tag("responsibility/_saved_views.html", takes_context=True)
def saved_views(context: Context) -> dict[str, Any]:
    """Show the views a person may open on this list, the one that is open marked; one query."""
    request = context["request"]
    page = request.resolver_match.view_name
    current = tidy_query(request.GET.urlencode(), strict=False)
    authority = authority_of(request.user)
    scope = SavedView.Scope
    offered = [scope.OWN, *([scope.UNIT] if authority.units else []), *([scope.SHARED] if authority.is_office else [])]
    rows = [
        {
            "view": view,
            "path": f"{list_address(page)}?{view.query}",
            "current": view.query == current,
            "removable": view.owner_id == request.user.pk or (view.scope == scope.SHARED and authority.is_office),
        }
        for view in SavedView.objects.visible_to(request.user).filter(page=page)
    ]
    return {
        "rows": rows,
        "page": page,
        "query": current,
        "scopes": offered,
        "csrf_token": context.get("csrf_token"),
    }
