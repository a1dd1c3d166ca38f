"""Title, year, issuer, document number and date: what stands above the first numbered point."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.reader.numerals import chinese_number
from tasks.reader.page import Line, Page

_KINDS = (
    "工作要点|要点|重点任务|任务|工作计划|计划|工作方案|方案|工作安排|安排|清单|分解表|一览表|安排表|责任表|任务表|计划表|"
    "任务书|责任书|台账|实施意见|意见|工作目标|目标|工作部署|部署|工作举措|措施|专项行动|行动|规划|工作思路|思路"
)
_KIND_END = re.compile(rf"(?:{_KINDS})(?:\(.{{1,12}}\))?$")
_NOTICE_END = re.compile(r"的?(?:通知|函|批复|通报|决定|公告)(?:\(.{1,12}\))?$")
_NO_TITLE = re.compile(r"[。;!?:|\t]|^(?:各|现|为|按照|根据|经|附件|抄送|关于下列)|现(?:把|将)|请(?:结合|认真|遵照)")
_YEAR = re.compile(r"(20\d{2}|二[〇零○]\S{2})\s*[-—~至]?\s*(?:20\d{2})?\s*年")
_DATE_ONLY = re.compile(
    r"(20\d{2}|二[〇零○O]\S{2})年([\d一二三四五六七八九十]{1,2})月([\d一二三四五六七八九十]{1,3})日"
)
_NUMERIC_DATE = re.compile(r"(20\d{2})[-/.](\d{1,2})[-/.](\d{1,2})")
_DATE_LABEL = re.compile(r"(?:成文日期|发文日期|印发日期|发布日期|生成日期|公开日期|发布时间|时间|日期)\s*:\s*")
_ISSUER_LABEL = re.compile(r"(?:发布机构|发文机关|发文单位|发布单位)\s*:\s*([^\s:]{3,30})")
_NUMBER = re.compile(
    r"([\u4e00-\u9fffX*]{1,15})\s*[〔\[(【]\s*(20\d{2}|X+|\*+)\s*[〕\])】]\s*(?:第\s*)?(\d{1,4}|X+|\*+)\s*号"
)
_UNIT_TAIL = re.compile(r"(?:局|委|委员会|办公室|办|厅|部|政府|大队|中心|公司|党委|镇|乡|街道|站|所|院)$")
_LONG_HEAD = 110  # a head line longer than this is text pasted as one line: blanks part its pieces


@dataclass(frozen=True, slots=True)
class Header:
    """The facts of the document's head; ``lines`` are the offsets of the lines the title stands on."""

    title: str
    title_lines: tuple[Line, ...]
    plan_year: int | None
    issuer: str | None
    doc_number: str | None
    issued: str | None


def read_header(page: Page, head: Sequence[Line], tail: Sequence[Line], furniture: Sequence[Line]) -> Header:
    """Read the head ``head`` (lines above the first mark, without noise), the signature in ``tail`` and the portal's
    labelled lines among ``furniture``.
    """
    pieces = _pieces(page, head)
    title, lines = _title(pieces)
    labelled = "\n".join(line.text for line in furniture)
    number = _NUMBER.search("\n".join(line.text for line in (*pieces[:8], *furniture)))
    issued, signed = _signature([*pieces, *tail])
    issued = _labelled_date(labelled) or issued
    issuer_label = _ISSUER_LABEL.search(labelled)
    return Header(
        title=re.sub(r"\s|^#+|\*\*", "", title),
        title_lines=lines,
        plan_year=_plan_year(page, title, pieces, number, issued),
        issuer=issuer_label[1] if issuer_label else signed,
        doc_number=re.sub(r"\s", "", number[0]) if number else None,
        issued=issued,
    )


def _pieces(page: Page, head: Sequence[Line]) -> list[Line]:
    """The head's lines; a very long one is parted at its blanks."""
    pieces: list[Line] = []
    for line in head:
        if len(line.text) <= _LONG_HEAD:
            pieces.append(line)
            continue
        for match in re.finditer(r"\S+", line.text):
            start = line.start + match.start()
            pieces.append(Line(start, start + len(match[0]), match[0]))
    return pieces


