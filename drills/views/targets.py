"""The year's target with its quotas, and the numbers of villages."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from core.errors import NotAllowed, StaleObject, UserError
from drills.forms.rules import TargetForm, VillageForm
from drills.models import DrillTarget
from drills.models.rules import FIRST_YEAR, LAST_YEAR
from drills.permissions import require_office, require_worker
from drills.selectors import townships, village_numbers
from drills.services.targets import set_target, set_village_counts
from drills.sharing import propose, weights
from responsibility.authority import authority_of

METHODS = ["GET", "HEAD", "POST"]


def _require_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404("没有这个年度。")


def _target(year: int) -> DrillTarget | None:
    return DrillTarget.objects.filter(year=year).prefetch_related("quotas__unit").first()


@require_http_methods(METHODS)
def target(request: PersonRequest, year: int) -> HttpResponse:
    """Show the year's target and quotas; propose quotas by weight without saving; save."""
    require_office(request.user)
    _require_year(year)
    rows = weights(year)
    if request.method != "POST":
        return _target_page(request, TargetForm(rows=rows, initial=TargetForm.initial_of(_target(year))), year)
    form = TargetForm(request.POST, rows=rows)
    if not form.is_valid():
        return _target_page(request, form, year, status=400)
    try:
        if "propose" in request.POST:
            return _proposed(request, form, year)
        set_target(
            actor=request.user,
            year=year,
            draft=form.draft(),
            expected_version=form.cleaned_data["version"] or 0,
        )
    except NotAllowed:
        raise
    except StaleObject as error:
        return _conflict(request, year, error)
    except UserError as error:
        form.add_error(None, error.message)
        return _target_page(request, form, year, status=400)
    messages.success(request, f"已保存{year}年演练目标和任务分解。")
    return redirect("drills:target", year=year)


def _proposed(request: PersonRequest, form: TargetForm, year: int) -> HttpResponse:
    """Fill the numbers in as proposed; nothing is saved until the person says so."""
    data = request.POST.copy()
    for pk, number in propose(form.cleaned_data["value"], form.rows, form.cleaned_data["by"] or "both").items():
        data[f"quota_{pk}"] = str(number)
    return _target_page(request, TargetForm(data, rows=form.rows), year, proposed=True)


def _conflict(request: PersonRequest, year: int, error: StaleObject) -> HttpResponse:
    """Show what somebody else saved beside what was typed; saving again then replaces it knowingly."""
    stored = _target(year)
    data = request.POST.copy()
    data["version"] = str(stored.version if stored else 0)
    form = TargetForm(data, rows=weights(year))
    form.is_valid()
    form.add_error(None, error.message)
    return _target_page(request, form, year, status=409, theirs=stored)


def _target_page(
    request: PersonRequest,
    form: TargetForm,
    year: int,
    *,
    status: int = 200,
    proposed: bool = False,
    theirs: DrillTarget | None = None,
) -> HttpResponse:
    value = str(form["value"].value() or "")
    wanted, shown = int(value) if value.isdecimal() and len(value) < 9 else 0, form.shown_sum()
    context = {
        "form": form,
        "year": year,
        "proposed": proposed,
        "theirs": theirs,
        "shown_sum": shown,
        "wanted": wanted,
        "gap": wanted - shown,
        "surplus": shown - wanted,
        "enterprises": sum(row.enterprises for row in form.rows),
        "villages": sum(row.villages or 0 for row in form.rows),
    }
    return render(request, "drills/target.html", context, status=status)


@require_http_methods(METHODS)
def villages(request: PersonRequest, year: int) -> HttpResponse:
    """Show and write the townships' numbers of villages: all of them for the office, the own one for a township."""
    require_worker(request.user)
    _require_year(year)
    authority = authority_of(request.user)
    units = list(townships() if authority.is_office else townships().filter(pk__in=authority.units))
    if not units:
        raise NotAllowed("村（社区）数由县安委办和各乡镇（街道、园区）登记。")
    numbers = village_numbers(year)
    form = VillageForm(request.POST if request.method == "POST" else None, units=units, numbers=numbers)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                changed = set_village_counts(actor=request.user, year=year, counts=form.counts())
            except NotAllowed:
                raise
            except StaleObject as error:
                return _villages_conflict(request, year, form, error)
            except UserError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, f"已保存，共修改 {changed} 个乡镇的村（社区）数。")
                return redirect("drills:villages", year=year)
    return render(request, "drills/villages.html", {"form": form, "year": year}, status=status)


def _villages_conflict(request: PersonRequest, year: int, form: VillageForm, error: StaleObject) -> HttpResponse:
    """Give the typed numbers back, each seen anew, with what is stored now."""
    numbers = village_numbers(year)
    data = request.POST.copy()
    for unit in form.units:
        data[f"seen_{unit.pk}"] = str(numbers.get(unit.pk, ""))
    again = VillageForm(data, units=form.units, numbers=numbers)
    again.is_valid()
    again.add_error(None, error.message)
    stored = [(unit.short_name, numbers.get(unit.pk)) for unit in form.units]
    return render(request, "drills/villages.html", {"form": again, "year": year, "theirs": stored}, status=409)
