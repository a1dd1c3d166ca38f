"""A small work-points document of our own, its reading made by hand, and drafts of it."""

from accounts.models import User
from tasks.models import Plan
from tasks.reader import (
    DeadlineReading,
    FlagReading,
    ItemReading,
    NoiseReading,
    Reading,
    SectionReading,
    TargetReading,
    UnitReading,
)
from tasks.reader.model import UnitRole
from tasks.services.importing import import_reading
from tasks.services.item_editing import accept_suggestions

TEXT = (
    "2026年全县安全生产工作要点\n"
    "复制下载\n"
    "一、压实责任\n"
    "1.健全责任清单。县应急局牵头，县住房和城乡建设局配合，20266月底前印发清单。\n"
    "2.组织综合演练。河口镇、县气象台参加，全年演练不少于400场次。\n"
    "二、防控风险\n"
    "3.整治燃气隐患。汛前和11月底前各排查一次，隐患整改率达到100%。\n"
)


def span(phrase: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(phrase)
    return start, start + len(phrase)


def unit(name: str, role: UnitRole) -> UnitReading:
    return UnitReading(name, role, *span(name))


def items() -> list[ItemReading]:
    lines = TEXT.splitlines()
    first = ItemReading("1", "s1", None, "1.", 1, "健全责任清单", *span(lines[3]))
    first.deadlines.append(DeadlineReading("20266月底前", *span("20266月底前"), "month_end", "2026-06-30"))
    first.units.extend([unit("县应急局", "lead"), unit("县住房和城乡建设局", "cooperate")])
    second = ItemReading("2", "s1", None, "2.", 2, "组织综合演练", *span(lines[4]))
    second.units.extend([unit("河口镇", "mentioned"), unit("县气象台", "cooperate")])
    phrase = "全年演练不少于400场次"
    second.targets.append(TargetReading(phrase, *span(phrase), "演练场次", ">=", 400, "场次", "year"))
    second.deadlines.append(DeadlineReading("全年", *span("全年演练"), "recurring", every="P1Y"))
    third = ItemReading("3", "s2", None, "3.", 3, "整治燃气隐患", *span(lines[6]))
    third.deadlines.append(DeadlineReading("汛前", *span("汛前"), "season", "2026-04-30", season="pre_flood"))
    third.deadlines.append(DeadlineReading("11月底前", *span("11月底前"), "month_end", "--11-30"))
    phrase = "隐患整改率达到100%"
    third.targets.append(TargetReading(phrase, *span(phrase), "隐患整改率", "=", 100.0, "%"))
    return [first, second, third]


def reading(**changes: object) -> Reading:
    fields: dict[str, object] = {
        "text": TEXT,
        "title": "2026年全县安全生产工作要点",
        "plan_year": 2026,
        "issued": "2026-01-20",
        "sections": [
            SectionReading("s1", 1, "一、", 1, "压实责任", *span("一、压实责任")),
            SectionReading("s2", 1, "二、", 2, "防控风险", *span("二、防控风险")),
        ],
        "items": items(),
        "noise": [NoiseReading(*span("复制下载"), "复制下载", "button")],
        "flags": [
            FlagReading(*span("20266月底前"), "20266月底前", "date_typo", "2026年6月底前", "high"),
            FlagReading(*span("复制"), "复制", "stray_blank", None, "low"),
        ],
    }
    return Reading(**(fields | changes))  # type: ignore[arg-type]


def draft(office: User, **changes: object) -> Plan:
    """Import the document as a draft of 2026."""
    return import_reading(actor=office, reading=reading(**changes), year=2026, source_name="要点.txt", sha256="0" * 64)


def assigned_draft(office: User, lead_of_rest: object) -> Plan:
    """A draft whose items all have a lead: the suggested one, else `lead_of_rest`."""
    plan = draft(office)
    accept_suggestions(actor=office, plan_id=plan.pk, item_ids=plan.items.values_list("pk", flat=True))
    plan.items.filter(lead=None).update(lead=lead_of_rest)
    return plan
