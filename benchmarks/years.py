"""One year of data against many: every page's queries and the ratio of its medians on PostgreSQL.

The two databases are asked in turn within one run, so that what else the machine does weighs on both alike.
"""

from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from benchmarks.databases import analyse, copy, made, use
from benchmarks.filling import fill_year
from benchmarks.measuring import client_of, middle, page, queries_of, timed
from core import clock
from safetyplan.demo.county import make_people
from tasks.models import ProgressReport, Task

ONE, MANY = "bench_one_year", "bench_many_years"
TURNS = 5
# What is asked for, by whom, and how many queries it may cost.
LIST, PAGE = 12, 20
PAGES = (
    ("任务台账", "anwei", "/tasks/?per_page=100", LIST),
    ("任务台账第二页", "anwei", "/tasks/?page=2", LIST),
    ("任务台账检索", "anwei", "/tasks/?q=消防", LIST),
    ("任务台账筛选", "anwei", "/tasks/?lamp=red&state=active", LIST),
    ("任务台账逾期", "anwei", "/tasks/?overdue=1", LIST),
    ("任务台账（单位）", "yingji", "/tasks/", LIST),
    ("量化指标", "anwei", "/tasks/indicators/", LIST),
    ("量化指标（单位）", "yingji", "/tasks/indicators/", LIST),
    ("审核队列", "anwei", "/tasks/reviews/", PAGE),
    ("我的工作", "anwei", reverse("tasks:work"), PAGE),
    ("我的工作（单位）", "yingji", reverse("tasks:work"), PAGE),
    ("任务", "anwei", "/tasks/{task}/", PAGE),
    ("填报进展", "yingji", "/tasks/{active}/report/", PAGE),
    ("工作要点", "anwei", "/plans/", LIST),
    ("一览", "anwei", "/dashboard/", PAGE),
    ("一览（单位）", "yingji", "/dashboard/", PAGE),
    ("消息", "yingji", "/notifications/", LIST),
    ("操作记录", "shenji", "/units/audit/", LIST),
    ("接口：任务", "anwei", "/api/v1/tasks/", LIST),
)


def main(arguments: Sequence[str]) -> None:
    """Fill, measure, print the table."""
    parser = ArgumentParser(prog="benchmarks years")
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--tasks", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=8, help="how often each database is asked for each page")
    options = parser.parse_args(arguments)
    # The test client's own host; the rest is as it runs in an office.
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    this_year = clock.today().year
    with made(ONE, MANY):
        people = make_people()
        fill_year(people, this_year, options.tasks)
        analyse()
        copy(ONE, MANY)
        for year in range(this_year - options.years + 1, this_year):
            fill_year(people, year, options.tasks)
        analyse()
        print(f"{options.years} years: {Task.objects.count()} tasks, {ProgressReport.objects.count()} reports")
        _measure(options.rounds)


def _measure(rounds: int) -> None:
    words = _words()
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    queries: dict[tuple[str, str], int] = {}
    for turn in range(rounds):
        for database in (ONE, MANY):
            use(database)
            clients = {name: client_of(name) for name in {row[1] for row in PAGES}}
            for name, who, address, _ in PAGES:
                get = page(clients[who], address.format(**words))
                get()
                if not turn:
                    queries[name, database] = queries_of(get)
                times[name, database] += [timed(get) for _ in range(TURNS)]
    print(f"{'ms, one':>9}{'ms, many':>10}{'ratio':>7}{'queries':>9}{'may':>5}  page")
    for name, _, address, most in PAGES:
        one, many = middle(times[name, ONE]), middle(times[name, MANY])
        print(f"{one:9.1f}{many:10.1f}{many / one:7.2f}{queries[name, MANY]:9}{most:5}  {name} {address}")
    ratios = [middle(times[row[0], MANY]) / middle(times[row[0], ONE]) for row in PAGES]
    print(f"worst ratio {max(ratios):.2f}, most queries {max(queries.values())}")


def _words() -> dict[str, int]:
    """Return the tasks whose pages are asked for: the same in both databases."""
    year = Task.objects.filter(plan__year=clock.today().year)
    active = year.filter(lead__memberships__user__username="yingji", state=Task.State.ACTIVE)
    return {"task": year.earliest("pk").pk, "active": active.earliest("pk").pk}
