"""The demonstration county's files: complete, consistent with each other and with the reader."""

import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from responsibility.models import KeywordRule, Role, Unit
from tasks.models import Operator
from tasks.progress import computed_percent
from tasks.reader import read_text

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "demo"
YEAR = 2026
PLANS = {"plan.txt": (YEAR, "progress.json", 6, 33), "plan_last_year.txt": (YEAR - 1, "progress_last_year.json", 3, 10)}
STORIES = [row[1] for row in PLANS.values()]
DEPARTMENTS = {"party", "government", "stationed", "office"}
TEXTS = ("actions_taken", "results", "problems", "next_steps")


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def plan_text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8").replace("{year}", str(PLANS[name][0]))


UNITS: list[dict[str, Any]] = load("units.json")["units"]
PEOPLE: list[dict[str, Any]] = load("people.json")["people"]
RULES: list[dict[str, Any]] = load("keyword_rules.json")["rules"]
CODES = {unit["code"] for unit in UNITS}
ACTING = {unit["code"] for unit in UNITS if unit["kind"] != "group"}
# Every task of both storylines, with the file it stands in, for messages.
TASKS: list[tuple[str, dict[str, Any]]] = [(name, task) for name in STORIES for task in load(name)["tasks"]]
LETTERS: list[tuple[str, dict[str, Any]]] = [(name, letter) for name in STORIES for letter in load(name)["letters"]]


def day(text: str) -> date:
    """Read `MM-DD`, or `+MM-DD` for the following year, in the year of the plan (2026 for the test's sake)."""
    assert re.fullmatch(r"\+?\d\d-\d\d", text), text
    return date(YEAR + text.startswith("+"), int(text[-5:-3]), int(text[-2:]))


def test_the_county_has_38_departments_15_townships_and_a_park() -> None:
    kinds = Counter(unit["kind"] for unit in UNITS)
    assert sum(kinds[kind] for kind in DEPARTMENTS) == 38
    assert kinds["township"] + kinds["subdistrict"] == 15
    assert (kinds["office"], kinds["park"], kinds["group"]) == (1, 1, 4)
    assert set(kinds) <= set(Unit.Kind.values)
    assert len(CODES) == len(UNITS)
    assert all(re.fullmatch(r"[A-Z]{2}\d\d", code) for code in CODES)


def test_no_name_means_two_units() -> None:
    seen: dict[str, str] = {}
    for unit in UNITS:
        names = {unit["name"], unit["short_name"]}
        names |= {alias["name"] for alias in unit["aliases"]}
        assert not names & seen.keys(), {name: (seen[name], unit["code"]) for name in names & seen.keys()}
        listed = [alias["name"] for alias in unit["aliases"]]
        assert len(set(listed)) == len(listed), f"{unit['code']} lists an alias twice"
        assert not {unit["name"], unit["short_name"]} & set(listed), f"{unit['code']} repeats its own name"
        seen |= dict.fromkeys(names, unit["code"])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("应急局", "YJ01"),
        ("安监局", "YJ01"),
        ("住建局", "ZJ01"),
        ("国土局", "ZR01"),
        ("卫计局", "WJ01"),
        ("质监局", "SC01"),
    ],
)
def test_generic_and_former_names_are_known(written: str, code: str) -> None:
    assert [unit["code"] for unit in UNITS if written in {alias["name"] for alias in unit["aliases"]}] == [code]


def test_groups_name_units_that_exist() -> None:
    groups = {unit["code"]: unit["members"] for unit in UNITS if unit["kind"] == "group"}
    assert all(members and set(members) <= ACTING for members in groups.values())
    townships = {unit["code"] for unit in UNITS if unit["kind"] in {"township", "subdistrict"}}
    assert set(groups["QT01"]) == townships
    assert set(groups["QT02"]) == townships | {"YQ01"}


def test_people_are_distinct_and_belong_to_units() -> None:
    assert len({person["key"] for person in PEOPLE}) == len(PEOPLE)
    assert len({person["name"] for person in PEOPLE}) == len(PEOPLE)
    assert {person["unit"] for person in PEOPLE} <= ACTING
    assert {person["role"] for person in PEOPLE} == set(Role.values)
    assert all(person["post"] and len(person["post"]) <= 60 for person in PEOPLE)
    assert all(person["phone"].startswith("000-0000") for person in PEOPLE), "a number that could be somebody's"
    assert all(person["portfolio"] for person in PEOPLE if person["role"] == "leader")


