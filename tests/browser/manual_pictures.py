"""The pictures of the user manual (docs/手册): who looks at which page of the demonstration county.

`tests/browser/test_manual.py` takes them; `script/make-manual` puts them into the manual.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture.

    Attributes:
        name: file name without suffix, as the manual names it.
        login: demonstration account that looks.
        path: address of the page.
        follow: selector of a link to follow from there, for pages whose number is not known; empty for none.
        phone: taken at the width of a phone.
    """

    name: str
    login: str
    path: str
    follow: str = ""
    phone: bool = False


ROW = "table.table-cards tbody tr:first-child a[href]"

PICTURES: tuple[Picture, ...] = (
    Picture("登录后的我的工作", "anwei", "/tasks/work/"),
    Picture("看板", "anwei", "/dashboard/"),
    Picture("导入工作要点", "anwei", "/plans/import/"),
    Picture("工作要点列表", "anwei", "/plans/"),
    Picture("任务台账", "anwei", "/tasks/"),
    Picture("审核", "anwei", "/tasks/reviews/"),
    Picture("任务详情", "anwei", "/tasks/?lamp=red", ROW),
    Picture("督办函件", "anwei", "/letters/", ROW),
    Picture("提醒记录", "anwei", "/reminders/"),
    Picture("单位的我的工作", "yingji", "/tasks/work/"),
    Picture("填报进展", "yingji", "/tasks/work/", "a.queue-action[href$='/report/']"),
    Picture("单位任务详情", "yingji", "/tasks/?state=active", ROW),
    Picture("手机上的我的工作", "yingji", "/tasks/work/", phone=True),
    Picture("隐患台账", "anwei", "/hazards/"),
    Picture("隐患档案", "yingji", "/hazards/", ROW),
    Picture("隐患指标", "anwei", "/hazards/metrics/"),
    Picture("演练情况", "anwei", "/drills/overview/"),
    Picture("演练记录", "zhen1", "/drills/"),
    Picture("责任清单", "anwei", "/duties/"),
    Picture("季度报告", "anwei", "/reports/"),
    Picture("企业的我的工作", "qiye", "/tasks/work/"),
    Picture("单位管理", "admin", "/units/", ROW),
    Picture("人员与账号", "admin", "/units/people/"),
    Picture("审计记录", "admin", "/units/audit/"),
)
