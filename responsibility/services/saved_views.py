"""Saving a list's address under a name, and removing it again."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404, QueryDict
from django.urls import reverse

from core.errors import NotAllowed, UserError
from responsibility.authority import authority_of
from responsibility.models import SavedView

if TYPE_CHECKING:
    from accounts.models import User

# Views one person may keep for a list; more are no help to anybody.
MOST = 30
LONGEST = 2000


# Routes of the lists that offer views: what a person sends only ever becomes one of these addresses.
PAGES = (
    "drills:duties",
    "drills:list",
    "duties:list",
    "hazards:list",
    "responsibility:enterprises",
    "supervision:list",
    "tasks:indicators",
    "tasks:list",
)


def list_address(page: str) -> str:
    """Return the address of a list that offers views by its route; empty for any other name."""
    return reverse(page) if page in PAGES else ""


def tidy_query(query: str, *, strict: bool = True) -> str:
    """Return a list's address without its page number and without what was left empty.

    Args:
        query: what stands after the question mark.
        strict: refuse what is too long to keep; otherwise it is cut off, to be compared only.

    Raises:
        UserError: it is too long to keep.
    """
    params = QueryDict(query.lstrip("?").replace("\x00", ""), mutable=True)
    params.pop("page", None)
    kept = QueryDict(mutable=True)
    for name, values in params.lists():
        kept.setlist(name, [value for value in values if value])
    tidied = kept.urlencode()
    if len(tidied) > LONGEST and strict:
        raise UserError("筛选条件太多，无法保存为视图，请减少一些条件。")
    return tidied[:LONGEST]


@transaction.atomic
def save_view(*, actor: "User", page: str, name: str, query: str, scope: str) -> SavedView:
    """Keep a view; one of the same name of the same person for the same list is replaced.

    Args:
        actor: whose view it is.
        page: route of the list, such as `tasks:list`.
        name: at most 30 characters.
        query: the list's address after the question mark.
        scope: one of `SavedView.Scope`; 本单位 needs a unit, 全县共用 the office.

    Raises:
        UserError: no name, too long, no such list, or too many views.
        NotAllowed: the person may not share so widely.
    """
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise UserError("请填写视图名称。")
    if len(name) > 30:
        raise UserError("视图名称请控制在 30 字以内。")
    if not list_address(page):
        raise UserError("没有这个列表，请返回列表页面重新保存。")
    if scope not in SavedView.Scope.values:
        raise UserError("请选择视图给谁用。")
    authority = authority_of(actor)
    if scope == SavedView.Scope.SHARED and not authority.is_office:
        raise NotAllowed("只有县安委办可以保存全县共用的视图。")
    unit_id = min(authority.units, default=None) if scope == SavedView.Scope.UNIT else None
    if scope == SavedView.Scope.UNIT and unit_id is None:
        raise UserError("您没有所属单位，请选择“仅自己”。")
    own = SavedView.objects.filter(owner=actor, page=page)
    if own.exclude(name=name).count() >= MOST:
        raise UserError(f"每个列表最多保存 {MOST} 个视图，请先删除不用的。")
    kept = {"query": tidy_query(query), "scope": scope, "unit_id": unit_id}
    view, _ = SavedView.objects.update_or_create(owner=actor, page=page, name=name, defaults=kept)
    return view


@transaction.atomic
def remove_view(*, actor: "User", view_id: int) -> SavedView:
    """Remove a view: one's own; the office also what is shared by all.

    Raises:
        Http404: not visible to the person.
        NotAllowed: somebody else's.
    """
    view = SavedView.objects.visible_to(actor).filter(pk=view_id).first()
    if view is None:
        raise Http404("没有这个视图。")
    shared_by_office = view.scope == SavedView.Scope.SHARED and authority_of(actor).is_office
    if view.owner_id != actor.pk and not shared_by_office:
        raise NotAllowed("只能删除自己保存的视图。")
    view.delete()
    return view
