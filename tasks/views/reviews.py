"""The office's review queue: the waiting tasks at the left, the one being reviewed at the right."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.errors import NotAllowed
from core.ui import page_of
from evidence.selectors import files_of
from responsibility.authority import authority_of
from tasks.models import ProgressReport, Task
from tasks.permissions import get_task_for
from tasks.selectors import review_checks
from tasks.views.detail import carry_out_move

WAITING = (Task.State.REPORTED, Task.State.CLOSING)
R = ProgressReport.State
HANDED_IN = (R.SUBMITTED, R.RETURNED, R.PASSED)
RETURN_TEMPLATES = (
    "佐证材料与填报内容不对应，请补充能够证明进度的材料。",
    "量化完成值缺少统计依据，请附名单或台账。",
    "现场照片不清晰或缺少整改前后对比，请重新拍摄上传。",
    "请说明未达到计划进度的原因和下一步措施。",
)


def _only(request: HttpRequest) -> str:
    """Return the one state the queue is narrowed to, or an empty string."""
    state = request.GET.get("state", "")
    return state if state in WAITING else ""


def _waiting(request: HttpRequest) -> Any:
    only = _only(request)
    rows = (
        Task.objects.visible_to(request.user)
        .filter(state__in=[only] if only else WAITING)
        .select_related("lead")
        .order_by("submitted_on", "code")
    )
    word = request.GET.get("q", "").replace("\x00", "").strip()
    if word:
        rows = rows.filter(Q(title__icontains=word) | Q(code__icontains=word) | Q(lead__short_name__icontains=word))
    return rows


def _office_only(request: HttpRequest) -> None:
    if not authority_of(request.user).is_office:
        raise NotAllowed("只有县安委办工作人员可以审核。")


def _page(request: HttpRequest, task: Task | None, **extra: Any) -> HttpResponse:
    page = page_of(request, _waiting(request))
    context: dict[str, Any] = {
        "page_obj": page,
        "task": task,
        "today": clock.today(),
        "templates": RETURN_TEMPLATES,
        "q": request.GET.get("q", ""),
        "only": _only(request),
        "only_label": Task.State(_only(request)).label if _only(request) else "",
    }
    if task is not None:
        report = (
            task.reports.filter(state__in=HANDED_IN)
            .select_related("submitted_by", "endorsed_by")
            .prefetch_related("values__target")
            .first()
        )
        files = list(files_of(report)) if report else []
        context |= {
            "report": report,
            "files": files,
            "checks": review_checks(task, report, files) if report and task.state == Task.State.REPORTED else [],
            "own": report is not None and request.user.pk in (report.submitted_by_id, report.endorsed_by_id),
        }
    return render(request, "tasks/reviews.html", context | extra, status=409 if extra.get("error") else 200)


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """Show the queue and the report chosen by `task`, else the oldest."""
    _office_only(request)
    chosen = request.GET.get("task", "")
    if chosen.isdecimal() and len(chosen) < 18:
        task: Task | None = get_task_for(request.user, int(chosen))
        if task is not None and not task.waits_for_office:
            return redirect("tasks:detail", pk=task.pk)
    else:
        first = _waiting(request).first()
        task = get_task_for(request.user, first.pk) if first else None
    return _page(request, task)


@require_POST
def review_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Pass, return, close or refuse, then go on to the next waiting task."""
    _office_only(request)
    error, _form = carry_out_move(request, pk, action)
    if error:
        typed = request.POST.get("reason", "")[:2000]
        task = get_task_for(request.user, pk)
        if not task.waits_for_office:
            task = None  # type: ignore[assignment]
        return _page(request, task, error=error, typed_reason=typed)
    return redirect(reverse("tasks:reviews"))
