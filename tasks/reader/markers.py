"""Numbering marks of Chinese official texts: 第一章, 第一条, 一、, (一), 1., 1.1, (1), ①, 一是.

A mark at the head of a line counts by itself. A mark inside a line counts only after a sentence end or a blank, and
only where it carries on a count (一、 is followed by 二、 somewhere later): texts pasted as one line read that way, and
"按照(一)规定" does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks.reader.numerals import whole_number
from tasks.reader.page import Line

_CN = "[一二三四五六七八九十百]"
# Style name, rank (a smaller rank stands above a larger one), pattern with the number in a group of the style's name.
_STYLES: tuple[tuple[str, int, str], ...] = (
    ("chapter", 0, rf"第(?P<chapter>{_CN}+|\d{{1,2}})(?:章|部分|编|篇)(?!节)[、:\s]*"),
    ("part", 1, rf"第(?P<part>{_CN}+|\d{{1,2}})节[、:\s]*"),
    ("article", 2, rf"第(?P<article>{_CN}+|\d{{1,3}})条(?!第|的|规定|款|、|,)[:\s]*"),
    ("chinese", 3, rf"(?P<chinese>{_CN}{{1,4}})(?:、|\.(?!\d))(?!{_CN}+[类级等产期线次季月年种项方旬])\s*"),
    ("chinese_paren", 4, rf"\((?P<chinese_paren>{_CN}{{1,4}})\)[、.]?\s*"),
    ("enclosed", 4, r"(?P<enclosed>[㈠-㈩])\s*"),
    ("multi", 6, r"(?P<multi>\d{1,2}(?:\.\d{1,2}){1,3})(?:\.|、|(?=[\s\u4e00-\u9fff“《]))\s*"),
    ("decimal", 5, r"(?P<decimal>\d{1,3})(?:\.(?!\d)|、(?!\d))\s*"),
    ("decimal_paren", 7, r"\((?P<decimal_paren>\d{1,2})\)[、.]?\s*"),
    ("half_paren", 7, r"(?P<half_paren>\d{1,2})\)[、.]?\s*"),
    ("circled", 8, r"(?P<circled>[①-⑳⑴-⒇⒈-⒛])\s*"),
    ("bullet", 10, r"(?P<bullet>[●■◆▪◇□➢▲★○]|[-*+•·](?=\s))\s*(?=[\u4e00-\u9fff“《\d])"),
    ("spoken", 9, r"(?P<spoken>[一二三四五六七八九十]{1,2})(?:是(?![否一])|要(?![求素点])|则)[,:]?"),
)
RANK = {name: rank for name, rank, _ in _STYLES} | {"heading": -1}
_MARK = re.compile("|".join(f"(?:{pattern})" for _, _, pattern in _STYLES))
_HEADING = re.compile(r"(?P<hashes>#{2,6})\s+")
_LINE_HEAD = re.compile(r"\s*(?:#{1,6}\s+|[-*+>]\s+|\*\*|__)*")
_BREAKS = re.compile(r"[\s。;:!?)”]")
_SPOKEN_BREAKS = re.compile(r"[\s。;:!?)”,]")
_FULL_WIDTH = str.maketrans("（）．０１２３４５６７８９", "().0123456789")
_LINE_ONLY = frozenset({"chapter", "part", "article", "multi", "bullet"})
_ENCLOSED = {**{chr(0x2460 + n): n + 1 for n in range(20)}, **{chr(0x2474 + n): n + 1 for n in range(20)}}
_ENCLOSED |= {**{chr(0x2488 + n): n + 1 for n in range(20)}, **{chr(0x3220 + n): n + 1 for n in range(10)}}


@dataclass(frozen=True, slots=True)
class Mark:
    """One numbering mark: where it stands, its style, its number and whether it heads its line."""

    start: int
    end: int
    style: str
    number: int
    prefix: str  # the numbers above it in 1.2.3, else empty
    heads_line: bool

    @property
    def rank(self) -> float:
        """The place of the style in the order of levels; deeper levels rank higher."""
        return RANK[self.style] + self.prefix.count(".") / 10


def find_marks(plain: str, lines: Sequence[Line]) -> list[Mark]:
    """Return the marks of ``lines`` in order."""
    candidates: list[Mark] = []
    for line in lines:
        candidates.extend(_candidates(plain, line))
    return _accepted(candidates)


def begins_with_mark(line: str) -> bool:
    """Whether a raw line begins with something that looks like a mark, blanks and full-width forms allowed."""
    head = line[:24].translate(_FULL_WIDTH).lstrip()
    return bool(_MARK.match(head) or _HEADING.match(head))


def leading_mark(text: str) -> int:
    """Length of the mark at the head of a text, blanks included; 0 when it begins without one."""
    plain = text.translate(_FULL_WIDTH)
    blank = len(plain) - len(plain.lstrip())
    match = _HEADING.match(plain, blank) or _MARK.match(plain, blank)
    return match.end() if match else 0


def _candidates(plain: str, line: Line) -> list[Mark]:
    """Every place of a line where a mark could stand."""
    found: list[Mark] = []
    head_match = _LINE_HEAD.match(plain, line.start, line.end)
    head = head_match.end() if head_match else line.start
    match = _MARK.match(plain, head, line.end)
    position = head
    mark = _mark(match, heads_line=True) if match else _unnumbered(plain, line)
    if mark is not None:
        found.append(mark)
        position = mark.end
    for match in _MARK.finditer(plain, position, line.end):
        if match.start() == head:
            continue
        before = plain[match.start() - 1]
        style = match.lastgroup or ""
        breaks = _SPOKEN_BREAKS if style == "spoken" else _BREAKS
        if style not in _LINE_ONLY and breaks.match(before):
            inner = _mark(match, heads_line=False)
            if inner is not None:
                found.append(inner)
    return found


def _unnumbered(plain: str, line: Line) -> Mark | None:
    """A bullet, or a Markdown heading below the first level; their numbers are counted later."""
    heading = _HEADING.match(plain, line.start, line.end)
    if heading:
        return Mark(heading.start(), heading.end(), "heading", 0, "." * len(heading["hashes"]), True)
    bullet = _MARK.match(plain, line.start, line.end)
    if bullet and bullet.lastgroup == "bullet":
        return Mark(bullet.start(), bullet.end(), "bullet", 0, "", True)
    return None


def _mark(match: re.Match[str], *, heads_line: bool) -> Mark | None:
    style = match.lastgroup or ""
    text = match[style]
    prefix = ""
    if style == "bullet":
        return Mark(match.start(), match.end(), style, 0, prefix, heads_line)
    if style == "multi":
        prefix, _, text = text.rpartition(".")
    number = _ENCLOSED.get(text) or whole_number(text)
    if number is None:
        return None
    return Mark(match.start(), match.end(), style, number, prefix, heads_line)


def _accepted(candidates: Sequence[Mark]) -> list[Mark]:
    """Keep the marks that head a line and those inside a line that carry on a count."""
    following = _next_of_style(candidates)
    last: dict[tuple[str, str], int] = {}  # within the points above
    ever: dict[tuple[str, str], int] = {}  # through the whole text: numbers may run on across sections
    kept: list[Mark] = []
    for index, mark in enumerate(candidates):
        key = (mark.style, mark.prefix)
        if mark.style in {"bullet", "heading"}:
            mark = replace(mark, number=last.get(key, 0) + 1)
        strict = not mark.heads_line or mark.style in {"spoken", "multi"}
        continues = mark.number > 1 and mark.number - 1 in (last.get(key), ever.get(key))
        begins = mark.number == 1 and following[index] == 2
        if strict and not continues and not begins:
            continue
        kept.append(mark)
        last = {other: number for other, number in last.items() if RANK[other[0]] <= RANK[mark.style]}
        last[key] = ever[key] = mark.number
    return kept


def _next_of_style(candidates: Sequence[Mark]) -> list[int | None]:
    """For each candidate the number of the next one of its style."""
    following: list[int | None] = [None] * len(candidates)
    ahead: dict[tuple[str, str], int] = {}
    for index in range(len(candidates) - 1, -1, -1):
        mark = candidates[index]
        following[index] = ahead.get((mark.style, mark.prefix))
        ahead[(mark.style, mark.prefix)] = mark.number
    return following
