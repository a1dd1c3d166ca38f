"""List pages against a bare Django page over the same query, at ten thousand rows and at half a million.

Both are asked for in turn within one run, through the same middleware and login.
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from accounts.models import User
from audit.models import Entry
from benchmarks.databases import analyse, made
from benchmarks.filling import fill_year
from benchmarks.measuring import client_of, middle, page, queries_of, timed
from core import clock
from notifications.models import Notification
from safetyplan.demo.county import make_people
from tasks.models import Task

DATABASE = "bench_lists"
MAY_COST = 2.5
BATCH = 5_000
PAGES = (
    ("任务台账", "anwei", "/tasks/", "/bare/tasks/"),
    ("操作记录", "shenji", "/units/audit/", "/bare/entries/"),
    ("消息", "anwei", "/notifications/", "/bare/messages/"),
)


def main(arguments: Sequence[str]) -> None:
    """Fill to each size, measure, print the table."""
    parser = ArgumentParser(prog="benchmarks lists")
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 500_000])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args(arguments)
    settings.ROOT_URLCONF = "benchmarks.bare"
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    with made(DATABASE):
        people, year, filled = make_people(), clock.today().year - 1, 0
        for rows in sorted(options.rows):
            # Each stretch of tasks is a year of its own; a past one, so that no lamp has to be judged.
            fill_year(people, year, rows - filled, reports=False)
            _fill_others(rows - filled, filled)
            year, filled = year - 1, rows
            analyse()
            print(f"{Task.objects.count():,} tasks, {Entry.objects.count():,} entries")
            _measure(options.rounds)


def _fill_others(count: int, begun: int) -> None:
    people = list(User.objects.filter(is_active=True)[:50])
    first, reader = clock.now() - timedelta(days=3_000), User.objects.get(username="anwei")
    Entry.objects.bulk_create(
        (
            Entry(
                at=first + timedelta(minutes=number),
                actor=people[number % len(people)],
                actor_name=str(people[number % len(people)]),
                action="task.pass",
                object_type=Task._meta.label_lower,
                object_id=str(number),
                object_label=f"任务{number}",
                summary=f"审核通过进展（第{number}项）",
            )
            for number in range(begun, begun + count)
        ),
        batch_size=BATCH,
    )
    Notification.objects.bulk_create(
        (
            Notification(
                recipient=reader,
                title=f"上报进展：第{number}项",
                path="/tasks/",
                key=f"row-{number}",
                created_at=first + timedelta(minutes=number),
                read_at=first,
            )
            for number in range(begun, begun + count)
        ),
        batch_size=BATCH,
    )


def _measure(rounds: int) -> None:
    print(f"{'ms, bare':>10}{'ms, page':>10}{'ratio':>7}{'may':>5}{'queries':>9}  page")
    for name, who, address, bare in PAGES:
        client = client_of(who)
        for size in (20, 100):
            ours, theirs = (page(client, f"{path}?per_page={size}") for path in (address, bare))
            ours()
            theirs()
            times: tuple[list[float], list[float]] = [], []
            for _ in range(rounds):
                times[0].append(timed(theirs))
                times[1].append(timed(ours))
            least, cost = middle(times[0]), middle(times[1])
            queries = queries_of(ours)
            print(f"{least:10.1f}{cost:10.1f}{cost / least:7.2f}{MAY_COST:5}{queries:9}  {name}，每页{size}行")
