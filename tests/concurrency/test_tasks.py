"""Two people act on one task at once: one is heard, the other is told; without the lock both would be."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import pytest

from core.errors import StaleObject, WrongState
from tasks import permissions
from tasks.models import ProgressReport, Task, TaskRequest
from tasks.services import moves, reporting, requests
from tests.concurrency.race import committed, let_them_meet, race_of, truncatable
from tests.county import County, make_plan, make_task
from tests.tasks.test_flow import report

__all__ = ["truncatable"]

pytestmark = pytest.mark.usefixtures("in_may")

R, S = ProgressReport.State, Task.State
ASKED, GRANTED = date(2027, 1, 31), date(2027, 2, 28)


def both(*calls: Callable[..., Any]) -> list[str]:
    """Make the calls at once; return the names of those that were carried out."""

    def tried(call: Any) -> str:
        try:
            call()
        except (WrongState, StaleObject):
            return ""
        name: str = call.func.__name__
        return name

    return [name for name in race_of([partial(tried, call) for call in calls]) if name]


def lock_nothing(monkeypatch: pytest.MonkeyPatch, *modules: Any) -> None:
    def read_row(rows: Any, pk: int, expected_version: int | None = None) -> Any:
        return rows.get(pk=pk)

    for module in modules:
        monkeypatch.setattr(module, "lock_row", read_row)


def led_task(county: County) -> Task:
    return make_task(make_plan(county), county.units["YJ"])


def review_by_two(county: County, task: Task) -> list[str]:
    return both(
        partial(reporting.pass_report, actor=county.office, task_id=task.pk),
        partial(reporting.return_report, actor=county.second_office, task_id=task.pk, reason="佐证不全"),
    )


@committed
def test_of_two_reviewers_one_is_heard(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    task = led_task(county)
    round_ = report(county, task, "300")
    let_them_meet(monkeypatch, Task)
    made = review_by_two(county, task)
    assert len(made) == 1
    task.refresh_from_db()
    round_.refresh_from_db()
    wanted = {"pass_report": (S.ACTIVE, R.PASSED, 300), "return_report": (S.RETURNED, R.RETURNED, None)}
    assert (task.state, round_.state, task.targets.get().verified_value) == wanted[made[0]]


@committed
def test_without_the_lock_both_reviewers_would_be_heard(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: a task passed and returned under one version."""
    task = led_task(county)
    report(county, task, "300")
    task.refresh_from_db()
    let_them_meet(monkeypatch, Task)
    lock_nothing(monkeypatch, permissions, reporting)
    assert len(review_by_two(county, task)) == 2
    version = task.version
    task.refresh_from_db()
    assert task.version == version + 1, "two changes under one version"


def save_by_two(county: County, task: Task, version: int | None) -> list[str]:
    def saving(person: Any, text: str) -> partial[Any]:
        draft = reporting.ReportDraft(texts={"actions_taken": text})
        return partial(reporting.save_draft, actor=person, task_id=task.pk, draft=draft, expected_version=version)

    return both(saving(county.editor, "甲写的做法"), saving(county.second_editor, "乙写的做法"))


@committed
@pytest.mark.parametrize("begun", [False, True], ids=["first save", "later save"])
def test_of_two_editors_of_a_report_one_saves_and_the_other_is_told(
    county: County, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    task = led_task(county)
    moves.sign_task(actor=county.editor, task_id=task.pk)
    version = None
    if begun:
        empty = reporting.ReportDraft()
        version = reporting.save_draft(actor=county.editor, task_id=task.pk, draft=empty).version
    let_them_meet(monkeypatch, ProgressReport)
    assert save_by_two(county, task, version) == ["save_draft"]
    saved = task.reports.get()
    assert saved.actions_taken in ("甲写的做法", "乙写的做法")
    assert saved.round == 1


@committed
def test_without_the_lock_one_editor_would_lose_his_text(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: both are told that it was saved, one text is left."""
    task = led_task(county)
    moves.sign_task(actor=county.editor, task_id=task.pk)
    version = reporting.save_draft(actor=county.editor, task_id=task.pk, draft=reporting.ReportDraft()).version
    let_them_meet(monkeypatch, ProgressReport)
    lock_nothing(monkeypatch, reporting)
    assert len(save_by_two(county, task, version)) == 2


def done_but_asking(county: County) -> tuple[Task, TaskRequest]:
    """Return a complete task whose unit had asked for more time before it was done after all."""
    task = led_task(county)
    moves.sign_task(actor=county.editor, task_id=task.pk)
    asked = requests.ask_extension(
        actor=county.editor, task_id=task.pk, reason="汛情影响", progress="过半", proposed_due_on=ASKED
    )
    report(county, task, "400")
    reporting.pass_report(actor=county.office, task_id=task.pk)
    task.refresh_from_db()
    return task, asked


def extend_and_close(county: County, task: Task, asked: TaskRequest) -> list[str]:
    return both(
        partial(
            requests.decide_extension, actor=county.office, request_id=asked.pk, granted_due_on=GRANTED, decision="同意"
        ),
        partial(moves.close_directly, actor=county.second_office, task_id=task.pk, reason="核验属实"),
    )


def outcomes(task: Task) -> Sequence[Any]:
    task.refresh_from_db()
    return task.state, task.due_on, task.requests.get().state


@committed
def test_a_deadline_is_moved_before_the_closing_or_not_at_all(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    task, asked = done_but_asking(county)
    due_on = task.due_on
    let_them_meet(monkeypatch, Task)
    made = extend_and_close(county, task, asked)
    if "decide_extension" in made:
        assert made == ["decide_extension", "close_directly"]
        assert outcomes(task) == (S.CLOSED, GRANTED, TaskRequest.State.GRANTED)
    else:
        assert made == ["close_directly"]
        assert outcomes(task) == (S.CLOSED, due_on, TaskRequest.State.LAPSED)


@committed
def test_without_the_lock_the_deadline_of_a_closed_task_would_move(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: each was made on what it had read before the other wrote."""
    task, asked = done_but_asking(county)
    version = task.version
    let_them_meet(monkeypatch, Task)
    lock_nothing(monkeypatch, permissions, requests)
    assert len(extend_and_close(county, task, asked)) == 2
    task.refresh_from_db()
    assert task.version == version + 1, "two changes under one version"
