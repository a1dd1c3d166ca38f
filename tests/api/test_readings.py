"""Metrics, quarterly reports, sectors and posts over the interface: what they say, to whom, of which day."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from core import clock
from core.metrics import metrics
from drills.models import Drill
from reports.models import Report
from responsibility.models import Sector, SectorSupervision
from tasks.models import TaskSupport
from tests.api.calls import Api, problem_of, send, undone
from tests.meta.url_roles import ROLES

pytestmark = pytest.mark.django_db
START = date(2026, 1, 1)


def read(api: Api, person: str, name: str, query: str = "", **kwargs: Any) -> dict[str, Any]:
    answer = send(api.scene, person, "GET", reverse(f"api:{name}", kwargs=kwargs) + query)
    assert answer.status_code == 200, answer.content.decode()
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_every_figure_is_read_as_the_registry_says_for_who_asks(api: Api) -> None:
    for person in ROLES:
        user = api.scene.county.people[person]
        found = {row["key"]: row for row in read(api, person, "metrics", "?page_size=100")["results"]}
        assert list(found) == [metric.key for metric in metrics.all()]
        for metric in metrics.all():
            reading, row = metric.read(START, clock.today(), user), found[metric.key]
            assert (row["numerator"], row["denominator"]) == (reading.numerator, reading.denominator), metric.key
            assert row["value"] == (None if reading.value is None else f"{Decimal(reading.value):.2f}")
            assert (row["start"], row["as_of"]) == ("2026-01-01", "2026-05-12")
            assert (row["label"], row["unit"], row["formula"]) == (metric.label, metric.unit, metric.formula)
            assert row == read(api, person, "metric", key=metric.key)
    assert found["hazards.open_stock"]["numerator"] == found["drills.held"]["numerator"] == 0, "a stranger has none"


def test_the_address_of_a_figure_lists_the_rows_it_counted(api: Api) -> None:
    row = read(api, "office", "metric", "?since=2026-05-01", key="drills.held")
    assert row["numerator"] == Drill.objects.filter(state="counted", held_on__gte="2026-05-01").count() == 1
    page = api.scene.client("office").get(row["numerator_path"])
    assert page.status_code == 200
    assert page.context["table"].paginator.count == row["numerator"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=2026-06-01", "since"),
        ("until=2026-05-13", "until"),
        ("since=x", "since"),
        ("page=0", "page"),
        ("q=1", "q"),
        ("since=2026-05-01&until=2026-04-01", "since"),
    ],
)
def test_a_span_that_is_none_is_refused(api: Api, query: str, field: str) -> None:
    answer = send(api.scene, "office", "GET", f"{reverse('api:metrics')}?{query}")
    assert answer.status_code == 400
    assert problem_of(answer)["errors"][0]["field"] == field


def test_a_metric_that_is_none_is_not_found(api: Api) -> None:
    for key in ("hazards", "hazards.nothing", "%00"):
        assert send(api.scene, "office", "GET", f"/api/v1/metrics/{key}/").status_code == 404


def test_a_report_says_what_was_frozen(api: Api) -> None:
    report = Report.objects.get(pk=api.samples["quarterly"].kwargs["pk"])
    found = read(api, "editor", "quarterly-report", pk=report.pk)
    figures = {row["key"]: row for row in found["figures"]}
    assert figures.keys() == report.content.figures.keys()
    for key, figure in report.content.figures.items():
        row = figures[key]
        assert (row["numerator"], row["denominator"], row["row_count"]) == (
            figure.numerator,
            figure.denominator,
            len(figure.rows),
        )
        assert row["path"] == reverse("reports:figure", args=[report.pk, key])
    texts = {row["key"]: row["text"] for row in found["sections"]}
    assert texts == {section.key: report.text_of(section.key) for section in report.content.sections}
    assert found["content_sha256"] == report.content_sha256


def test_the_rows_behind_a_figure_are_those_the_person_may_read(api: Api) -> None:
    """Hazards, drills and letters are 县应急管理局's: another unit is told how many there were."""
    pk = api.samples["quarterly draft"].kwargs["pk"]
    # The one task of the scene 县住建局 supports.
    supported = {f"/tasks/{TaskSupport.objects.get(unit=api.scene.county.units['ZJ']).task_id}/"}
    with undone():
        signed = {"frozen_at": clock.now(), "frozen_by": api.scene.county.leader, "signatory": "县领导"}
        Report.objects.filter(pk=pk).update(state="frozen", content_sha256="0" * 64, **signed)
        content = Report.objects.get(pk=pk).content
        kinds = {figure.kind for figure in content.figures.values() if figure.rows}
        assert {"hazard", "drill", "letter", "task"} <= kinds
        for key, figure in content.figures.items():
            office = read(api, "office", "quarterly-report-figure", "?page_size=100", pk=pk, key=key)
            assert (office["count"], office["hidden"]) == (len(figure.rows), 0)
            assert all(len(row["cells"]) == len(office["heads"]) for row in office["results"])
            other = read(api, "other_editor", "quarterly-report-figure", "?page_size=100", pk=pk, key=key)
            assert other["count"] + other["hidden"] == len(figure.rows)
            if figure.kind and not content.rows[figure.kind].public:
                assert other["results"] == [], key
            assert {row["path"] for row in other["results"] if row["path"]} <= supported, "opens what is another unit's"
        share = read(api, "office", "quarterly-report-figure", "?part=base", pk=pk, key="overall.closed_share")
        assert share["count"] == share["denominator"]
        for query in ("?part=x", "?strange=1", "?page_size=101"):
            address = reverse("api:quarterly-report-figure", args=[pk, "overall.closed_share"]) + query
            assert send(api.scene, "office", "GET", address).status_code == 400, query
        address = reverse("api:quarterly-report-figure", args=[pk, "nothing"])
        assert send(api.scene, "office", "GET", address).status_code == 404


