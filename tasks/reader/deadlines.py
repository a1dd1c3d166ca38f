"""Time limits (完成时限): one rule for each way of saying when.

Rules stand in the order of their claim on a phrase: what an earlier rule has read, a later one leaves alone. A phrase
without a year takes the plan's; without a plan year the date is ``--MM-DD``. Vague words (定期, 及时, 动态) are no
deadlines. 持续推进 and the like are read only where a deadline is asked for (a bracket's 完成时限, a table's column).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tasks.reader import days
from tasks.reader.model import DeadlineKind, DeadlineReading
from tasks.reader.numerals import whole_number
from tasks.reader.page import Page, Span, Taken

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_COUNT = r"(?:\d{1,4}|[一两二三四五六七八九十]{1,3})"
_YEAR = r"(?:(?P<year>20\d{2})\s*年(?:度)?\s*|(?P<said>今年|本年度?|当年|明年|次年|翌年)\s*)?"
_BEFORE = r"(?:之?前|以前|止|为止)?"
_TIMES = r"(?:次|场次?|场此|轮|期|遍|回|批次?)"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rules need to know beside the text: the plan's year and the county's first day of the flood season."""

    year: int | None
    flood: tuple[int, int] = (5, 1)


@dataclass(frozen=True, slots=True)
class Reach:
    """What one match stands for; the fields are those of :class:`DeadlineReading`."""

    kind: DeadlineKind
    date: str | None = None
    every: str | None = None
    min_count: int | None = None
    season: str | None = None
    range: tuple[str, str] | None = None
    within: str | None = None


