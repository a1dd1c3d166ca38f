"""Posts, duty lists, signatures and fulfilment records of the demonstration county, through the services."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from accounts.models import User
from core import clock
from evidence.services import attach_file
from responsibility.models import DutyItem, DutyList, InnerOffice, Post, Sector, Unit
from responsibility.services.duty_items import ItemDraft, Subject, add_item, add_items
from responsibility.services.duty_library import guess_subject, kind_for
from responsibility.services.duty_lists import begin_list, revise_list
from responsibility.services.duty_moves import publish_list, return_list, submit_list
from responsibility.services.fulfilment import FulfilmentDraft, add_fulfilment
from responsibility.services.post_lines import add_posts, read_post_lines
from responsibility.services.sectors import DecisionDraft, SectorDraft, create_sector, decide_supervision
from responsibility.services.signing import sign_duties
from safetyplan.demo.county import People
from safetyplan.demo.files import make_evidence
from safetyplan.demo.replay import Event
from safetyplan.demo.story import moment_of, read_json

F = DutyItem.Frequency
# Units with a list in force this year, and how many of their people have signed; the others are still on their way.
PUBLISHED = {
    "YJ01": "all",
    "JT01": "all",
    "NY01": "all",
    "XF01": "most",
    "SC01": "most",
    "GA01": "most",
    "JY01": "all",
    "WL01": "most",
    "WJ01": "all",
    "FG01": "all",
    "XZ01": "most",
    # The head of 住建局 has an account and finds it in 我的工作.
    "ZJ01": "none",
}
LAST_YEAR = ("YJ01", "ZJ01", "JT01")
DRAFT, RETURNED, WAITING = "GX01", "ZR01", "XZ06"
RETURN_REASON = "群测群防协管员的职责没有写明监测频次的依据；执法大队缺少巡查类职责，请补充后重新提交。"
# Units whose people keep their records, with the share of periods they kept.
RECORDING = {"YJ01": 3, "JT01": 4, "NY01": 5, "FG01": 4, "WJ01": 6}
RECORDS = (
    "现场检查{n}家单位，发现问题{m}个，当场整改{k}个，其余已下达整改通知并明确时限。",
    "召开专题会议研究，形成会议纪要，议定事项{n}项，已列入督办。",
    "抽查记录{n}份，对{m}处不符合要求的提出整改意见，{k}处已复核销号。",
    "组织业务骨干逐项核对台账，补正信息{n}条，更新责任人{m}名。",
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the events share."""

    people: People

    def unit(self, code: str) -> Unit:
        """Return a unit by its code."""
        return self.people.units[code]

    def editor(self, code: str) -> User:
        """Return the unit's editor."""
        return self.people.users[f"{code}-editor"]

    def head(self, code: str) -> User:
        """Return the unit's head."""
        return self.people.users[f"{code}-head"]

    def office(self) -> User:
        """Return the clerk who publishes."""
        return self.people.users["office-1"]

    def current(self, code: str, year: int) -> DutyList:
        """Return the unit's latest list of the year."""
        return DutyList.objects.filter(unit=self.unit(code), year=year).latest("edition")


def _set_up(ledger: Ledger, code: str, lines: list[list[str]]) -> None:
    unit, text = ledger.unit(code), "\n".join(",".join(line) for line in lines)
    add_posts(actor=ledger.editor(code), unit_id=unit.pk, lines=read_post_lines(unit, text), valid_from=clock.today())


def _draft(ledger: Ledger, code: str, year: int) -> None:
    """Draft the list from the library, each duty with the office or post it fits."""
    unit = ledger.unit(code)
    duty_list = begin_list(actor=ledger.editor(code), unit_id=unit.pk, year=year).duty_list
    offices = list(InnerOffice.objects.filter(unit=unit))
    posts = list(Post.objects.filter(unit=unit))
    kind = kind_for(unit)
    if kind is None:
        raise ValueError(f"the library has nothing for {unit}")
    drafts = [
        duty.draft(subject) for duty in kind.duties if (subject := guess_subject(duty, offices, posts)) is not None
    ]
    add_items(actor=ledger.editor(code), list_id=duty_list.pk, drafts=drafts, origin=f"从库中装入“{kind.name}”")