def test_every_unit_has_an_editor_and_a_head() -> None:
    for role in ("editor", "head"):
        assert {person["unit"] for person in PEOPLE if person["role"] == role} == ACTING


def test_there_is_an_account_for_each_role() -> None:
    logins = [person["login"] for person in PEOPLE if person["login"]]
    assert len(set(logins)) == len(logins)
    roles = Counter(person["role"] for person in PEOPLE if person["login"])
    assert set(roles) == set(Role.values)
    assert roles["office"] >= 2
    editors = {person["unit"] for person in PEOPLE if person["login"] and person["role"] == "editor"}
    assert len([code for code in editors if code.startswith("XZ")]) >= 2
    assert len([code for code in editors if not code.startswith("XZ")]) >= 6
    assert {"anwei", "lingdao", "yingji", "zhujian", "zhen1", "fuze", "shenji", "admin"} <= set(logins)


def test_keyword_rules_fit_their_table() -> None:
    assert 60 <= len(RULES) <= 110
    for rule in RULES:
        assert rule["unit"] in CODES
        assert rule["part"] in KeywordRule.Part.values
        assert 1 <= rule["weight"] <= 100
        assert rule["keywords"]
        assert rule["reason"]
        assert all(word and "、" not in word for word in rule["keywords"] + rule["required"])
        assert len("、".join(rule["keywords"])) <= 300
        assert len("、".join(rule["required"])) <= 200
        assert len(rule["reason"]) <= 200


def first_lead(text: str) -> str:
    """Return the unit of the heaviest lead rule that fires on the text, or nothing."""
    fired = [
        rule
        for rule in RULES
        if rule["part"] == "lead"
        and any(word in text for word in rule["keywords"])
        and all(word in text for word in rule["required"])
    ]
    return max(fired, key=lambda rule: rule["weight"])["unit"] if fired else ""


@pytest.mark.parametrize("name", PLANS)
def test_the_rules_suggest_the_lead_of_each_item(name: str) -> None:
    text = plan_text(name)
    leads = {item.number: first_lead(text[item.start : item.end]) for item in read_text(text).items}
    wanted = {task["item"]: task["lead"] for task in load(PLANS[name][1])["tasks"]}
    assert all(leads.values())
    # The county's choice need not be the rule's; most of the time it is.
    agreed = [number for number, lead in wanted.items() if leads[number] == lead]
    assert len(agreed) >= 0.8 * len(wanted), {n: (leads[n], wanted[n]) for n in wanted if n not in agreed}


@pytest.mark.parametrize("name", PLANS)
def test_the_reader_reads_the_plan_as_meant(name: str) -> None:
    year, story, sections, items = PLANS[name]
    reading = read_text(plan_text(name))
    assert reading.plan_year == year
    assert reading.doc_number
    assert len(reading.sections) == sections
    assert [item.number for item in reading.items] == list(range(1, items + 1))
    assert not reading.noise
    assert not reading.flags
    for item, task in zip(reading.items, load(story)["tasks"], strict=True):
        found = [(target.operator, float(target.value), target.unit) for target in item.targets]
        assert found == [(row["operator"], float(row["value"]), row["unit"]) for row in task["metrics"]], item.title
        dates = {deadline.date for deadline in item.deadlines} | {
            deadline.range[1] for deadline in item.deadlines if deadline.range
        }
        if task["due_source"] == "text":
            assert f"{year}-{task['due_on']}" in dates, item.title


def test_the_plan_names_units_only_in_a_few_items() -> None:
    reading = read_text(plan_text("plan.txt"))
    named = {item.number: [(unit.name, unit.role) for unit in item.units] for item in reading.items}
    assert ("县应急管理局", "lead") in named[16]
    assert ("各乡镇（街道）", "responsible") in named[16]
    assert ("县自然资源和规划局", "lead") in named[20]
    assert [number for number, units in named.items() if {role for _, role in units} - {"mentioned"}] == [16, 20]


@pytest.mark.parametrize("name", STORIES)
def test_each_item_has_its_storyline(name: str) -> None:
    items = next(row[3] for row in PLANS.values() if row[1] == name)
    assert [task["item"] for task in load(name)["tasks"]] == list(range(1, items + 1))