Build = Callable[["re.Match[str]", Setting], Reach | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named way of saying when: its pattern, what a match stands for, and where it holds."""

    name: str
    pattern: re.Pattern[str]
    build: Build
    slot_only: bool = False  # holds only where a deadline is asked for
    weak: bool = False  # gives way to another deadline of the same frequency in the item


def _number(text: str | None) -> int:
    return (whole_number(text) if text else None) or 0


def _year(match: re.Match[str], setting: Setting) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return int(groups["year"])
    ahead = groups.get("said") in {"明年", "次年", "翌年"}
    return setting.year + 1 if ahead and setting.year else setting.year


def _of_range(kind: DeadlineKind, span: tuple[str, str] | None) -> Reach | None:
    return Reach(kind, date=span[1], range=span) if span else None


def _typo_month_end(match: re.Match[str], setting: Setting) -> Reach | None:
    """20266月底前: the 年 fell out between the year and the month."""
    date = days.month_end(int(match["y"]), int(match["m"]))
    return Reach("month_end", date=date) if date else None


def _typo_date(match: re.Match[str], setting: Setting) -> Reach | None:
    date = days.iso(int(match["y"]), int(match["m"]), int(match["d"]))
    return Reach("date", date=date) if date else None


def _date(match: re.Match[str], setting: Setting) -> Reach | None:
    date = days.iso(_year(match, setting), _number(match["m"]), _number(match["d"]))
    return Reach("date", date=date) if date else None


def _date_range(match: re.Match[str], setting: Setting) -> Reach | None:
    year = _year(match, setting)
    first = days.iso(year, _number(match["m"]), _number(match["d"]))
    later = _later_year(match, year, _number(match["m"]), _number(match["m2"] or match["m"]))
    last = days.iso(later, _number(match["m2"] or match["m"]), _number(match["d2"]))
    return _of_range("named_period", (first, last) if first and last else None)


def _month_range(match: re.Match[str], setting: Setting) -> Reach | None:
    year = _year(match, setting)
    first, last = _number(match["m"]), _number(match["m2"])
    return _of_range("named_period", days.months(year, first, last, _later_year(match, year, first, last)))


def _later_year(match: re.Match[str], year: int | None, first: int, last: int) -> int | None:
    """The year in which a range ends: its own, or the next when its last month comes before its first."""
    if match.groupdict().get("year2"):
        return int(match["year2"])
    return year + 1 if year and last < first else year


def _month_end(match: re.Match[str], setting: Setting) -> Reach | None:
    date = days.month_end(_year(match, setting), _number(match["m"]))
    return Reach("month_end", date=date) if date else None


def _before_month(match: re.Match[str], setting: Setting) -> Reach | None:
    """6月前: before June begins."""
    date = days.day_before(_year(match, setting), _number(match["m"]), 1)
    return Reach("date", date=date) if date else None


def _part_of_month(match: re.Match[str], setting: Setting) -> Reach | None:
    return _of_range("named_period", days.ten_days(_year(match, setting), _number(match["m"]), match["part"]))


def _month(match: re.Match[str], setting: Setting) -> Reach | None:
    month = _number(match["m"])
    return _of_range("named_period", days.months(_year(match, setting), month, month))


def _quarter(match: re.Match[str], setting: Setting) -> Reach | None:
    quarter = _number(match["q"])
    if not 1 <= quarter <= 4:
        return None
    return _of_range("named_period", days.months(_year(match, setting), quarter * 3 - 2, quarter * 3))


def _half_year(match: re.Match[str], setting: Setting) -> Reach | None:
    first = 1 if match["half"] == "上" else 7
    return _of_range("named_period", days.months(_year(match, setting), first, first + 5))


def _year_end(match: re.Match[str], setting: Setting) -> Reach:
    return Reach("year_end", date=days.iso(_year(match, setting), 12, 31))


def _plan_year(match: re.Match[str], setting: Setting) -> Reach:
    return Reach("plan_year", date=days.iso(_year(match, setting), 12, 31))


def _pre_flood(match: re.Match[str], setting: Setting) -> Reach:
    return Reach("season", season="pre_flood", date=days.day_before(setting.year, *setting.flood))


def _season(match: re.Match[str], setting: Setting) -> Reach:
    words = {"汛后": "post_flood", "冬": "pre_winter", "夏": "pre_summer", "高温": "pre_summer", "防火": "pre_fire"}
    return Reach("season", season=next(season for word, season in words.items() if word in match[0]))


def _winter_spring(match: re.Match[str], setting: Setting) -> Reach:
    return Reach("season", season="winter_spring")


def _before_festival(match: re.Match[str], setting: Setting) -> Reach:
    season, day = days.FESTIVALS[match["festival"]]
    year = setting.year + 1 if setting.year and season == "new_year" else setting.year
    return Reach("season", season=f"pre_{season}", date=days.day_before(year, *day) if day else None)


def _named_day(match: re.Match[str], setting: Setting) -> Reach | None:
    first_month, first_day, last_month, last_day = days.NAMED_DAYS[match["day"]]
    first, last = days.iso(setting.year, first_month, first_day), days.iso(setting.year, last_month, last_day)
    if first is None or last is None:
        return None
    return Reach("named_period", date=last, range=(first, last) if first != last else None)


def _dotted_day(match: re.Match[str], setting: Setting) -> Reach | None:
    date = days.iso(setting.year, int(match["m"]), int(match["d"]))
    return Reach("named_period", date=date) if date else None


_UNITS = {
    "年": "Y",
    "半年": "6M",
    "季度": "3M",
    "季": "3M",
    "月": "M",
    "周": "W",
    "星期": "W",
    "日": "D",
    "天": "D",
    "旬": "10D",
}


def _duration(count: int, unit: str) -> str:
    """ISO-8601 duration of ``count`` units."""
    letter = _UNITS[unit]
    if letter[0].isdigit():
        return f"P{int(letter[:-1]) * count}{letter[-1]}"
    return f"P{count}{letter}"


def _recurring(match: re.Match[str], setting: Setting) -> Reach:
    groups = match.groupdict()
    every = _duration(_number(groups.get("n")) or 1, match["unit"])
    season = "flood" if groups.get("flood") else None
    return Reach("recurring", every=every, min_count=_number(groups.get("times")) or None, season=season)


def _named_frequency(match: re.Match[str], setting: Setting) -> Reach:
    unit = match["unit"] or match["by"]
    return Reach("recurring", every=_duration(1, unit if unit in _UNITS else unit.removesuffix("度")))


def _relative(match: re.Match[str], setting: Setting) -> Reach | None:
    count = _number(match["n"])
    if match["unit"] == "小时":
        return Reach("relative", within=f"PT{count}H")
    if match["unit"] == "分钟":
        return Reach("relative", within=f"PT{count}M")
    return Reach("relative", within=_duration(count or 1, match["unit"]))


def _ongoing(match: re.Match[str], setting: Setting) -> Reach:
    return Reach("ongoing")


def _rule(name: str, pattern: str, build: Build, *, slot_only: bool = False, weak: bool = False) -> Rule:
    return Rule(name, re.compile(pattern), build, slot_only, weak)


_EVERY = r"每(?:(?P<n>两|二|三|四|五|六|[2-9])个?|个)?(?P<unit>半年|年|季度|季|月|周|星期|旬|日|天)(?!均|龄)(?:度)?"
_LABEL_TAIL = r"(?![^,。;:\s]{0,8}(?:清单|预算|考核|考评|评价|报告|述职|总结|目标责任|评优|名单))"
_TO = r"\s*[-—–~至到]+\s*"
_NOT_A_COUNT = r"(?<![两三四五六七八九十\d一半上下跨每多历往去各])"
_CHECKS = "巡查|检查|调度|通报|督查|督导|会商|例会|研判|分析|排查|演练|会议|自查|暗访|点评"
_FESTIVAL = "|".join(days.FESTIVALS)
_NAMED = "|".join(days.NAMED_DAYS)

RULES: tuple[Rule, ...] = (
    _rule(
        "date with its 年 lost",
        r"(?<!\d)(?P<y>20\d{2})(?P<m>1[0-2]|[1-9])月(?P<d>[12]\d|3[01]|[1-9])日" + _BEFORE,
        _typo_date,
    ),
    _rule(
        "month end with its 年 lost", r"(?<!\d)(?P<y>20\d{2})(?P<m>1[0-2]|[1-9])月份?[底末]" + _BEFORE, _typo_month_end
    ),
    _rule(
        "day of each period",
        rf"每(?P<unit>季度|季|月|周|年)度?(?:首月|末月|次月|{_N}月)?{_N}[日号]" + _BEFORE,
        _recurring,
    ),
    _rule("end of each period", rf"每(?P<unit>季度|季|月|周|年)度?(?:{_N}月)?[底末初]" + _BEFORE, _recurring),
    _rule(
        "so many times in each period",
        rf"(?:(?P<flood>汛期)[^,。;]{{0,2}})?{_EVERY}[^,。;:、\d一两二三四五六七八九十]{{0,14}}?"
        rf"(?P<times>{_COUNT}){_TIMES}(?!性)(?:以上)?",
        _recurring,
    ),
    _rule(
        "times over a period", r"(?P<times>\d{1,3})(?:次|场)\s*/\s*(?P<unit>半年|年|季度|季|月|周|日|天)", _recurring
    ),
    _rule("each period", rf"(?:(?P<flood>汛期)[^,。;]{{0,2}})?{_EVERY}", _recurring),
    _rule(
        "frequency by name",
        rf"(?P<unit>季度|月度|半年|年度|周)(?={_CHECKS})|(?:按|逐)(?P<by>季度?|月|周|年)度?",
        _named_frequency,
        weak=True,
    ),
    _rule(
        "from day to day",
        rf"{_YEAR}(?P<m>{_N})月(?P<d>{_N})[日号]?{_TO}(?:(?P<year2>20\d{{2}})年)?(?:(?P<m2>{_N})月)?(?P<d2>{_N})[日号]",
        _date_range,
    ),
    _rule("day", rf"{_YEAR}(?P<m>{_N})月(?P<d>{_N})[日号](?!起施行|起实施|印发|会议)" + _BEFORE, _date),
    _rule(
        "day in figures", r"(?<![\d.])(?P<year>20\d{2})[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?![\d.])" + _BEFORE, _date
    ),
    _rule(
        "from month to month",
        rf"{_YEAR}(?<!\d)(?P<m>{_N})月?份?{_TO}(?:(?P<year2>20\d{{2}})年|今年|明年|次年)?(?P<m2>{_N})月(?:份|[底末])?(?!\d)"
        + _BEFORE,
        _month_range,
    ),
    _rule("month end", rf"{_YEAR}(?<!\d)(?P<m>{_N})月份?\s?[底末]" + _BEFORE, _month_end),
    _rule(
        "part of a month", rf"{_YEAR}(?<!\d)(?P<m>{_N})月份?(?P<part>[上中下](?=旬)|初)旬?" + _BEFORE, _part_of_month
    ),
    _rule("before a month", rf"{_YEAR}(?<!\d)(?P<m>{_N})月份?(?:之前|以前|前)", _before_month),
    _rule("month", rf"{_YEAR}(?<!\d)(?P<m>{_N})(?:月份|月(?=期?间|内|开展|组织|完成|集中|启动|[,。;\s]|$))内?", _month),
    _rule("month in a deadline's place", rf"{_YEAR}(?<!\d)(?P<m>{_N})月份?", _month, slot_only=True),
    _rule("quarter", rf"{_YEAR}第?(?<!每)(?P<q>[一二三四1-4])季度(?:内|[底末])?" + _BEFORE, _quarter),
    _rule("half of the year", rf"{_YEAR}(?P<half>[上下])半年(?:内|[底末])?" + _BEFORE, _half_year),
    _rule("year end with its year", r"(?P<year>20\d{2})年[底末终]" + _BEFORE, _year_end),
    _rule("year end", r"(?:(?P<said>今年|明年)(?=底)|(?:今年|明年)?[年岁])[底末终]" + _BEFORE, _year_end),
    _rule("by a year", r"[到至](?P<year>20\d{2})年(?=,)", _year_end),
    _rule("plan year", rf"{_NOT_A_COUNT}(?:全年(?!龄)|[今本当]?年内|(?<!20\d\d)本?年度){_LABEL_TAIL}", _plan_year),
    _rule("within a year of its own", r"(?P<year>20\d{2})年内", _plan_year),
    _rule("before the flood season", r"(?:主汛期|汛期|入汛|汛)(?:来临|到来)?(?:之前|以前|前)", _pre_flood),
    _rule("season", r"汛后|(?:入冬|冬季来临|入夏|高温季节?|防火期)(?:来临|到来)?(?:之前|以前|前)|汛后", _season),
    _rule("winter and spring", r"今冬明春|冬春季节|冬春期间", _winter_spring),
    _rule(
        "before a festival",
        rf"(?P<festival>{_FESTIVAL})节?(?:假期|放假)?(?:来临|到来)?(?:之前|以前|前)(?!后)",
        _before_festival,
    ),
    _rule(
        "named day",
        rf"[“\"]?(?:全国|国家|世界)?(?:[“\"]?\d{{1,3}}[·.]?\d{{0,2}}[”\"]?)?(?:全国)?(?P<day>{_NAMED})[”\"]?期?间?",
        _named_day,
    ),
    _rule(
        "day by its figures",
        r"(?<![\d.])[“\"]?(?P<m>1[0-2]|[1-9])[.·](?P<d>[12]\d|3[01]|[1-9])(?![\d.%])[”\"]?"
        r"[\u4e00-\u9fff]{0,8}?(?:宣传周|宣传日|宣传月|周|期间|前|内)内?",
        _dotted_day,
    ),
    _rule(
        "within a span",
        r"(?:[\u4e00-\u9fff]{2,4}(?:后|起|之日起))?(?<!\d)(?P<n>\d{1,3}|[一两二三四五六七八九十]{1,3})"
        r"个?(?:工作|自然)?(?P<unit>小时|分钟|日|天|周|月|年)(?:之内|以内|内)",
        _relative,
    ),
    _rule(
        "ongoing",
        r"持续(?:推进|开展|实施|坚持|深化)?|长期(?:坚持|推进|任务|执行)?|常态化(?:推进|开展|实施)?|常年|实时|日常",
        _ongoing,
        slot_only=True,
    ),
    _rule("a whole year of its own", r"(?P<year>20\d{2})年(?:度|全年)?$", _plan_year, slot_only=True),
)


def read_deadlines(
    page: Page, masked: str, texts: Sequence[Span], slots: Sequence[Span], setting: Setting
) -> list[DeadlineReading]:
    """Return the deadlines of one item in the order of the text.

    ``texts`` are its running text, ``slots`` the places where a deadline is asked for; ``masked`` is the page's plain
    form with titles and noise blanked out.
    """
    found: list[tuple[Rule, DeadlineReading]] = []
    taken = Taken()
    for rule in RULES:
        for start, end in (*slots, *(() if rule.slot_only else texts)):
            for match in rule.pattern.finditer(masked, start, end):
                reach = None if taken.touches(*match.span()) else rule.build(match, setting)
                if reach is not None:
                    taken.add(*match.span())
                    found.append((rule, _reading(page, match, reach)))
    strong = {reading.every for rule, reading in found if not rule.weak}
    kept = [reading for rule, reading in found if not rule.weak or reading.every not in strong]
    return sorted(kept, key=lambda reading: reading.start)


def _reading(page: Page, match: re.Match[str], reach: Reach) -> DeadlineReading:
    start, end = match.span()
    return DeadlineReading(
        phrase=page.raw(start, end),
        start=start,
        end=end,
        kind=reach.kind,
        date=reach.date,
        every=reach.every,
        min_count=reach.min_count,
        season=reach.season,
        range=reach.range,
        within=reach.within,
    )
