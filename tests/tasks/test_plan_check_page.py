"""The check of a reading: three panes, saving, adopting, dropping, settling, two clerks at once."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core.errors import StaleObject, UserError
from responsibility.models import Unit, UnitAlias
from tasks.models import ItemTarget, Plan, PlanItem, UnitMention, UnitSuggestion
from tasks.plan_permissions import ITEM_GONE
from tasks.services.item_structure import merge_items
from tasks.views import plan_check, plan_typed
from tests.county import County
from tests.plan_drafts import draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(county: County) -> Plan:
    return draft(county.office)


@pytest.fixture
def office(county: County, client: Client) -> Client:
    client.force_login(county.office)
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def item_of(plan: Plan, number: int) -> PlanItem:
    return plan.items.get(number=number)


def form(item: PlanItem, **changes: Any) -> dict[str, Any]:
    """What the browser sends for an item, with its targets and the empty row."""
    data: dict[str, Any] = {
        "version": item.version,
        "title": item.title,
        "starts_on": item.starts_on or "",
        "due_on": item.due_on or "",
        "lead": item.lead_id or "",
        "supports": [unit.pk for unit in item.supports.all()],
    }
    targets = list(item.targets.all())
    data |= {"target-TOTAL_FORMS": len(targets) + 1, "target-INITIAL_FORMS": len(targets)}
    for place, target in enumerate(targets):
        fields = {"id": target.pk, "metric": target.metric, "operator": target.operator, "value": target.value}
        data |= {f"target-{place}-{name}": value for name, value in (fields | {"unit": target.unit}).items()}
    data |= {f"target-{len(targets)}-operator": ">="}
    return data | changes


def save(client: Client, plan: Plan, item: PlanItem, **changes: Any) -> Any:
    return client.post(f"/plans/{plan.pk}/items/{item.pk}/", form(item, **changes))


def test_three_panes_show_text_items_and_form(plan: Plan, office: Client) -> None:
    item = item_of(plan, 2)
    page = text_of(office.get(f"/plans/{plan.pk}/check/?item={item.pk}"))
    assert page.count('class="pane"') == 3
    assert f'id="source-{item.pk}"' in page
    assert 'class="source-current mark-target"' in page
    assert "指标：演练场次不低于400场次" in page
    assert 'value="演练场次"' in page
    assert "已分解 <b>3</b> 条" in page
    assert "量化指标 <b>2</b> 个" in page
    assert "存疑 <b>2</b> 处" in page
    assert "未定牵头 <b>3</b> 条" in page
    assert "原文写有“县气象台”（配合），单位表中没有" in page


def test_first_item_is_chosen_when_none_or_nonsense_is_asked_for(plan: Plan, office: Client) -> None:
    for query in ("", "?item=", "?item=abc", "?item=99999999999999999999", "?show=nonsense"):
        answer = office.get(f"/plans/{plan.pk}/check/{query}")
        assert answer.context["panes"].current == item_of(plan, 1)


def test_counters_leave_the_items_they_count(plan: Plan, county: County, office: Client) -> None:
    PlanItem.objects.filter(pk=item_of(plan, 2).pk).update(lead=county.units["YJ"])

    def shown(key: str) -> list[int]:
        panes = office.get(f"/plans/{plan.pk}/check/?show={key}").context["panes"]
        return [row.item.number for _, rows in panes.sections for row in rows]

    assert shown("unassigned") == [1, 3]
    assert shown("targets") == [2, 3]
    assert shown("deadlines") == [1, 3]
    assert shown("flags") == [1]
    assert shown("unknown") == [2]
    assert shown("dropped") == []


def test_saving_keeps_everything_and_goes_on_to_the_next(plan: Plan, county: County, office: Client) -> None:
    item, after = item_of(plan, 2), item_of(plan, 3)
    unit = county.units
    changes = {
        "title": "组织  综合演练\r\n和桌面推演",
        "due_on": "2026-11-15",
        "lead": unit["YJ"].pk,
        "supports": [unit["Z1"].pk, unit["XF"].pk],
        "target-0-value": "１，２００",
        "target-1-metric": "参演人次",
        "target-1-value": "3,000",
        "target-1-unit": "人次",
        "save_next": "1",
        "next": str(after.pk),
        "show": "unassigned",
    }
    answer = save(office, plan, item, **changes)
    assert answer.headers["Location"] == f"/plans/{plan.pk}/check/?item={after.pk}&show=unassigned"
    item.refresh_from_db()
    assert (item.title, str(item.due_on), item.lead) == ("组织 综合演练 和桌面推演", "2026-11-15", unit["YJ"])
    assert {row.code for row in item.supports.all()} == {"Z1", "XF"}
    assert list(item.targets.values_list("metric", "value")) == [("演练场次", 1200), ("参演人次", 3000)]


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"title": ""}, 422, "此项必填，请填写或选择后再提交。"),
        ({"due_on": "2026-02-30"}, 422, "日期"),
        ({"target-0-value": "四百"}, 422, "指标中有未填对的内容"),
        ({"target-1-metric": "参演人次"}, 422, "指标中有未填对的内容"),
        ({"due_on": "2025-01-01"}, 409, "不能早于开始日期"),
        ({"target-TOTAL_FORMS": "x"}, 422, "指标"),
    ],
)
def test_refused_form_comes_back_as_typed(
    plan: Plan, office: Client, changes: dict[str, str], status: int, words: str
) -> None:
    item = item_of(plan, 2)
    answer = save(office, plan, item, **({"title": "改过的名称"} | changes))
    assert answer.status_code == status
    page = text_of(answer)
    assert words in page
    if "title" not in changes:
        assert "改过的名称" in page
    if "target-0-value" in changes:
        assert 'value="四百"' in page
    assert answer.headers["HX-Push-Url"] == f"/plans/{plan.pk}/check/?item={item.pk}"
    item.refresh_from_db()
    assert (item.title, item.version) == ("组织综合演练", 1)


def test_group_is_not_offered_as_lead(plan: Plan, county: County, office: Client) -> None:
    made = Unit.objects.create(code="G", name="各乡镇", short_name="各乡镇", kind=Unit.Kind.GROUP)
    item = item_of(plan, 1)
    assert save(office, plan, item, lead=made.pk).status_code == 422
    assert save(office, plan, item, supports=[made.pk]).status_code == 302


def test_second_clerk_sees_both_texts_and_decides(plan: Plan, county: County, office: Client) -> None:
    item = item_of(plan, 2)
    opened = form(item)
    address = f"/plans/{plan.pk}/items/{item.pk}/"
    first = opened | {"title": "甲改的名称", "target-0-value": "450", "lead": county.units["YJ"].pk}
    assert office.post(address, first).status_code == 302
    client = Client()
    client.force_login(county.second_office)
    second = opened | {"title": "乙改的名称", "target-0-value": "500", "lead": county.units["YJ"].pk}
    answer = client.post(address, second)
    assert answer.status_code == 409
    differences = [(row.label, row.stored, row.typed) for row in answer.context["page"].stale]
    assert differences == [
        ("任务名称", "甲改的名称", "乙改的名称"),
        ("指标", "演练场次 >=450场次", "演练场次 >=500场次"),
    ]
    assert 'value="500"' in text_of(answer)
    item.refresh_from_db()
    assert item.title == "甲改的名称"
    again = client.post(address, second | {"version": answer.context["page"].form["version"].value()})
    assert again.status_code == 302
    item.refresh_from_db()
    assert (item.title, item.targets.get().value) == ("乙改的名称", 500)


@pytest.mark.parametrize("what", ["edit", "drop"])
def test_an_item_merged_away_between_looking_and_locking_is_told_and_nothing_typed_is_lost(
    plan: Plan, county: County, office: Client, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    item = item_of(plan, 2)

    def merged_while_waiting(**_: Any) -> None:
        merge_items(actor=county.second_office, plan_id=plan.pk, item_ids=[item_of(plan, 1).pk, item.pk])
        raise StaleObject(ITEM_GONE)

    view = plan_check if what == "drop" else plan_typed
    monkeypatch.setattr(view, f"{what}_item", merged_while_waiting)
    data = form(item, title="我写的名称") | {"drop-version": item.version, "drop-reason": "不做"}
    if what == "drop":
        del data["title"]
    answer = office.post(f"/plans/{plan.pk}/items/{item.pk}/" + ("drop/" if what == "drop" else ""), data)
    assert answer.status_code == 409
    text = text_of(answer)
    assert "您打开的条目已经不在：安二委办理了“合并" in text
    assert what == "drop" or "我写的名称" in text
    assert (plan.items.count(), plan.steps.count()) == (2, 1)


def test_adopting_a_unit_saves_what_was_typed_too(plan: Plan, county: County, office: Client) -> None:
    item, unit = item_of(plan, 1), county.units
    save(office, plan, item, title="改过的名称", adopt=f"lead-{unit['YJ'].pk}")
    item = item_of(plan, 1)
    assert (item.title, item.lead) == ("改过的名称", unit["YJ"])
    save(office, plan, item, adopt=f"support-{unit['ZJ'].pk}")
    assert list(item.supports.all()) == [unit["ZJ"]]
    item = item_of(plan, 1)
    save(office, plan, item, adopt=f"lead-{unit['ZJ'].pk}")
    item = item_of(plan, 1)
    assert (item.lead, list(item.supports.all())) == (unit["ZJ"], [])
    for nonsense in ("lead-x", "lead-999999", "support-", "-"):
        assert save(office, plan, item_of(plan, 1), adopt=nonsense).status_code == 302
    assert item_of(plan, 1).lead == unit["ZJ"]


def test_doubt_is_settled_with_the_form_and_taken_back(plan: Plan, office: Client) -> None:
    item = item_of(plan, 1)
    flag = item.flags.get()
    assert "已核对" in text_of(office.get(f"/plans/{plan.pk}/check/?item={item.pk}"))
    save(office, plan, item, title="改过的名称", resolve=str(flag.pk))
    flag.refresh_from_db()
    assert (flag.resolved, item_of(plan, 1).title) == (True, "改过的名称")
    office.post(f"/plans/{plan.pk}/flags/", {"reopen": str(flag.pk)})
    assert not item.flags.filter(resolved=True).exists()
    loose = plan.flags.get(item=None)
    office.post(f"/plans/{plan.pk}/flags/", {"resolve": str(loose.pk)})
    assert plan.flags.filter(resolved=True).get() == loose
    assert office.post(f"/plans/{plan.pk}/flags/", {"resolve": "x"}).status_code == 404


def test_ticked_items_take_the_suggestions(plan: Plan, county: County, office: Client) -> None:
    ids = [item.pk for item in plan.items.all()]
    address = f"/plans/{plan.pk}/accept/"
    none = office.post(address, {}, follow=True)
    assert "没有勾选条目" in text_of(none)
    answer = office.post(address, {"tick": [*ids[::2], "x"], "item": ids[2], "show": "unassigned"}, follow=True)
    assert "已采纳1条的建议单位；1条没有建议" in text_of(answer)
    assert answer.redirect_chain == [(f"/plans/{plan.pk}/check/?item={ids[2]}&show=unassigned&pane=tree", 302)]
    assert item_of(plan, 1).lead == county.units["YJ"]


def test_suggestions_are_made_anew_after_an_alias(plan: Plan, county: County, office: Client) -> None:
    UnitAlias.objects.create(unit=county.units["XF"], name="县气象台")
    assert office.post(f"/plans/{plan.pk}/suggest/").status_code == 302
    assert UnitSuggestion.objects.filter(item=item_of(plan, 2), unit=county.units["XF"]).exists()
    assert not UnitMention.objects.filter(item__plan=plan, name="县气象台", unit=None).exists()


def test_item_is_dropped_with_a_reason_and_restored(plan: Plan, office: Client) -> None:
    item = item_of(plan, 2)
    address = f"/plans/{plan.pk}/items/{item.pk}/"
    assert office.post(f"{address}drop/", {"drop-version": "1", "drop-reason": ""}).status_code == 422
    stale = office.post(f"{address}drop/", {"drop-version": "7", "drop-reason": "由市级组织"})
    assert stale.status_code == 409
    assert 'value="由市级组织"' in text_of(stale)
    office.post(f"{address}drop/", {"drop-version": "1", "drop-reason": "由市级组织"})
    page = text_of(office.get(f"/plans/{plan.pk}/check/?item={item.pk}"))
    assert "本条不纳入任务。理由：由市级组织" in page
    assert "不纳入 <b>1</b> 条" in page
    office.post(f"{address}restore/")
    assert not item_of(plan, 2).dropped


def test_item_of_another_plan_is_not_found(plan: Plan, county: County, office: Client) -> None:
    other = item_of(draft(county.office), 1)
    for tail in ("", "drop/", "restore/"):
        answer = office.post(f"/plans/{plan.pk}/items/{other.pk}/{tail}", form(other, title="x"))
        assert answer.status_code == 404


def test_unit_abolished_meanwhile_is_not_lost_by_saving(plan: Plan, county: County, office: Client) -> None:
    item = item_of(plan, 1)
    save(office, plan, item, lead=county.units["XF"].pk)
    Unit.objects.filter(code="XF").update(valid_to="2020-01-01")
    page = text_of(office.get(f"/plans/{plan.pk}/check/?item={item.pk}"))
    assert f'<option value="{county.units["XF"].pk}" selected>' in page
    other = text_of(office.get(f"/plans/{plan.pk}/check/?item={item_of(plan, 2).pk}"))
    assert f'<option value="{county.units["XF"].pk}"' not in other


def test_sixty_items_take_no_more_queries(
    plan: Plan, county: County, office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    section = plan.sections.first()
    extra = [
        PlanItem(plan=plan, section=section, number=n, marker=f"{n}.", title=f"条目{n}", start=n, end=n + 30)
        for n in range(4, 61)
    ]
    for item in PlanItem.objects.bulk_create(extra):
        ItemTarget.objects.create(item=item, phrase="x", metric="y", operator=">=", value=1, start=item.start, end=9)
        UnitSuggestion.objects.create(item=item, unit=county.units["YJ"], part="lead", source="rule", reason="z")
        item.supports.add(county.units["Z1"])
    with django_assert_max_num_queries(20):
        page = text_of(office.get(f"/plans/{plan.pk}/check/?item={item_of(plan, 60).pk}"))
    assert "已分解 <b>60</b> 条" in page


def test_form_works_for_a_draft_without_items(county: County, office: Client) -> None:
    empty = Plan.objects.create(year=2026, title="空稿", source_text="没有条目", created_by=county.office)
    assert "没有条目" in text_of(office.get(f"/plans/{empty.pk}/check/"))
    with pytest.raises(UserError):
        draft(county.office, items=[])
