"""What moves a duty list: 提交, 撤回, 审核发布, 退回, 作废. Every move leaves version, audit entry and messages."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError, WrongState
from core.models import bump, lock_row
from notifications.services import notify
from responsibility.authority import authority_of
from responsibility.duty_permissions import get_duty_list_for, lock_duty_list_for
from responsibility.jobs import render_duty_list
from responsibility.models import DutyList, DutySignature, Layer, Role
from responsibility.selectors import people_of
from responsibility.services.signature_rows import create_signatures
from responsibility.transitions import DISCARD, PUBLISH, RETURN, SUBMIT, WITHDRAW, Transition

if TYPE_CHECKING:
    from accounts.models import User

MAX_REASON = 2000
S = DutyList.State


def _reason(move: Transition, reason: str) -> str:
    reason = reason.strip()
    if move.needs == "reason" and not reason:
        raise UserError(f"“{move.label}”须填写理由，请补充后再提交。")
    if len(reason) > MAX_REASON:
        raise UserError(f"理由请控制在 {MAX_REASON} 字以内。")
    return reason


def _carry_out(
    duty_list: DutyList, move: Transition, *, actor: "User", reason: str = "", fields: tuple[str, ...] = ()
) -> None:
    """Move a locked list and record it; `fields` are further ones the caller has set on it."""
    old = duty_list.get_state_display()
    duty_list.state = move.target
    bump(duty_list, "state", *fields)
    trail.record(
        actor=actor,
        action=f"duties.{move.action}",
        target=duty_list,
        summary=f"{move.done}（{duty_list}）",
        reason=reason,
        changes=[("状态", old, duty_list.get_state_display())],
    )


def _tell(people: "Iterable[User]", duty_list: DutyList, title: str, body: str, actor: "User") -> None:
    notify(
        recipients=[person for person in people if person.pk != actor.pk],
        title=title,
        body=body,
        path=reverse("duties:detail", args=[duty_list.pk]),
        key=f"duties-{duty_list.pk}-{duty_list.state}-{duty_list.version}",
    )


def missing_before_submit(duty_list: DutyList) -> list[str]:
    """List in words what the list still lacks; empty when it can be submitted."""
    items = list(duty_list.items.select_related("office", "post__office"))
    if not items:
        return ["清单里还没有职责事项，请先新增、从库中装入或从去年复制。"]
    lacks = []
    for item in items:
        subject = item.office or item.post
        if subject is not None and subject.valid_to is not None and subject.valid_to < clock.today():
            lacks.append(f"“{item.text[:20]}”的责任主体“{subject}”已撤销，请改给其他主体或删除。")
    return lacks


def advice_on(duty_list: DutyList) -> list[str]:
    """Say which layers are still empty: the duties are to reach leaders, inner offices and posts."""
    filled = set(duty_list.items.values_list("layer", flat=True))
    return [f"“{label}”这一层还没有职责。" for value, label in Layer.choices if value not in filled]


@transaction.atomic
def submit_list(*, actor: "User", list_id: int, expected_version: int | None = None) -> DutyList:
    """提交: hand the list to the office.

    Raises:
        UserError: something is missing; the message lists all of it.
        Http404, NotAllowed, WrongState, StaleObject: see `responsibility.duty_permissions.lock_duty_list_for`.
    """
    duty_list = lock_duty_list_for(actor, list_id, SUBMIT, expected_version)
    lacks = missing_before_submit(duty_list)
    if lacks:
        raise UserError("".join(lacks))
    duty_list.submitted_by, duty_list.submitted_at = actor, clock.now()
    _carry_out(duty_list, SUBMIT, actor=actor, fields=("submitted_by", "submitted_at"))
    _tell(people_of(role=Role.OFFICE), duty_list, f"待审核发布：{duty_list}", "请审核责任清单。", actor)
    return duty_list


@transaction.atomic
def withdraw_list(*, actor: "User", list_id: int, expected_version: int | None = None) -> DutyList:
    """撤回: take a submitted list back to go on with it.

    Raises:
        Http404, NotAllowed, WrongState, StaleObject: see `responsibility.duty_permissions.lock_duty_list_for`.
    """
    duty_list = lock_duty_list_for(actor, list_id, WITHDRAW, expected_version)
    _carry_out(duty_list, WITHDRAW, actor=actor)
    return duty_list


@transaction.atomic
def return_list(*, actor: "User", list_id: int, reason: str, expected_version: int | None = None) -> DutyList:
    """退回: the unit is to mend its list.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `responsibility.duty_permissions.lock_duty_list_for`.
    """
    duty_list = lock_duty_list_for(actor, list_id, RETURN, expected_version)
    duty_list.review_comment = _reason(RETURN, reason)
    _carry_out(duty_list, RETURN, actor=actor, reason=duty_list.review_comment, fields=("review_comment",))
    _tell(
        people_of(unit_id=duty_list.unit_id),
        duty_list,
        f"责任清单被退回，请修改后重新提交：{duty_list}",
        duty_list.review_comment,
        actor,
    )
    return duty_list


@transaction.atomic
def discard_list(*, actor: "User", list_id: int, reason: str, expected_version: int | None = None) -> DutyList:
    """作废: give a draft up.

    Raises:
        UserError: no reason.
        Http404, NotAllowed, WrongState, StaleObject: see `responsibility.duty_permissions.lock_duty_list_for`.
    """
    duty_list = lock_duty_list_for(actor, list_id, DISCARD, expected_version)
    _carry_out(duty_list, DISCARD, actor=actor, reason=_reason(DISCARD, reason))
    return duty_list


def _supersede(duty_list: DutyList, actor: "User") -> DutyList | None:
    """Take the edition in force, if there is one, out of force."""
    rows = DutyList.objects.select_for_update(of=("self",)).filter(
        unit=duty_list.unit, year=duty_list.year, state=S.PUBLISHED
    )
    former = rows.select_related("unit").first()
    if former is None:
        return None
    former.state, former.superseded_on = S.SUPERSEDED, clock.today()
    bump(former, "state", "superseded_on")
    trail.record(
        actor=actor,
        action="duties.supersede",
        target=former,
        summary=f"被第{duty_list.edition}版替代（{former}）",
        changes=[("状态", S.PUBLISHED.label, S.SUPERSEDED.label)],
    )
    return former


@transaction.atomic
def publish_list(*, actor: "User", list_id: int, expected_version: int | None = None) -> DutyList:
    """审核发布: the list is in force, in place of the year's former edition; everybody named is to sign.

    Raises:
        UserError: something is missing.
        NotAllowed: the person submitted it.
        Http404, WrongState, StaleObject: see `responsibility.duty_permissions.lock_duty_list_for`.
    """
    duty_list = lock_duty_list_for(actor, list_id, PUBLISH, expected_version)
    lacks = missing_before_submit(duty_list)
    if lacks:
        raise UserError("".join(lacks) + "请退回单位修改。")
    former = _supersede(duty_list, actor)
    duty_list.published_by, duty_list.published_on = actor, clock.today()
    _carry_out(duty_list, PUBLISH, actor=actor, fields=("published_by", "published_on"))
    waiting = create_signatures(duty_list, former=former)
    if waiting:
        _tell(
            _signers(duty_list),
            duty_list,
            f"责任清单已发布，请签收承诺：{duty_list}",
            f"共有{waiting}项待签收。",
            actor,
        )
    queue_rendering(duty_list)
    return duty_list


def _signers(duty_list: DutyList) -> "list[User]":
    """Return who is to sign: the holders with an account, and the unit's heads for the others."""
    rows = DutySignature.objects.waiting().filter(duty_list=duty_list, tenure__user__is_active=True)
    holders = [row.tenure.user for row in rows.select_related("tenure__user") if row.tenure and row.tenure.user]
    heads = list(people_of(unit_id=duty_list.unit_id, role=Role.HEAD))
    return list({person.pk: person for person in [*heads, *holders]}.values())


