"""Units and their roles: brackets and lines that name them, columns of tables, and running text.

Roles: 牵头 → lead, 责任 → responsible, 配合 → cooperate, 落实/分工负责 → implement; a unit that running text only
names is ``mentioned``. Names stay as written: a 、 inside brackets splits nothing (各县(市、区)), unless the bracket
lists whole units (县公安局(县交警大队、县消防大队)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tasks.reader.model import UnitReading, UnitRole
from tasks.reader.page import Page, Span, Taken, closing_bracket, overlaps

_INSIDE = r"(?:[^()\[\]【】\n]|\([^()\n]{0,30}\))"
ROLE_BRACKET = re.compile(
    rf"[(\[【](?={_INSIDE}{{0,300}}?(?:牵头|(?:责任|配合|协办|主办|承办|落实|参与|实施)(?:单位|部门|科室|股室|领导|人)"
    rf"|完成时限|(?:配合|落实|负责|主办|协办|参与|参加)(?=[,;。)\]】])))"
)
_LABELS: tuple[tuple[str, str], ...] = (
    ("deadline", r"(?:完成|办结|整改|办理)?(?:时限|时间|期限)(?:要求|节点)?|时限要求"),
    ("aside", r"(?:牵头|责任|分管|包保|联系)(?:县)?(?:领导|人)|联系人|联系电话"),
    ("lead", r"(?:总?牵头|主办|主管|主责)(?:责任)?(?:单位|部门|科室|股室|处室)?"),
    ("cooperate", r"(?:配合|协办|协同|协作|参与|参加|协助)(?:责任)?(?:单位|部门|科室|股室|处室)?"),
    ("implement", r"(?:落实|实施|执行)(?:责任)?(?:单位|部门|主体)?"),
    ("responsible", r"(?:责任|承办|负责)(?:单位|部门|科室|股室|处室|主体)"),
)
_LABEL = re.compile("|".join(f"(?P<{role}>{pattern})" for role, pattern in _LABELS))
_LABELLED = re.compile(rf"(?:{'|'.join(pattern for _, pattern in _LABELS)})\s*:")
_ROLE_AFTER: tuple[tuple[UnitRole, re.Pattern[str]], ...] = (
    ("lead", re.compile(r"(?:共同|联合|总)?(?:牵头(?:负责|落实|组织|抓总)?|主办|主抓)$")),
    ("cooperate", re.compile(r"(?:积极|共同|协同|分工)?(?:配合(?:落实|做好)?|协办|协助|参与|参加|支持)$")),
    (
        "implement",
        re.compile(
            r"(?:按(?:照)?(?:各自)?(?:职责|职能)?(?:分工)?|分工|分别|具体|共同|抓好|组织)*(?:落实|实施|分工负责|分别负责|组织实施)$"
        ),
    ),
    ("implement", re.compile(r"按(?:照)?(?:各自)?(?:职责|职能)(?:分工)?负责$")),
    ("responsible", re.compile(r"(?:共同|具体)?(?:负责|承办|主责)$")),
)

_DEPARTMENTS = (
    "应急管理|应急|公安|住房和城乡建设|住房城乡建设|住建|交通运输|交通|市场监督管理|市场监管|自然资源和规划|自然资源|规划自然资源|"
    "农业农村|水利|水务|林业和草原|林业|林草|生态环境|教育体育|教育|教体|卫生健康|卫健|民政|文化广电旅游体育|文化广电旅游|文化和旅游|文广旅|文旅|"
    "商务|工业和信息化|工信|经信|发展和改革|发展改革|发改|财政|人力资源和社会保障|人力资源社会保障|人社|司法|城市管理|城管|"
    "行政综合执法|综合行政执法|综合执法|气象|消防救援|消防|交警|海事|邮政管理|供电|统战|民族宗教|民宗|国资|审计|统计|信访|医疗保障|医保|"
    "退役军人事务|退役军人|乡村振兴|粮食和物资储备|粮储|人防|国动|机关事务|行政审批|大数据|烟草|供销|海洋与渔业|渔业|地震|文物|体育|"
    "科技|投资促进|招商|安监|质监|国土|经贸|防汛|森防|减灾|安全生产委员会|编制|组织|宣传|网信"
)
_TAILS = "管理局|监督局|分局|大队|支队|中队|总队|公司|中心|办公室|委员会|管委会|部门|局|委|办|厅|站|所|队|部"
_LEVEL = "各级|本级|县级|市级|区级|镇级|各地|县|市|区|省|镇|乡|旗|州|局"
_COLLECTIVE = (
    r"各(?:县区|县|市|区|地|乡镇|镇街|镇|乡|街道|苏木镇|村|社区|园区|功能区|开发区)(?:\([^()]{1,12}\))?(?:、?街道)?(?:党委|政府|人民政府)?|"
    r"(?:各级|各|县级|市级|区级)?(?:行业|专项)?(?:领域)?(?:有关|相关|主管|监管|责任|成员|直属|业务|职能|属地管理|行业主管|专项监管|行业部门){1,2}"
    r"(?:部门|单位)(?:[和及、]单位)?|各级行业部门|各部门|各单位|消防指导员|乡镇\(街道\)"
)
_MENTION = re.compile(
    rf"(?:{_LEVEL})?(?:安全生产委员会(?:办公室)?|防灾减灾救灾委员会|安委会办公室|综安办(?:\([^()]{{1,6}}\))?|安委会|安委办|减灾委|消安委|"
    rf"防汛抗旱指挥部|森防指|防指|党委会|党组会|政府办公室|委办公室|政府办|委办)(?:成员单位)?|(?:{_COLLECTIVE})|"
    rf"(?:{_LEVEL}|(?<![\u4e00-\u9fff]))(?:{_DEPARTMENTS})(?:{_TAILS})"
)
_PLURAL = re.compile(
    rf"(?P<names>(?:{_DEPARTMENTS})(?:(?:、|和|及)(?:{_DEPARTMENTS})){{1,12}})等?(?:县级|市级|区级|各级|有关|相关|多)?(?P<tail>部门)"
)
_SPEAKING = re.compile(rf"(?:由)?(?P<name>[^,。;:、\s()“”]{{2,24}}?(?:{_TAILS}|单位|政府|镇|街道))(?P<act>牵头)")
_IN_CHARGE = re.compile(r"(?:由|、)(?:\d+名)?(?P<name>[^,。;:、由\d“”]{2,16}?)(?:主管|分管|包保|包联)")
_SUBJECT = re.compile(r"\s*(?:每(?:半年|年|季|月|周|日|天)|负责)")
_LEAD_ACT = re.compile(r"\s*(?:总)?牵头")
_COOPERATE_ACT = re.compile(r"\s*(?:积极|协同)?配合")
_UNIT_END = re.compile(
    r"(?:局|委|办|厅|部|会|处|科|股|室|队|站|所|院|中心|公司|单位|部门|政府|党委|镇|乡|街道|村|社区|园区|开发区|区|县|市|企业|银行|法院|校|大队|协会|集团)(?:\([^()]*\))?$"
)
_ET_CETERA = re.compile(
    r"等(?:\d+|[一二三四五六七八九十]+)?(?:个)?(?:有关|相关|行业|县级|市级|区级|各|主管|监管)*(?:部门|单位|乡镇|企业)*$"
)
_LEADING = re.compile(r"^(?:由|及|和|与|以及|会同|联合|其中)")
_LONGEST_NAME = 60
_LONGEST_SPOKEN = 16
_ROLE_CLAUSE = re.compile(
    r"(?:^|(?<=[。;,\n]))\s*([^,。;:\n]{3,120}?(?:牵头|负责|配合|落实|协助|参与|实施))(?=[。;,\n]|$)"
)
_NOT_A_NAME = re.compile(r"^(?:按(?:照)?.*|等|分工|各自职责.*|无|/|-+|—+|详见.*)$")


def role_brackets(masked: str, start: int, end: int) -> list[Span]:
    """Spans of the brackets between two offsets that name units or a time limit, brackets included."""
    found: list[Span] = []
    position = start
    while True:
        match = ROLE_BRACKET.search(masked, position, end)
        if match is None:
            return found
        close = closing_bracket(masked, match.start(), end)
        stop = end if close is None else close + 1
        found.append((match.start(), stop))
        position = max(stop, match.end())


def role_lines(masked: str, start: int, end: int, brackets: Sequence[Span]) -> list[Span]:
    """Spans outside brackets that begin with a label (责任单位:…) and run to the sentence's or line's end."""
    found: list[Span] = []
    for match in _LABELLED.finditer(masked, start, end):
        free = not overlaps(*match.span(), (*brackets, *found))
        at_start = match.start() == start or masked[match.start() - 1] in " \n。;:,)“*"
        if free and at_start:
            stop = re.compile(r"[。\n]").search(masked, match.end(), end)
            found.append((match.start(), stop.start() if stop else end))
    return found


def read_roles(page: Page, masked: str, start: int, end: int) -> tuple[list[UnitReading], list[Span]]:
    """Read the inside of a role bracket or a labelled line: its units, and the spans where a deadline is asked for."""
    units: list[UnitReading] = []
    slots: list[Span] = []
    pending: list[Span] = []
    role: str = ""
    inner_start = start + 1 if masked[start] in "([【" else start
    inner_end = end - 1 if inner_start > start and masked[end - 1] in ")]】" else end
    for piece_start, piece_end in _split(masked, inner_start, inner_end, ",;。\n :、"):
        label = _label(masked, piece_start, piece_end)
        if label is not None:
            units.extend(_named(page, pending, role))
            pending, role = [], label
        elif role == "deadline":
            slots.append((piece_start, piece_end))
        elif role != "aside":
            name_end, spoken = _spoken_role(masked, piece_start, piece_end)
            if name_end > piece_start:
                pending.append((piece_start, name_end))
            if spoken is not None:
                units.extend(_named(page, pending, spoken))
                pending = []
    units.extend(_named(page, pending, role or "responsible"))
    return units, slots


def column_units(page: Page, masked: str, start: int, end: int, role: UnitRole) -> list[UnitReading]:
    """Units of a table cell, separated by marks or blanks."""
    return _named(page, list(_split(masked, start, end, ",;。、/\n\t ")), role)


def mentioned_units(page: Page, masked: str, texts: Sequence[Span], taken: Sequence[Span]) -> list[UnitReading]:
    """Units that running text names, each once; the one that leads, assists or does so much each month has its role."""
    found: list[UnitReading] = []
    claimed = Taken(taken)
    for start, end in texts:
        for unit in _clause_roles(page, masked, start, end):
            if not claimed.touches(unit.start, unit.end):
                claimed.add(unit.start, unit.end)
                found.append(unit)
        for match in _PLURAL.finditer(masked, start, end):
            if claimed.touches(*match.span()):
                continue
            claimed.add(*match.span())
            role: UnitRole = (
                "responsible"
                if re.match(r"(?:要|应|负责|落实|按)", masked[match.end() : match.end() + 2])
                else "mentioned"
            )
            for name in re.split(r"[、和及]", match["names"]):
                found.append(UnitReading(name + match["tail"], role, *match.span()))
        for match in _MENTION.finditer(masked, start, end):
            if not claimed.touches(*match.span()):
                claimed.add(*match.span())
                found.append(UnitReading(page.raw(*match.span()), _act(masked, match, start), *match.span()))
        spoken: list[tuple[re.Match[str], UnitRole]] = [
            (match, "lead") for match in _SPEAKING.finditer(masked, start, end)
        ]
        spoken += [(match, "responsible") for match in _IN_CHARGE.finditer(masked, start, end)]
        for match, given in spoken:
            span = match.span("name")
            if not claimed.touches(*span):
                claimed.add(*span)
                found.append(UnitReading(page.raw(*span), given, *span))
    return _once(sorted(found, key=lambda unit: unit.start))


def _clause_roles(page: Page, masked: str, start: int, end: int) -> Iterator[UnitReading]:
    """Clauses that say no more than who does it: 由县应急局牵头, 县人社局、县总工会配合."""
    for match in _ROLE_CLAUSE.finditer(masked, start, end):
        name_end, role = _spoken_role(masked, *match.span(1))
        pieces = list(_split(masked, match.start(1), name_end, "、"))
        units = _named(page, pieces, role or "")
        if units and all(_UNIT_END.search(unit.name) and len(unit.name) <= _LONGEST_SPOKEN for unit in units):
            yield from units


def _act(masked: str, match: re.Match[str], start: int) -> UnitRole:
    """The role that the words after a unit give it."""
    if _LEAD_ACT.match(masked, match.end()):
        return "lead"
    if _COOPERATE_ACT.match(masked, match.end()):
        return "cooperate"
    opens_clause = match.start() == start or masked[match.start() - 1] in "。;,、\n "
    return "responsible" if opens_clause and _SUBJECT.match(masked, match.end()) else "mentioned"


def _once(units: Sequence[UnitReading]) -> list[UnitReading]:
    """Keep the first naming of each unit, or the one with a role."""
    kept: dict[str, UnitReading] = {}
    for unit in units:
        before = kept.get(unit.name)
        if before is None or (before.role == "mentioned" and unit.role != "mentioned"):
            kept[unit.name] = unit
    return list(kept.values())


def _label(masked: str, start: int, end: int) -> str | None:
    match = _LABEL.fullmatch(re.sub(r"\s", "", masked[start:end]))
    following = masked[end : end + 1]
    return match.lastgroup if match and following == ":" else None


def _spoken_role(masked: str, start: int, end: int) -> tuple[int, str | None]:
    """Part 县住建局牵头 into the name's end and its role."""
    text = masked[start:end]
    for role, pattern in _ROLE_AFTER:
        match = pattern.search(text)
        if match:
            return start + len(text[: match.start()].rstrip()), role
    return end, None


