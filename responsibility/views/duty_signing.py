"""签收承诺: who has signed for published duty lists, and the page to sign on."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import PersonRequest
from core.errors import NotAllowed, UserError
from core.ui import LONGEST_KEY
from responsibility.duty_filters import SignatureFilter
from responsibility.duty_permissions import get_duty_list_for, signing_right
from responsibility.duty_selectors import items_in_order, signatures_in_force
from responsibility.duty_tables import SignatureTable
from responsibility.models import DutyItem, DutyList, DutySignature
from responsibility.permissions import require_colleague
from responsibility.services.signing import sign_duties
from responsibility.views.pages import METHODS, list_page
from spreadsheets.export import Column, Sheet, attachment, workbook


def _rows(request: PersonRequest) -> Any:
    rows = signatures_in_force(request.user).select_related("duty_list__unit")
    return rows.order_by("-duty_list__year", "duty_list__unit__ordering", "duty_list", "pk")


@require_safe
def signature_list(request: PersonRequest) -> HttpResponse:
    """Show the signatures due for the lists in force the person may see."""
    require_colleague(request.user)
    filters = SignatureFilter(request.GET, _rows(request), request=request)
    return list_page(request, "responsibility/signatures.html", filters, SignatureTable(filters.qs))


@require_safe
def export(request: PersonRequest) -> HttpResponse:
    """Send the signatures as filtered, as a spreadsheet."""
    require_colleague(request.user)
    columns = [Column("单位", 28), Column("年度", 8), Column("层级", 10), Column("责任主体", 28), Column("应签人", 12)]
    columns += [Column("签收", 10), Column("签收署名", 20), Column("代签", 8), Column("签收时间", 18)]
    rows = SignatureFilter(request.GET, _rows(request), request=request).qs
    cells = [
        [
            row.duty_list.unit.name,
            row.duty_list.year,
            row.get_layer_display(),
            row.subject,
            row.holder or "单位负责人",
            "已签收" if row.signed_at else "待签收",
            row.signed_as,
            row.on_behalf,
            row.signed_at,
        ]
        for row in rows
    ]
    return attachment(
        workbook([Sheet("签收情况", columns, cells, "责任清单签收情况", f"共 {len(cells)} 条")]), "责任清单签收情况"
    )


def _mine(request: PersonRequest, duty_list: DutyList) -> list[tuple[DutySignature, str]]:
    """Return the rows of the list the person may sign, each with how."""
    rows = list(duty_list.signatures.counted().filter(signed_at__isnull=True).select_related("tenure__user"))
    found = []
    for row in rows:
        row.duty_list = duty_list
        right = signing_right(request.user, row)
        if right:
            found.append((row, right))
    return found


@require_http_methods(METHODS)
def sign(request: PersonRequest, pk: int) -> HttpResponse:
    """Read one's part of the list and sign for it; the unit's head also for who has no account."""
    duty_list = get_duty_list_for(request.user, pk)
    if request.method != "POST":
        mine = _mine(request, duty_list)
        if mine:
            return _page(request, duty_list, mine)
        messages.info(request, "这份责任清单没有需要您签收的内容。")
        return redirect("duties:detail", pk=pk)
    chosen = [int(key) for key in request.POST.getlist("row") if key.isdecimal() and len(key) <= LONGEST_KEY]
    try:
        signed = sign_duties(actor=request.user, list_id=pk, signature_ids=chosen)
    except NotAllowed:
        raise
    except UserError as error:
        mine = _mine(request, duty_list)
        if not mine:
            messages.error(request, error.message)
            return redirect("duties:detail", pk=pk)
        return _page(request, duty_list, mine, error=error.message, chosen=chosen)
    messages.success(request, f"已签收 {len(signed)} 项责任。")
    return redirect("duties:detail", pk=pk)


def _page(
    request: PersonRequest, duty_list: DutyList, mine: list[tuple[DutySignature, str]], **extra: Any
) -> HttpResponse:
    duties: dict[tuple[str, int | None, int | None], list[DutyItem]] = {}
    for item in items_in_order(duty_list):
        duties.setdefault((item.layer, item.office_id, item.post_id), []).append(item)
    chosen = extra.get("chosen")
    rows = [
        {
            "row": row,
            "behalf": right == "behalf",
            "ticked": row.pk in chosen if chosen is not None else right == "self",
            "items": duties.get((row.layer, row.office_id, row.post_id), []),
        }
        for row, right in mine
    ]
    context = {"duty_list": duty_list, "rows": rows, "error": extra.get("error", "")}
    return render(request, "responsibility/duty_sign.html", context, status=409 if extra.get("error") else 200)