@pytest.mark.parametrize(("name", "task"), TASKS, ids=lambda value: value if isinstance(value, str) else value["item"])
def test_a_storyline_can_happen(name: str, task: dict[str, Any]) -> None:
    assert task["lead"] in ACTING
    assert set(task["supports"]) <= CODES - {task["lead"]}
    assert task["due_source"] in {"text", "office"}
    assert all(metric["operator"] in Operator.values for metric in task["metrics"])
    assert day(task["starts_on"]) <= day(task["due_on"])
    last = day(load(name)["published_on"])
    moments = [task["signed_on"]]
    for report in task["reports"]:
        moments += [report["submitted_on"], *([report["reviewed_on"]] if report["reviewed_on"] else [])]
    if task["closing"]:
        moments += [when for when in (task["closing"]["applied_on"], task["closing"]["decided_on"]) if when]
    for moment in moments:
        assert last <= day(moment), moment
        last = day(moment)


@pytest.mark.parametrize(("name", "task"), TASKS, ids=lambda value: value if isinstance(value, str) else value["item"])
def test_reports_are_complete(name: str, task: dict[str, Any]) -> None:
    verified = Decimal(0)
    for number, report in enumerate(task["reports"], start=1):
        values = report["values"]
        pairs = [
            (
                SimpleNamespace(operator=metric["operator"], value=Decimal(str(metric["value"])), period=""),
                Decimal(str(value)),
            )
            for metric, value in zip(task["metrics"], values, strict=True)
        ]
        percent = Decimal(str(report["percent"]))
        computed = computed_percent(pairs)
        assert computed is None or abs(computed - percent) <= Decimal("0.1"), (report["submitted_on"], computed)
        assert all(report[text] for text in TEXTS)
        assert percent >= verified
        assert report["evidence"], "progress needs evidence"
        assert all(row["caption"] and row["file"].endswith((".pdf", ".png")) for row in report["evidence"])
        assert report["outcome"] in {"passed", "returned", "pending"}
        pending = report["outcome"] == "pending"
        assert not pending or number == len(task["reports"]), "nothing can follow a report that waits"
        assert pending == (report["reviewed_on"] is None)
        assert pending or report["review_comment"]
        verified = percent if report["outcome"] == "passed" else verified
    if task["closing"]:
        assert verified == 100, "only a finished task can be closed"
        assert task["closing"]["reason"]
        assert bool(task["closing"]["decided_on"]) == bool(task["closing"]["opinion"])


@pytest.mark.parametrize(
    ("name", "letter"), LETTERS, ids=lambda value: value if isinstance(value, str) else value["key"]
)
def test_letters_are_about_overdue_tasks_of_their_unit(name: str, letter: dict[str, Any]) -> None:
    story = load(name)
    tasks = {task["item"]: task for task in story["tasks"]}
    letters = {row["key"]: row for row in story["letters"]}
    for number in letter["items"]:
        assert tasks[number]["lead"] == letter["unit"]
        assert day(tasks[number]["due_on"]) < day(letter["drafted_on"])
        closing = tasks[number]["closing"]
        assert closing is None or day(closing["decided_on"]) > day(letter["issued_on"])
    assert set(letter["requirements"]) == {str(number) for number in letter["items"]}
    assert letter["signatory"] in {person["key"] for person in PEOPLE if person["role"] == "leader"}
    steps = [letter["drafted_on"], letter["issued_on"], letter["received_on"]]
    reply = letter["reply"]
    if reply:
        steps += [reply["on"], reply["reviewed_on"]]
        assert set(reply["items"]) == set(letter["requirements"])
    assert [day(step) for step in steps] == sorted(day(step) for step in steps)
    assert day(letter["reply_due_on"]) > day(letter["issued_on"])
    if letter["predecessor"]:
        assert letters[letter["predecessor"]]["unit"] == letter["unit"]
        assert day(letters[letter["predecessor"]]["issued_on"]) < day(letter["issued_on"])


def test_letters_of_both_years() -> None:
    assert len(load("progress.json")["letters"]) >= 3
    overdue = {number for letter in load("progress_last_year.json")["letters"] for number in letter["items"]}
    assert len(overdue) == 2
    replied = [letter for _, letter in LETTERS if letter["reply"]]
    assert len(replied) >= 2
    assert any(letter["reply"] is None for _, letter in LETTERS)


def test_nothing_runs_past_what_the_services_take() -> None:
    for person in PEOPLE:
        assert len(person.get("portfolio", "")) <= 200
    for unit in UNITS:
        assert len(unit["code"]) <= 20
        assert all(len(name) <= 80 for name in [unit["name"], *(alias["name"] for alias in unit["aliases"])])
    assert all(len(letter["title"]) <= 120 for _, letter in LETTERS)


def test_the_texts_leave_the_year_open() -> None:
    for name in [*PLANS, *STORIES]:
        assert not re.search(r"20\d\d[年〕-]", (FOLDER / name).read_text(encoding="utf-8")), name
