"""Database queries of every page: never more than recorded, however many rows there are.

`RECORD_QUERY_COUNTS=1 pytest tests/meta/test_query_counts.py` writes query_counts.json anew after a page was meant to
change; a list may cost twelve queries, any other page twenty.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from tasks.models import Task
from tests.meta.growth import grow
from tests.meta.scene import Scene
from tests.meta.walk import pages

pytestmark = pytest.mark.django_db
RECORD = Path(__file__).with_name("query_counts.json")
RECORDED: dict[str, int] = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
PAGES = pages()
LISTS = {
    "duties:list",
    "duties:signatures",
    "account_tokens",
    "consultations:list",
    "drills:duties",
    "drills:list",
    "drills:rules",
    "drills:waivers",
    "hazards:list",
    "notifications:list",
    "plans:approvals",
    "plans:list",
    "reminders:list",
    "directives:list",
    "reports:list",
    "responsibility:audit",
    "responsibility:enterprises",
    "responsibility:people",
    "responsibility:rules",
    "responsibility:units",
    "sectors:list",
    "supervision:list",
    "tasks:calendar",
    "tasks:chart",
    "tasks:indicators",
    "tasks:list",
    "tasks:nodes",
}
# Other faces of the same pages: who looks, the address, and what is asked of it.
FACES = {
    "tasks:work of a unit": ("editor", "tasks:work", ""),
    "tasks:list of a unit": ("editor", "tasks:list", "per_page=100&queue=active"),
    "tasks:indicators filtered": ("editor", "tasks:indicators", "per_page=100&standing=short&source=hand&lead={unit}"),
    "tasks:chart of a unit": ("editor", "tasks:chart", "per_page=100&year=2026"),
    "tasks:calendar of a unit": ("editor", "tasks:calendar", "month=2026-04&lead={unit}"),
    "tasks:list filtered": ("office", "tasks:list", "per_page=100&q=开展&lamp=red&lamp=grey&state=active&lead={unit}"),
    "dashboards:overview of a unit": ("editor", "dashboards:overview", ""),
    "consultations:list of a unit": ("editor", "consultations:list", "per_page=100&answered=0"),
    "drills:list of a unit": ("editor", "drills:list", "per_page=100&queue=returned"),
    "drills:duties of a unit": ("editor", "drills:duties", "per_page=100&own=1&met=0&pressing=1"),
    "drills:duties filtered": (
        "office",
        "drills:duties",
        "per_page=100&who=enterprise&who=high_risk&q=机械&as_of=2026-05-01",
    ),
    "drills:overview of a unit": ("editor", "drills:overview", ""),
    "drills:list filtered": ("office", "drills:list", "per_page=100&q=防汛&state=counted&organiser={unit}&year=2026"),
    "supervision:list filtered": ("office", "supervision:list", "per_page=100&q=关于&unit={unit}"),
    "supervision:compose of many": ("office", "supervision:compose", "{tasks}"),
    "hazards:list of a unit": ("editor", "hazards:list", "per_page=100"),
    "hazards:list of an enterprise": ("enterprise", "hazards:list", "per_page=100&state=returned&level=general"),
    "plans:detail source": ("office", "plans:detail", "tab=source"),
    "plans:detail history": ("office", "plans:detail", "tab=history"),
}


def count(scene: Scene, person: str, address: str) -> int:
    client = scene.client(person)
    # The first request of a session may cost more; what is counted is what every further one costs.
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


def measure(scene: Scene) -> dict[str, int]:
    """Count the queries of every page and of its other faces."""
    found = {}
    for row in PAGES:
        query = "?per_page=100" if row.name in LISTS else ""
        address = reverse(row.name, kwargs=scene.samples[row.sample]) + query
        found[str(row)] = count(scene, row.permitted(), address)
    late = Task.objects.filter(due_on__lt=clock.today()).values_list("pk", flat=True)
    words = {"unit": scene.county.units["YJ"].pk, "tasks": "&".join(f"task={pk}" for pk in late)}
    for face, (person, name, query) in FACES.items():
        kwargs = scene.samples["plan"] if name == "plans:detail" else {}
        found[face] = count(scene, person, f"{reverse(name, kwargs=kwargs)}?{query.format(**words)}")
    return found


@pytest.fixture(scope="module")
def counts(scene: Scene) -> Iterator[dict[str, tuple[int, int]]]:
    """Queries of each page with few rows and with thirty more."""
    few = measure(scene)
    with transaction.atomic():
        grow(scene)
        many = measure(scene)
        if os.environ.get("RECORD_QUERY_COUNTS"):
            most = {name: max(few[name], many[name]) for name in sorted(few)}
            RECORD.write_text(json.dumps(most, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            RECORDED.clear()
            RECORDED.update(most)
        yield {name: (few[name], many[name]) for name in few}
        transaction.set_rollback(True)


@pytest.mark.parametrize("page", [*map(str, PAGES), *FACES])
def test_a_page_costs_no_more_than_recorded(counts: dict[str, tuple[int, int]], page: str) -> None:
    few, many = counts[page]
    assert few <= RECORDED[page]
    assert many <= RECORDED[page]
    name = page.removeprefix("GET ").partition(" ")[0]
    assert RECORDED[page] <= (12 if name in LISTS else 20)


def test_the_record_holds_the_pages_there_are() -> None:
    assert set(RECORDED) == {str(row) for row in PAGES} | set(FACES)
    assert {row.name for row in PAGES if row.name.endswith(":list")} <= LISTS
