"""The lamp table is the office's: tried out, changed as a whole with a reason, and every open task judged anew."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.forms import BooleanField, ChoiceField
from django.urls import reverse

from audit.models import Entry
from tasks.models import LampRule, Plan, Task, TaskChange
from tasks.services.changes import relight
from tests.county import AsPerson, County, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
PAGE = reverse("tasks:lamp_rules_edit")


@pytest.fixture
def behind(plan: Plan, county: County) -> Task:
    """Return a task at 20 %, where the plan wants about 36 %: yellow by the table a county starts with."""
    task = make_task(plan, county.units["YJ"], 1, state=Task.State.ACTIVE, verified_percent=Decimal(20))
    Task.objects.filter(pk=task.pk).update(submitted_on=date(2026, 5, 10))
    task.refresh_from_db()
    relight(task)
    task.refresh_from_db()
    assert task.lamp == Task.Lamp.YELLOW
    return task


def typed(client: Any, **more: Any) -> dict[str, Any]:
    """Return what the page's form would send as it stands, with `more` typed over it."""
    page = client.get(PAGE)
    rows, about = page.context["rows"], page.context["about"]
    data: dict[str, Any] = {
        "rule-TOTAL_FORMS": rows.total_form_count(),
        "rule-INITIAL_FORMS": rows.initial_form_count(),
        "seen": about.initial["seen"],
        "reason": "县安委会第二次全体会议要求",
    }
    for number, form in enumerate(rows):
        for name, field in form.fields.items():
            value = form.initial.get(name)
            if isinstance(field, BooleanField):
                # A box that is not ticked is not sent.
                data |= {f"rule-{number}-{name}": "on"} if value else {}
            elif value is None and isinstance(field, ChoiceField):
                data[f"rule-{number}-{name}"] = next(iter(field.widget.choices))[0]
            else:
                data[f"rule-{number}-{name}"] = "" if value is None else value
    return data | more


def row(condition: str, place: int = 0) -> int:
    """Return the number in the form of the rule with this condition (the `place`-th of them)."""
    orders = list(LampRule.objects.values_list("condition", flat=True))
    return [number for number, name in enumerate(orders) if name == condition][place]


def test_the_page_is_the_offices(as_person: AsPerson) -> None:
    assert PAGE in as_person("office").get("/tasks/lamps/").content.decode()
    assert PAGE not in as_person("editor").get("/tasks/lamps/").content.decode()
    assert as_person("leader").post(PAGE, {}).status_code == 403


def test_trying_out_shows_the_change_and_stores_nothing(as_person: AsPerson, behind: Task) -> None:
    client = as_person("office")
    before = list(LampRule.objects.values())
    data = typed(client, **{f"rule-{row('gap_over')}-threshold": "15", "try": "1", "reason": ""})
    text = client.post(PAGE, data).content.decode()
    assert "1 项任务变色（尚未保存）" in text
    assert f"{behind.code} {behind.title}" in text
    assert 'value="15"' in text
    assert list(LampRule.objects.values()) == before
    behind.refresh_from_db()
    assert behind.lamp == Task.Lamp.YELLOW


def test_a_saved_table_is_recorded_and_judges_at_once(
    as_person: AsPerson, behind: Task, django_capture_on_commit_callbacks: Any
) -> None:
    client = as_person("office")
    data = typed(client, **{f"rule-{row('gap_over')}-threshold": "15"})
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(PAGE, data).status_code == 302
    behind.refresh_from_db()
    assert behind.lamp == Task.Lamp.RED
    assert "超过15个百分点" in behind.lamp_reason
    assert TaskChange.objects.filter(task=behind, field="lamp", old="yellow", new="red").exists()
    entry = Entry.objects.get(action="lamp_rules.change")
    assert (entry.actor_name, entry.reason) == ("安小委", "县安委会第二次全体会议要求")
    assert [change[1:] for change in entry.changes] == [
        ["7. 落后计划进度超过（百分点） 30百分点 → 红", "7. 落后计划进度超过（百分点） 15百分点 → 红"]
    ]
    text = as_person("editor").get("/tasks/lamps/").content.decode()
    assert "县安委会第二次全体会议要求" in text


def test_rows_are_added_removed_and_put_in_order(as_person: AsPerson) -> None:
    client = as_person("office")
    count, early = LampRule.objects.count(), row("early")
    new = {
        f"rule-{count}-order": "105", f"rule-{count}-condition": "due_within", f"rule-{count}-threshold": "30",
        f"rule-{count}-colour": "yellow", f"rule-{count}-active": "on",
    }  # fmt: skip
    assert client.post(PAGE, typed(client, **new, **{f"rule-{early}-remove": "on"})).status_code == 302
    rules = list(LampRule.objects.values_list("order", "condition", "threshold"))
    assert [order for order, _, _ in rules] == [10 * place for place in range(1, count + 1)]
    assert [(name, value) for _, name, value in rules[9:11]] == [("due_within", 10), ("due_within", 30)]
    assert not LampRule.objects.filter(condition="early").exists()


@pytest.mark.parametrize(
    ("condition", "field", "value", "word"),
    [
        ("gap_over", "threshold", "", "应在 0 至 100（百分点）之间"),
        ("gap_over", "threshold", "101", "应在 0 至 100（百分点）之间"),
        ("missed_period", "threshold", "0", "应在 1 至 12（期）之间"),
        ("otherwise", "active", "", "启用的最后一条应为“其他情形”"),
        ("otherwise", "order", "5", "启用的最后一条应为“其他情形”"),
        ("closed", "colour", "green", "启用的第一条应为“已销号”亮蓝灯"),
        ("overdue", "colour", "blue", "蓝灯只用于已销号的任务"),
        ("overdue", "colour", "pink", "pink"),
        ("overdue", "order", "x", "整数"),
    ],
)
def test_a_table_that_leaves_a_task_without_colour_is_refused(
    as_person: AsPerson, condition: str, field: str, value: str, word: str
) -> None:
    client = as_person("office")
    before = list(LampRule.objects.values())
    data = typed(client, **{f"rule-{row(condition)}-{field}": value, "reason": "保留这句理由"})
    if field == "active":
        del data[f"rule-{row(condition)}-{field}"]
    answer = client.post(PAGE, data)
    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert "保留这句理由" in answer.content.decode()
    assert list(LampRule.objects.values()) == before


@pytest.mark.parametrize(("reason", "word"), [(" ", "请填写修改亮灯规则的理由"), ("长" * 201, "200 字以内")])
def test_a_reason_is_needed(as_person: AsPerson, reason: str, word: str) -> None:
    client = as_person("office")
    data = typed(client, **{f"rule-{row('gap_over')}-threshold": "15", "reason": reason})
    assert word in client.post(PAGE, data).content.decode()
    assert "没有变化" in client.post(PAGE, typed(client)).content.decode()
    assert not Entry.objects.filter(action="lamp_rules.change").exists()


def test_two_clerks_do_not_overwrite_each_other(as_person: AsPerson) -> None:
    first, second = as_person("office"), as_person("second_office")
    mine = typed(first, **{f"rule-{row('gap_over')}-threshold": "15"})
    theirs = typed(second, **{f"rule-{row('due_within')}-threshold": "20"})
    assert first.post(PAGE, mine).status_code == 302
    answer = second.post(PAGE, theirs)
    assert answer.status_code == 422
    assert "已有其他人修改了亮灯规则" in answer.content.decode()
    assert 'value="20"' in answer.content.decode()
    assert LampRule.objects.get(condition="due_within").threshold == 10
