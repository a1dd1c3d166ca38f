"""The ledger through its pages: who registers what, who sees what, what leaves as Excel, what the database refuses."""

import io
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from evidence.models import File
from hazards.models import Hazard, Rectification
from hazards.models.tracked import Level, State
from responsibility.models import Enterprise
from tests.county import AsPerson, County
from tests.enterprises import join_enterprise, make_enterprise, make_sector
from tests.hazards.ledger import PLAN, apply, hazard_in, picture, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
NEW, LIST = reverse("hazards:register"), reverse("hazards:list")


@pytest.fixture
def enterprise(county: County) -> Enterprise:
    made = make_enterprise(county)
    join_enterprise(county.enterprise, made)
    return made


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "title": "应急出口被堵",
        "description": "货物堵塞应急出口",
        "place": "二层东侧",
        "level": "general",
        "source": "inspection",
        "found_on": "2026-05-11",
        "due_on": "2026-05-20",
        "rectifier": "王厂长",
    } | changes


def test_an_enterprise_reports_its_own_with_photos(as_person: AsPerson, county: County, enterprise: Enterprise) -> None:
    other = make_enterprise(county, 2)
    client = as_person("enterprise")
    photos = {"files": [picture(), picture()]}
    answer = client.post(NEW, typed(enterprise=enterprise.pk, source="self") | photos)
    hazard = Hazard.objects.get()
    assert answer["Location"] == reverse("hazards:detail", args=[hazard.pk])
    assert (hazard.code, hazard.state, hazard.supervisor) == ("YH-2026-0001", State.RECTIFYING, county.units["YJ"])
    assert File.objects.filter(owner_type="hazards.hazard", owner_id=hazard.pk).count() == 2
    refused = client.post(NEW, typed(enterprise=other.pk, source="self"))
    assert refused.status_code == 400
    assert "货物堵塞应急出口" in refused.content.decode(), "what was typed is lost"
    assert client.post(NEW, typed(enterprise=enterprise.pk, source="inspection")).status_code == 400
    assert Hazard.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"enterprise": ""}, "不是生产经营单位的，请填写场所名称"),
        ({"enterprise": "", "site": "人民桥"}, "请选择行业领域、属地和监管部门"),
        ({"level": "major"}, "须填写判定依据"),
        ({"due_on": "2026-05-11"}, "整改期限不能早于今天"),
        ({"found_on": "2026-05-13"}, "发现日期不能晚于今天"),
        ({"title": ""}, "此项必填，请填写或选择后再提交。"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    as_person: AsPerson, enterprise: Enterprise, changes: dict[str, str], sentence: str
) -> None:
    answer = as_person("office").post(NEW, typed(enterprise=enterprise.pk) | changes)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert "王厂长" in answer.content.decode()
    assert not Hazard.objects.exists()


def test_a_place_that_is_no_enterprise_names_where_it_belongs(as_person: AsPerson, county: County) -> None:
    unit = county.units
    where = {"site": "人民桥北侧", "sector": make_sector().pk, "township": unit["Z1"].pk, "supervisor": unit["ZJ"].pk}
    assert as_person("editor").post(NEW, typed(**where)).status_code == 403, "neither theirs nor found by them"
    assert as_person("other_editor").post(NEW, typed(**where)).status_code == 302
    found_by = where | {"finder_unit": unit["YJ"].pk}
    assert as_person("editor").post(NEW, typed(**found_by)).status_code == 302


def test_each_sees_what_concerns_them_and_nobody_elses(
    as_person: AsPerson, county: County, enterprise: Enterprise
) -> None:
    works = make_sector("S07", "建筑施工")
    register(county, enterprise)
    foreign = register(county, make_enterprise(county, 2, "县域住建有限公司", supervisor="ZJ", sector=works))
    seen = {"office": 2, "leader": 2, "auditor": 2, "editor": 1, "head": 1, "other_editor": 1, "enterprise": 1}
    for person in county.people:
        count = seen.get(person.removeprefix("second_"), 0)
        assert as_person(person).get(LIST).context["count"] == count, person
    for name in ("detail", "rectify", "plan"):
        address = reverse(f"hazards:{name}", args=[foreign.pk])
        assert as_person("enterprise").get(address).status_code == 404, name
        assert as_person("editor").get(address).status_code == 404, name


