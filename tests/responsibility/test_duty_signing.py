"""签收承诺: who holds the post signs, the head for who has no account; coverage; what a change of holder does."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from core import clock
from core.queues import queues_of
from responsibility.models import DutyList, DutySignature, Membership, Role
from responsibility.services.duty_items import Subject, add_item, change_item
from responsibility.services.duty_lists import revise_list
from responsibility.services.duty_moves import publish_list, submit_list
from responsibility.services.posts import HolderDraft, change_holder, vacate_post
from responsibility.services.signing import sign_duties
from tests.county import AsPerson, County
from tests.responsibility.duties import draft, ensure_posts, list_in

pytestmark = pytest.mark.usefixtures("in_may")
S = DutyList.State


@pytest.fixture
def published(county: County) -> DutyList:
    """This year's list in force: unit, 局长 (the head), 危化股 (the editor's), 科员 (no account)."""
    return list_in(S.PUBLISHED, county)


def row_of(duty_list: DutyList, layer: str) -> DutySignature:
    return duty_list.signatures.counted().get(layer=layer)


def sign(as_person: AsPerson, person: str, duty_list: DutyList, *layers: str) -> Any:
    rows = [row_of(duty_list, layer).pk for layer in layers]
    return as_person(person).post(reverse("duties:sign", args=[duty_list.pk]), {"row": rows})


def signed_layers(duty_list: DutyList) -> set[str]:
    return set(duty_list.signatures.counted().filter(signed_at__isnull=False).values_list("layer", flat=True))


def test_publishing_makes_one_signature_due_for_each_part(county: County, published: DutyList) -> None:
    rows = {row.layer: row for row in published.signatures.all()}
    assert {layer: row.holder for layer, row in rows.items()} == {
        "unit": "应局长",
        "leader": "应局长",
        "office": "应小急",
        "post": "钱科员",
    }
    assert rows["office"].subject == "危化股"
    assert not any(row.signed_at for row in rows.values())
    assert county.head.notifications.filter(title__contains="请签收承诺").exists()


def test_everybody_signs_their_own_part(county: County, published: DutyList, as_person: AsPerson) -> None:
    page = as_person("editor").get(reverse("duties:sign", args=[published.pk])).content.decode()
    assert "检查危化企业" in page
    assert "主持安全会议" not in page, "not the editor's to sign"
    assert sign(as_person, "editor", published, "office").status_code == 302
    row = row_of(published, "office")
    assert (row.signed_by, row.signed_as, row.on_behalf) == (county.editor, "应小急", False)
    assert row.signed_at == clock.now()
    assert Entry.objects.get(action="duties.sign").actor == county.editor
    twice = sign(as_person, "editor", published, "office")
    assert twice.status_code == 302
    assert row_of(published, "office").signed_by == county.editor


def test_the_head_signs_for_the_unit_and_for_who_has_no_account(
    county: County, published: DutyList, as_person: AsPerson
) -> None:
    page = as_person("head").get(reverse("duties:sign", args=[published.pk])).content.decode()
    assert "没有账号，由单位负责人代签" in page
    assert "检查危化企业" not in page, "the editor has an account"
    assert sign(as_person, "head", published, "unit", "leader", "post").status_code == 302
    rows = {row.layer: row for row in published.signatures.counted()}
    assert (rows["post"].on_behalf, rows["post"].signed_as) == (True, "应局长")
    assert not rows["unit"].on_behalf
    assert not rows["leader"].on_behalf
    listed = as_person("office").get(f"{reverse('duties:signatures')}?signed=behalf")
    assert listed.context["count"] == 1
    assert "应局长（代签）" in listed.content.decode()


@pytest.mark.parametrize(
    ("person", "layer"),
    [("head", "office"), ("editor", "leader"), ("editor", "post"), ("second_editor", "office"), ("office", "unit")],
)
def test_nobody_signs_for_who_can_sign(published: DutyList, as_person: AsPerson, person: str, layer: str) -> None:
    assert sign(as_person, person, published, layer).status_code == 403
    assert signed_layers(published) == set()


def test_a_deputy_of_the_head_signs_by_both_names(county: County, published: DutyList) -> None:
    Membership.objects.create(
        user=county.second_editor,
        unit=county.units["YJ"],
        role=Role.HEAD,
        deputy_for=county.head,
        valid_from=date(2026, 5, 1),
        valid_to=date(2026, 5, 31),
    )
    deputy = User.objects.get(pk=county.second_editor.pk)
    row = row_of(published, "unit")
    sign_duties(actor=deputy, list_id=published.pk, signature_ids=[row.pk])
    row.refresh_from_db()
    assert row.signed_as == "应局长（由应二急代）"


def test_nothing_ticked_or_out_of_date_is_said(county: County, published: DutyList, as_person: AsPerson) -> None:
    address = reverse("duties:sign", args=[published.pk])
    nothing = as_person("head").post(address, {"row": ["x", "9" * 30]})
    assert nothing.status_code == 409
    assert "没有勾选任何一项" in nothing.content.decode()
    gone = as_person("head").post(address, {"row": ["999999"]})
    assert gone.status_code == 409
    assert "已有人员调整" in gone.content.decode()
    drafted = list_in(S.DRAFT, county, 2025)
    assert as_person("head").post(reverse("duties:sign", args=[drafted.pk]), {"row": "1"}).status_code == 302
    assert as_person("other_editor").post(reverse("duties:sign", args=[drafted.pk]), {"row": "1"}).status_code == 404


def test_coverage_leads_to_its_rows(published: DutyList, as_person: AsPerson) -> None:
    sign(as_person, "head", published, "unit", "leader")
    client = as_person("other_editor")
    page = client.get(reverse("duties:detail", args=[published.pk])).content.decode()
    assert "2/4" in page
    address = reverse("duties:signatures")
    assert f"{address}?list={published.pk}" in page
    assert client.get(f"{address}?list={published.pk}&signed=1").context["count"] == 2
    waiting = client.get(f"{address}?year=2026&signed=0")
    assert {row.record.layer for row in waiting.context["table"].page} == {"office", "post"}
    assert client.get(f"{address}?layer=post&q=钱科员").context["count"] == 1
    figures = client.get(reverse("duties:list")).context["figures"]
    assert (figures.due, figures.signed, figures.rate) == (4, 2, "50%")


def test_what_waits_stands_in_the_queues(county: County, published: DutyList, as_person: AsPerson) -> None:
    def waiting(person: str) -> set[str]:
        user = User.objects.get(pk=county.people[person].pk)
        return {queue.key for queue in queues_of(user) if queue.key.startswith("duties-")}

    assert waiting("head") == {"duties-sign"}
    assert waiting("editor") == {"duties-sign"}
    assert waiting("second_editor") == set()
    assert waiting("office") == set()
    sign(as_person, "editor", published, "office")
    assert waiting("editor") == set()
    list_in(S.RETURNED, county, 2025)
    assert waiting("second_editor") == {"duties-returned"}
    list_in(S.SUBMITTED, county, 2024)
    assert waiting("second_office") == {"duties-review"}
    page = as_person("office").get(reverse("tasks:work")).content.decode()
    assert "责任清单待审核发布" in page


def test_who_submitted_is_not_asked_to_review(county: County, as_person: AsPerson) -> None:
    duty_list = list_in(S.DRAFT, county)
    list_in(S.SUBMITTED, county, 2024)
    submit_list(actor=county.office, list_id=duty_list.pk)
    for person, count in (("office", 1), ("second_office", 2)):
        user = User.objects.get(pk=county.people[person].pk)
        queue = next(queue for queue in queues_of(user) if queue.key == "duties-review")
        assert (queue.count, as_person(person).get(queue.path).context["count"]) == (count, count), person
    nobody = as_person("editor").get(f"{reverse('duties:list')}?waits=review")
    assert nobody.context["count"] == 0, "a queue that is not theirs holds nothing"


def test_a_successor_signs_anew_and_the_old_signature_stays(
    county: County, published: DutyList, as_person: AsPerson
) -> None:
    sign(as_person, "head", published, "post")
    post = ensure_posts(county)["科员"]
    change_holder(actor=county.editor, post_id=post.pk, holder=HolderDraft(date(2026, 5, 12), name="孙科员"))
    rows = list(published.signatures.filter(layer="post").order_by("pk"))
    assert [(row.holder, row.lapsed_on, bool(row.signed_at)) for row in rows] == [
        ("钱科员", date(2026, 5, 12), True),
        ("孙科员", None, False),
    ]
    office = ensure_posts(county)["股长"]
    change_holder(actor=county.editor, post_id=office.pk, holder=HolderDraft(date(2026, 5, 12), name="周股长"))
    assert row_of(published, "office").holder == "周股长"
    assert published.signatures.filter(layer="office").count() == 1, "not signed yet: it goes over"
    vacate_post(actor=county.editor, post_id=office.pk, last_day=date(2026, 5, 12), reason="调离")
    assert row_of(published, "office").holder == "周股长", "the last day still counts"


def test_a_vacant_post_asks_for_no_signature(county: County, published: DutyList) -> None:
    post = ensure_posts(county)["科员"]
    post.tenures.update(valid_from=date(2026, 1, 1))
    vacate_post(actor=county.editor, post_id=post.pk, last_day=date(2026, 5, 11), reason="退休")
    assert not published.signatures.counted().filter(layer="post").exists()
    change_holder(actor=county.editor, post_id=post.pk, holder=HolderDraft(date(2026, 5, 12), name="新人"))
    assert row_of(published, "post").holder == "新人"


def test_who_signed_the_same_duties_need_not_sign_the_new_edition(
    county: County, published: DutyList, as_person: AsPerson
) -> None:
    sign(as_person, "head", published, "unit", "leader", "post")
    second = revise_list(actor=county.editor, list_id=published.pk).duty_list
    changed = second.items.get(layer="leader")
    subject = Subject(post_id=changed.post_id)
    change_item(actor=county.editor, item_id=changed.pk, draft=draft("主持安全会议并督办", subject))
    added = Subject(post_id=second.items.get(layer="post").post_id)
    add_item(actor=county.editor, list_id=second.pk, draft=draft("新增一项现场职责", added))
    submit_list(actor=county.editor, list_id=second.pk)
    publish_list(actor=county.office, list_id=second.pk)
    assert signed_layers(second) == {"unit"}, "changed or added duties are signed anew"
    row = row_of(second, "unit")
    assert row.signed_by == county.head
    assert signed_layers(published) == {"unit", "leader", "post"}, "the old edition keeps its own"
    late = as_person("head").post(
        reverse("duties:sign", args=[published.pk]), {"row": row_of(published, "office").pk}, follow=True
    )
    assert "已有新版" in late.content.decode()


def test_the_database_knows_one_signature_a_part(published: DutyList) -> None:
    for layer in ("unit", "office", "leader", "post"):
        row = row_of(published, layer)
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        published.signatures.update(signed_at=clock.now())
