"""The lamp table: shown to everybody who works here, changed by the office after trying it out."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import PersonRequest
from audit.models import Entry
from core.errors import NotAllowed, UserError
from responsibility.authority import authority_of
from tasks.forms.lamp_rules import LampReasonForm, LampRuleFormSet, drafts_typed, initial_rows
from tasks.jobs import recompute_all_lamps
from tasks.models import LampRule
from tasks.services.lamp_rules import change_table, check_table, fingerprint, try_out

# Rows of the try-out that are listed; the number of all is said above them.
SHOWN = 50


@require_safe
def lamp_rules(request: HttpRequest) -> HttpResponse:
    """Show the county's lamp table and how it was changed."""
    context = {
        "rules": LampRule.objects.all(),
        "may_change": authority_of(request.user).is_office,
        "history": Entry.objects.filter(object_type=LampRule._meta.label_lower)[:20],
    }
    return render(request, "tasks/lamp_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def lamp_rules_edit(request: PersonRequest) -> HttpResponse:
    """Change the table: 试算 shows which tasks would change colour and stores nothing, 保存 puts it in force."""
    if not authority_of(request.user).is_office:
        raise NotAllowed("只有县安委办可以修改亮灯规则。")
    rules = list(LampRule.objects.all())
    data = request.POST if request.method == "POST" else None
    rows = LampRuleFormSet(data, initial=initial_rows(rules), prefix="rule")
    about = LampReasonForm(data, initial={"seen": fingerprint(rules)})
    context: dict[str, Any] = {"rows": rows, "about": about}
    if data is None:
        return render(request, "tasks/lamp_rules_edit.html", context)
    # Both are asked, so that both say what is wrong.
    if rows.is_valid() & about.is_valid():
        try:
            drafts = drafts_typed(rows)
            if "try" in data:
                found = try_out(check_table(drafts))
                context |= {"tried": True, "recoloured": found[:SHOWN], "count": len(found)}
                return render(request, "tasks/lamp_rules_edit.html", context)
            with transaction.atomic():
                change_table(actor=request.user, drafts=drafts, **about.cleaned_data)
                transaction.on_commit(recompute_all_lamps.delay)
        except NotAllowed:
            raise
        except UserError as refused:
            about.add_error(None, refused.message)
        else:
            messages.success(request, "已保存亮灯规则，正在按新规则重算全部任务的灯色。")
            return redirect("tasks:lamp_rules")
    return render(request, "tasks/lamp_rules_edit.html", context, status=422)
