"""Keeping the rows of a progress sheet as drafts, each through the service that saves one draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.http import Http404

from core.errors import StaleObject, UserError
from tasks.models import Task
from tasks.services.reporting import ReportDraft, save_draft

if TYPE_CHECKING:
    from accounts.models import User


class KeptRow(TypedDict):
    """A row between preview and saving, as texts."""

    task: int
    version: int
    values: dict[str, str | None]
    percent: str | None
    keeps_percent: bool
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row."""

    task: Task
    ok: bool
    words: str


def save_rows(*, actor: "User", rows: Sequence[KeptRow]) -> list[RowResult]:
    """Save each row as a draft in its own transaction: what is refused stops none of the others.

    Args:
        actor: editor of the lead unit; the service judges.
        rows: as the preview showed them, with the version of the draft each was made from.

    Returns:
        One result for each task the person may see.
    """
    tasks = {task.pk: task for task in Task.objects.visible_to(actor).filter(pk__in=[row["task"] for row in rows])}
    found = []
    for row in rows:
        task = tasks.get(row["task"])
        if task is None:
            continue
        draft = ReportDraft(
            values={int(pk): None if value is None else Decimal(value) for pk, value in row["values"].items()},
            percent=None if row["percent"] is None else Decimal(row["percent"]),
            keeps_percent=row["keeps_percent"],
            texts=row["texts"],
        )
        try:
            save_draft(actor=actor, task_id=task.pk, draft=draft, expected_version=row["version"] or None)
        except StaleObject:
            found.append(RowResult(task, False, "核对期间已有人修改了这项草稿，没有保存。请重新下载后再填。"))
        except (UserError, Http404) as refused:
            found.append(RowResult(task, False, getattr(refused, "message", str(refused))))
        else:
            found.append(RowResult(task, True, "已存为草稿，请核对后上传佐证并上报。"))
    return found
