"""The demonstration county loaded on 2 January, 15 July and 31 December 2026, at ten o'clock, through the services.

Each day is loaded once: the tests of a day share its database and leave no trace in it.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from core import clock
from core.metrics import metrics
from core.periods import QUARTER, period_of
from core.queues import queues_of
from core.workdays import add_working_days
from drills.models import Drill
from evidence.models import File
from notifications.models import Notification
from reports.models import Report
from safetyplan.demo.directives import OPENED_AFTER, REVIEWED_AFTER, SIGNED_AFTER
from safetyplan.demo.story import day_of, moment_of, read_json
from supervision.models import Letter, LetterCounter
from tasks.filters import TaskFilter
from tasks.models import Plan, ProgressReport, ReportValue, Task, TaskChange, TaskTarget
from tests.safetyplan.demo_days import DAYS, WITHOUT_WORK, Expected

YEARS = (2025, 2026)
ROLES = ("anwei", "lingdao", "yingji", "fuze", "zhen1", "shenji", "admin", "qiye")
# Each test's own transaction lies inside that of its day.
pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Loaded:
    """The county on one day: what it is to show, and what the command printed."""

    day: date
    expected: Expected
    printed: str
    passwords: dict[str, str]


def _passwords(printed: str) -> dict[str, str]:
    rows = re.findall(r"(\w+)  +([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})$", printed, re.MULTILINE)
    return dict(rows)


@pytest.fixture(scope="module", params=DAYS, ids=str)
def demo(request: Any, django_db_setup: None, django_db_blocker: Any, valkey: None) -> Iterator[Loaded]:
    """Load the county at ten o'clock of the day, in a transaction that is rolled back after the day's last test."""
    moment = moment_of(request.param, 10)
    with django_db_blocker.unblock(), time_machine.travel(moment, tick=False), transaction.atomic():
        out = io.StringIO()
        call_command("load_demo", stdout=out)
        printed = out.getvalue()
        yield Loaded(request.param, DAYS[request.param], printed, _passwords(printed))
        transaction.set_rollback(True)


def login(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_colours_and_states_are_those_of_the_readme(demo: Loaded) -> None:
    for year in YEARS:
        tasks = Task.objects.filter(plan__year=year)
        assert Counter(tasks.values_list("lamp", flat=True)) == demo.expected.lamps[year], year
        assert Counter(tasks.values_list("state", flat=True)) == demo.expected.states[year], year
    assert not Task.objects.filter(lamp_reason="").exists()
    assert not Task.objects.open().exclude(lamp_on=demo.day).exists(), "a lamp of another day"


def test_everybody_finds_the_work_that_waits_for_them(demo: Loaded) -> None:
    people = User.objects.filter(username__in=demo.passwords)
    found = {person.username: " ".join(queue.key for queue in queues_of(person)) for person in people}
    assert found == demo.expected.queues
    assert all(found[name] for name in found if name not in WITHOUT_WORK)


def test_every_link_of_my_work_opens_and_a_queue_opens_its_own_rows(demo: Loaded) -> None:
    # The three clerks of the office have one queue; the links of ten supported tasks are the links of the first.
    for name in demo.passwords.keys() - {"anwei2", "anwei3"}:
        client, person = login(name), User.objects.get(username=name)
        for queue in queues_of(person):
            assert len(queue.rows) == min(queue.count, 10)
            first = queue.rows[0]
            for path in {first.path, first.action_path} - {""}:
                assert client.get(path).status_code == 200, f"{name}: {path}"
            page = client.get(queue.path)
            shown = page.context["count"] if "count" in page.context else page.context["page_obj"].paginator.count
            assert (queue.key, shown) == (queue.key, queue.count), name


def _rows_behind(person: User, path: str) -> int:
    """Count the rows a link to the task list shows to this person."""
    address, _, query = path.partition("?")
    assert address == reverse("tasks:list")
    request = RequestFactory().get(path)
    request.user = person
    filters = TaskFilter(QueryDict(query), Task.objects.visible_to(person), request=request)
    assert filters.form.is_valid(), (path, filters.form.errors)
    count: int = filters.qs.count()
    return count


@pytest.mark.parametrize("name", ["anwei", "lingdao", "yingji", "zhujian", "fuze", "zhen1"])
@pytest.mark.parametrize("year", YEARS)
def test_each_figure_of_the_dashboard_counts_the_rows_behind_it(demo: Loaded, name: str, year: int) -> None:
    client, person = login(name), User.objects.get(username=name)
    page = client.get(reverse("dashboards:overview"), {"year": year}).context
    figures = [(figure.label, figure.value, figure.path) for figure in page["figures"]]
    figures += [(week.label, week.count, week.path) for week in page["weeks"]]
    figures += [(label, count, path) for label, _, count, path, _ in page["lists"]]
    for row in page["matrix"]:
        figures.append((row.unit, row.total.count, row.total.path))
        figures += [(f"{row.unit} {cell.words}", cell.count, cell.path) for cell in row.cells if cell]
    wrong = [figure for figure in figures if _rows_behind(person, figure[2]) != figure[1]]
    assert not wrong
    assert page["year"] == year
    # The list itself says the same number as its filter.
    for label, value, path in figures[:4]:
        assert client.get(path).context["count"] == value, label


def test_the_office_sees_all_tasks_and_a_unit_its_own(demo: Loaded) -> None:
    def dashboard(name: str) -> tuple[int, int]:
        page = login(name).get(reverse("dashboards:overview"), {"year": 2026}).context
        return page["figures"][0].value, page["supported"]

    everything = sum(demo.expected.lamps[2026].values())
    assert dashboard("anwei") == dashboard("lingdao") == (everything, 0)
    led, supported = dashboard("yingji")
    assert led == Task.objects.filter(plan__year=2026, lead__short_name="县应急局").count()
    assert 0 < supported < everything - led
    shown, supported = dashboard("zhen1")
    assert 0 < shown == supported < everything, "a township leads nothing and sees what it supports"


def test_the_overdue_list_holds_what_is_late_and_not_done(demo: Loaded) -> None:
    found = Task.objects.overdue_on(demo.day)
    assert set(found.values_list("code", flat=True)) == demo.expected.overdue
    assert all(task.due_on < demo.day and task.completed_on is None and task.lamp == "red" for task in found)


def test_the_not_reported_list_holds_what_nobody_reported_this_quarter(demo: Loaded) -> None:
    start = period_of(demo.day, QUARTER).start
    wanted = {
        task.code
        for task in Task.objects.select_related("plan")
        if task.starts_on <= demo.day
        and task.state in ("assigned", "active", "returned")
        and task.completed_on is None
        and (task.submitted_on is None or task.submitted_on < start)
    }
    assert set(Task.objects.not_reported_on(demo.day).values_list("code", flat=True)) == wanted
    # Of what the register gave rise to, some is late in December and nobody has said a word on it.
    planned = set(Task.objects.exclude(item=None).values_list("code", flat=True))
    assert bool(wanted & planned) == (demo.day.month < 12), "by the last day of the year all reported on the plan"


def test_what_was_reported_in_time_and_waits_is_not_red(demo: Loaded) -> None:
    waiting = Task.objects.filter(state__in=["reported", "closing"], submitted_on__lte=F("due_on"))
    assert waiting.exists()
    assert not [f"{task}: {task.lamp_reason}" for task in waiting.filter(lamp="red")]


def _register_entry(number: str) -> tuple[str, int, int]:
    """Take 清安委办〔2026〕1号 apart."""
    found = re.fullmatch(r"(\w+)〔(\d{4})〕([1-9]\d*)号", number)
    assert found, number
    return found[1], int(found[2]), int(found[3])


def test_letters_stand_in_their_states_and_run_through_their_numbers(demo: Loaded) -> None:
    assert Counter(Letter.objects.values_list("state", flat=True)) == demo.expected.letters
    numbered = Letter.objects.filter(sequence__isnull=False).order_by("issued_on", "sequence")
    # Reports take their numbers from the same register: whatever bears a code, its numbers leave no gap.
    taken = [(letter.code, letter.year, letter.sequence) for letter in numbered]
    reports = Report.objects.exclude(doc_number="").order_by("frozen_at", "pk")
    taken += [_register_entry(number) for number in reports.values_list("doc_number", flat=True)]
    for counter in LetterCounter.objects.all():
        numbers = [number for code, year, number in taken if (code, year) == (counter.code, counter.year)]
        assert numbers == list(range(1, counter.last + 1)), counter
    assert {(code, year) for code, year, _ in taken} == set(LetterCounter.objects.values_list("code", "year"))
    assert {letter.number for letter in numbered} >= {"清安委办〔2025〕1号"}
    assert all(letter.issued_on and letter.issued_on.year == letter.year for letter in numbered)
    for letter in Letter.objects.exclude(predecessor=None).select_related("predecessor"):
        assert letter.predecessor is not None
        assert letter.predecessor.created_at < letter.created_at


def test_drills_are_one_number_in_ledger_plan_overview_and_report(demo: Loaded) -> None:
    metric = metrics.get("drills.comprehensive")
    assert metric is not None
    first = date(2026, 1, 1)

    def counted(day: date) -> Decimal:
        reading = metric.read(first, day, None)
        assert login("anwei").get(reading.numerator_path).context["count"] == reading.numerator
        return Decimal(reading.numerator or 0)

    target = TaskTarget.objects.get(ledger="drills.comprehensive")
    values = list(ReportValue.objects.filter(target=target).order_by("as_of").select_related("report"))
    assert target.task.item is not None
    number = target.task.item.number
    story = next(row for row in read_json("progress.json")["tasks"] if row["item"] == number)
    told = [row["values"][0] for row in story["reports"] if day_of(row["submitted_on"], 2026) <= demo.day]
    assert [row.value for row in values][: len(told)] == told, "what the storyline tells is what the ledger held"
    assert all(row.as_of and row.value == counted(row.as_of) for row in values)
    page = login("anwei").get(reverse("tasks:indicators"), {"q": target.metric, "year": "2026"}).context["table"].page
    assert [row.record.current for row in page if row.record.pk == target.pk] == [values[-1].value if values else None]
    overview = login("anwei").get(reverse("drills:overview"), {"year": "2026"}).context["found"]
    assert overview.counted == counted(demo.day)
    for report in Report.objects.filter(year=2026):
        assert report.content.figures["drills.toward"].value == counted(report.as_of), report


def test_nothing_is_dated_after_the_moment_of_loading(demo: Loaded) -> None:
    now = clock.now()
    for rows, field in (
        (Entry.objects.all(), "at"),
        (TaskChange.objects.all(), "at"),
        (Notification.objects.all(), "created_at"),
        (Letter.objects.all(), "created_at"),
        (File.objects.all(), "uploaded_at"),
        (ProgressReport.objects.all(), "submitted_at"),
        (Plan.objects.all(), "published_at"),
    ):
        assert rows.exists()
        assert not rows.filter(**{f"{field}__gt": now}).exists(), rows.model
    assert all(change.on == clock.date_of(change.at) for change in TaskChange.objects.all())


def test_people_worked_by_day(demo: Loaded) -> None:
    for entry in Entry.objects.exclude(action="letter.render"):
        assert time(8) <= timezone.localtime(entry.at).time() < time(18), entry


def _told(name: str, year: int) -> Iterator[tuple[str, str, date]]:
    """Yield (action, object, day) of everything a storyline dates."""
    story = read_json(name)
    for row in story["tasks"]:
        code, moves = f"{year}-{row['item']:02d}", [("sign", row["signed_on"])]
        for report in row["reports"]:
            verdict = {"passed": "pass", "returned": "return", "pending": ""}[report["outcome"]]
            moves += [("submit", report["submitted_on"]), (verdict, report.get("reviewed_on"))]
        closing = row["closing"] or {}
        moves += [("request_close", closing.get("applied_on")), ("close", closing.get("decided_on"))]
        moves += [("set_milestones", row.get("milestones", {}).get("set_on"))]
        yield from ((f"task.{move}", code, day_of(text, year)) for move, text in moves if move and text)
    for row in story["letters"]:
        reply = row["reply"] or {}
        letter = [("compose", row["drafted_on"]), ("issue", row["issued_on"]), ("receive", row["received_on"])]
        letter += [("reply", reply.get("on")), ("close", reply.get("reviewed_on"))]
        yield from ((f"letter.{move}", row["title"], day_of(text, year)) for move, text in letter if text)


def _told_of_directives(year: int, codes: Mapping[str, str]) -> Iterator[tuple[str, str, date]]:
    """Yield (action, code, day) of everything the register dates; `codes` are found by the title of the task."""
    for entry in read_json("directives.json")["directives"]:
        opened = day_of(entry["received_on"], year) + timedelta(days=OPENED_AFTER)
        for task in entry["tasks"]:
            moves = [(task["title"], "sign", opened + timedelta(days=SIGNED_AFTER))]
            done = [(task["title"], day_of(row[0], year)) for row in task["reports"]]
            if "closed_on" in task:
                moves.append((task["title"], "close_directly", day_of(task["closed_on"], year)))
            if "children" in task:
                moves.append((task["title"], "add_children", opened))
            for title, *_, done_on in task.get("children", ()):
                moves.append((title, "sign", opened + timedelta(days=SIGNED_AFTER)))
                if done_on:
                    done.append((title, day_of(done_on, year)))
                    moves.append((title, "close_directly", done[-1][1] + timedelta(days=REVIEWED_AFTER)))
            for title, day in done:
                moves += [(title, "submit", day), (title, "pass", day + timedelta(days=REVIEWED_AFTER))]
            yield from ((f"task.{move}", codes.get(title, title), day) for title, move, day in moves)


def test_each_entry_of_the_audit_trail_bears_the_date_of_its_event(demo: Loaded) -> None:
    # Half past nine and earlier had happened by ten o'clock: a letter signed for, and tasks signed.
    told = [
        event
        for year, name in zip(YEARS, ("progress_last_year.json", "progress.json"), strict=True)
        for event in _told(name, year)
    ]
    told += _told_of_directives(2026, {task.title: task.code for task in Task.objects.filter(item=None)})
    codes = {str(task.pk): task.code for task in Task.objects.all()}
    titles = {str(letter.pk): letter.title for letter in Letter.objects.all()}
    names = codes, titles
    found: Counter[tuple[str, str, date]] = Counter()
    for entry in Entry.objects.filter(action__regex=r"^(task|letter)\."):
        # The worker's, the one entry each task is born with, and the ledger a target is fed by from the first day on.
        if entry.action in ("letter.render", "task.assign", "task.source"):
            continue
        known = names[entry.object_type == "supervision.letter"]
        found[(entry.action, known[entry.object_id], clock.date_of(entry.at))] += 1
    past = Counter(event for event in told if event[2] < demo.day)
    assert not past - found, "told by the storyline, not in the trail"
    evening = add_working_days(demo.day, -1)
    more = found - Counter(told)
    assert {day for _, _, day in more} <= {evening}, "in the trail, not told by the storyline"


def test_a_second_run_is_refused_with_a_sentence(demo: Loaded) -> None:
    before = Task.objects.count(), Entry.objects.count()
    with pytest.raises(CommandError, match="数据库中已有数据，不能装入演示县。请换一个空的"):
        call_command("load_demo")
    assert (Task.objects.count(), Entry.objects.count()) == before


def test_the_printed_passwords_log_in_and_are_kept_for_the_owner_only(demo: Loaded) -> None:
    assert set(demo.passwords) == set(demo.expected.queues)
    for name, password in demo.passwords.items():
        assert Client().login(username=name, password=password), name
    path = settings.VAR_DIR / "demo-accounts.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text(encoding="utf-8") in demo.printed
    assert not Client().login(username="xw01-editor", password="")


def test_every_page_of_the_navigation_opens(demo: Loaded) -> None:
    seen = {}
    # All of them in July; on the other days one of each role.
    for name in demo.passwords if demo.day.month == 7 else ROLES:
        client = login(name)
        nav = client.get(reverse("home"), follow=True).context["nav"]
        seen[name] = {entry.label for entry in nav}
        for entry in nav:
            response = client.get(entry.url, follow=True)
            assert response.status_code == 200, f"{name}: {entry.label}"
            # 我分管的任务 is a view of the task list, and answers with its address there.
            led = [(f"{reverse('tasks:list')}?leader=me&unfinished=1", 302)] if entry.label == "我分管的任务" else []
            assert response.redirect_chain == led, f"{name}: {entry.label}"
    assert {"我的工作", "看板", "任务台账", "审核", "工作要点", "督办函件"} <= seen["anwei"]
    assert {"我的工作", "看板", "任务台账", "工作要点", "督办函件"} <= seen["yingji"]
    assert "审核" not in seen["yingji"] | seen["lingdao"]
    assert {"行业领域", "责任清单", "单位", "人员与账号", "审计记录", "后台数据"} == seen["admin"]
    assert "审计记录" in seen["shenji"]


def test_evidence_opens_and_is_what_it_says(demo: Loaded) -> None:
    starts = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG"}
    # What a unit has not handed in yet is its own.
    drafts = set(Drill.objects.filter(state=Drill.State.DRAFT).values_list("pk", flat=True))
    office, opened = login("anwei"), Counter[str]()
    for file in File.objects.select_related("uploaded_by"):
        address = reverse("evidence:download", args=[file.uid])
        client, whose = office, "anwei"
        if file.owner_type == "drills.drill" and file.owner_id in drafts:
            assert office.get(address).status_code == 404, file
            whose = file.uploaded_by.username
            client = login(whose)
        opened[whose] += 1
        response = client.get(address)
        assert response.status_code == 200, file
        body = response.getvalue()
        assert (len(body), response["Content-Type"]) == (file.size, file.media_type)
        assert body.startswith(starts[file.media_type])
    assert opened.pop("anwei") > 20
    assert bool(opened) == bool(drafts)


def test_old_messages_are_read_and_new_ones_are_not(demo: Loaded) -> None:
    old = Notification.objects.filter(created_at__lt=clock.now() - timedelta(days=14))
    assert not old.filter(read_at=None).exists()
    assert Notification.objects.filter(read_at=None, recipient__username="anwei").exists()