def _title(pieces: Sequence[Line]) -> tuple[str, tuple[Line, ...]]:
    """Choose the plan's own title: a kind of plan at its end counts, a year counts, 通知 counts against it."""
    best: tuple[int, str, tuple[Line, ...]] = (0, "", ())
    for index, line in enumerate(pieces):
        candidates: list[tuple[str, tuple[Line, ...]]] = [(line.text, (line,))]
        for extra in (1, 2):
            wrapped = tuple(pieces[index : index + extra + 1])
            if len(wrapped) == extra + 1 and _wraps(wrapped):
                candidates.append(("".join(part.text for part in wrapped), wrapped))
        for text, lines in candidates:
            score = _title_score(text)
            if score and score + len(lines) - 1 >= best[0]:
                best = (score + len(lines) - 1, text, lines)
    if not best[1] and pieces and not _NO_TITLE.search(pieces[0].text) and 4 <= len(pieces[0].text) <= 40:
        first = pieces[0]
        if not _DATE_ONLY.fullmatch(first.text) and not _NUMBER.fullmatch(first.text):
            return first.text, (first,)
    return _own_title(best[1]), best[2]


def _wraps(lines: Sequence[Line]) -> bool:
    """Whether a title runs over these lines: the first parts do not end it and the next do not begin one."""
    first, rest = lines[0], lines[1:]
    if _KIND_END.search(first.text) or any(
        _NO_TITLE.search(line.text) or _DATE_ONLY.search(line.text) for line in lines
    ):
        return False
    if _NUMBER.search(first.text) or not (_YEAR.search(first.text) or "关于" in first.text):
        return False
    return all(len(line.text) <= 30 and not _YEAR.search(line.text) for line in rest)


def _title_score(text: str) -> int:
    compact = re.sub(r"\s", "", text)
    if not 4 <= len(compact) <= 70 or _NO_TITLE.search(text) or _DATE_ONLY.fullmatch(compact):
        return 0
    if _KIND_END.search(compact):
        return 6 + (3 if _YEAR.search(compact) else 0)
    if _NOTICE_END.search(compact):
        return 2 + (1 if _YEAR.search(compact) else 0)
    return 0


def _own_title(title: str) -> str:
    """For 关于印发《…》的通知 the title inside the marks."""
    inner = re.search(r"印发.*?《(.+?)》", title)
    return inner[1] if inner and _KIND_END.search(inner[1]) else title


def _plan_year(
    page: Page, title: str, pieces: Sequence[Line], number: re.Match[str] | None, issued: str | None
) -> int | None:
    """The plan's year: from its title, else its head, its document number, its date, or the year named most often."""
    for text in (title, *(line.text for line in pieces if _title_score(line.text))):
        match = _YEAR.search(text)
        if match:
            return _year(match[1])
    if number and number[2].isdigit():
        return int(number[2])
    if issued:
        return int(issued[:4])
    named = Counter(re.findall(r"(20\d{2})年", page.plain[:20_000]))
    return int(named.most_common(1)[0][0]) if named else None


def _signature(lines: Sequence[Line]) -> tuple[str | None, str | None]:
    """The date that stands alone on a line, and the unit on the line above it."""
    for index, line in enumerate(lines):
        compact = re.sub(r"\s", "", line.text).strip("()")
        match = _DATE_ONLY.fullmatch(compact)
        if match is None:
            continue
        above = re.sub(r"\s", "", lines[index - 1].text) if index else ""
        unit = above if len(above) <= 40 and _UNIT_TAIL.search(above) and not re.search(r"[,。:;]", above) else None
        return _iso(match), unit
    return None, None


def _labelled_date(text: str) -> str | None:
    for label in _DATE_LABEL.finditer(text):
        match = _NUMERIC_DATE.match(text, label.end()) or _DATE_ONLY.match(text, label.end())
        if match:
            return _iso(match)
    return None


def is_signature_date(text: str) -> bool:
    """Whether a line is nothing but a full date."""
    return _DATE_ONLY.fullmatch(re.sub(r"\s", "", text).strip("()")) is not None


def is_unit_name(text: str) -> bool:
    """Whether a short line is nothing but a unit's name, as above a signature's date."""
    return len(text) <= 40 and _UNIT_TAIL.search(text) is not None and not re.search(r"[,。:;、\d]", text)


def _iso(match: re.Match[str]) -> str | None:
    year, month, day = _year(match[1]), _whole(match[2]), _whole(match[3])
    if year is None or not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return f"{year:04d}-{month:02d}-{day:02d}"


def _year(text: str) -> int | None:
    value = int(text) if text.isdigit() else chinese_number(text.replace("○", "〇").replace("O", "〇"))
    return value if value is not None and 2000 <= value <= 2099 else None


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else (chinese_number(text) or 0)