def test_the_excel_file_holds_what_is_filtered_and_no_formula(
    as_person: AsPerson, county: County, enterprise: Enterprise
) -> None:
    register(county, enterprise, description="=1+1", title="公式")
    register(county, enterprise, title="别的")
    answer = as_person("office").get(reverse("hazards:export"), {"q": "公式"})
    page: Any = load_workbook(io.BytesIO(answer.content)).active
    rows = list(page.iter_rows(min_row=4))
    assert [row[6].value for row in rows] == ["公式"]
    assert (rows[0][7].value, rows[0][7].data_type) == ("=1+1", "s")
    assert "搜索：公式" in page["A2"].value


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("level=major", {"重大"}),
        ("state=applied", {"待查"}),
        ("overdue=1", set()),
        ("open=1", {"重大", "待查", "一般"}),
        ("source=tip", {"一般"}),
        ("due_from=2026-06-01&due_to=2026-06-30", {"一般"}),
        ("q=QZDHG", {"重大", "待查", "一般"}),
        ("unplanned=1", set()),
        ("state=nonsense", set()),
    ],
)
def test_filters(as_person: AsPerson, county: County, enterprise: Enterprise, query: str, titles: set[str]) -> None:
    register(county, enterprise, Level.MAJOR, title="重大")
    hazard_in(State.APPLIED, county, enterprise, title="待查")
    register(county, enterprise, title="一般", source="tip", due_on=date(2026, 6, 10))
    table = as_person("office").get(f"{LIST}?{query}").context["table"]
    assert {row.record.title for row in table.rows} == titles


def test_a_major_hazard_is_not_handed_in_without_its_plan(
    as_person: AsPerson, county: County, enterprise: Enterprise
) -> None:
    hazard = register(county, enterprise, Level.MAJOR)
    Hazard.objects.filter(pk=hazard.pk).update(plan_funds="")
    address = reverse("hazards:rectify", args=[hazard.pk])
    data = {"version": "0", "measures": "已更换", "done_on": "2026-05-12", "submit": "1", "files": [picture()]}
    answer = as_person("enterprise").post(address, data)
    assert answer.status_code == 409
    assert "缺：资金" in answer.content.decode()
    plan = PLAN | {"rectifier": "王厂长", "version": str(hazard.version)}
    assert as_person("enterprise").post(reverse("hazards:plan", args=[hazard.pk]), plan).status_code == 302
    again = {"version": "1", "measures": "已更换", "done_on": "2026-05-12", "submit": "1"}
    assert as_person("enterprise").post(address, again).status_code == 302
    assert Hazard.objects.get().state == State.APPLIED


def test_the_database_refuses_who_accepts_their_own_work(county: County, enterprise: Enterprise) -> None:
    hazard = apply(register(county, enterprise), county.editor)
    rounds = Rectification.objects.filter(hazard=hazard)
    with pytest.raises(IntegrityError, match="rectifier_never_rechecks"), transaction.atomic():
        rounds.update(outcome="passed", rechecked_by=county.editor, rechecked_on=date(2026, 5, 12))
    rounds.update(outcome="passed", rechecked_by=county.head, rechecked_on=date(2026, 5, 12))
    with pytest.raises(IntegrityError, match="rechecker_never_approves"), transaction.atomic():
        rounds.update(approved_by=county.head, approved_on=date(2026, 5, 12))


def test_photos_after_are_seen_once_handed_in_and_no_longer_changed(
    as_person: AsPerson, county: County, enterprise: Enterprise
) -> None:
    hazard = register(county, enterprise)
    address = reverse("hazards:rectify", args=[hazard.pk])
    as_person("enterprise").post(address, {"version": "0", "measures": "一半", "files": [picture()], "save": "1"})
    photo = reverse("evidence:download", args=[File.objects.get(owner_type="hazards.rectification").uid])
    assert as_person("office").get(photo).status_code == 404, "still being written"
    assert as_person("enterprise").get(photo).status_code == 200
    done = {"version": "1", "measures": "完成", "done_on": "2026-05-12", "submit": "1"}
    assert as_person("enterprise").post(address, done).status_code == 302
    assert as_person("office").get(photo).status_code == 200
    assert as_person("other_editor").get(photo).status_code == 404
    uid = File.objects.get(owner_type="hazards.rectification").uid
    removed = as_person("enterprise").post(address, {"version": "2", "remove": str(uid), "measures": "完成"})
    assert removed.status_code == 409
    assert File.objects.get(uid=uid).removed_at is None
