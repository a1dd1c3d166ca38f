"""What every move of a report leaves behind: version and audit entry; and checking what people typed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from audit import trail
from audit.trail import Change
from core.errors import UserError
from core.models import bump
from reports.models import Report
from reports.transitions import Transition

if TYPE_CHECKING:
    from accounts.models import User

MAX_REASON = 1000
# Lines an entry of the history shows; the audit trail keeps what changed, not a second copy of the report.
MAX_CHANGES = 60


def check_reason(move: Transition, reason: str) -> str:
    """Return the trimmed reason.

    Raises:
        UserError: the move asks for one and none was given, or it is too long.
    """
    reason = " ".join(reason.split())
    if move.needs == "reason" and not reason:
        raise UserError(f"“{move.label}”须填写理由，请补充后再提交。")
    if len(reason) > MAX_REASON:
        raise UserError(f"理由请控制在 {MAX_REASON} 字以内。")
    return reason


def one_line(label: str, text: str, longest: int, *, needed: bool = True) -> str:
    """Return a text on one line.

    Raises:
        UserError: it is needed and empty, or too long.
    """
    text = " ".join(text.split())
    if needed and not text:
        raise UserError(f"请填写“{label}”。")
    if len(text) > longest:
        raise UserError(f"“{label}”请控制在 {longest} 字以内（现为 {len(text)} 字）。")
    return text


def carry_out(
    report: Report,
    move: Transition,
    *,
    actor: "User",
    reason: str = "",
    changes: Sequence[Change] = (),
    fields: tuple[str, ...] = (),
) -> None:
    """Move a locked report and record it.

    Args:
        report: locked, permission checked.
        move: row of the transition table.
        actor: who does it.
        reason: already checked.
        changes: what changed besides the state, in words.
        fields: further fields the caller has set on the report.
    """
    old = report.get_state_display()
    if move.target:
        report.state = move.target
        changes = [("状态", old, report.get_state_display()), *changes]
    bump(report, "state", *fields)
    left = len(changes) - MAX_CHANGES
    shown = [*changes[:MAX_CHANGES], *([("其余变化", "", f"另有{left}处")] if left > 0 else [])]
    trail.record(
        actor=actor,
        action=f"report.{move.action}",
        target=report,
        summary=f"{move.done}（{report.name}）",
        reason=reason,
        changes=shown,
    )
