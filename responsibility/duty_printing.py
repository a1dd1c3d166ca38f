"""A duty list as it is printed: an official table on A4 across, and a page to sign on paper."""

from django.conf import settings

from documents.ledger import LedgerColumn, LedgerSection, OfficialLedger
from documents.numbering import official_date
from responsibility.duty_selectors import LAYER_ORDER, items_in_order, subject_of
from responsibility.models import DutyItem, DutyList, Layer

COLUMNS = (
    LedgerColumn("职责事项", 28),
    LedgerColumn("三管", 7, centred=True),
    LedgerColumn("职责类型", 9, centred=True),
    LedgerColumn("依据", 19),
    LedgerColumn("履职方式", 17),
    LedgerColumn("频次、时限", 14),
)
SIGNING = (
    LedgerColumn("责任主体", 34),
    LedgerColumn("责任人", 16, centred=True),
    LedgerColumn("签名", 26),
    LedgerColumn("签收日期", 18),
)
PROMISE = "本人已经知悉本清单所列的安全生产职责，承诺按照规定的方式和频次履行，如实记录履职情况，接受监督检查和考核。"
_ORDINALS = "一二三四"


def printed_name(duty_list: DutyList) -> str:
    """Return the unit's full name with the county's in place of a bare 县."""
    name, county = duty_list.unit.name, str(settings.COUNTY_NAME)
    if county == "本县" or name.startswith(county) or not name.startswith("县"):
        return name
    return county + name.removeprefix("县")


def _timing(item: DutyItem) -> str:
    due = f"{official_date(item.due_on)}前完成" if item.due_on else ""
    return "；".join(filter(None, (item.frequency_words, due)))


def _cells(item: DutyItem) -> tuple[str, ...]:
    return (
        item.text,
        item.get_kind_display(),
        item.get_duty_type_display(),
        item.basis,
        item.how,
        _timing(item),
    )


def printed_list(duty_list: DutyList) -> OfficialLedger:
    """Return what the PDF of a published list says, in the order of its page."""
    signatures = list(duty_list.signatures.counted())
    holders = {(row.layer, row.office_id, row.post_id): row.holder for row in signatures}
    sections: list[LedgerSection] = []
    layer = ""
    key: tuple[str, int | None, int | None] | None = None
    for item in items_in_order(duty_list):
        if item.layer != layer:
            layer = item.layer
            sections.append(LedgerSection(f"{_ORDINALS[LAYER_ORDER[layer]]}、{Layer(layer).label}职责", 1))
        here = (item.layer, item.office_id, item.post_id)
        if here != key:
            key = here
            holder = holders.get(here, "")
            sections.append(LedgerSection(f"{subject_of(item, duty_list)}{f'（{holder}）' if holder else ''}", 2))
        sections[-1].rows.append(_cells(item))
    day = official_date(duty_list.published_on) if duty_list.published_on else ""
    signing = [(row.subject, row.holder or "单位负责人", "", "") for row in signatures]
    return OfficialLedger(
        title=f"{printed_name(duty_list)}{duty_list.year}年安全生产责任清单",
        subtitle=f"（第{duty_list.edition}版，{day}发布）",
        columns=COLUMNS,
        sections=sections,
        closing_title="签收承诺",
        closing_text=PROMISE,
        closing_columns=SIGNING,
        closing_rows=signing,
    )
