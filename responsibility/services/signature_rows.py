"""The signatures due for a published duty list: one for each part of it, from who answers for that part today."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from core import clock
from responsibility.models import DutyItem, DutyList, DutySignature, InnerOffice, Layer, Post, Tenure, Unit


class Part(NamedTuple):
    """A part of a list that is signed for as a whole: the unit's, an office's or a post's duties."""

    layer: str
    office_id: int | None
    post_id: int | None


def parts_of(items: Iterable[DutyItem]) -> list[Part]:
    """Return the parts that duties fall into, each once, in their order."""
    return list(dict.fromkeys(Part(item.layer, item.office_id, item.post_id) for item in items))


def _due(unit: Unit, parts: Iterable[Part], day: date) -> dict[Part, tuple[str, Tenure | None]]:
    """Return, for each part somebody is to sign for on `day`, its subject in words and who is to sign.

    The unit's part is signed for by its head and an office's by the head of the office, by the unit's head where
    there is none. Nobody signs for a vacant post or one that has ended, nor for an office that has.
    """
    posts = {post.pk: post for post in Post.objects.filter(unit=unit).in_force_on(day).with_holders()}
    offices = {office.pk: office for office in InnerOffice.objects.filter(unit=unit).in_force_on(day)}
    heads = {post.office_id: post.holder_on(day) for post in posts.values() if post.in_charge}
    found: dict[Part, tuple[str, Tenure | None]] = {}
    for part in parts:
        if part.layer == Layer.UNIT:
            found[part] = (unit.name, heads.get(None))
        elif part.layer == Layer.OFFICE and part.office_id in offices:
            found[part] = (offices[part.office_id].name, heads.get(part.office_id))
        elif part.post_id in posts:
            post = posts[part.post_id]
            tenure = post.holder_on(day)
            if tenure is not None:
                found[part] = (str(post), tenure)
    return found


def _row(duty_list: DutyList, part: Part, subject: str, tenure: Tenure | None) -> DutySignature:
    return DutySignature(
        duty_list=duty_list,
        layer=part.layer,
        office_id=part.office_id,
        post_id=part.post_id,
        tenure=tenure,
        subject=subject,
        holder=tenure.name if tenure else "",
    )


def _wording(item: DutyItem) -> tuple[object, ...]:
    words = (item.text, item.kind, item.duty_type, item.basis, item.how)
    return (item.lineage, *words, item.frequency, item.times, item.frequency_note, item.due_on)


def _texts(items: Iterable[DutyItem]) -> dict[Part, set[tuple[object, ...]]]:
    found: dict[Part, set[tuple[object, ...]]] = {}
    for item in items:
        found.setdefault(Part(item.layer, item.office_id, item.post_id), set()).add(_wording(item))
    return found


def create_signatures(duty_list: DutyList, *, former: DutyList | None) -> int:
    """Make the rows to be signed for a list just published.

    Whoever signed the same duties in the edition it replaces need not sign again.

    Returns:
        How many signatures are due and not yet given.
    """
    items = list(duty_list.items.all())
    given: dict[tuple[Part, int | None], DutySignature] = {}
    old_texts: dict[Part, set[tuple[object, ...]]] = {}
    if former is not None:
        for row in former.signatures.counted().filter(signed_at__isnull=False):
            given[Part(row.layer, row.office_id, row.post_id), row.tenure_id] = row
        old_texts = _texts(former.items.all())
    texts = _texts(items)
    rows = []
    for part, (subject, tenure) in _due(duty_list.unit, parts_of(items), clock.today()).items():
        row = _row(duty_list, part, subject, tenure)
        signed = given.get((part, tenure.pk if tenure else None))
        if signed is not None and old_texts.get(part) == texts[part]:
            row.signed_at, row.signed_by, row.signed_as = signed.signed_at, signed.signed_by, signed.signed_as
            row.on_behalf = signed.on_behalf
        rows.append(row)
    DutySignature.objects.bulk_create(rows)
    return sum(row.signed_at is None for row in rows)


def realign_signatures(unit: Unit) -> None:
    """Bring the signatures due for the unit's lists in force up to who holds its posts today.

    A row not signed yet goes over to the successor; a signed one lapses and the successor's is due. Lists of past
    years are left as they are.
    """
    today = clock.today()
    lists = DutyList.objects.filter(unit=unit, state=DutyList.State.PUBLISHED, year__gte=today.year)
    for duty_list in lists.prefetch_related("items"):
        due = _due(unit, parts_of(duty_list.items.all()), today)
        known = {Part(row.layer, row.office_id, row.post_id): row for row in duty_list.signatures.counted()}
        for part, row in known.items():
            subject, tenure = due.get(part, (row.subject, None))
            if part in due and row.tenure_id == (tenure.pk if tenure else None):
                continue
            if part in due and row.signed_at is None:
                row.tenure, row.subject, row.holder = tenure, subject, tenure.name if tenure else ""
                row.save(update_fields=["tenure", "subject", "holder"])
                continue
            row.lapsed_on = today
            row.save(update_fields=["lapsed_on"])
            if part in due:
                _row(duty_list, part, subject, tenure).save()
        DutySignature.objects.bulk_create(
            _row(duty_list, part, subject, tenure) for part, (subject, tenure) in due.items() if part not in known
        )
