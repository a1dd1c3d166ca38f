"""并入: the lead unit takes what a supporting unit gave into its own report; the button is one of the report form's."""

from django.http import HttpRequest, QueryDict

from core.ui import LONGEST_KEY
from evidence.copying import carry_files
from evidence.selectors import files_of
from tasks.models import Contribution, ProgressReport, Task
from tasks.supporting import visible_contributions


def contribution_to_merge(request: HttpRequest, task: Task) -> Contribution | None:
    """Return what the pressed button takes over; None where none was pressed, or it is none of theirs."""
    pressed = request.POST.get("merge", "")
    if not (pressed.isdecimal() and len(pressed) <= LONGEST_KEY):
        return None
    rows = visible_contributions(request.user).filter(task=task).select_related("unit")
    return rows.filter(pk=int(pressed)).first()


def with_contribution(typed: QueryDict, given: Contribution | None) -> QueryDict:
    """Return what was typed, with the contribution's text at the end of what was done; a text is taken over once."""
    if given is None:
        return typed
    data = typed.copy()
    before = data.get("actions_taken", "").replace("\r\n", "\n").rstrip()
    words = f"{given.unit.short_name}：{given.text}"
    if words not in before:
        data["actions_taken"] = f"{before}\n{words}" if before else words
    return data


def bring_evidence(given: Contribution, draft: ProgressReport) -> None:
    """Give the draft the contribution's files, those it has not got yet."""
    present = set(files_of(draft).values_list("sha256", flat=True))
    if not present.intersection(files_of(given).values_list("sha256", flat=True)):
        carry_files(source=given, target=draft)
