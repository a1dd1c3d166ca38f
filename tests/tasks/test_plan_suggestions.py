"""Which units are suggested for an item, and why."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from responsibility.models import KeywordRule, Unit, UnitAlias
from tasks.models import Plan, PlanItem, UnitMention, UnitSuggestion
from tasks.reader import ItemReading, UnitReading
from tasks.services.importing import refresh_suggestions
from tasks.suggestions import UnitNames, suggest_units
from tests.county import County
from tests.plan_drafts import draft, items

pytestmark = pytest.mark.django_db


def rule(unit: Unit, keywords: str, *, part: str = "lead", weight: int = 10, **extra: object) -> KeywordRule:
    fields = {"keywords": keywords, "unit": unit, "part": part, "weight": weight, "reason": "县职责分工"} | extra
    return KeywordRule.objects.create(**fields)


def suggested(plan: Plan, number: int) -> list[tuple[str, str]]:
    rows = UnitSuggestion.objects.filter(item__plan=plan, item__number=number).select_related("unit")
    return [(row.unit.code, row.part) for row in rows]


def with_units(number: int, *units: UnitReading) -> list[ItemReading]:
    rows = items()
    rows[number - 1] = replace(rows[number - 1], units=list(units))
    return rows


def named(name: str, role: str, place: int = 60) -> UnitReading:
    return UnitReading(name, role, place, place + 2)  # type: ignore[arg-type]


def group(*members: Unit) -> Unit:
    made = Unit.objects.create(code="G1", name="各乡镇（街道）", short_name="各乡镇", kind=Unit.Kind.GROUP, ordering=90)
    made.members.set(members)
    return made


def test_text_is_matched_by_short_and_full_name(county: County) -> None:
    plan = draft(county.office)
    assert suggested(plan, 1) == [("YJ", "lead"), ("ZJ", "support")]
    reasons = UnitSuggestion.objects.filter(item__plan=plan, item__number=1).values_list("reason", flat=True)
    assert list(reasons) == ["原文点名：县应急局（牵头）", "原文点名：县住房和城乡建设局（配合）"]


def test_nothing_is_assigned_by_a_suggestion(county: County) -> None:
    plan = draft(county.office)
    assert not plan.items.filter(lead__isnull=False).exists()
    assert not PlanItem.supports.through.objects.exists()


def test_unknown_name_is_kept_and_known_after_an_alias(county: County) -> None:
    plan = draft(county.office)
    mention = UnitMention.objects.get(item__plan=plan, name="县气象台", unit=None)
    UnitAlias.objects.create(unit=county.units["XF"], name="县气象台")
    refresh_suggestions(actor=county.office, plan_id=plan.pk)
    mention.refresh_from_db()
    assert mention.unit_id == county.units["XF"].pk
    assert ("XF", "support") in suggested(plan, 2)


@pytest.mark.parametrize("name", ["县应急管理局", "应急局", "**县应急管理局", "县 应急管理局", "本县应急管理局"])
def test_names_are_known_in_the_ways_documents_write_them(county: County, name: str) -> None:
    names = UnitNames(Unit.objects.all(), UnitAlias.objects.all())
    assert names.find(name) == county.units["YJ"]


def test_bracket_widths_are_one_and_ambiguous_remainders_none(county: County) -> None:
    made = group(county.units["Z1"])
    twin = Unit.objects.create(code="T", name="消防大队", short_name="消防大队", kind=Unit.Kind.GOVERNMENT)
    names = UnitNames(Unit.objects.all(), UnitAlias.objects.all())
    assert names.find("各乡镇(街道)") == made
    assert names.find("消防大队") == twin
    assert names.find("县消防大队") == county.units["XF"]
    assert names.find("县教育局") is None


def test_group_named_as_lead_is_proposed_for_support_only(county: County) -> None:
    group(county.units["Z1"])
    plan = draft(county.office, items=with_units(2, named("各乡镇（街道）", "lead")))
    row = UnitSuggestion.objects.get(item__plan=plan, item__number=2)
    assert row.part == "support"
    assert "集合名称不能作牵头单位" in row.reason


def test_first_responsible_unit_is_proposed_to_lead(county: County) -> None:
    plan = draft(
        county.office, items=with_units(2, named("县住建局", "responsible"), named("县应急局", "responsible", 70))
    )
    assert suggested(plan, 2) == [("ZJ", "lead"), ("YJ", "support")]


def test_county_rule_decides_among_responsible_units(county: County) -> None:
    rule(county.units["YJ"], "综合演练")
    plan = draft(
        county.office, items=with_units(2, named("县住建局", "responsible"), named("县应急局", "responsible", 70))
    )
    assert suggested(plan, 2) == [("YJ", "lead"), ("ZJ", "support")]


def test_rule_gives_reason_with_the_words_found(county: County) -> None:
    rule(county.units["ZJ"], "燃气、危化品，液化气")
    plan = draft(county.office)
    row = UnitSuggestion.objects.get(item__plan=plan, item__number=3)
    assert (row.unit, row.part, row.source) == (county.units["ZJ"], "lead", "rule")
    assert row.reason == "命中关键词“燃气”（标题）：县职责分工"


def test_hit_in_the_title_outweighs_a_heavier_rule_in_the_body(county: County) -> None:
    rule(county.units["YJ"], "排查", weight=19)
    rule(county.units["ZJ"], "燃气", weight=10)
    assert suggested(draft(county.office), 3) == [("ZJ", "lead"), ("YJ", "support")]


def test_more_words_outweigh_fewer(county: County) -> None:
    rule(county.units["YJ"], "排查", weight=10)
    rule(county.units["XF"], "汛前、整改率", weight=9)
    assert suggested(draft(county.office), 3)[0] == ("XF", "lead")


def test_required_words_must_all_be_there(county: County) -> None:
    rule(county.units["ZJ"], "燃气", required="锅炉")
    rule(county.units["YJ"], "燃气", required="隐患、整改率")
    assert suggested(draft(county.office), 3) == [("YJ", "lead")]


def test_inactive_rules_and_abolished_units_suggest_nothing(county: County) -> None:
    rule(county.units["ZJ"], "燃气", active=False)
    rule(county.units["XF"], "燃气")
    Unit.objects.filter(code="XF").update(valid_to="2020-01-01")
    assert suggested(draft(county.office), 3) == []


def test_text_that_gives_parts_leaves_no_room_for_rules(county: County) -> None:
    rule(county.units["XF"], "清单")
    assert suggested(draft(county.office), 1) == [("YJ", "lead"), ("ZJ", "support")]


def test_rule_may_make_a_unit_only_mentioned_the_lead(county: County) -> None:
    rule(county.units["Z1"], "演练")
    plan = draft(county.office, items=with_units(2, named("河口镇", "mentioned")))
    row = UnitSuggestion.objects.get(item__plan=plan, item__number=2)
    assert (row.unit.code, row.part) == ("Z1", "lead")
    assert "命中关键词“演练”" in row.reason
    assert "原文点名：河口镇" in row.reason


def test_at_most_four_supporting_units_come_from_rules(county: County) -> None:
    for number in range(7):
        made = Unit.objects.create(
            code=f"N{number}", name=f"单位{number}", short_name=f"单位{number}", kind="government"
        )
        rule(made, "燃气", part="support", weight=number + 1)
    assert suggested(draft(county.office), 3) == [(f"N{number}", "support") for number in (6, 5, 4, 3)]


def test_statements_do_not_grow_with_the_items(county: County) -> None:
    for word in ("燃气", "演练", "清单"):
        rule(county.units["ZJ"], word)
    plan = draft(county.office)
    with CaptureQueriesContext(connection) as few:
        suggest_units(plan)
    section = plan.sections.first()
    extra = [
        PlanItem(plan=plan, section=section, number=n, marker=f"{n}.", title="燃气", start=0, end=90)
        for n in range(4, 61)
    ]
    PlanItem.objects.bulk_create(extra)
    with CaptureQueriesContext(connection) as many:
        assert len(suggest_units(plan)) > 57
    assert len(many) <= len(few) + 1
