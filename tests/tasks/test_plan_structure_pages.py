"""The buttons of a check that change the outline, over HTTP: done, refused, overtaken, and nothing typed is lost."""

from typing import Any

import pytest
from django.test import Client

from tasks.models import Plan, PlanItem
from tasks.services.importing import withdraw_plan
from tasks.services.item_editing import ItemDraft, edit_item
from tests.county import AsPerson, County
from tests.tasks.outlines import TEXT, item, leftovers, outline_draft, tree
from tests.tasks.test_plan_check_page import form
from tests.tasks.test_plan_structure import BEGINNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(county: County) -> Plan:
    return outline_draft(county.office)


@pytest.fixture
def office(as_person: AsPerson) -> Client:
    return as_person("office")


def span_of(text: str) -> str:
    start = TEXT.index(text)
    return f"{start}-{start + len(text)}"


# what is pressed → (address below the plan, what the button sends, what the outline is then)
PRESSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "split": ("items/{整治隐患}/split/", {"at": TEXT.index("燃气")}, "二、3-2."),
    "merge": ("items/{组织演练}/merge/", {"with": "{健全清单}:1"}, "-一、2.组织演练"),
    "down": ("items/{健全清单}/move/", {"to": "down"}, "一、1.组织演练|一、2.组织演练"),
    "nest": ("items/{严格执法}/move/", {"to": "nest"}, "-二、4.严格执法"),
    "lift": ("items/{排查桥梁}/move/", {"to": "lift"}, "-二、·（1）排查桥梁"),
    "section": ("items/{严格执法}/move/", {"to": "section", "to_section": "{section}"}, "-二、4.严格执法"),
}


def press(client: Client, plan: Plan, name: str, **typed: Any) -> Any:
    """Press the button on the page of its item, with the item's form as it stands and `typed` over it."""
    address, sent, _ = PRESSED[name]
    titles = {"整治隐患", "组织演练", "健全清单", "严格执法", "排查桥梁"}
    places = {title: item(plan, title).pk for title in titles} | {"section": plan.sections.all()[0].pk}
    row = PlanItem.objects.get(pk=int(address.format(**places).split("/")[1]))
    data = form(row) | {key: str(value).format(**places) for key, value in sent.items()} | typed
    return client.post(f"/plans/{plan.pk}/{address.format(**places)}", data)


@pytest.mark.parametrize("name", PRESSED)
def test_a_button_does_what_it_says_and_can_be_taken_back(plan: Plan, office: Client, name: str) -> None:
    answer = press(office, plan, name)
    assert answer.status_code == 302, answer.content.decode()[:200]
    after = tree(plan)
    assert after != BEGINNING
    gone = PRESSED[name][2]
    assert not gone.startswith("-") or gone[1:] not in after
    step = plan.steps.get()
    page = office.get(answer.headers["Location"]).content.decode()
    assert f'formaction="/plans/{plan.pk}/undo/"' in page
    assert "可在“步骤”中撤销" in page
    assert office.post(f"/plans/{plan.pk}/undo/", {"step": step.pk}).status_code == 302
    assert tree(plan) == BEGINNING
    assert office.post(f"/plans/{plan.pk}/redo/", {"step": step.pk}).status_code == 302
    assert tree(plan) == after


@pytest.mark.parametrize("name", PRESSED)
def test_what_was_typed_for_the_item_is_saved_first(plan: Plan, office: Client, name: str) -> None:
    assert press(office, plan, name, title="我正在写的名称").status_code == 302
    assert plan.items.filter(title="我正在写的名称").exists() or plan.steps.filter(kind="edit").exists()
    assert plan.steps.count() == 2


@pytest.mark.parametrize("name", PRESSED)
def test_an_old_page_changes_nothing_and_loses_nothing(plan: Plan, county: County, office: Client, name: str) -> None:
    address, _, _ = PRESSED[name]
    row = item(plan, address.split("{")[1].split("}")[0])
    old = row.version
    draft = ItemDraft(
        title="同事改的", starts_on=row.starts_on, due_on=row.due_on, lead=row.lead, supports=list(row.supports.all())
    )
    edit_item(actor=county.second_office, item_id=row.pk, draft=draft, expected_version=old)
    before = tree(plan)
    PlanItem.objects.filter(pk=row.pk).update(title=row.title)
    answer = press(office, plan, name, version=old, title="我正在写的名称")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "我正在写的名称" in text
    assert "安二委" in text
    PlanItem.objects.filter(pk=row.pk).update(title="同事改的")
    assert tree(plan) == before
    assert plan.steps.count() == 1