def queue_rendering(duty_list: DutyList) -> None:
    """Have the worker make the PDF once the transaction is kept.

    With the broker away the list is published all the same: the row without a file is what the sweep looks for.
    """

    def enqueue() -> None:
        render_duty_list.apply_async((duty_list.pk,), retry=False)

    transaction.on_commit(enqueue, robust=True)


@transaction.atomic
def render_again(*, actor: "User", list_id: int) -> DutyList:
    """重新生成: have the PDF of a list in force made anew, after an error or when the proper fonts were installed.

    Raises:
        Http404: not visible to the person.
        NotAllowed: the person is not of the office.
        WrongState: only the list in force is printed.
    """
    get_duty_list_for(actor, list_id)
    if not authority_of(actor).is_office:
        raise NotAllowed("只有县安委办工作人员可以重新生成PDF。")
    duty_list = lock_row(DutyList.objects.select_related("unit"), list_id)
    if not duty_list.is_published:
        raise WrongState(f"责任清单当前为“{duty_list.get_state_display()}”，没有需要生成的PDF。")
    duty_list.pdf, duty_list.pdf_error = "", ""
    bump(duty_list, "pdf", "pdf_error")
    trail.record(actor=actor, action="duties.render_again", target=duty_list, summary="重新生成PDF")
    queue_rendering(duty_list)
    return duty_list
