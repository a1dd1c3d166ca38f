"""Duty lists of 县应急管理局 for tests, brought to their states by the services."""

from datetime import date
from typing import Any

from responsibility.models import DutyItem, DutyList, InnerOffice, Layer, Post, Tenure
from responsibility.services.duty_items import ItemDraft, Subject, add_item
from responsibility.services.duty_lists import begin_list, revise_list
from responsibility.services.duty_moves import discard_list, publish_list, return_list, submit_list
from tests.county import County

S = DutyList.State
# A year for each state, so that one list may be worked on and one be in force at a time.
YEARS = {S.PUBLISHED: 2026, S.DRAFT: 2025, S.SUBMITTED: 2024, S.RETURNED: 2023, S.SUPERSEDED: 2022, S.DISCARDED: 2021}
SINCE = date(2020, 1, 1)
REASON = "请补充岗位职责。"


def ensure_posts(county: County) -> dict[str, Post]:
    """Return the posts of the unit by title, made where missing: 局长 the head, 股长 the editor, 科员 by name."""
    unit = county.units["YJ"]
    office, _ = InnerOffice.objects.get_or_create(unit=unit, name="危化股", defaults={"valid_from": SINCE})
    for title, place, in_charge, user, name in (
        ("局长", None, True, county.head, str(county.head)),
        ("股长", office, True, county.editor, str(county.editor)),
        ("科员", office, False, None, "钱科员"),
    ):
        post, made = Post.objects.get_or_create(
            unit=unit,
            office=place,
            title=title,
            defaults={"leader": place is None, "in_charge": in_charge, "valid_from": SINCE},
        )
        if made:
            Tenure.objects.create(post=post, user=user, name=name, valid_from=SINCE)
    return {post.title: post for post in Post.objects.filter(unit=unit)}


def draft(text: str, subject: Subject, **changes: Any) -> ItemDraft:
    """Return a duty of the subject, done every quarter."""
    values: dict[str, Any] = {"kind": "industry", "duty_type": "inspect", "frequency": "quarter"}
    values |= {"basis": "《中华人民共和国安全生产法》第十条", "how": "现场检查"}
    return ItemDraft(subject=subject, text=text, **(values | changes))


def make_item(duty_list: DutyList, text: str, **place: Any) -> DutyItem:
    """Create a duty past the services, for lists that may not be edited any more."""
    return DutyItem.objects.create(duty_list=duty_list, text=text, basis="三定规定", how="检查", **place)


def fill(county: County, duty_list: DutyList) -> None:
    """Give a draft one duty in each layer."""
    posts = ensure_posts(county)
    office = posts["股长"].office
    assert office is not None
    for text, subject in (
        ("研判全县安全形势", Subject()),
        ("主持安全会议", Subject(post_id=posts["局长"].pk)),
        ("检查危化企业", Subject(office_id=office.pk)),
        ("现场执法留痕", Subject(post_id=posts["科员"].pk)),
    ):
        add_item(actor=county.editor, list_id=duty_list.pk, draft=draft(text, subject))


def list_in(state: str, county: County, year: int = 2026) -> DutyList:
    """Return a list of the unit in `state`, submitted by the editor and judged by the office."""
    duty_list = begin_list(actor=county.editor, unit_id=county.units["YJ"].pk, year=year).duty_list
    fill(county, duty_list)
    if state == S.DISCARDED:
        discard_list(actor=county.editor, list_id=duty_list.pk, reason="重复编制")
    elif state != S.DRAFT:
        submit_list(actor=county.editor, list_id=duty_list.pk)
    if state == S.RETURNED:
        return_list(actor=county.office, list_id=duty_list.pk, reason=REASON)
    if state in (S.PUBLISHED, S.SUPERSEDED):
        publish_list(actor=county.office, list_id=duty_list.pk)
    if state == S.SUPERSEDED:
        following = revise_list(actor=county.editor, list_id=duty_list.pk).duty_list
        submit_list(actor=county.editor, list_id=following.pk)
        publish_list(actor=county.office, list_id=following.pk)
    return DutyList.objects.select_related("unit").get(pk=duty_list.pk)


def layer_counts(duty_list: DutyList) -> dict[str, int]:
    """Return how many duties each layer has."""
    return {layer: duty_list.items.filter(layer=layer).count() for layer in Layer.values}
