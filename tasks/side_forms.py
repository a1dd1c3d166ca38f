"""What a person may ask for or decide beside the moves of a task: 延期, 受阻, 改判; each with its form and address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

from core import clock
from responsibility.authority import authority_of
from tasks.forms.charge import ChargeForm, RechargeForm, offered
from tasks.forms.moves import (
    DecisionForm,
    ExtensionForm,
    ForceLampForm,
    ObstacleForm,
    OutcomeForm,
    ReasonOnlyForm,
)
from tasks.forms.recurrence import RecurrenceForm, months_written
from tasks.models import Obstacle, Task, TaskRequest
from tasks.permissions import plays
from tasks.services.recurrence import SETTLED
from tasks.services.requests import EXTENDABLE, last_day_to_ask
from tasks.transitions import LEAD


@dataclass(frozen=True, slots=True)
class SideForm:
    """One form of the task's page.

    Attributes:
        key: stable name, also of its ids.
        label: what its summary says.
        path: where it is sent.
        form: bound where it was refused.
        buttons: (name, value, words) of each button; the words name the effect.
        hint: what a person should know before pressing.
        opened: shown unfolded.
    """

    key: str
    label: str
    path: str
    form: forms.Form
    buttons: tuple[tuple[str, str, str], ...]
    hint: str = ""
    opened: bool = False


def side_forms(
    task: Task, user: Any, request: TaskRequest | None, obstacle: Obstacle | None, bound: Mapping[str, forms.Form]
) -> list[SideForm]:
    """Return the forms open to this person now.

    Args:
        task: the task.
        user: who looks.
        request: the task's open request, if any.
        obstacle: its open obstacle, if any.
        bound: forms that were refused, by key; they come back as typed.
    """
    office, leads = authority_of(user).is_office, plays(user, LEAD, task)
    found: list[SideForm] = []

    def add(key: str, label: str, path: str, kind: type[forms.Form], initial: dict[str, Any], *words: Any) -> None:
        form = bound.get(key) or kind(auto_id=f"{key}-%s", initial=initial)
        buttons, hint = words[0], words[1] if len(words) > 1 else ""
        found.append(SideForm(key, label, path, form, buttons, hint, opened=key in bound))

    running = task.completed_on is None and task.state not in (Task.State.CLOSING, Task.State.CLOSED)
    version: dict[str, Any] = {"version": task.version}
    if request is not None and request.kind == TaskRequest.Kind.EXTEND:
        seen = {"version": request.version}
        if office and request.asked_by_id != user.pk:
            initial = seen | {"granted_due_on": request.proposed_due_on}
            buttons = (
                ("grant", "1", "同意延期并通知牵头单位"),
                ("refuse", "1", "不同意延期并通知牵头单位"),
            )
            path = reverse("tasks:extension_decide", args=[request.pk])
            add("decide", "批复延期申请", path, DecisionForm, initial, buttons, "原定时限始终保留并显示。")
        if leads:
            path = reverse("tasks:extension_withdraw", args=[request.pk])
            add("withdraw-extension", "撤回延期申请", path, ReasonOnlyForm, seen, (("", "", "撤回延期申请"),))
    elif request is None and leads and running and task.state in EXTENDABLE and clock.today() <= last_day_to_ask(task):
        hint = (
            f"须在完成时限前 {settings.EXTENSION_LEAD_DAYS} 个工作日提出，本任务最迟 {last_day_to_ask(task):%Y-%m-%d}。"
        )
        path = reverse("tasks:extension", args=[task.pk])
        add("extension", "申请延期", path, ExtensionForm, version, (("", "", "申请延期，报县安委办批复"),), hint)
    if obstacle is not None and (office or leads):
        path = reverse("tasks:obstacle_solve", args=[obstacle.pk])
        add("solve", "解除受阻", path, OutcomeForm, {"version": obstacle.version}, (("", "", "解除受阻并通知对方"),))
    elif obstacle is None and leads and running:
        path = reverse("tasks:obstacle", args=[task.pk])
        add("obstacle", "报告受阻", path, ObstacleForm, version, (("", "", "报告受阻，请县安委办协调"),))
    if office and task.state not in SETTLED:
        recurring = version | {"recurrence": task.recurrence, "months": months_written(task.recurrence_months)}
        path = reverse("tasks:recurrence", args=[task.pk])
        hint = "只影响今天以后、尚未完成的期次；已完成、已上报和已到期的期次不变。"
        add("recurrence", "调整期次", path, RecurrenceForm, recurring, (("", "", "调整期次"),), hint)
    if office and task.state != Task.State.CLOSED:
        if task.forced_lamp:
            path = reverse("tasks:lamp_end", args=[task.pk])
            add("end-forcing", "取消人工改判", path, ReasonOnlyForm, version, (("", "", "取消改判，按规则亮灯"),))
        initial = version | {"until": clock.today() + timedelta(days=30)}
        path = reverse("tasks:lamp_force", args=[task.pk])
        hint = "改判人、理由和有效期会显示在灯色说明里；到期自动恢复按规则亮灯。"
        add("force", "人工改判亮灯", path, ForceLampForm, initial, (("", "", "改判亮灯"),), hint)
        initial = version | ChargeForm.charge_of(task) | {"source": task.source}
        path = reverse("tasks:recharge", args=[task.pk])
        add("charge", "调整来源、牵头领导、权重、领域", path, RechargeForm, initial, (("", "", "保存调整"),))
        if isinstance(form := found[-1].form, RechargeForm):
            form.offer_charge(offered(), task)
    return found
