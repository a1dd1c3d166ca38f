"""Measurable targets (量化指标): numbers that promise something, told from numbers that only name or describe.

A number counts as a target when a rule says so:

* *compared*: a comparison stands with it (不少于, 至少, 达到, 以上, ≤, 控制在…以内);
* *rate*: a per cent or per mille of something;
* *done*: a count of things in a clause that promises an act (完成, 组织, 新建…);
* *so often*: a count of 次 in each period;
* *hundredfold*: 3个100%, with the rates it stands for;
* *complete*: 清零, 全覆盖, 全部销号, which hold no number (``explicit`` is False).

Never: numbers in quotation marks (names), thresholds (超过10年的, 2万㎡以上的), stock and history (现有, 共发生),
ordinals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks.reader.model import Operator, Period, TargetReading
from tasks.reader.numerals import ARABIC, CHINESE, quantity, share, tidy
from tasks.reader.page import Page, Span, Taken, overlaps

_UNIT_WORDS = (
    "个?百分点|平方公里|平方米|立方米|公里|千米|㎡|人/?次(?!要)|次/人|家次|场[次此]|户次|车次|批次|班次|期次|学时|课时|小时|分钟|[%‰]|"
    "项(?!目)|个(?!月|工作日|自然日|小时|环节|方面|层面|维度|百分)|家(?!庭|长|属)|次(?!数|要|性)|场(?!所|景|地)|人(?!大|民|防|社|机|工|身|才|群|均)|"
    "名(?!单|称|录)|户(?!外|籍|内)|处(?!置|理|罚|级|于)|座(?!谈|位)|台(?!账)|套(?!牌)|件(?!套)|份(?!额)|部(?!门|署|分|级|位|件)|支(?!持|撑|部|付|援)|所(?!有|属|在)|"
    "条(?!例|件|款)|米|亩|公顷|吨|万?元|轮(?!训|班|换)|期(?!间|限|内)|班(?!子|组)|辆|艘|栋|幢|间(?!隔)|起(?!重|来)|批(?!发|准)|篇|块|具(?!体|有|备)|组(?!织|成|长)|"
    "遍|集(?!中|团|体)|幅(?!度)|册|盏|棵|株|箱|千瓦|堂|只|宗|例(?!会|行)|艇|架|道(?!路)|段|口|张(?!贴)|对|面|眼|孔"
)
_BEFORE_NUMBER = r"(?<![\d.第A-Za-z+×xX*/〔\-—])"
_NUMBER = re.compile(
    rf"(?P<share>百分之[零一二两三四五六七八九十百点\d.]+|{CHINESE}分之{CHINESE}|[一二三四五六七八九]成半?(?=以上|左右|[,。;、])|(?:一半|半数)(?=以上))"
    rf"|{_BEFORE_NUMBER}(?P<arabic>{ARABIC}[万亿千百]?)\s?(?P<more>余|多)?(?P<unit>{_UNIT_WORDS})"
    rf"|(?<![第新统同进再逐这那某\d])(?P<chinese>[一二两三四五六七八九十百千万]{{1,9}})(?P<cunit>次(?!数|要|性)|轮(?!训|班|换)|遍|场[次此]?(?!所|景|地)|期(?!间|限|内)|学时|课时|个(?!月)|家(?!庭)|支(?!持)|名(?!单)|人次?(?!民|大)|部(?!门|署|分)|项|件|份|篇|处(?!置|理))"
)
_AFTER = re.compile(r"\s?(?:及以上|以上|以内|之内|以下|左右)")
_CLAUSE_LIMIT = 160  # no clause is longer; keeps the work linear on text without punctuation
_ASIDE = re.compile(r"\([^()\d,。;]{1,8}\)")  # 乡镇(街道): part of a name, ends no clause
_ASIDE_BEFORE = re.compile(r"\([^()\d,。;]{1,8}\)$")
_DELIMITERS = ",。;:!?\n()"
_AT_LEAST = re.compile(r"不(?:得|应)?(?:少[于干]|低[于干]|小于)|至少|最少|≥|>=|(?<![不得应])(?:超过|高于|大于)")
_AT_MOST = re.compile(r"不(?:得|应|能)?(?:超过|高于|大于|多于)|至多|≤|<=|控制在|(?<![不得应])(?:低于|少于|小于)")
_EXACTLY = re.compile(r"达到?|为|保持在?|提高到|提升[至到]|增至|降至|下降|降低|减少|压减|增长|上升|提高|递增")
_ACTS = re.compile(
    "完成|建成|新建|改建|扩建|建设|建立|打造|创建|培育|组织|开展|举办|召开|举行|培训|轮训|检查|排查|整治|改造|更新|修订|编制|制定|制订|出台|"
    "发放|配备|配齐|配置|设置|设立|安装|新增|增设|购置|采购|储备|投入|实施|治理|销号|整改|关闭|关停|淘汰|更换|收缴|取缔|拆改|查处|曝光|评选|选树|推广|印发|制作|"
    "张贴|拍摄|听取|研究|调度|督导|督查|巡查|暗访|约谈|演练|宣传|走访|复核|审计|评估|验收|实现|招录|招聘|选派|选聘|聘请|引进|建强|组建|提升|"
    "辨识|核查|抽查|执法|办理|申报|争取|铺设|维修|维护|加固|清理|拆除|搬迁|转移|安置|救助|命名|抽检|表彰|奖励|录入|采集|覆盖|推送|发布|报送|"
    "播放|刊发|推进|落实|补充|充实|落地|会商|自查|布设|增加|检测|鉴定|示范|讲授|参加|执行|化解|压减|退出|复训|认定"
)
_STOCK = re.compile(
    r"现有|已有|已建|共有|拥有|用好|依托|利用好?|发挥|截至|去年|上年|以来|发生|造成|致(?!力)|死亡(?!人数)|受伤(?!人数)|目前|涉及|辖区内?有|其中有|累计已|上一年"
)
_RATE_NOUN = re.compile(
    r"率|比例|比重|占比|覆盖面|达标|合格|[完落]成|到位|配备|普及|参保|满意度|知晓度|下降|上升|增长|降低|减少"
)
_MEASURED = re.compile(r"率|比例|比重|占比|覆盖面|满意度|知晓度|下降|增长|降低|减少|总数的")
_DATED = re.compile(
    r"(?:20\d{2}年?)?\d{1,2}月(?:\d{1,2}日|份?[底末中初]旬?|份)?(?:之?前|以前|内)?|(?:今年|20\d{2}年)?年底(?:之?前|以前)?"
)
_SIZE_UNITS = frozenset(
    (
        "㎡",
        "平方米",
        "立方米",
        "米",
        "人",
        "吨",
        "元",
        "万元",
        "千瓦",
        "小时",
        "分钟",
        "平方公里",
        "公里",
        "台",
        "座",
        "张",
        "口",
        "户",
        "名",
    )
)
_FREQUENCY_UNITS = frozenset(("次", "场", "场次", "轮", "期", "遍", "班次", "学时", "课时", "人次", "家次"))
_SCOPE_AFTER = re.compile(r"的|及以上|[\u4e00-\u9fff]")
_HUNDREDS = re.compile(r"[“\"]?(?<!\d)(?P<count>[2-9])\s*(?P<measure>个)?\s*100%[”\"]?")
_RATES = re.compile(r"[^,。;:、“”\"\s()]{1,24}?率(?:(?:、|和|及|以及)[^,。;:、“”\"\s()]{1,24}?率)+")
_COMPLETE: tuple[tuple[re.Pattern[str], float, str], ...] = (
    (re.compile(r"(?:动态)?清零(?!行动|攻坚|专项)"), 0, "项"),
    (re.compile(r"(?<!非)(?:全覆盖|全[复腹]盖|100%覆盖)(?!式|督导|检查|排查|培训)"), 100, "%"),
    (re.compile(r"全部(?:完成|销号|整改到位|整改完成|整改|达标|到位|清零|覆盖|建成|消除|办结)"), 100, "%"),
)
_PERIODS: tuple[tuple[Period, str], ...] = (
    ("half_year", "每半年|半年度|半年"),
    ("year", "每年|全年|年度|年内|一年|当年|年均"),
    ("quarter", "每个?季度|每季|季度"),
    ("month", "每个?月|每人每月|月度|按月"),
    ("week", "每个?周|每星期|每周"),
    ("day", "每天|每日"),
)
_PER: tuple[tuple[Period, str], ...] = (
    ("half_year", "/半年"),
    ("year", "/年"),
    ("quarter", "/季"),
    ("month", "/月"),
    ("week", "/周"),
    ("day", "/日"),
    ("day", "/天"),
)
_PERIOD_RULES = [(period, re.compile(words)) for period, words in _PERIODS]
_UNIT_NAMES = {"场此": "场次", "百分点": "个百分点", "人/次": "人次", "千米": "公里", "㎡": "平方米"}
_VERBS = re.compile(r"^(?:(?:全面|全部|基本|力争|确保)?(?:实现|完成|组织开展|组织|开展|举办|推动|做到|达到)(?=\S{3}))+")
_LEAD_IN = re.compile(
    r"^(?:(?:20\d{2}年?)?\d{1,2}月(?:\d{1,2}日|[底末中初]旬?|份)?(?:之?前|以前|内)?|全年|年内|年底前|汛期?前|[一二三四]季度|[上下]半年|力争|确保|其中|并|要|共|分别|均|"
    r"每(?:半年|年|季度|季|月|周|日|天)|年度|到20\d{2}年|\s)+"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """One number with its unit, in its clause."""

    start: int
    end: int
    value: float
    unit: str
    clause: Span
    chinese: bool  # written in Chinese numerals
    share: bool
    before: str  # the clause up to the number
    after: str  # 以上, 以内…
    following: str  # the clause behind the number


def read_targets(page: Page, masked: str, texts: Sequence[Span]) -> list[TargetReading]:
    """Return the targets of one item's running text in order.

    ``masked`` is the page's plain form with titles, noise and brackets of units blanked out.
    """
    targets: list[TargetReading] = []
    for start, end in texts:
        hundreds = list(_hundredfold(page, masked, start, end))
        targets.extend(hundreds)
        taken = Taken({(target.start, target.end) for target in hundreds})
        last_end = start
        for found in _numbers(masked, start, end):
            if page.in_quotes(found.start, found.end) or taken.touches(found.start, found.end):
                continue
            operator = _operator(found)
            if not _promises(found, operator):
                continue
            target = _target(page, masked, found, operator or "=", last_end)
            targets.extend(_each_rate(page, masked, found, target))
            last_end = target.end
        targets.extend(_completeness(page, masked, start, end, targets))
    return sorted(targets, key=lambda target: (target.start, target.end))


def _numbers(masked: str, start: int, end: int) -> Iterator[_Found]:
    for match in _NUMBER.finditer(masked, start, end):
        clause = _clause(masked, match.start(), start, end)
        after = _AFTER.match(masked, match.end(), clause[1])
        stop = after.end() if after else match.end()
        if match["share"]:
            value, unit = share(match["share"]), "%"
        else:
            value = quantity(match["arabic"] or match["chinese"])
            unit = re.sub(r"\s", "", match["unit"] or match["cunit"])
        if value is None or match["more"]:
            continue
        if unit == "万元":
            value, unit = tidy(value * 10_000), "元"
        yield _Found(
            start=match.start(),
            end=stop,
            value=value,
            unit=_UNIT_NAMES.get(unit, unit),
            clause=clause,
            chinese=bool(match["chinese"]),
            share=bool(match["share"]) or unit in "%‰",
            before=masked[clause[0] : match.start()],
            after=after[0].strip() if after else "",
            following=masked[stop : clause[1]],
        )


def _clause(masked: str, position: int, start: int, end: int) -> Span:
    """The clause around a position, between punctuation marks other than 、."""
    left, right = position, position
    start, end = max(start, position - _CLAUSE_LIMIT), min(end, position + _CLAUSE_LIMIT)
    while left > start and masked[left - 1] not in _DELIMITERS:
        left -= 1
        if (
            left > start
            and masked[left - 1] == ")"
            and (aside := _ASIDE_BEFORE.search(masked, max(start, left - 10), left))
        ):
            left = aside.start()
    while right < end and masked[right] not in _DELIMITERS:
        right += 1
        if right < end and (aside := _ASIDE.match(masked, right, end)):
            right = aside.end()
    return left, right


def _operator(found: _Found) -> Operator | None:
    """The comparison that stands with a number, None when none does."""
    near = found.before[-14:]
    best: tuple[int, Operator] | None = None
    comparisons: tuple[tuple[Operator, re.Pattern[str]], ...] = ((">=", _AT_LEAST), ("<=", _AT_MOST))
    for operator, pattern in comparisons:
        for match in pattern.finditer(near):
            if not re.search(r"[\d、]", near[match.end() :]) and (best is None or match.start() > best[0]):
                best = (match.start(), operator)
    if best is not None:
        return best[1]
    if found.after == "以上" or found.after == "及以上":
        return ">="
    if found.after in {"以内", "之内", "以下"}:
        return "<="
    exact = list(_EXACTLY.finditer(near[-8:]))
    return "=" if exact and not re.search(r"[\d、]", near[-8:][exact[-1].end() :]) else None


def _promises(found: _Found, operator: Operator | None) -> bool:
    """Whether the number is a target (the rules of the module's head)."""
    if _is_threshold(found, operator) or _STOCK.search(found.before):
        return False
    if found.share:
        return operator is not None or bool(_RATE_NOUN.search(found.before[-16:])) or bool(_ACTS.search(found.before))
    compared = operator in {">=", "<="} or (operator == "=" and bool(re.search(r"达到?$|为$|[至到]$", found.before)))
    if found.unit in {"小时", "分钟"}:
        return compared
    if found.chinese:
        often = found.unit in _FREQUENCY_UNITS and bool(re.search(r"每|各|开展|完成|组织|召开|进行|举办", found.before))
        return (compared and found.unit != "个") or often
    return compared or bool(_ACTS.search(found.before)) or bool(re.search(r"每|各", found.before[-10:]))


def _is_threshold(found: _Found, operator: Operator | None) -> bool:
    """超过10年的渔船, 2万㎡以上的综合体, 30人以上企业: a size that says which ones, no promise."""
    if found.share:
        return False
    following = found.following.lstrip()
    if re.search(r"超过\s*$|大于\s*$|高于\s*$", found.before) and following.startswith("的"):
        return True
    if found.after in {"及以上", "以下"} and _SCOPE_AFTER.match(following):
        return True
    sized = found.unit in _SIZE_UNITS or following.startswith("的")
    explicit = re.search(r"不少[于干]|不低[于干]|至少|≥", found.before[-10:])
    return found.after == "以上" and sized and not explicit and bool(_SCOPE_AFTER.match(following))


def _target(page: Page, masked: str, found: _Found, operator: Operator, last_end: int) -> TargetReading:
    start = max(found.clause[0], min(last_end, found.start))
    if masked[found.start - 1] == "、":  # a list's element that begins with its number
        start = found.start
    while start < found.start and masked[start] in "、和及 \t":
        start += 1
    end = found.end
    dated = _DATED.match(masked, start, found.start)
    start = dated.end() if dated else start
    named = _MEASURED.search(masked[start : found.start]) or found.unit in {"人次", "家次", "场次"}
    if not named and found.following and not found.following[0].isspace():
        end += re.match(r"[^、\s和及并]{0,20}", found.following).end()  # type: ignore[union-attr]
    return TargetReading(
        phrase=page.raw(start, end),
        start=start,
        end=end,
        metric=_metric(masked[start : found.start], masked[found.end : end], found),
        operator=operator,
        value=found.value,
        unit=found.unit,
        period=_period(masked[max(start, found.start - 24) : found.start], found.following),
    )


def _metric(before: str, after: str, found: _Found) -> str:
    """What is counted: the words before the comparison, and what stands behind the number."""
    words = _LEAD_IN.sub("", before)
    for pattern in (_AT_LEAST, _AT_MOST):
        words = pattern.sub("", words)
    words = _VERBS.sub("", words)
    words = re.sub(r"(?:达到?|为|至少|应|要|须|总数的|均|都|分别)+$", "", words.strip()).strip("、“” ")
    rest = re.sub(r"^/(?:半年|年|季度?|月|周|日|天)", "", after).strip("、“” ")
    name = f"{words}{rest}" if rest else words
    if not found.share and found.unit and not name.endswith(found.unit):
        tail = {"次": "次数", "场": "场次", "人": "人数", "名": "人数"}.get(found.unit, "")
        tail = tail or (found.unit if found.unit in {"人次", "家次", "场次"} else "")
        name += tail
    return name[:60] or found.unit


def _period(words: str, following: str) -> Period | None:
    """The span a value holds for, by 次/年 behind it or the nearest word before it."""
    for period, written in _PER:
        if following.startswith(written):
            return period
    best: tuple[int, Period] | None = None
    for period, pattern in _PERIOD_RULES:
        for match in pattern.finditer(words):
            if best is None or match.end() > best[0]:
                best = (match.end(), period)
    return best[1] if best else None


def _each_rate(page: Page, masked: str, found: _Found, target: TargetReading) -> list[TargetReading]:
    """A率、B率均达到100% gives one target for each rate, all with the same span."""
    if not found.share:
        return [target]
    listed = None
    for match in _RATES.finditer(masked, found.clause[0], found.start):
        listed = match
    if listed is None or not re.fullmatch(
        r"(?:均|都|全部|分别)?(?:要)?(?:达到?|为|实现|不低于|≥|保持)*\s*", masked[listed.end() : found.start]
    ):
        return [target]
    start = min(target.start, listed.start())
    return [
        TargetReading(
            page.raw(start, target.end),
            start,
            target.end,
            name,
            target.operator,
            target.value,
            target.unit,
            target.period,
        )
        for name in re.split(r"、|以及|(?<=率)[和及]", listed[0])
    ]


def _hundredfold(page: Page, masked: str, start: int, end: int) -> Iterator[TargetReading]:
    """3个100%: one target for each of the rates listed with it; 3100% is read the same way (个 fell out)."""
    for match in _HUNDREDS.finditer(masked, start, end):
        count = int(match["count"])
        reach = max(start, match.start() - _CLAUSE_LIMIT)
        sentence_start = max(masked.rfind(mark, reach, match.start()) for mark in "。;\n") + 1
        behind = _RATES.match(masked, match.end() + 1, end) if masked[match.end() : match.end() + 1] == ":" else None
        ahead = list(_RATES.finditer(masked, max(reach, sentence_start), match.start()))
        listed = behind or (ahead[-1] if ahead else None)
        if listed is None and not match["measure"]:
            continue
        span = (match.start(), behind.end() if behind else match.end())
        names = re.split(r"、|以及|(?<=率)[和及]", listed[0]) if listed else [page.raw(*span)] * count
        for name in names:
            yield TargetReading(page.raw(*span), *span, re.sub(r"^(?:确保|实现|力争)", "", name), "=", 100, "%")


def _completeness(
    page: Page, masked: str, start: int, end: int, targets: Sequence[TargetReading]
) -> Iterator[TargetReading]:
    """清零 and 全覆盖: zero left, or all of them, without a number in the text."""
    for pattern, value, unit in _COMPLETE:
        for match in pattern.finditer(masked, start, end):
            clause = _clause(masked, match.start(), start, end)
            if page.in_quotes(*match.span()) or any(
                overlaps(target.start, target.end, [clause]) and target.unit in "%‰" for target in targets
            ):
                continue
            words = _LEAD_IN.sub("", masked[clause[0] : match.start()]).strip("、 ")
            words = re.sub(r"^(?:推动|实现|确保|扎实推进|推进|做到|达到)", "", words)
            metric = f"未销号{words}数" if value == 0 else f"{words}{_share_name(match[0])}"
            yield TargetReading(
                page.raw(clause[0], match.end()), clause[0], match.end(), metric[:60], "=", value, unit, None, False
            )


def _share_name(words: str) -> str:
    return "覆盖率" if "盖" in words else f"{words.removeprefix('全部')}率"
