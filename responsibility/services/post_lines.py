"""Reading posts from pasted lines 内设机构,岗位,姓名,电话,分管工作, checked line by line, and adding them at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.http import Http404

from accounts.models import User
from audit import trail
from core import clock
from core.errors import UserError
from responsibility.models import InnerOffice, Membership, Post, Tenure, Unit
from responsibility.permissions import require_posts_keeper
from responsibility.services.posts import STEP, next_ordering
from responsibility.services.signature_rows import realign_signatures

# Typed by hand or pasted from a spreadsheet.
_COMMA, _TAB = re.compile(r"[ 　]*[,，][ 　]*"), re.compile(r"[ 　]*\t[ 　]*")
LEADERS = ("班子成员", "领导班子", "班子")
HEADINGS = ("内设机构", "科室", "股室")
LONGEST = {"内设机构": 60, "岗位": 60, "姓名": 60, "联系电话": 40, "分管工作": 300}


@dataclass(frozen=True, slots=True)
class PostLine:
    """One pasted line: its number from 1, its words and what was read from them, or what is wrong.

    `office` is empty for one of the unit's leaders; `in_charge` marks the first line of each office and of the leaders
    where nobody is in charge yet.
    """

    number: int
    text: str
    office: str = ""
    title: str = ""
    name: str = ""
    phone: str = ""
    portfolio: str = ""
    in_charge: bool = False
    error: str = ""


def _parts(text: str) -> list[str]:
    """Split a line into its five parts.

    Raises:
        UserError: too few, or one is missing or too long.
    """
    # What comes after the fourth mark is the portfolio, commas and all; cells of a spreadsheet may hold commas anyway.
    parts = (_TAB if "\t" in text.strip() else _COMMA).split(text.strip(), maxsplit=4)
    if len(parts) < 2:
        raise UserError(f"应为“内设机构,岗位,姓名,电话,分管工作”2 至 5 项，这一行有 {len(parts)} 项。")
    parts += [""] * (5 - len(parts))
    for (label, most), value in zip(LONGEST.items(), parts, strict=True):
        if label in ("内设机构", "岗位") and not value:
            raise UserError(f"{label}没有填写。")
        if len(value) > most:
            raise UserError(f"{label}请控制在 {most} 字以内。")
    return parts


def read_post_lines(unit: Unit, text: str) -> list[PostLine]:
    """Read pasted lines, leaving out empty ones and a heading; each is checked against the unit and the others."""
    posts = Post.objects.filter(unit=unit, valid_to__isnull=True).with_holders()
    known, led = set(), {}
    for post in posts:
        office, holder = post.office.name if post.office else "", post.holder_on(clock.today())
        known.add((office, post.title, holder.name if holder else ""))
        if post.in_charge:
            led[office] = post.title
    headed = set(led)
    lines: list[PostLine] = []
    seen: dict[tuple[str, str, str], int] = {}
    for number, words in enumerate(text.splitlines(), start=1):
        if not words.strip() or words.strip().startswith(HEADINGS):
            continue
        try:
            office, title, name, phone, portfolio = _parts(words)
            office = "" if office in LEADERS else office
            if (office, title, name) in seen:
                raise UserError(f"与第 {seen[office, title, name]} 行重复。")
            if (office, title, name) in known or led.get(office) == title:
                raise UserError(f"“{office} {title}”已经有了；换人请在岗位页面办理。".replace("“ ", "“"))
        except UserError as error:
            lines.append(PostLine(number, words.strip(), error=error.message))
            continue
        seen[office, title, name] = number
        in_charge = office not in headed
        headed.add(office)
        lines.append(PostLine(number, words.strip(), office, title, name, phone, portfolio, in_charge))
    return lines


@transaction.atomic
def add_posts(*, actor: User, unit_id: int, lines: Sequence[PostLine], valid_from: date) -> list[Post]:
    """Add the posts of pasted lines, with offices that are missing and who holds them: all or none.

    A person whose name is that of exactly one account of the unit is tied to it.

    Args:
        actor: who keeps the unit's posts.
        unit_id: the unit.
        lines: as read by `read_post_lines`.
        valid_from: first day of the posts and of who holds them.

    Raises:
        UserError: a line is wrong, there is none, or the unit is a collective name.
        Http404, NotAllowed: no such unit, or not the actor's to keep.
    """
    require_posts_keeper(actor, unit_id)
    unit = Unit.objects.select_for_update(no_key=True).filter(pk=unit_id).first()
    if unit is None:
        raise Http404("没有这个单位。")
    if unit.kind == Unit.Kind.GROUP:
        raise UserError(f"“{unit.name}”是集合名称，没有内设机构和岗位，请选择具体单位。")
    wrong = next((line for line in lines if line.error), None)
    if wrong is not None:
        raise UserError(f"第 {wrong.number} 行：{wrong.error}")
    if not lines:
        raise UserError("没有读到岗位，请每行填写一个。")
    offices = _offices(unit, [line.office for line in lines if line.office], valid_from)
    place = next_ordering(unit, of=Post)
    posts = Post.objects.bulk_create(
        Post(
            unit=unit,
            office=offices.get(line.office),
            leader=not line.office,
            title=line.title,
            in_charge=line.in_charge,
            portfolio=line.portfolio,
            ordering=place + STEP * at,
            valid_from=valid_from,
        )
        for at, line in enumerate(lines)
    )
    accounts = _accounts(unit, valid_from)
    Tenure.objects.bulk_create(
        Tenure(
            post=post,
            user=accounts.get(line.name),
            name=line.name,
            phone=line.phone or (accounts[line.name].phone if line.name in accounts else ""),
            valid_from=valid_from,
        )
        for post, line in zip(posts, lines, strict=True)
        if line.name
    )
    summary = f"批量设立岗位{len(posts)}个，涉及内设机构{len({line.office for line in lines if line.office})}个"
    changes = [(str(post), "", line.name or "空缺") for post, line in zip(posts, lines, strict=True)]
    trail.record(actor=actor, action="post.create_many", target=unit, summary=summary, changes=changes)
    realign_signatures(unit)
    return posts


def _offices(unit: Unit, names: Sequence[str], valid_from: date) -> dict[str, InnerOffice]:
    """Return the unit's offices by name, those missing set up."""
    known = {office.name: office for office in unit.inner_offices.filter(valid_to__isnull=True)}
    place = next_ordering(unit, of=InnerOffice)
    missing = [name for name in dict.fromkeys(names) if name not in known]
    made = InnerOffice.objects.bulk_create(
        InnerOffice(unit=unit, name=name, ordering=place + STEP * at, valid_from=valid_from)
        for at, name in enumerate(missing)
    )
    return known | {office.name: office for office in made}


def _accounts(unit: Unit, day: date) -> dict[str, User]:
    """Return the unit's accounts whose name only one of them bears."""
    rows = Membership.objects.active_on(day).filter(unit=unit, user__is_active=True).select_related("user")
    people = {row.user_id: row.user for row in rows}.values()
    names = [str(user) for user in people]
    return {str(user): user for user in people if names.count(str(user)) == 1}
