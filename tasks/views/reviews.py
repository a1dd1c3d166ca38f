"""The office's review queue: the waiting tasks at the left, the one being reviewed at the right."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest
from core import clock
from core.errors import NotAllowed
from core.ui import LONGEST_KEY, page_of
from evidence.models import File
from evidence.selectors import files_of
from responsibility.authority import authority_of
from tasks.bulk import pass_reports
from tasks.checks import Check, waiting_reports
from tasks.models import ProgressReport, Task
from tasks.permissions import get_task_for
from tasks.supporting import support_rows
from tasks.views.bulk import result_page, ticked_rows
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
    before, following = _neighbours(request, task)
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
        report, files, checks = _under_review(task)
        context |= {
            "report": report,
            "files": files,
            "checks": checks,
            "support_rows": support_rows(task, request.user, report) if report else [],
            "keep": _keep(request, following),
            "before": _link(request, before) if before else "",
            "following": _link(request, following) if following else "",
            "own": report is not None and request.user.pk in report.makers,
        }
    return render(request, "tasks/reviews.html", context | extra, status=409 if extra.get("error") else 200)


def _under_review(task: Task) -> tuple[ProgressReport | None, Sequence[File], Sequence[Check]]:
    """Return the report that is looked at, its evidence, and what the checks say of one that waits."""
    if task.state == Task.State.REPORTED:
        for row in waiting_reports([task]):
            return row.report, row.files, row.checks
    rounds = task.reports.filter(state__in=HANDED_IN).select_related("created_by", "submitted_by", "endorsed_by")
    report = rounds.prefetch_related("values__target").first()
    return report, list(files_of(report)) if report else [], []


def _neighbours(request: HttpRequest, task: Task | None) -> tuple[int | None, int | None]:
    """Return the tasks before and after this one in the queue as it is narrowed."""
    if task is None:
        return None, None
    queue = list(_waiting(request).values_list("pk", flat=True))
    if task.pk not in queue:
        return None, queue[0] if queue else None
    place = queue.index(task.pk)
    return queue[place - 1] if place else None, queue[place + 1] if place + 1 < len(queue) else None


def _keep(request: HttpRequest, task: int | None) -> str:
    """Return the address of the queue, narrowed as it is, at a task."""
    kept = {"task": task, "q": request.GET.get("q"), "state": _only(request)}
    return urlencode({name: value for name, value in kept.items() if value})


def _link(request: HttpRequest, task: int | None) -> str:
    kept = _keep(request, task)
    return f"?{kept}" if kept else ""


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
    # The address carries what comes next; somebody else may have dealt with it meanwhile.
    following = request.GET.get("task", "")
    still = following.isdecimal() and len(following) <= LONGEST_KEY and _waiting(request).filter(pk=following).exists()
    return redirect(reverse("tasks:reviews") + _link(request, int(following) if still else None))


@require_http_methods(["GET", "HEAD", "POST"])
def review_bulk(request: PersonRequest) -> HttpResponse:
    """Pass in one go what raises no doubt; what does is listed with its doubts, to be read one by one."""
    _office_only(request)
    if request.method == "POST":
        rows = list(ticked_rows(request.POST).items())
        if rows:
            comment = request.POST.get("comment", "").replace("\x00", "")[:2000].strip()
            results = pass_reports(actor=request.user, rows=rows, comment=comment)
            return result_page(request, "批量审核", results, reverse("tasks:reviews"), "返回审核")
        messages.warning(request, "请先勾选要通过的进展。")
        return redirect("tasks:review_bulk")
    tasks = _waiting(request).filter(state=Task.State.REPORTED).select_related("plan", "lead")
    page = page_of(request, tasks)
    rows_shown = [(row, request.user.pk in row.report.makers) for row in waiting_reports(page.object_list)]
    context = {"rows": rows_shown, "page_obj": page, "today": clock.today(), "q": request.GET.get("q", "")}
    return render(request, "tasks/review_bulk.html", context)
