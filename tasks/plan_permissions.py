"""Who may see and change a plan. Drafts are the office's; what is published is read by all who work here."""

from typing import TYPE_CHECKING, Any

from django.http import Http404

from core.errors import NotAllowed, StaleObject, WrongState
from core.models import lock_row
from responsibility.authority import authority_of
from tasks.models import Plan, PlanItem

if TYPE_CHECKING:
    from accounts.models import User

GONE = "没有这份工作要点。"
ITEM_GONE = "这个条目刚被其他人合并或撤销，没有办理您的操作。请核对现在的条目后再办理。"


def require_reader(user: "User | Any") -> None:
    """Let through whoever works with plans.

    Raises:
        Http404: the person has no part in the county's plans.
    """
    authority = authority_of(user)
    if not (authority.reads_county or authority.units):
        raise Http404(GONE)


def require_office(user: "User | Any") -> None:
    """Let through the office.

    Raises:
        Http404: the person has no part in the county's plans.
        NotAllowed: a colleague who only reads them.
    """
    require_reader(user)
    if not authority_of(user).is_office:
        raise NotAllowed("只有县安委办可以导入、核对和发布工作要点。")


def get_plan_for(user: "User | Any", pk: int) -> Plan:
    """Return a plan the person may see.

    Raises:
        Http404: it does not exist or is none of their business; the two look alike.
    """
    plan = Plan.objects.visible_to(user).select_related("created_by", "published_by").filter(pk=pk).first()
    if plan is None:
        raise Http404(GONE)
    return plan


def get_draft_for(user: "User | Any", pk: int) -> Plan:
    """Return a plan for its checking pages, whatever its state.

    Raises:
        Http404: not visible to the person.
        NotAllowed: visible, but the person is not of the office.
    """
    plan = get_plan_for(user, pk)
    require_office(user)
    return plan


def lock_draft(user: "User | Any", pk: int, expected_version: int | None = None) -> Plan:
    """Lock a plan that is still being checked, for a change by the office.

    Everybody who changes a draft or its items locks the plan first, so that nothing moves while it is published.

    Raises:
        Http404: not visible to the person.
        NotAllowed: not of the office.
        WrongState: published or withdrawn meanwhile.
        StaleObject: changed since `expected_version`.
    """
    try:
        plan = lock_row(Plan.objects.visible_to(user), pk)
    except Plan.DoesNotExist:
        raise Http404(GONE) from None
    require_office(user)
    if plan.state != Plan.State.DRAFT:
        raise WrongState(f"这份工作要点“{plan.get_state_display()}”，不能再修改。可能已有其他人办理，请刷新页面查看。")
    return plan if expected_version is None else lock_row(Plan.objects.all(), pk, expected_version)


def lock_item(user: "User | Any", pk: int, expected_version: int | None = None) -> PlanItem:
    """Lock an item of a draft, and the draft, for a change by the office; `item.plan` is the locked plan.

    Raises:
        As `lock_draft`.
    """
    plan_id = PlanItem.objects.filter(pk=pk).values_list("plan_id", flat=True).first()
    if plan_id is None:
        raise Http404("没有这个条目。")
    plan = lock_draft(user, plan_id)
    try:
        item = lock_row(PlanItem.objects.filter(plan=plan), pk, expected_version)
    except PlanItem.DoesNotExist:
        # Merged away or taken back while we waited for the plan.
        raise StaleObject(ITEM_GONE) from None
    item.plan = plan
    return item
