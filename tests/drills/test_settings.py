"""Targets and quotas, villages, rules, the counting rule and waivers over HTTP; and the overview's figures."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Entry
from core.errors import NotAllowed, UserError
from drills.models import Drill, DrillRule, DrillSetting, DrillTarget, DutyWaiver, VillageCount
from drills.services.targets import TargetDraft, set_target, set_village_counts
from drills.sharing import propose, weights
from responsibility.models import Sector, Unit
from tests.drills.conftest import Players
from tests.drills.records import counted, make_enterprise, submitted
from tests.drills.test_lists import book
from tests.meta.page_forms import PageForm, forms_of

TARGET = reverse("drills:target", args=[2026])
VILLAGES = reverse("drills:villages", args=[2026])


@pytest.fixture
def towns(players: Players) -> list[Unit]:
    """Three townships: 河口镇 with one enterprise, 山前镇 with two, 湖东街道 with none."""
    made = [players.county.units["Z1"]]
    for order, (code, name, kind) in enumerate((("Z2", "山前镇", "township"), ("J1", "湖东街道", "subdistrict")), 5):
        made.append(Unit.objects.create(code=code, name=name, short_name=name, kind=kind, ordering=order))
    for number in (2, 3):
        make_enterprise(players.county, number, township=made[1])
    make_enterprise(players.county, 4, township=made[2], closed_on=date(2026, 1, 1))
    return made


def form_at(players: Players, name: str, path: str) -> PageForm:
    page = players.client(name).get(path)
    return next(
        form for form in forms_of(page.content.decode()) if form.method == "post" and "logout" not in form.action
    )


def fields_of(towns: list[Unit], *numbers: str) -> dict[str, str]:
    return {f"quota_{unit.pk}": number for unit, number in zip(towns, numbers, strict=True)}


def test_quotas_are_proposed_by_weight_and_saved_only_then(players: Players, towns: list[Unit]) -> None:
    set_village_counts(
        actor=players.people["office"], year=2026, counts={towns[0].pk: (None, 3), towns[2].pk: (None, 4)}
    )
    assert [(row.enterprises, row.villages) for row in weights(2026)] == [(1, 3), (2, None), (0, 4)]
    form = form_at(players, "office", TARGET)
    assert form.fields["version"] == ["0"]
    for by, numbers in (("both", (4, 2, 4)), ("enterprises", (3, 7, 0)), ("villages", (4, 0, 6)), ("equal", (4, 3, 3))):
        answer = players.client("office").post(TARGET, form.filled(value="10", by=by) | {"propose": ["1"]})
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "尚未保存" in page
        assert not DrillTarget.objects.exists()
        proposed = next(found for found in forms_of(page) if "value" in found.fields)
        assert tuple(int(proposed.fields[f"quota_{unit.pk}"][0]) for unit in towns) == numbers, by
        assert "合计 <b data-quota-sum>10</b>" in page
        assert "正好相等" in page
    answer = players.client("office").post(TARGET, proposed.fields | {"save": ["1"]})
    assert answer.status_code == 302
    target = DrillTarget.objects.get()
    assert (target.year, target.value, target.kind, target.version) == (2026, 10, "comprehensive", 1)
    assert list(target.quotas.values_list("unit__code", "number")) == [("Z1", 4), ("Z2", 3), ("J1", 3)]
    entry = Entry.objects.get(action="drill_target.set")
    assert ["河口镇任务场次", "", "4"] in entry.changes


def test_a_sum_beside_the_target_is_said_and_may_be_saved(players: Players, towns: list[Unit]) -> None:
    data = {"version": "0", "value": "10", "by": "both", "save": "1"} | fields_of(towns, "4", "", "2")
    assert players.client("office").post(TARGET, data).status_code == 302
    page = players.client("office").get(TARGET).content.decode()
    assert "比目标少 4 场次" in page
    assert DrillTarget.objects.get().quotas.count() == 2
    data = data | {"version": "1", f"quota_{towns[1].pk}": "9"}
    assert players.client("office").post(TARGET, data).status_code == 302
    assert "比目标多 5 场次" in players.client("office").get(TARGET).content.decode()
    changes = Entry.objects.filter(action="drill_target.set").latest("pk").changes
    assert changes == [["山前镇任务场次", "", "9"]]
    # Emptied, a township has no quota any more.
    players.client("office").post(TARGET, data | {"version": "2", f"quota_{towns[1].pk}": ""})
    assert DrillTarget.objects.get().quotas.count() == 2


@pytest.mark.parametrize(
    "changes", [{"value": ""}, {"value": "0"}, {"value": "-3"}, {"value": "100001"}, {"kind": "zzz"}, {"quota": "-1"}]
)
def test_impossible_numbers_come_back_as_typed(players: Players, towns: list[Unit], changes: dict[str, str]) -> None:
    data = {"version": "0", "value": "10", "basis": "要点第17条"} | fields_of(towns, "4", "3", "3")
    if "quota" in changes:
        changes = {f"quota_{towns[0].pk}": changes["quota"]}
    for button in ("save", "propose"):
        answer = players.client("office").post(TARGET, data | changes | {button: "1"})
        assert answer.status_code == 400
        assert "要点第17条" in answer.content.decode()
    assert not DrillTarget.objects.exists()


def test_a_stale_target_shows_both(players: Players, towns: list[Unit]) -> None:
    form = form_at(players, "office", TARGET)
    set_target(actor=players.people["second_office"], year=2026, draft=TargetDraft(300, "", "", {towns[0].pk: 7}))
    typed = form.filled(value="10") | {"save": ["1"]}
    answer = players.client("office").post(TARGET, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "不少于300场次" in page
    again = next(found for found in forms_of(page) if "value" in found.fields)
    assert (again.fields["value"], again.fields["version"]) == (["10"], ["1"])
    assert DrillTarget.objects.get().value == 300
    assert players.client("office").post(TARGET, again.fields | {"save": ["1"]}).status_code == 302
    assert DrillTarget.objects.get().value == 10


def test_what_a_target_cannot_be(players: Players, towns: list[Unit]) -> None:
    office = players.people["office"]
    for draft in (
        TargetDraft(0),
        TargetDraft(1, "zzz"),
        TargetDraft(1, "", "长" * 201),
        TargetDraft(1, "", "", {towns[0].pk: -1}),
        TargetDraft(1, "", "", {players.county.units["YJ"].pk: 3}),
    ):
        with pytest.raises(UserError):
            set_target(actor=office, year=2026, draft=draft)
    with pytest.raises(UserError):
        set_target(actor=office, year=1999, draft=TargetDraft(1))
    with pytest.raises(NotAllowed):
        set_target(actor=players.people["township"], year=2026, draft=TargetDraft(1))
    with pytest.raises(UserError, match="都是 0"):
        propose(10, weights(2026), "villages")
    with pytest.raises(UserError, match="选择分配方法"):
        propose(10, weights(2026), "random")
    with pytest.raises(UserError, match="还没有乡镇"):
        propose(10, [], "equal")
    with pytest.raises(IntegrityError), transaction.atomic():
        DrillTarget.objects.create(year=2026, value=0)
    for path in ("/drills/overview/targets/1999/", "/drills/overview/villages/2101/"):
        assert players.client("office").get(path).status_code == 404


def test_villages_are_the_offices_and_the_townships_own(players: Players, towns: list[Unit]) -> None:
    form = form_at(players, "township", VILLAGES)
    assert [name for name in form.fields if name.startswith("number_")] == [f"number_{towns[0].pk}"]
    number = f"number_{towns[0].pk}"
    assert players.client("township").post(VILLAGES, form.filled(**{number: "12"})).status_code == 302
    assert players.client("township").post(VILLAGES, form.fields | {f"number_{towns[1].pk}": ["3"]}).status_code == 302
    row = VillageCount.objects.get()
    assert (row.unit, row.year, row.number) == (towns[0], 2026, 12)
    assert Entry.objects.filter(action="village_count.set").count() == 1
    # A later year without a row of its own keeps the number; one with a row changes only itself and what follows.
    later = form_at(players, "office", reverse("drills:villages", args=[2027]))
    assert later.fields[number] == ["12"]
    answer = players.client("office").post(reverse("drills:villages", args=[2027]), later.filled(**{number: "13"}))
    assert answer.status_code == 302
    assert form_at(players, "office", VILLAGES).fields[number] == ["12"]
    with pytest.raises(NotAllowed, match="只能登记本乡镇"):
        set_village_counts(actor=players.people["township"], year=2026, counts={towns[1].pk: (None, 3)})
    for name in ("editor", "leader", "auditor"):
        assert players.client(name).get(VILLAGES).status_code == 403


def test_a_stale_number_of_villages_is_not_overwritten(players: Players, towns: list[Unit]) -> None:
    form, number = form_at(players, "township", VILLAGES), f"number_{towns[0].pk}"
    set_village_counts(actor=players.people["office"], year=2026, counts={towns[0].pk: (None, 9)})
    answer = players.client("township").post(VILLAGES, form.filled(**{number: "12"}))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert VillageCount.objects.get().number == 9
    again = next(found for found in forms_of(page) if number in found.fields)
    assert again.fields[number] == ["12"]
    assert players.client("township").post(VILLAGES, again.fields).status_code == 302
    assert VillageCount.objects.get().number == 12
    assert players.client("township").post(VILLAGES, again.filled(**{number: "-1"})).status_code == 400


def test_rules_are_kept_by_the_office(players: Players) -> None:
    path = reverse("drills:rule_create")
    data = {
        "subject": "department",
        "what": "plan",
        "frequency": "year",
        "by_joining": "on",
        "basis": "县安委会文件",
        "ordering": "5",
        "from_year": "2026",
    }
    assert players.client("office").post(path, data).status_code == 302
    rule = DrillRule.objects.get(basis="县安委会文件")
    assert (rule.subject, rule.by_joining, rule.active) == ("department", True, True)
    edit = reverse("drills:rule_edit", args=[rule.pk])
    form = form_at(players, "office", edit)
    assert players.client("office").post(edit, form.filled(frequency="half_year")).status_code == 302
    stale = players.client("office").post(edit, form.filled(frequency="two_years"))
    assert stale.status_code == 400
    assert "每半年" in stale.content.decode()
    rule.refresh_from_db()
    assert (rule.frequency, rule.version) == ("half_year", 2)
    switch = reverse("drills:rule_switch", args=[rule.pk])
    players.client("office").post(switch, {"active": "0"})
    rule.refresh_from_db()
    assert not rule.active
    actions = Entry.objects.filter(object_type="drills.drillrule").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["drill_rule.create", "drill_rule.change", "drill_rule.switch"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"basis": " "}, "依据"),
        ({"subject": "sector"}, "请选择行业领域"),
        ({"sector": "yes"}, "请清空"),
        ({"subject": "enterprise", "by_joining": "on"}, "参演可抵"),
        ({"to_year": "2025"}, "不能早于"),
        ({"from_year": "1999"}, "自年度起"),
        ({"from_year": "99999999"}, "自年度起"),
    ],
)
def test_rules_that_do_not_fit_together(players: Players, changes: dict[str, str], words: str) -> None:
    sector = Sector.objects.create(code="XX", name="学校")
    data = {"subject": "township", "what": "any", "frequency": "year", "basis": "依据", "ordering": "5"}
    data |= {"from_year": "2026"} | changes
    if changes.get("sector"):
        data["sector"] = str(sector.pk)
    before = DrillRule.objects.count()
    answer = players.client("office").post(reverse("drills:rule_create"), data)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert DrillRule.objects.count() == before


def test_a_rule_for_a_sector_waits_for_its_sector(players: Players) -> None:
    rule = DrillRule.objects.get(subject="sector")
    switch = reverse("drills:rule_switch", args=[rule.pk])
    answer = players.client("office").post(switch, {"active": "1"}, follow=True)
    assert "选择行业领域" in answer.content.decode()
    rule = DrillRule.objects.get(pk=rule.pk, active=False)
    rule.sector = Sector.objects.create(code="XX", name="学校")
    rule.save()
    players.client("office").post(switch, {"active": "1"})
    rule = DrillRule.objects.get(pk=rule.pk, active=True)
    assert str(rule) == "学校每半年疏散逃生演练"
    for bad in ({"subject": "sector", "sector": None}, {"subject": "township", "sector": rule.sector}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DrillRule.objects.create(what="any", frequency="year", basis="甲", from_year=2026, **bad)


def test_the_counting_rule_changes_from_now_on(players: Players) -> None:
    path = reverse("drills:setting")
    drill = counted(players.people["editor"], players.county.units["YJ"], by=players.people["office"])
    form = form_at(players, "office", path)
    assert players.client("office").post(path, form.filled(min_participants="100")).status_code == 302
    drill.refresh_from_db()
    assert drill.state == Drill.State.COUNTED
    later = submitted(players.people["editor"], players.county.units["YJ"], hazard="fire")
    page = players.client("office").get(reverse("drills:detail", args=[later.pk])).content.decode()
    assert "参演人数60人，少于规定的100人。" in page
    entry = Entry.objects.get(action="drill_setting.change")
    assert entry.changes == [["单位演练最少参演人数", "20", "100"]]
    fresh = form_at(players, "office", path)
    for changes in ({"flood_month": "13"}, {"flood_month": "0"}, {"flood_day": "31"}, {"grace_days": "999"}):
        assert players.client("office").post(path, fresh.filled(**changes)).status_code == 400, changes
    assert players.client("office").post(path, fresh.filled(flood_month="2", flood_day="30")).status_code == 400
    assert players.client("office").post(path, form.filled(min_participants="5")).status_code == 400, "stale"
    assert DrillSetting.objects.get().min_participants == 100
    with pytest.raises(IntegrityError), transaction.atomic():
        DrillSetting.objects.create(pk=2)


def test_waivers(players: Players) -> None:
    path = reverse("drills:waiver_create")
    data = {
        "enterprise": players.enterprise.name,
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "reason": "停产",
    }
    bad: tuple[dict[str, Any], ...] = (
        {"enterprise": ""},
        {"enterprise": "没有这家"},
        {"unit": str(players.county.units["Z1"].pk)},
        {"valid_to": "2025-12-31"},
        {"reason": " "},
        {"valid_from": ""},
    )
    for changes in bad:
        answer = players.client("office").post(path, data | changes)
        assert answer.status_code == 400, changes
        assert "2026-01-01" in answer.content.decode() or "valid_from" in changes
    assert players.client("office").post(path, data).status_code == 302
    waiver = DutyWaiver.objects.get()
    assert (waiver.enterprise, waiver.created_by) == (players.enterprise, players.people["office"])
    assert players.client("office").get(f"{reverse('drills:duties')}?who=enterprise").context["count"] == 0
    listed = players.client("office").get(f"{reverse('drills:waivers')}?q=机械&held=1")
    assert listed.context["count"] == 1
    withdraw = reverse("drills:waiver_withdraw", args=[waiver.pk])
    assert players.client("office").post(withdraw, {"reason": ""}).status_code == 400
    assert players.client("office").post(withdraw, {"reason": "恢复生产"}).status_code == 302
    assert players.client("office").post(withdraw, {"reason": "恢复生产"}).status_code == 400
    assert players.client("office").get(f"{reverse('drills:duties')}?who=enterprise").context["count"] == 1
    assert players.client("office").get(f"{reverse('drills:waivers')}?held=1").context["count"] == 0
    assert set(Entry.objects.filter(object_type="drills.dutywaiver").values_list("action", flat=True)) == {
        "drill_waiver.create",
        "drill_waiver.withdraw",
    }


def test_the_overview_says_what_its_links_show(players: Players, towns: list[Unit]) -> None:
    units, people, office = players.county.units, players.people, players.people["office"]
    quotas = {towns[0].pk: 2, towns[1].pk: 3}
    set_target(actor=office, year=2026, draft=TargetDraft(5, "comprehensive", "要点", quotas))
    set_village_counts(actor=office, year=2026, counts={towns[0].pk: (None, 3), towns[1].pk: (None, 0)})
    counted(people["editor"], units["YJ"], by=office, participants=(units["Z1"],))
    counted(people["township"], towns[0], by=office, hazard="geology")
    counted(people["township"], towns[0], by=office, level="village", village="河边村", kind="evacuation")
    counted(people["enterprise"], players.enterprise, by=people["township"], with_evacuation=True)
    submitted(people["township"], towns[0], hazard="fire")
    client = players.client("office")
    answer = client.get(reverse("drills:overview"))
    found = answer.context["found"]
    lines = [(line.unit and line.unit.code, line.quota, line.counted, line.total, line.words) for line in found.lines]
    assert lines == [
        ("Z1", 2, 2, 3, "已完成"),
        ("Z2", 3, 0, 0, "还差 3 场次"),
        ("J1", None, 0, 0, "未分解"),
        (None, None, 1, 1, "未分解"),
    ]
    assert (found.counted, found.total, found.percent, found.left, found.quota_sum) == (3, 4, 60, 2, 5)
    assert client.get(found.counted_path).context["count"] == 3
    assert client.get(found.total_path).context["count"] == 4
    for line in found.lines:
        assert client.get(line.counted_path).context["count"] == line.counted
        assert client.get(line.total_path).context["count"] == line.total
    for label, number, path in found.states:
        assert client.get(path).context["count"] == number, label
    for duty in found.duties:
        assert client.get(duty.met_path).context["count"] == duty.tally.met, duty.tally.rule
        if not duty.of_villages:
            assert client.get(duty.owed_path).context["count"] == duty.tally.owed
            assert client.get(duty.open_path).context["count"] == duty.tally.owed - duty.tally.met
    assert "不少于 5 场次" in answer.content.decode().replace("\n", "")


def test_a_unit_sees_its_own_figures(players: Players, towns: list[Unit]) -> None:
    units, people, office = players.county.units, players.people, players.people["office"]
    set_target(actor=office, year=2026, draft=TargetDraft(5, "", "", {towns[0].pk: 2, towns[1].pk: 3}))
    counted(people["editor"], units["YJ"], by=office, participants=(units["Z1"],))
    counted(people["township"], towns[0], by=office, hazard="fire")
    found = players.client("township").get(reverse("drills:overview")).context["found"]
    assert [line.unit.code for line in found.lines] == ["Z1"]
    assert found.joined is not None
    assert found.joined[0] == players.client("township").get(found.joined[1]).context["count"] == 1
    assert {duty.tally.rule.subject for duty in found.duties} == {"township", "village", "enterprise"}
    other = players.client("fire").get(reverse("drills:overview")).context["found"]
    assert (other.lines, other.total, other.duties) == ([], 0, [])


def test_the_list_of_duties_on_screen_and_in_excel(players: Players) -> None:
    make_enterprise(players.county, 2, high_risk=True)
    path = reverse("drills:duties")
    page = players.client("township").get(f"{path}?who=enterprise&who=high_risk")
    assert page.context["count"] == 2
    text = page.content.decode()
    assert f"{reverse('drills:create')}?enterprise={players.enterprise.pk}&amp;kind=evacuation" in text
    # Who reads only is offered nothing.
    assert reverse("drills:create") not in players.client("leader").get(f"{path}?who=enterprise").content.decode()
    for query in ("year=1999", "as_of=x", "who=zzz", "rule=99999999999999999999", "order=zzz", "township=x"):
        answer = players.client("office").get(f"{path}?{query}")
        assert (answer.status_code, answer.context["count"]) == (200, 0), query
    # Nobody sees into the future.
    assert players.client("office").get(f"{path}?as_of=2030-01-01").context["question"].as_of == date(2026, 5, 12)
    rows = book(players.client("township").get(f"{reverse('drills:duties_export')}?who=high_risk"))
    assert rows[0][0] == "应练清单"
    assert "应练对象：高危企业" in rows[1][0]
    assert [row[0] for row in rows[3:]] == ["河口第2机械厂"]
    assert rows[3][7] == "待练"
    assert len(book(players.client("stranger").get(reverse("drills:duties_export")))) == 3
    assert len(book(players.client("office").get(f"{reverse('drills:duties_export')}?year=1999"))) == 3
