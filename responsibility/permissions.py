"""Who may see units and people, and who may change them."""

from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.errors import NotAllowed
from responsibility.authority import authority_of
from responsibility.models import Role

if TYPE_CHECKING:
    from accounts.models import User


def is_colleague(user: "User | Any") -> bool:
    """Say whether the person works here: any role today but that of an enterprise."""
    return bool(authority_of(user).roles - {Role.ENTERPRISE})


def require_colleague(user: "User | Any") -> None:
    """Let through whoever works here.

    Raises:
        Http404: the person has no role here, or is of an enterprise.
    """
    if not is_colleague(user):
        raise Http404("没有这个页面。")


def require_administrator(user: "User | Any") -> None:
    """Let through the administrator, who keeps units and accounts.

    Raises:
        Http404: not a colleague.
        NotAllowed: a colleague in another role.
    """
    require_colleague(user)
    if not authority_of(user).is_administrator:
        raise NotAllowed("只有系统管理员可以维护单位和账号。")


def require_office(user: "User | Any", what: str = "查看和维护关键词规则") -> None:
    """Let through the office, whose keyword rules and sectors they are.

    Args:
        user: who asks.
        what: what only the office may do, for the sentence.

    Raises:
        Http404: not a colleague.
        NotAllowed: a colleague in another role.
    """
    require_colleague(user)
    if not authority_of(user).is_office:
        raise NotAllowed(f"只有县安委办可以{what}。")


def require_audit_reader(user: "User | Any") -> None:
    """Let through auditor and administrator.

    Raises:
        Http404: not a colleague.
        NotAllowed: a colleague in another role.
    """
    require_colleague(user)
    if not authority_of(user).roles & {Role.AUDITOR, Role.ADMINISTRATOR}:
        raise NotAllowed("只有审计员和系统管理员可以查看审计记录。")


def keeps_posts(user: "User | Any", unit_id: int) -> bool:
    """Say whether the person keeps a unit's inner offices, posts and duty lists: its own people and the office."""
    authority = authority_of(user)
    return authority.is_office or unit_id in authority.units


def require_posts_keeper(user: "User | Any", unit_id: int) -> None:
    """Let through who keeps the unit's inner offices and posts: its own people, the office, the administrator.

    Raises:
        Http404: not a colleague.
        NotAllowed: a colleague of another unit.
    """
    require_colleague(user)
    if not (keeps_posts(user, unit_id) or authority_of(user).is_administrator):
        raise NotAllowed("只有本单位联络员、负责人和县安委办、系统管理员可以维护内设机构和岗位。")
