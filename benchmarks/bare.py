"""The least Django can do for a list: behind the same login, one page of the query as a plain table of plain texts."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path

from audit.models import Entry
from core.ui import page_size
from notifications.models import Notification
from safetyplan.urls import urlpatterns as product_urls
from tasks.models import Task


@dataclass(frozen=True, slots=True)
class Bare:
    """A plain list: what is asked for and what its cells say, in the language of templates."""

    cells: tuple[str, ...]

    def page(self, request: HttpRequest, rows: "QuerySet[Task] | QuerySet[Entry] | QuerySet[Notification]") -> str:
        """Draw the page the address asks for."""
        page = Paginator(rows, page_size(request)).get_page(request.GET.get("page"))
        return _template(self.cells).render(Context({"page": page}))


_TEMPLATES: dict[tuple[str, ...], Template] = {}


def _template(cells: tuple[str, ...]) -> Template:
    if cells not in _TEMPLATES:
        row = "".join(f"<td>{{{{ row.{cell} }}}}</td>" for cell in cells)
        _TEMPLATES[cells] = Template(
            "<html><body><p>{{ page.paginator.count }}</p><table>"
            f"{{% for row in page %}}<tr>{row}</tr>{{% endfor %}}"
            "</table><p>{{ page.number }} / {{ page.paginator.num_pages }}</p></body></html>"
        )
    return _TEMPLATES[cells]


TASKS = Bare(("pk", "code", "title", "lead.short_name", "due_on", "get_state_display", "get_lamp_display"))
ENTRIES = Bare(("pk", "at", "actor_name", "object_label", "summary", "reason"))
MESSAGES = Bare(("pk", "title", "body", "path", "created_at", "read_at"))


def tasks(request: HttpRequest) -> HttpResponse:
    """The query of 任务台账."""
    rows = Task.objects.visible_to(request.user).select_related("lead", "section").order_by("-plan__year", "code")
    return HttpResponse(TASKS.page(request, rows))


def entries(request: HttpRequest) -> HttpResponse:
    """The query of 操作记录."""
    return HttpResponse(ENTRIES.page(request, Entry.objects.all()))


def messages(request: HttpRequest) -> HttpResponse:
    """The query of 消息."""
    return HttpResponse(MESSAGES.page(request, Notification.objects.filter(recipient_id=request.user.pk)))


urlpatterns = [
    path("bare/tasks/", tasks),
    path("bare/entries/", entries),
    path("bare/messages/", messages),
    *product_urls,
]
