"""Keyword rules (the office) and the audit trail's page (auditor and administrator)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit import trail
from audit.trail import history_of
from responsibility.models import KeywordRule
from responsibility.services.rules import tidy_words
from tests.county import County

pytestmark = pytest.mark.django_db

RULES = "/units/rules/"
AUDIT = "/units/audit/"


@pytest.fixture
def office(client: Client, county: County) -> Client:
    client.force_login(county.office)
    return client


@pytest.fixture
def rule(county: County) -> KeywordRule:
    return KeywordRule.objects.create(keywords="演练、预案", unit=county.units["YJ"], weight=30, reason="三定方案")


def typed(county: County, **changes: Any) -> dict[str, Any]:
    return {
        "keywords": "燃气，管道;燃气",
        "required": "",
        "unit": county.units["ZJ"].pk,
        "part": "lead",
        "weight": "40",
        "reason": "燃气由住建部门主管",
    } | changes


@pytest.mark.parametrize(("who", "status"), [("editor", 403), ("administrator", 403), ("stranger", 404)])
def test_rules_are_the_office_s(client: Client, county: County, rule: KeywordRule, who: str, status: int) -> None:
    client.force_login(getattr(county, who))
    for address in (RULES, reverse("responsibility:rule_create"), reverse("responsibility:rule_edit", args=[rule.pk])):
        assert client.get(address).status_code == status
    assert client.post(reverse("responsibility:rule_create"), typed(county)).status_code == status
    switch = reverse("responsibility:rule_switch", args=[rule.pk])
    assert client.post(switch, {"active": "0"}).status_code == status
    rule.refresh_from_db()
    assert rule.active
    assert KeywordRule.objects.count() == 1


def test_a_rule_is_added(office: Client, county: County) -> None:
    assert office.post(reverse("responsibility:rule_create"), typed(county)).status_code == 302
    made = KeywordRule.objects.get()
    assert (made.keywords, made.unit.code, made.weight) == ("燃气、管道", "ZJ", 40)
    assert history_of(made).get().action == "rule.create"


@pytest.mark.parametrize(
    "changes",
    [{"keywords": "、， "}, {"keywords": ""}, {"weight": "101"}, {"weight": "0"}, {"reason": ""}, {"unit": ""}],
)
def test_a_refused_rule_keeps_what_was_typed(office: Client, county: County, changes: dict[str, str]) -> None:
    response = office.post(reverse("responsibility:rule_create"), typed(county, **changes))
    assert response.status_code == 400
    kept = "燃气由住建部门主管" if "reason" not in changes else "燃气，管道;燃气"
    assert kept in response.content.decode()
    assert not KeywordRule.objects.exists()


def test_a_rule_is_changed_and_the_change_told(office: Client, county: County, rule: KeywordRule) -> None:
    address = reverse("responsibility:rule_edit", args=[rule.pk])
    stale = typed(county, version=rule.version, reason="迟到的修改")
    assert office.post(address, typed(county, version=rule.version)).status_code == 302
    rule.refresh_from_db()
    assert (rule.keywords, rule.unit.code, rule.version) == ("燃气、管道", "ZJ", 2)
    entry = history_of(rule).get()
    assert ["建议单位", "县应急局", "县住建局"] in entry.changes
    assert ["权重", "30", "40"] in entry.changes
    response = office.post(address, stale)
    assert response.status_code == 400
    assert "已有其他人修改" in response.content.decode()
    assert "燃气由住建部门主管" in response.content.decode()
    assert "迟到的修改" in response.content.decode()


def test_a_rule_is_switched_off_and_on(office: Client, rule: KeywordRule) -> None:
    address = reverse("responsibility:rule_switch", args=[rule.pk])
    assert office.get(address).status_code == 405
    response = office.post(address, {"active": "0", "next": RULES + "?part=lead"})
    assert response["Location"] == RULES + "?part=lead"
    rule.refresh_from_db()
    assert not rule.active
    assert office.post(address, {"active": "1", "next": "//outside.example"})["Location"] == RULES
    assert [entry.action for entry in history_of(rule)] == ["rule.switch", "rule.switch"]
    assert office.post(reverse("responsibility:rule_switch", args=[999])).status_code == 404


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 2), ("?q=演练", 1), ("?q=三定", 1), ("?q=yjj", 1), ("?part=support", 1), ("?active=0", 0), ("?q=无", 0)],
)
def test_rules_are_filtered(office: Client, county: County, rule: KeywordRule, query: str, count: int) -> None:
    unit = county.units["YJ"]
    unit.initials = "xyjj"
    unit.save()
    KeywordRule.objects.create(keywords="燃气", unit=county.units["ZJ"], part="support", reason="主管")
    assert office.get(RULES + query).context["count"] == count


@pytest.mark.parametrize("many", [3, 30])
def test_lists_take_few_queries(
    client: Client, county: County, rule: KeywordRule, many: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(many):
        KeywordRule.objects.create(keywords=f"词{number}", unit=county.units["ZJ"], reason="主管")
        trail.record(actor=county.office, action="test", target=rule, summary=f"第{number}条")
    for who, address in ((county.office, RULES), (county.auditor, AUDIT)):
        client.force_login(who)
        with django_assert_max_num_queries(12):
            assert client.get(address + "?per_page=50").status_code == 200


@pytest.mark.parametrize(
    ("text", "tidy"), [("燃气， 管道;燃气\n消防", "燃气、管道、消防"), (" 、", ""), ("a　b", "a、b")]
)
def test_words_may_be_separated_by_anything(text: str, tidy: str) -> None:
    assert tidy_words(text) == tidy


@pytest.mark.parametrize(
    ("who", "status"),
    [("auditor", 200), ("administrator", 200), ("office", 403), ("editor", 403), ("stranger", 404)],
)
def test_who_reads_the_audit_trail(client: Client, county: County, who: str, status: int) -> None:
    client.force_login(getattr(county, who))
    assert client.get(AUDIT).status_code == status
    assert client.post(AUDIT).status_code == 405


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("?q=安小委", 1),
        ("?q=调离", 1),
        ("?object_type=accounts.user", 1),
        ("?day_before=2000-01-01", 0),
        ("?day_after=2000-01-01", 2),
    ],
)
def test_audit_entries_are_filtered(client: Client, county: County, rule: KeywordRule, query: str, count: int) -> None:
    trail.record(actor=county.office, action="rule.create", target=rule, summary="新增", changes=[("权重", "1", "2")])
    trail.record(
        actor=county.administrator, action="person.switch", target=county.editor, summary="停用", reason="调离"
    )
    client.force_login(county.auditor)
    response = client.get(AUDIT + query)
    assert response.context["count"] == count
    if not query:
        assert "关键词规则" in response.content.decode()
        assert "<ins>2</ins>" in response.content.decode()
