"""The person's own messages."""

from django.contrib import messages
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import PersonRequest
from core.ui import page_of
from notifications import services
from notifications.filters import NotificationFilter
from notifications.models import Notification


def _own(request: PersonRequest) -> QuerySet[Notification]:
    return Notification.objects.filter(recipient=request.user)


def _local(path: str) -> str:
    """Return `path` if it leads into this application, else the list of messages."""
    inside = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if inside else reverse("notifications:list")


@require_safe
def message_list(request: PersonRequest) -> HttpResponse:
    """Show the messages, unread first and then the newest."""
    unread_first = Case(When(read_at__isnull=True, then=Value(0)), default=Value(1))
    rows = _own(request).order_by(unread_first, "-created_at", "-pk")
    filters = NotificationFilter(request.GET, rows)
    page = page_of(request, filters.qs)
    return render(request, "notifications/list.html", {"filters": filters, "page": page})


@require_safe
def open_message(request: PersonRequest, pk: int) -> HttpResponse:
    """Mark the message read and go where it leads, always inside this application."""
    message = get_object_or_404(_own(request), pk=pk)
    services.mark_read(actor=request.user, notification_id=message.pk)
    return redirect(_local(message.path))


@require_POST
def mark_read(request: PersonRequest, pk: int) -> HttpResponse:
    """Mark one message read and return to the list as it was."""
    get_object_or_404(_own(request), pk=pk)
    services.mark_read(actor=request.user, notification_id=pk)
    return redirect(_local(request.POST.get("next", "")))


@require_POST
def mark_all_read(request: PersonRequest) -> HttpResponse:
    """Mark every message of the person read."""
    count = services.mark_read(actor=request.user)
    messages.success(request, f"已将 {count} 条消息标为已读。" if count else "没有未读消息。")
    return redirect(_local(request.POST.get("next", "")))
