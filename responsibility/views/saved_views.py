"""Saving and removing the views of a list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.requests import PersonRequest
from core.errors import NotAllowed, UserError
from responsibility.services.saved_views import list_address, remove_view, save_view


@require_POST
def save(request: PersonRequest) -> HttpResponse:
    """Keep the list as it is filtered now and open it again, with a word on what was done or why not."""
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    try:
        view = save_view(
            actor=request.user,
            page=page,
            name=request.POST.get("name", ""),
            query=query,
            scope=request.POST.get("scope", ""),
        )
    except NotAllowed:
        raise
    except UserError as refused:
        name = request.POST.get("name", "").strip()[:100]
        messages.error(request, refused.message + (f"您填写的名称：{name}" if name else ""))
        return redirect(f"{list_address(page) or '/'}?{query.lstrip('?')[:4000]}")
    messages.success(request, f"已保存视图“{view}”（{view.get_scope_display()}）。")
    return redirect(f"{list_address(page)}?{view.query}")


@require_POST
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Remove a view and show its list again."""
    view = remove_view(actor=request.user, view_id=pk)
    messages.success(request, f"已删除视图“{view}”。")
    return redirect(list_address(view.page) or "/")