def _split(masked: str, start: int, end: int, marks: str) -> Iterator[Span]:
    """Spans between separating marks that stand outside brackets; blanks separate only when among the marks."""
    depth = 0
    begin = start
    for index in range(start, end + 1):
        character = masked[index] if index < end else marks[0]
        if character in "([【":
            depth += 1
        elif character in ")]】":
            depth = max(0, depth - 1)
        elif index == end or (depth == 0 and character in marks):
            if masked[begin:index].strip():
                yield (
                    begin + len(masked[begin:index]) - len(masked[begin:index].lstrip()),
                    begin + len(masked[begin:index].rstrip()),
                )
            begin = index + 1


def _named(page: Page, pieces: Sequence[Span], role: str) -> list[UnitReading]:
    """Turn pieces of a list into units: 等 and what follows it dropped, brackets that list units opened."""
    found: list[UnitReading] = []
    for start, end in pieces:
        for name_start, name_end in _names(page.plain, start, end):
            name = re.sub(r"\s", "", page.raw(name_start, name_end))
            if name and role in {"lead", "responsible", "cooperate", "implement"}:
                found.append(UnitReading(name, role, name_start, name_end))  # type: ignore[arg-type]
    return found


def _names(plain: str, start: int, end: int) -> Iterator[Span]:
    text = plain[start:end]
    leading = _LEADING.match(text)
    if leading and len(text) > leading.end() + 1:
        start += leading.end()
        text = plain[start:end]
    trailing = _ET_CETERA.search(text)
    if trailing:
        end = start + trailing.start()
        text = plain[start:end]
    if not 2 <= len(text) <= _LONGEST_NAME or _NOT_A_NAME.match(text):
        return
    bracket = re.fullmatch(r"([^()]{2,})\(([^()]+)\)", text)
    if (
        bracket
        and "、" in bracket[2]
        and all(_UNIT_END.search(part) and len(part) > 2 for part in bracket[2].split("、"))
    ):
        yield start, start + len(bracket[1])
        yield from _split(plain, start + len(bracket[1]) + 1, end - 1, "、")
        return
    for joint in re.finditer(r"[和及]", text):
        left, right = text[: joint.start()], text[joint.end() :]
        if _UNIT_END.search(left) and _UNIT_END.search(right) and len(left) > 1 and len(right) > 1:
            yield start, start + joint.start()
            yield from _names(plain, start + joint.end(), end)
            return
    yield start, end


def split_glued(unit: UnitReading, known: frozenset[str]) -> tuple[UnitReading, UnitReading] | None:
    """Part a name made of two other names of the document with their separator lost; None when it is one name."""
    for cut in range(2, len(unit.name) - 1):
        left, right = unit.name[:cut], unit.name[cut:]
        if left in known and right in known and unit.end - unit.start == len(unit.name):
            middle = unit.start + cut
            return UnitReading(left, unit.role, unit.start, middle), UnitReading(right, unit.role, middle, unit.end)
    return None
