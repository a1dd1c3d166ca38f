"""What every page shows around its content: navigation, county, person."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from responsibility.authority import Authority, authority_of
from responsibility.models import Role

PRODUCT_NAME = "安委办工作要点督办系统"
NOTICE = "本系统不处理涉密信息"


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the navigation."""

    label: str
    url: str
    icon: str
    active: bool
    badge: int | None = None
    group: str = ""


# label, route, icon, group, who sees it
_ENTRIES = (
    ("我的工作", "tasks:work", "inbox", "", "doer"),
    ("看板", "dashboards:overview", "layout-dashboard", "", "worker"),
    ("任务台账", "tasks:list", "list-check", "任务", "worker"),
    ("我分管的任务", "tasks:led", "user-check", "任务", "leader"),
    ("量化指标", "tasks:indicators", "chart-bar", "任务", "worker"),
    ("节点与期次", "tasks:nodes", "flag", "任务", "worker"),
    ("审核", "tasks:reviews", "clipboard-check", "任务", "office"),
    ("交办事项", "directives:list", "writing", "任务", "worker"),
    ("工作要点", "plans:list", "file-text", "任务", "worker"),
    ("征求意见", "consultations:list", "message-2", "任务", "consulted"),
    ("隐患台账", "hazards:list", "alert-triangle", "隐患", "doer"),
    ("隐患指标", "hazards:metrics", "chart-bar", "隐患", "doer"),
    ("演练情况", "drills:overview", "chart-bar", "演练", "worker"),
    ("演练记录", "drills:list", "flag", "演练", "doer"),
    ("应练清单", "drills:duties", "checklist", "演练", "doer"),
    ("督办函件", "supervision:list", "mail-forward", "督办", "worker"),
    ("提醒记录", "reminders:list", "bell", "督办", "office"),
    ("季度报告", "reports:list", "report-analytics", "督办", "worker"),
    ("责任清单", "duties:list", "clipboard-list", "责任", "colleague"),
    ("行业领域", "sectors:list", "hierarchy", "责任", "colleague"),
    ("生产经营单位", "responsibility:enterprises", "building-community", "基础", "doer"),
    ("单位", "responsibility:units", "building", "基础", "colleague"),
    ("人员与账号", "responsibility:people", "users", "基础", "administrator"),
    ("关键词规则", "responsibility:rules", "tags", "基础", "office"),
    ("亮灯规则", "tasks:lamp_rules", "traffic-lights", "基础", "worker"),
    ("审计记录", "responsibility:audit", "history", "基础", "audit"),
    ("后台数据", "admin:index", "settings", "基础", "administrator"),
)


def _sees(authority: Authority, who: str) -> bool:
    worker = authority.reads_county or bool(authority.units)
    return {
        "worker": worker,
        # People of an enterprise have their own hazards and drills to see to, and nothing else.
        "doer": worker or bool(authority.enterprises),
        "colleague": worker or authority.is_administrator,
        "office": authority.is_office,
        # A draft's way to the units and back is not for the county's other readers.
        "consulted": authority.is_office or bool(authority.units),
        "leader": authority.is_leader,
        "administrator": authority.is_administrator,
        "audit": authority.is_administrator or Role.AUDITOR in authority.roles,
    }[who]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give base.html its navigation and names; anonymous people get the names only."""
    names = {"product_name": PRODUCT_NAME, "county_name": settings.COUNTY_NAME, "confidential_notice": NOTICE}
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return names
    authority = authority_of(request.user)
    found = []
    for label, route, icon, group, who in _ENTRIES:
        if _sees(authority, who):
            found.append((label, reverse(route), icon, group))
    # The page belongs to the entry with the longest address it lies under.
    under = [url for _, url, _, _ in found if request.path.startswith(url)]
    here = max(under, key=len, default="")
    unread = request.user.notifications.filter(read_at__isnull=True)

    nav = [NavEntry(label, url, icon, url == here, group=group) for label, url, icon, group in found]
    return names | {
        "nav": nav,
        "viewer_title": authority.title,
        # Counted where it is shown: tables run these processors once more and show no such thing.
        "unread_count": SimpleLazyObject(unread.count),
    }
