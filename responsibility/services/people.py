"""Accounts of people: made, renamed, given a new password, switched off. Accounts are never deleted."""

from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from accounts.models import User
from accounts.services import give_password
from accounts.tokens import revoke_all_tokens
from audit import trail
from core import clock
from core.errors import UserError
from responsibility.permissions import require_administrator
from responsibility.services.changes import assign, refusing_twins
from responsibility.services.memberships import Post, add_membership, require_another_administrator


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """What is known of a person; the fields are those of `User`."""

    display_name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account just made, with the password to be handed over; it is stored nowhere in clear."""

    user: User
    password: str


def _check_username(username: str) -> None:
    try:
        User.username_validator(username)
    except ValidationError as error:
        raise UserError(f"用户名“{username}”不能用，只能用汉字、字母、数字和 @ . + - _，请重新填写。") from error
    if User.objects.filter(username__iexact=username).exists():
        raise UserError(f"用户名“{username}”已被使用，请换一个（不区分大小写）。")


@transaction.atomic
def create_account(*, actor: User, username: str, person: PersonDraft, post: Post, password: str = "") -> NewAccount:
    """Make an account together with its first role in a unit.

    Args:
        actor: the administrator.
        username: name to log in with.
        person: name and how to reach them.
        post: the first role.
        password: typed by the administrator; empty: one is generated.

    Raises:
        UserError: the name is taken or invalid, the password is weak, or the role does not fit the unit.
        Http404, NotAllowed: the actor is not the administrator.
    """
    require_administrator(actor)
    username = username.strip()
    _check_username(username)
    user = User(username=username, **asdict(person))
    given = give_password(user, password)
    with refusing_twins(f"用户名“{username}”刚刚被使用，请换一个。"):
        user.save()
    trail.record(actor=actor, action="person.create", target=user, summary=f"新建账号“{username}”（{user}）")
    add_membership(actor=actor, user_id=user.pk, post=post)
    return NewAccount(user, given)


def _lock_person(actor: User, user_id: int) -> User:
    require_administrator(actor)
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise Http404("没有这个账号。")
    return user


@transaction.atomic
def change_person(*, actor: User, user_id: int, person: PersonDraft) -> User:
    """Correct a person's name, telephone or e-mail address.

    Raises:
        Http404, NotAllowed: no such account, or the actor is not the administrator.
    """
    user = _lock_person(actor, user_id)
    changes = assign(user, asdict(person))
    if changes:
        user.save(update_fields=list(asdict(person)))
        trail.record(
            actor=actor, action="person.change", target=user, summary=f"修改“{user}”的账号资料", changes=changes
        )
    return user


@transaction.atomic
def reset_password(*, actor: User, user_id: int, password: str = "") -> NewAccount:
    """Give a person a new password, typed or generated; their sessions end and their tokens are revoked.

    Raises:
        UserError: the typed password is too weak.
        Http404, NotAllowed: no such account, or the actor is not the administrator.
    """
    user = _lock_person(actor, user_id)
    given = give_password(user, password)
    user.save(update_fields=["password"])
    revoke_all_tokens(actor=actor, owner=user)
    trail.record(actor=actor, action="person.reset_password", target=user, summary=f"重置“{user}”的登录密码")
    return NewAccount(user, given)


@transaction.atomic
def switch_account(*, actor: User, user_id: int, active: bool, reason: str) -> User:
    """Switch an account off (the person can no longer log in and gets no reminders) or on again.

    Raises:
        UserError: no reason given, one's own account, or the last administrator's.
        Http404, NotAllowed: no such account, or the actor is not the administrator.
    """
    user = _lock_person(actor, user_id)
    reason = reason.strip()
    if not reason:
        raise UserError("请填写理由，例如调离、退休、重新任职。")
    if user == actor:
        raise UserError("不能停用自己的账号，请由另一名系统管理员办理。")
    if user.is_active == active:
        return user
    if not active:
        require_another_administrator(day=clock.today(), leaving_out=user.pk)
    user.is_active = active
    user.save(update_fields=["is_active"])
    word = "启用" if active else "停用"
    trail.record(actor=actor, action="person.switch", target=user, summary=f"{word}“{user}”的账号", reason=reason)
    return user
