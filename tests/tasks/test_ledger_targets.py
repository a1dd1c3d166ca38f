"""Targets fed by a ledger: the figure is the ledger's, whatever is typed; the office decides, and it is recorded."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from audit.models import Entry
from core.metrics import Metric, Reading, metric_for, metrics, rate
from tasks.models import ReportValue, Task, TaskChange, TaskTarget
from tasks.services.feeding import set_source
from tasks.services.moves import sign_task
from tasks.services.reporting import submit_report
from tests.county import AsPerson, County, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


class Ledger:
    """A ledger whose content a test sets."""

    def __init__(self) -> None:
        self.numerator, self.denominator = 120, 0
        self.asked: list[tuple[date, date, Any]] = []

    def count(self, start: date, end: date, user: Any) -> Reading:
        self.asked.append((start, end, user))
        return Reading(Decimal(self.numerator), self.numerator, None, start, end, "/drills/?counted=1")

    def share(self, start: date, end: date, user: Any) -> Reading:
        value = rate(self.numerator, self.denominator)
        return Reading(value, self.numerator, self.denominator, start, end, "/a/", "/b/", "延期 1 条")


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    made = Ledger()
    known = dict(metrics._entries)
    metrics._entries.clear()
    metrics.register(
        "test.count", Metric("test.count", "试验场次", "场次", "计入的次数", made.count, (("试验", "场"),))
    )
    metrics.register("test.share", Metric("test.share", "试验率", "%", "分子÷分母", made.share, (("试验", "率"),)))
    yield made
    metrics._entries.clear()
    metrics._entries.update(known)


@pytest.fixture
def target(task: Task, ledger: Ledger) -> TaskTarget:
    return task.targets.get()


def feed(county: County, target: TaskTarget, key: str = "test.count") -> None:
    set_source(actor=county.office, target_id=target.pk, ledger=key, reason="演练台账已启用")
    sign_task(actor=county.editor, task_id=target.task_id)


def post(client: Any, target: TaskTarget, ledger: str, reason: str = "台账已启用", **more: Any) -> Any:
    data = {"version": Task.objects.get(pk=target.task_id).version, "ledger": ledger, "reason": reason} | more
    return client.post(reverse("tasks:source", args=[target.pk]), data)


def test_the_office_feeds_a_target_and_it_is_recorded(as_person: AsPerson, target: TaskTarget) -> None:
    page = as_person("office").get(f"/tasks/{target.task_id}/").content.decode()
    assert "更改“演练场次”的取数来源" in page
    # A rate cannot feed a count.
    assert "试验率" not in page
    assert post(as_person("office"), target, "test.count").status_code == 302
    target.refresh_from_db()
    assert target.ledger == "test.count"
    change = TaskChange.objects.get(target=target, field="target")
    assert (change.old, change.new, change.reason) == ("人工填报", "台账：试验场次", "台账已启用")
    entry = Entry.objects.get(action="task.source")
    assert (entry.actor_name, entry.reason) == ("安小委", "台账已启用")
    page = as_person("editor").get(f"/tasks/{target.task_id}/").content.decode()
    assert "试验场次" in page
    assert 'href="/drills/?counted=1"' in page
    assert reverse("tasks:source", args=[target.pk]) not in page


@pytest.mark.parametrize(
    ("ledger_key", "reason", "more", "word"),
    [
        ("test.count", " ", {}, "请填写更改取数来源的理由"),
        ("test.count", "长" * 301, {}, "300 字"),
        ("test.nothing", "理由", {}, "没有这个台账指标"),
        ("test.share", "理由", {}, "一个是比率、一个是数量"),
        ("", "理由", {}, "无需更改"),
        ("test.count", "理由", {"version": 99}, "已有其他人修改"),
        ("test.count", "理由", {"version": ""}, "页面已失效"),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_typed(
    as_person: AsPerson, target: TaskTarget, ledger_key: str, reason: str, more: dict[str, Any], word: str
) -> None:
    answer = post(as_person("office"), target, ledger_key, reason, **more)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert word in page
    assert reason.strip() in page
    target.refresh_from_db()
    assert target.ledger == ""


@pytest.mark.parametrize(
    ("person", "status"), [("editor", 403), ("leader", 403), ("other_editor", 404), ("stranger", 404)]
)
def test_nobody_else_decides(as_person: AsPerson, target: TaskTarget, person: str, status: int) -> None:
    assert post(as_person(person), target, "test.count").status_code == status


def test_a_closed_task_keeps_its_sources(as_person: AsPerson, target: TaskTarget) -> None:
    Task.objects.filter(pk=target.task_id).update(state="closed", closed_on=date(2026, 5, 1))
    answer = post(as_person("office"), target, "test.count")
    assert answer.status_code == 409
    target.refresh_from_db()
    assert target.ledger == ""


def test_the_report_takes_the_ledgers_figure_not_the_typed_one(
    as_person: AsPerson, county: County, target: TaskTarget, ledger: Ledger
) -> None:
    feed(county, target)
    form = as_person("editor").get(f"/tasks/{target.task_id}/report/").content.decode()
    assert "由台账取数的指标" in form
    assert f"value_{target.pk}" not in form
    data = {"version": 0, "actions_taken": "组织演练", f"value_{target.pk}": "400", "save": "1"}
    as_person("editor").post(f"/tasks/{target.task_id}/report/", data)
    row = ReportValue.objects.get(target=target)
    assert (row.value, row.as_of, row.denominator) == (120, date(2026, 5, 12), None)
    assert row.report.percent == 30
    assert ledger.asked[-1] == (date(2026, 1, 1), date(2026, 5, 12), None)


def test_submission_reads_the_ledger_again(
    as_person: AsPerson, county: County, target: TaskTarget, ledger: Ledger
) -> None:
    feed(county, target)
    client, address = as_person("editor"), f"/tasks/{target.task_id}/report/"
    client.post(address, {"version": 0, "actions_taken": "组织演练", "save": "1"})
    ledger.numerator = 0
    report = ReportValue.objects.get(target=target).report
    submit_report(actor=county.editor, task_id=target.task_id)
    report.refresh_from_db()
    assert (report.state, report.percent, report.values.get().value) == ("submitted", 0, 0)
    target.refresh_from_db()
    assert target.reported_value == 0


def test_a_rate_over_nothing_is_no_failure_and_not_the_years_work(
    as_person: AsPerson, county: County, plan: Any, ledger: Ledger
) -> None:
    task = make_task(plan, county.units["YJ"], 7, target=("试验率", ">=", "100", "%"))
    target = task.targets.get()
    feed(county, target, "test.share")
    ledger.numerator = 0
    as_person("editor").post(f"/tasks/{task.pk}/report/", {"version": 0, "actions_taken": "尚无到期", "save": "1"})
    row = ReportValue.objects.get(target=target)
    assert (row.value, row.numerator, row.denominator) == (None, 0, 0)
    # 132 of 365 days: as far as the plan wants by now.
    assert row.report.percent == Decimal("36.2")
    page = as_person("office").get(f"/tasks/{task.pk}/").content.decode()
    assert "延期 1 条" in page


def test_back_to_hand_the_typed_figure_counts_again(as_person: AsPerson, county: County, target: TaskTarget) -> None:
    feed(county, target)
    set_source(actor=county.office, target_id=target.pk, ledger="", reason="台账停用")
    data = {"version": 0, "actions_taken": "组织演练", f"value_{target.pk}": "200", "save": "1"}
    as_person("editor").post(f"/tasks/{target.task_id}/report/", data)
    row = ReportValue.objects.get(target=target)
    assert (row.value, row.as_of, row.basis) == (200, None, "")


def test_words_of_a_target_name_its_metric(ledger: Ledger) -> None:
    assert metric_for("全年试验不少于400场次") is metrics.get("test.count")
    assert metric_for("重大隐患") is None
    # Two that fit are none: a person decides.
    assert metric_for("试验场次完成率") is None
