"""接口令牌: made and revoked by their owner, shown once, checked at every call of the interface."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.http import Http404

from accounts.lockout import begin_attempt
from accounts.models import ApiToken, User
from audit import trail
from core import clock
from core.errors import UserError

# Says at a glance, in a log or a leaked file, what kind of secret it is.
PREFIX = "awb_"
HINT_LENGTH = len(PREFIX) + 6
# Days a token may hold, as offered on the page.
LIFETIMES = (30, 90, 180, 365)
MOST_IN_FORCE = 10
# "Last used" is kept to the quarter of an hour: reading must not turn every call into a write.
USE_NOTED_EVERY = timedelta(minutes=15)
# Under this name failures count in `accounts.lockout`; no account can have it.
NOBODY = "(api token)"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made, with what the owner must copy now."""

    token: ApiToken
    secret: str


class TooManyFailures(Exception):
    """Too many wrong tokens came from the address; right ones still open."""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(*, actor: User, name: str, days: int) -> NewToken:
    """Make a token for the actor's own programs.

    Args:
        actor: its owner.
        name: what it is for.
        days: how many days it holds, one of `LIFETIMES`.

    Raises:
        UserError: no name, an unknown lifetime, or too many tokens in force.
    """
    name = " ".join(name.split())
    if not name:
        raise UserError("请填写用途，例如“市平台每日取数”。")
    if len(name) > 60:
        raise UserError("用途请控制在 60 字以内。")
    if days not in LIFETIMES:
        raise UserError(f"有效期请选择 {'、'.join(map(str, LIFETIMES))} 天之一。")
    # The account's row is locked, so that two at once do not both take the last place.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    now = clock.now()
    if actor.api_tokens.in_force_at(now).count() >= MOST_IN_FORCE:
        raise UserError(f"每人最多有 {MOST_IN_FORCE} 个有效的令牌，请先撤销不再使用的。")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=actor,
        name=name,
        hint=secret[:HINT_LENGTH],
        digest=_digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    trail.record(
        actor=actor,
        action="token.create",
        target=token,
        summary=f"建立接口令牌“{name}”，有效期 {days} 天",
    )
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(*, actor: User, token_id: int) -> ApiToken:
    """Revoke one of the actor's own tokens; from now on it opens nothing. Revoking it twice changes nothing.

    Raises:
        Http404: not one of theirs.
    """
    token = actor.api_tokens.select_for_update(of=("self",)).filter(pk=token_id).first()
    if token is None:
        raise Http404("没有这个令牌。")
    if token.revoked_at is None:
        _revoke(token, actor, "撤销接口令牌")
    return token


@transaction.atomic
def revoke_all_tokens(*, actor: User, owner: User) -> int:
    """Revoke all tokens of an account that was handed over anew, and return how many there were."""
    tokens = list(owner.api_tokens.select_for_update(of=("self",)).in_force_at(clock.now()))
    for token in tokens:
        _revoke(token, actor, "重置密码，一并撤销接口令牌")
    return len(tokens)


def _revoke(token: ApiToken, actor: User, words: str) -> None:
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    trail.record(actor=actor, action="token.revoke", target=token, summary=f"{words}“{token.name}”")


def owner_of(secret: str, address: str) -> ApiToken | None:
    """Return the token in force that reads so, with its owner; None where there is none, which is counted.

    A right token opens whatever failed before, so that nobody's wrong one shuts out the colleagues behind the same
    address; after too many wrong ones their address is told to wait, and nothing more is written down about it.

    Args:
        secret: as sent.
        address: IP address of the caller.

    Raises:
        TooManyFailures: this one is wrong, as were too many before it.
    """
    now = clock.now()
    token = ApiToken.objects.in_force_at(now).select_related("user").filter(digest=_digest(secret)).first()
    if token is not None:
        _note_use(token)
        return token
    if begin_attempt(NOBODY, address) is None:
        raise TooManyFailures
    source = f"（来自 {address}）" if address else ""
    known = ApiToken.objects.select_related("user").filter(digest=_digest(secret)).first()
    trail.record_login(
        actor=known.user if known else None,
        action="account.token_refused",
        name=known.user.username if known else "",
        summary=f"接口令牌{'已失效' if known else '不存在'}，拒绝访问{source}",
    )
    return None


def _note_use(token: ApiToken) -> None:
    now = clock.now()
    if token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY:
        unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
