"""The button by which the office decides where a target's figure comes from."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core.errors import NotAllowed, UserError
from tasks.forms.tasks import SourceForm
from tasks.models import Task
from tasks.permissions import get_task_for
from tasks.services.feeding import set_source, source_words
from tasks.views.detail import detail_context


@require_POST
def change_source(request: HttpRequest, target_pk: int) -> HttpResponse:
    """Feed a target by a ledger or by hand; a refusal comes back with what was typed."""
    form = SourceForm(request.POST)
    error = "" if form.is_valid() else "页面已失效，或理由过长，请刷新后重新操作。"
    if not error:
        data = form.cleaned_data
        try:
            target = set_source(
                actor=request.user,  # type: ignore[arg-type]
                target_id=target_pk,
                ledger=data["ledger"],
                reason=data["reason"],
                expected_version=data["version"],
            )
        except NotAllowed:
            raise
        except UserError as refused:
            error = refused.message
        else:
            messages.success(request, f"“{target.metric}”的取数来源已改为“{source_words(target.ledger)}”。")
            return redirect("tasks:detail", pk=target.task_id)
    task = Task.objects.visible_to(request.user).filter(targets__pk=target_pk).first()
    task = get_task_for(request.user, task.pk if task else 0)
    context = detail_context(request, task) | {
        "source_error": error,
        "source_of": target_pk,
        "typed_source": request.POST.get("ledger", ""),
        "typed_source_reason": request.POST.get("reason", "")[:2000],
    }
    return render(request, "tasks/detail.html", context, status=409)
