"""调整来源、牵头领导、权重、行业领域 of a task. A refusal comes back as typed."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.requests import PersonRequest
from tasks.forms.charge import RechargeForm
from tasks.services.charge import recharge_task
from tasks.transitions import OFFICE
from tasks.views.requests import run_side_form


@require_POST
def recharge(request: PersonRequest, pk: int) -> HttpResponse:
    """Change where the task comes from, who of the leadership is in charge, its weight and its field."""

    def call(data: dict[str, Any]) -> Any:
        form = RechargeForm(request.POST)
        form.is_valid()
        return recharge_task(
            actor=request.user,
            task_id=pk,
            charge=form.charge(),
            reason=data["reason"],
            source=data["source"],
            expected_version=data["version"],
        )

    return run_side_form(request, pk, "charge", RechargeForm, call, "已调整。", (OFFICE,))