def test_who_supervises_a_sector_is_told_of_the_day_asked_for(api: Api) -> None:
    units, sector = api.scene.county.units, Sector.objects.get(pk=api.samples["sector"].kwargs["pk"])
    with undone():
        before = SectorSupervision.objects.create(
            sector=sector, lead=units["ZJ"], basis="旧文", valid_from=date(2024, 1, 1), valid_to=date(2025, 2, 17)
        )
        for day, lead in (("2024-06-01", "ZJ"), ("2025-02-17", "ZJ"), ("2025-02-18", "YJ"), ("", "YJ")):
            rows = read(api, "editor", "sectors", f"?q=危险&on={day}" if day else "?q=危险")["results"]
            assert rows[0]["decision"]["lead"]["code"] == lead, day
        nobody = read(api, "editor", "sectors", "?on=2023-01-01&gap=none")["results"]
        assert sector.pk in [row["id"] for row in nobody]
        assert nobody[0]["decision"] is None
        for day, count in (("2024-06-01", 1), ("2026-05-12", 0)):
            assert read(api, "editor", "sectors", f"?lead={units['ZJ'].pk}&on={day}&q=危险")["count"] == count
        whole = read(api, "editor", "sector", pk=sector.pk)
        assert [row["id"] for row in whole["decisions"]] == [whole["decision"]["id"], before.pk]
        assert {row["code"] for row in whole["decision"]["partners"]} == {"ZJ", "XF"}
    assert send(api.scene, "editor", "GET", reverse("api:sectors") + "?on=gestern").status_code == 400


def test_a_post_names_who_holds_it_that_day(api: Api) -> None:
    pk = api.samples["post"].kwargs["pk"]
    assert read(api, "editor", "post", pk=pk)["holder"]["name"] == "孙股长"
    listed = read(api, "editor", "posts", "?q=孙股长")["results"]
    assert [row["id"] for row in listed] == [pk]
    assert (listed[0]["office_name"], listed[0]["unit"]["code"]) == ("危化股", "YJ")
    assert pk not in [row["id"] for row in read(api, "editor", "posts", "?on=2019-12-31&page_size=100")["results"]]
    assert {row["leader"] for row in read(api, "editor", "posts", "?leader=1")["results"]} == {True}