def _copy(ledger: Ledger, code: str, year: int) -> None:
    begin_list(actor=ledger.editor(code), unit_id=ledger.unit(code).pk, year=year, copy_last=True)


def _submit(ledger: Ledger, code: str, year: int) -> None:
    submit_list(actor=ledger.editor(code), list_id=ledger.current(code, year).pk)


def _publish(ledger: Ledger, code: str, year: int) -> None:
    publish_list(actor=ledger.office(), list_id=ledger.current(code, year).pk)


def _return(ledger: Ledger, code: str, year: int) -> None:
    return_list(actor=ledger.office(), list_id=ledger.current(code, year).pk, reason=RETURN_REASON)


def _sign(ledger: Ledger, code: str, year: int, how_many: str) -> None:
    """Who has an account signs for themselves; the head signs for the others, for most or all of them."""
    duty_list = ledger.current(code, year)
    rows = list(duty_list.signatures.waiting().select_related("tenure"))
    own: dict[int, list[int]] = {}
    for row in rows:
        if row.tenure and row.tenure.user_id and row.layer != "unit":
            own.setdefault(row.tenure.user_id, []).append(row.pk)
    users = {user.pk: user for user in (ledger.editor(code), ledger.head(code))}
    for user_id, keys in own.items():
        sign_duties(actor=users[user_id], list_id=duty_list.pk, signature_ids=keys)
    signed = {key for keys in own.values() for key in keys}
    rest = [row.pk for row in rows if row.pk not in signed]
    if how_many == "most":
        rest = rest[: len(rest) * 2 // 3]
    if rest:
        sign_duties(actor=ledger.head(code), list_id=duty_list.pk, signature_ids=rest)


def _revise(ledger: Ledger, code: str, year: int) -> None:
    """Begin the second edition with one duty more, as an accident elsewhere taught."""
    made = revise_list(actor=ledger.editor(code), list_id=ledger.current(code, year).pk).duty_list
    office = InnerOffice.objects.get(unit=ledger.unit(code), name="危险化学品监管股")
    draft = ItemDraft(
        subject=Subject(office_id=office.pk),
        text="对使用醇基燃料的餐饮、食堂开展源头核查，督促储存使用场所落实防火分隔和泄漏报警",
        kind=DutyItem.Kind.INDUSTRY,
        duty_type=DutyItem.Type.INSPECT,
        basis="《中华人民共和国安全生产法》第三十九条",
        how="联合商务、消防现场核查，登记来源去向",
        frequency=F.QUARTER,
    )
    add_item(actor=ledger.editor(code), list_id=made.pk, draft=draft)
    submit_list(actor=ledger.editor(code), list_id=made.pk)


def _record(ledger: Ledger, code: str, year: int, place: int) -> None:
    """Record that one of the unit's duties was done today."""
    in_force = DutyList.objects.get(unit=ledger.unit(code), year=year, state=DutyList.State.PUBLISHED)
    items = in_force.items.filter(frequency__in=[F.MONTH, F.QUARTER]).order_by("ordering", "pk")
    found = list(items)
    if not found:
        return
    item = found[place % min(len(found), 6)]
    text = RECORDS[place % len(RECORDS)].format(n=6 + place % 9, m=3 + place % 5, k=1 + place % 3)
    editor = ledger.editor(code)
    draft = FulfilmentDraft(done_on=clock.today(), text=text, person=str(editor))
    row = add_fulfilment(actor=editor, item_id=item.pk, draft=draft)
    if place % 3 == 0:
        name = f"履职记录{clock.today():%m%d}.png"
        unit = ledger.unit(code).short_name
        attach_file(actor=editor, owner=row, upload=make_evidence(name, text, unit, str(clock.today())))


def _change_sectors(ledger: Ledger) -> None:
    """Decide anew on two new trades, and add one nobody supervises yet."""
    units = ledger.people.units
    office, today = ledger.office(), clock.today()
    basis = f"《清泽县人民政府办公室关于明确新兴业态安全生产监管职责的通知》（清政办发〔{today.year}〕9号）"
    for code, lead, partners in (
        ("S34", "SW01", ("YJ01", "GA01", "JT01", "SC01", "XF01", "ST01")),
        ("S39", "FG01", ("ZJ01", "XF01", "DL01", "YJ01")),
    ):
        sector = Sector.objects.get(code=code)
        ids = [units[partner].pk for partner in partners]
        decide_supervision(
            actor=office, sector_id=sector.pk, draft=DecisionDraft(units[lead].pk, ids, basis, valid_from=today)
        )
    create_sector(actor=office, draft=SectorDraft(code="S55", name="低空飞行服务（无人机）", emerging=True))


def _days(year: int) -> Iterator[tuple[int, date]]:
    """Yield the days records are made on, counted: twice a month."""
    for number in range(24):
        yield number, date(year, number // 2 + 1, 11 + 13 * (number % 2))


def _lists(year: int, recent: Callable[[int], date]) -> Iterator[tuple[date, int, Callable[..., Any], tuple[Any, ...]]]:
    """Yield what happens to the lists: day, hour, what to call and with what."""
    before = year - 1
    for code in LAST_YEAR:
        yield date(before, 2, 10), 9, _draft, (code, before)
        yield date(before, 2, 20), 9, _submit, (code, before)
        yield date(before, 2, 27), 9, _publish, (code, before)
        yield date(before, 3, 4), 9, _sign, (code, before, "all")
    for code, signed in PUBLISHED.items():
        # What nobody has signed yet was published a few days ago.
        days = [recent(back) for back in (12, 9, 6)] if signed == "none" else [date(year, 1, day) for day in (5, 8, 12)]
        yield days[0], 9, _copy if code in LAST_YEAR else _draft, (code, year)
        yield days[1], 11, _submit, (code, year)
        yield days[2], 14, _publish, (code, year)
        if signed != "none":
            yield date(year, 1, 15), 10, _sign, (code, year, signed)
    for code in (DRAFT, RETURNED, WAITING):
        yield recent(10), 10, _draft, (code, year)
    yield recent(8), 11, _submit, (RETURNED, year)
    yield recent(5), 14, _return, (RETURNED, year)
    yield recent(3), 15, _submit, (WAITING, year)
    yield date(year, 6, 10), 9, _revise, ("YJ01", year)
    yield date(year, 6, 16), 9, _publish, ("YJ01", year)
    yield date(year, 6, 18), 9, _sign, ("YJ01", year, "all")


def duty_events(people: People, until: datetime) -> list[Event]:
    """Return what happens with posts, duty lists and sectors in the year of `until` and the one before."""
    ledger, today = Ledger(people), clock.date_of(until)
    year = today.year
    happenings: list[tuple[date, int, Callable[..., Any], tuple[Any, ...]]] = [
        (date(year - 1, 1, 6), 9, _set_up, (row["unit"], row["lines"])) for row in read_json("posts.json")["units"]
    ]
    happenings.append((date(year, 3, 5), 15, _change_sectors, ()))
    happenings += _lists(year, lambda back: max(date(year, 1, 4), today - timedelta(days=back)))
    for order, (code, every) in enumerate(RECORDING.items()):
        happenings += [
            (day, 16, _record, (code, year, number + order))
            for number, day in _days(year)
            if number >= 2 and (number + order) % every != 0
        ]
    # Within an hour in the order they are named.
    events = [
        Event(moment_of(day, hour, place % 60), partial(run, ledger, *given))
        for place, (day, hour, run, given) in enumerate(happenings)
    ]
    return [event for event in events if event.at <= until]