@pytest.mark.parametrize(
    ("address", "sent", "word"),
    [
        ("items/{整治隐患}/split/", {"at": "0"}, ""),
        ("items/{整治隐患}/split/", {"at": "9" * 30}, ""),
        ("items/{组织演练}/merge/", {"with": "x"}, "没有选定要合并的条目"),
        ("items/{组织演练}/move/", {"to": "sideways"}, "没有选定怎样移动"),
        ("items/{健全清单}/move/", {"to": "up"}, ""),
        ("items/{严格执法}/move/", {"to": "section", "to_section": "9" * 30}, ""),
        ("merge/", {"tick": []}, ""),
        ("leftovers/", {"do": "add", "sentence": ["x", "9-1"]}, ""),
        ("back/", {"span": "x"}, "没有选定要恢复的文字"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    plan: Plan, office: Client, address: str, sent: dict[str, Any], word: str
) -> None:
    places = {title: item(plan, title).pk for title in ("整治隐患", "组织演练", "健全清单", "严格执法")}
    row = item(plan, address.split("{")[1].split("}")[0]) if "{" in address else item(plan, "健全清单")
    data = form(row) | {"item": row.pk} | sent
    answer = office.post(f"/plans/{plan.pk}/{address.format(**places)}", data)
    assert answer.status_code == 409
    assert word in answer.content.decode()
    assert "alert-danger" in answer.content.decode()
    assert tree(plan) == BEGINNING
    assert plan.steps.count() == 0


def test_ticked_items_are_merged(plan: Plan, office: Client) -> None:
    rows = [item(plan, title) for title in ("健全清单", "组织演练")]
    data: dict[str, Any] = {"tick": [row.pk for row in rows]} | {f"version-{row.pk}": row.version for row in rows}
    assert office.post(f"/plans/{plan.pk}/merge/", data).status_code == 302
    assert tree(plan)[0] == "一、1.健全清单"
    assert len(tree(plan)) == len(BEGINNING) - 1


def test_sentences_left_over_become_items_or_are_set_aside_and_come_back(plan: Plan, office: Client) -> None:
    assert "做好信息报送。" in leftovers(plan)
    sent = {"do": "add", "sentence": span_of("做好信息报送。")}
    assert office.post(f"/plans/{plan.pk}/leftovers/", sent).status_code == 302
    assert len(tree(plan)) == len(BEGINNING) + 1
    sent = {"do": "aside", "sentence": span_of("各单位要加强领导。")}
    assert office.post(f"/plans/{plan.pk}/leftovers/", sent).status_code == 302
    assert "各单位要加强领导。" not in leftovers(plan)
    assert office.post(f"/plans/{plan.pk}/back/", {"span": span_of("各单位要加强领导。")}).status_code == 302
    assert "各单位要加强领导。" in leftovers(plan)


def test_a_section_is_renamed_and_an_old_form_keeps_the_typed_name(plan: Plan, office: Client) -> None:
    section = plan.sections.all()[0]
    address = f"/plans/{plan.pk}/sections/{section.pk}/"
    sent = {"section-title": "压紧压实责任", "section-version": section.version}
    assert office.post(address, sent).status_code == 302
    section.refresh_from_db()
    assert section.title == "压紧压实责任"
    answer = office.post(address, sent | {"section-title": "另一个名称"})
    assert answer.status_code == 409
    assert "另一个名称" in answer.content.decode()
    section.refresh_from_db()
    assert section.title == "压紧压实责任"


ADDRESSES = ["items/{item}/split/", "items/{item}/merge/", "items/{item}/move/", "merge/", "leftovers/", "back/",
             "sections/{section}/", "undo/", "redo/", "checked/", "accept/"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_else_and_nothing_once_it_is_no_draft(
    plan: Plan, county: County, as_person: AsPerson, address: str
) -> None:
    row = item(plan, "整治隐患")
    path = f"/plans/{plan.pk}/" + address.format(item=row.pk, section=plan.sections.all()[0].pk)
    for person in ("leader", "editor", "auditor", "stranger"):
        assert as_person(person).post(path, form(row)).status_code in (403, 404), person
    assert as_person("office").get(path).status_code in (302, 405)
    withdraw_plan(actor=county.office, plan_id=plan.pk, reason="重来")
    sent = form(row) | {"section-title": "新名", "section-version": 1}
    assert as_person("office").post(path, sent).status_code in (302, 404, 409)
    assert tree(plan) == BEGINNING
    assert plan.steps.count() == 0
