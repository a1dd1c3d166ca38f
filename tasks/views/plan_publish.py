"""The head of a draft, putting it aside, and publishing it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import NotAllowed, StaleObject, UserError, WrongState
from tasks.forms.plans import PlanForm, PublishForm, WithdrawForm
from tasks.models import Plan
from tasks.plan_permissions import get_draft_for
from tasks.services.importing import PLAN_FACTS, edit_plan, withdraw_plan
from tasks.services.publishing import preview_publication, publish_plan
from tasks.views.plan_differences import Difference


def _not_a_draft(request: HttpRequest, plan: Plan) -> HttpResponse | None:
    """Lead away from the pages of a draft once it is none any more."""
    if plan.state == Plan.State.DRAFT:
        return None
    messages.info(request, f"这份工作要点“{plan.get_state_display()}”，不能再修改。")
    return redirect("plans:detail", pk=plan.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save title, number, issuer, day of issue and reporting period."""
    plan = get_draft_for(request.user, pk)
    if (elsewhere := _not_a_draft(request, plan)) is not None:
        return elsewhere
    if request.method != "POST":
        return _edit_page(request, plan, PlanForm(initial=PlanForm.initial_of(plan)))
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, plan, form, status=400)
    version = form.cleaned_data["version"]
    try:
        edit_plan(actor=request.user, plan_id=pk, facts=form.facts(), expected_version=version)  # type: ignore[arg-type]
    except StaleObject as error:
        return _stale_edit(request, pk, form, error)
    except NotAllowed:
        raise
    except WrongState as error:
        messages.error(request, error.message)
        return redirect("plans:detail", pk=pk)
    except UserError as error:
        form.add_error(None, error.message)
        return _edit_page(request, plan, form, status=409)
    messages.success(request, "已保存基本信息。")
    return redirect("plans:check", pk=pk)


def _stale_edit(request: HttpRequest, pk: int, form: PlanForm, error: StaleObject) -> HttpResponse:
    """Show what a colleague saved beside what was typed; saving once more is then a decision."""
    plan = get_draft_for(request.user, pk)
    typed, choices = form.facts(), dict(Plan.Every.choices)

    def words(source: object, name: str) -> str:
        value = getattr(source, name)
        return str(choices.get(value, value) or "（空）")

    differences = [
        Difference(label, words(plan, name), words(typed, name))
        for name, label in PLAN_FACTS.items()
        if getattr(plan, name) != getattr(typed, name)
    ]
    again = PlanForm(_with_version(request, "version", plan))
    return _edit_page(request, plan, again, stale=differences, error=error.message, status=409)


def _edit_page(
    request: HttpRequest,
    plan: Plan,
    form: PlanForm,
    *,
    withdraw_form: WithdrawForm | None = None,
    stale: list[Difference] | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "plan": plan,
        "form": form,
        "withdraw_form": withdraw_form or WithdrawForm(initial={"version": plan.version}, prefix="withdraw"),
        "stale": stale or [],
        "error": error,
    }
    return render(request, "plans/edit.html", context, status=status)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft aside, with the reason."""
    plan = get_draft_for(request.user, pk)
    form, refused = WithdrawForm(request.POST, prefix="withdraw"), ""
    if form.is_valid():
        data = form.cleaned_data
        try:
            withdraw_plan(
                actor=request.user,  # type: ignore[arg-type]
                plan_id=pk,
                reason=data["reason"],
                expected_version=data["version"],
            )
        except NotAllowed:
            raise
        except WrongState as error:
            messages.error(request, error.message)
            return redirect("plans:detail", pk=pk)
        except UserError as error:
            refused = error.message
        else:
            messages.success(request, "已作废这份草稿，可重新导入。")
            return redirect("plans:list")
    plan.refresh_from_db()
    again = WithdrawForm(_with_version(request, "withdraw-version", plan), prefix="withdraw")
    if refused:
        again.add_error(None, refused)
    return _edit_page(request, plan, PlanForm(initial=PlanForm.initial_of(plan)), withdraw_form=again, status=409)


def _with_version(request: HttpRequest, name: str, plan: Plan) -> QueryDict:
    """Return what was typed with the version the page now shows."""
    data = request.POST.copy()
    data[name] = str(plan.version)
    return data


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what publishing will do; on the second press do it."""
    plan = get_draft_for(request.user, pk)
    if (elsewhere := _not_a_draft(request, plan)) is not None:
        return elsewhere
    if request.method != "POST":
        return _publish_page(request, plan)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _publish_page(request, plan, "页面已失效，请核对下面的内容后重新确认。", status=400)
    data = form.cleaned_data
    try:
        tasks = publish_plan(
            actor=request.user,  # type: ignore[arg-type]
            plan_id=pk,
            expected_version=data["version"],
            expected_contents=data["contents"],
            knowing=data["knowing"],
        )
    except NotAllowed:
        raise
    except UserError as error:
        return _publish_page(request, get_draft_for(request.user, pk), error.message, status=409)
    messages.success(request, f"已发布，生成{len(tasks)}项任务，并已通知各牵头、配合单位。")
    return redirect("plans:detail", pk=pk)


def _publish_page(request: HttpRequest, plan: Plan, error: str = "", status: int = 200) -> HttpResponse:
    if (elsewhere := _not_a_draft(request, plan)) is not None:
        return elsewhere
    publication = preview_publication(plan)
    form = PublishForm(initial={"version": plan.version, "contents": publication.contents})
    context = {
        "plan": plan,
        "publication": publication,
        "form": form,
        "error": error,
        "without_editor": [share.unit for share in publication.shares if not share.has_editor],
        "lead_count": sum(1 for share in publication.shares if share.leads),
    }
    return render(request, "plans/publish.html", context, status=status)
