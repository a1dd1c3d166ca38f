"""Reads that join hazards, rounds, files and people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core import clock
from core.panels import Panel, PanelRow
from core.ui import due_text
from evidence.models import File
from evidence.selectors import files_of, files_of_many
from hazards.models import Extension, Hazard, Rectification
from hazards.models.tracked import State
from hazards.permissions import parts_of
from hazards.transitions import APPLY, NEXT_STEP, STEPS

PANEL_ROWS = 6


@dataclass(frozen=True, slots=True)
class Dossier:
    """一患一档: what belongs to one hazard.

    Attributes:
        photos: of the finding (整改前).
        rounds: newest first, each with its files (整改后).
        extensions: newest first.
    """

    photos: Sequence[File]
    rounds: Sequence[tuple[Rectification, Sequence[File]]]
    extensions: Sequence[Extension]


def dossier_of(hazard: Hazard, user: Any) -> Dossier:
    """Gather what belongs to a hazard; a round that is being written is shown to who rectifies only."""
    rectifies = bool(parts_of(user, hazard) & set(APPLY.who))
    rounds = [row for row in hazard.rounds.all() if rectifies or row.outcome != Rectification.Outcome.DRAFT]
    files = files_of_many(rounds)
    return Dossier(
        photos=list(files_of(hazard)),
        rounds=[(row, files.get(row.pk, [])) for row in rounds],
        extensions=list(hazard.extensions.all()),
    )


def steps_of(hazard: Hazard) -> list[tuple[str, bool, bool]]:
    """Return the way of the hazard: step, whether it is next, whether it is done; nothing for a voided one."""
    if hazard.state == State.VOID:
        return []
    words = STEPS[hazard.level]
    following = NEXT_STEP.get(hazard.state, len(words))
    return [(word, at == following, at < following) for at, word in enumerate(words)]


def turn_of(hazard: Hazard) -> str:
    """Say in one sentence whose turn it is."""
    who = hazard.where if hazard.enterprise is not None else f"{hazard.township.short_name}（{hazard.site}）"
    due = due_text(hazard.due_on, clock.today()).text
    office = "由县安委办审批销号。"
    return {
        State.RECTIFYING: f"由{who}整改并申请验收，{due}。",
        State.RETURNED: f"复查不合格，由{who}继续整改并重新申请验收，{due}。",
        State.APPLIED: f"由{hazard.supervisor.short_name}复查。",
        State.PASSED: f"{hazard.supervisor.short_name}已复查合格，{office}",
        State.CLOSED: f"已于{hazard.closed_on}销号。",
        State.VOID: "已作废，无需办理。",
    }[State(hazard.state)]


def enterprise_panel(user: Any, enterprise_id: int) -> Panel:
    """Return the hazards of an enterprise for its page, those still open first."""
    rows = Hazard.objects.visible_to(user).filter(enterprise_id=enterprise_id)
    listed = [*rows.open().order_by("due_on", "pk")[:PANEL_ROWS]]
    listed += rows.exclude(pk__in=rows.open().values("pk"))[: PANEL_ROWS - len(listed)]
    shown = [
        PanelRow(
            title=str(hazard),
            path=reverse("hazards:detail", args=[hazard.pk]),
            note=f"{hazard.get_level_display()} · {hazard.get_state_display()} · 整改期限 {hazard.due_on}",
        )
        for hazard in listed
    ]
    path = f"{reverse('hazards:list')}?enterprise={enterprise_id}"
    return Panel(f"隐患（未销号 {rows.open().count()} 条，共 {rows.count()} 条）", shown, "没有登记过隐患。", path)
