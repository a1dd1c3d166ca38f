"""A draft with sections, nested points, an introduction and page furniture; looks at its outline."""

from accounts.models import User
from tasks.coverage import uncovered
from tasks.models import Plan, PlanItem
from tasks.outline import in_order
from tasks.services.importing import import_reading, read_document

TEXT = """2026年清泽县安全生产工作要点
复制下载
为做好全年工作，制定本要点。坚持预防为主。
一、压实责任
1.健全清单。县应急局牵头，6月底前印发清单；9月底前开展评估。全年培训不少于200人次。
2.组织演练。全年综合演练不少于40场次。县消防救援大队参加，11月底前完成总结。
字数：300字
二、防控风险
3.整治隐患。危化品领域，完成36家企业复核。燃气领域，20266月底前更新管网15公里。重大隐患整改率达到100%。
（1）排查桥梁。汛前检测12座。
（2）排查道路。每季度巡查1次。
4.严格执法。非现场执法占比不低于20%。
三、保障措施
各单位要加强领导。做好信息报送。
"""


def outline_draft(office: User, text: str = TEXT) -> Plan:
    """Import the text as the office would."""
    read = read_document(text, filename="要点.txt", year=2026)
    return import_reading(actor=office, reading=read.reading, year=2026, source_name="要点.txt")


def item(plan: Plan, title: str) -> PlanItem:
    """Return the item of that name."""
    return plan.items.get(title=title)


def tree(plan: Plan) -> list[str]:
    """Return the items as they stand on screen: section, depth by dots, marker and title."""
    rows = in_order(plan.items.select_related("section"))
    depth: dict[int | None, int] = {None: -1}
    for row in rows:
        depth[row.pk] = depth[row.parent_id] + 1
    return [f"{row.section.marker if row.section else ''}{'·' * depth[row.pk]}{row.marker}{row.title}" for row in rows]


def leftovers(plan: Plan) -> list[str]:
    """Return the sentences that are in no item."""
    plan = Plan.objects.get(pk=plan.pk)
    return [row.text for row in uncovered(plan, list(plan.items.all()), list(plan.sections.all()))]


def words_of(row: PlanItem) -> str:
    """Return an item's words as stored now."""
    return PlanItem.objects.select_related("plan").get(pk=row.pk).text
