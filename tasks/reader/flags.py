"""Doubtful places for a person to look at. Nothing is corrected: each flag carries a proposal at most."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from tasks.reader.model import Confidence, FlagReading, ItemReading
from tasks.reader.page import Page, Span, overlaps

_HAN = "\u4e00-\u9fff"
Suggest = Callable[["re.Match[str]"], str | None]

# Slips met in office texts: kind, pattern, proposal, confidence. Each pattern is a short general phrase of the field.
_SLIPS: tuple[tuple[str, str, Suggest, Confidence], ...] = (
    (
        "date_typo",
        r"(?<!\d)(20\d{2})(1[0-2]|[1-9])(月(?:\d{1,2}日|份?[底末])?前?)",
        lambda m: f"{m[1]}年{m[2]}{m[3]}",
        "high",
    ),
    (
        "letter_for_digit",
        r"(?<![A-Za-z\d])\d[\dOo]{0,8}?[Oo][\dOo]{0,8}(?=[%‰万余个项家次场人名户处台套份支公])(?:%|‰)?",
        lambda m: re.sub("[Oo]", "0", m[0]),
        "high",
    ),
    ("letter_for_digit", r"(?<![A-Za-z\d])[Oo]\.\d+%?", lambda m: "0" + m[0][1:], "high"),
    ("missing_character", r"[“\"][2-9]\s*100%[”\"]?", lambda m: re.sub(r"([2-9])\s*100", r"\1个100", m[0]), "high"),
    ("wrong_character", r"不[少低]干[\d一-十]{1,6}[^\s,。;、]?", lambda m: m[0].replace("干", "于"), "high"),
    ("wrong_character", r"\d{1,6}场此", lambda m: m[0].replace("此", "次"), "high"),
    ("wrong_character", r"全[复腹]盖", lambda m: "全覆盖", "high"),
    (
        "wrong_character",
        r"[跟根]新(?=改造|升级|维护|完善|台账)(?:改造|升级|维护|完善)?",
        lambda m: "更新" + m[0][2:],
        "high",
    ),
    ("wrong_character", r"布署", lambda m: "部署", "high"),
    ("wrong_character", r"按排", lambda m: "安排", "high"),
    ("wrong_character", r"帐(?=号|户|本)|台帐|销帐", lambda m: m[0].replace("帐", "账"), "medium"),
    ("wrong_character", r"截止(?=\d|20|目前|[一二三四五六七八九十]+月)", lambda m: "截至", "medium"),
    ("wrong_character", r"泄露(?=引发|爆炸|事故|着火|起火|中毒)", lambda m: "泄漏", "medium"),
    ("wrong_character", r"隐[换患]排[茶查](?<!隐患排查)", lambda m: "隐患排查", "high"),
    ("wrong_character", r"[低底]钱前?|底签", lambda m: "底前", "medium"),
    ("missing_character", r"分析判(?!断|定|别|明)[^\s,。;]{0,2}", lambda m: "分析研判" + m[0][3:], "high"),
    ("missing_character", r"[“\"]?双随机[、,]?公开[”\"]?", lambda m: "“双随机、一公开”", "high"),
    ("missing_character", r"(?<=[“三])三管必须|三管三必需", lambda m: "三管三必须", "high"),
    ("missing_character", rf"责任落实(?=各|每)[{_HAN}]{{1,8}}", lambda m: m[0].replace("落实", "落实到"), "high"),
    ("duplicate_word", r"(达标率)达(\d+%)", lambda m: f"{m[1]}{m[2]}", "low"),
    (
        "duplicate_word",
        rf"([{_HAN}])(?<![的天人家一各种层级步常慢处时事])\1(?=进行|开展|加强|组织|推进|落实)",
        lambda m: m[1],
        "low",
    ),
    ("duplicate_mark", r"([,。;、])\1+|[,;、]。|。[,;、]", lambda m: m[0][-1] if m[0][0] != "。" else "。", "medium"),
)
_COMPILED = [(kind, re.compile(pattern), suggest, sure) for kind, pattern, suggest, sure in _SLIPS]
_STRAY_BLANK = re.compile(rf"[{_HAN}、]{{1,2}}[ \u3000]+[{_HAN}]{{1,2}}")
_PAIRS = {"(": ")", "“": "”", "《": "》", "【": "】"}
_OVER = re.compile(r"率(?:达到?|为|不低于|≥)?\s*(\d{3,}(?:\.\d+)?)%")


def slips(page: Page, spans: Sequence[Span]) -> list[FlagReading]:
    """Flag known slips of the pen and numbers that cannot be, inside ``spans``."""
    found: list[FlagReading] = []
    for start, end in spans:
        for kind, pattern, suggest, sure in _COMPILED:
            for match in pattern.finditer(page.plain, start, end):
                if not overlaps(*match.span(), [(flag.start, flag.end) for flag in found[-8:]]):
                    found.append(_flag(page, *match.span(), kind, suggest(match), sure))
        for match in _OVER.finditer(page.plain, start, end):
            if float(match[1]) > 100:
                found.append(_flag(page, *match.span(), "impossible_rate", None, "high"))
    return found


def stray_blanks(page: Page, spans: Sequence[Span]) -> Iterator[FlagReading]:
    """Flag blanks between two Chinese characters of running text."""
    for start, end in spans:
        for match in _STRAY_BLANK.finditer(page.plain, start, end):
            joined = re.sub(r"[ \u3000]", "", page.raw(*match.span()))
            yield _flag(page, *match.span(), "stray_blank", joined, "high")


def unbalanced(page: Page, spans: Sequence[Span]) -> Iterator[FlagReading]:
    """Flag brackets and quotation marks without their partner in the same paragraph."""
    closers = {close: opening for opening, close in _PAIRS.items()}
    for start, end in spans:
        open_marks: list[tuple[str, int]] = []
        for index in range(start, end):
            character = page.plain[index]
            if character in _PAIRS:
                open_marks.append((character, index))
            elif character in closers:
                if open_marks and open_marks[-1][0] == closers[character]:
                    open_marks.pop()
                elif any(mark == closers[character] for mark, _ in open_marks):
                    while open_marks and open_marks[-1][0] != closers[character]:
                        yield _around(page, open_marks.pop()[1], start, end)
                    open_marks.pop()
                elif not _is_list_mark(page, index):
                    yield _around(page, index, start, end)
        for _, index in open_marks:
            yield _around(page, index, start, end)


def numbering(page: Page, items: Sequence[ItemReading]) -> Iterator[FlagReading]:
    """Flag a number that repeats or skips among the items of one section or parent."""
    last: dict[tuple[str | None, str | None, bool], ItemReading] = {}
    for item in items:
        key = (item.section, item.parent, bool(item.marker))
        before = last.get(key)
        if before is not None and item.marker and _style(before.marker) == _style(item.marker):
            if item.number == before.number:
                raw = page.raw(item.start, min(item.end, item.start + len(item.marker) + 8))
                proposal = raw.replace(str(item.number), str(item.number + 1), 1)
                yield _flag(page, item.start, item.start + len(raw), "duplicate_number", proposal, "high")
            elif item.number > before.number + 1:
                end = item.start + len(item.marker)
                yield _flag(page, item.start, end, "skipped_number", None, "medium")
        last[key] = item


def missing_stops(page: Page, items: Sequence[ItemReading], left_out: frozenset[str]) -> Iterator[FlagReading]:
    """Flag running text that ends without a full stop although most items end with one.

    ``left_out`` are the ids of table rows and of items that end with a line of units.
    """
    texts = [item for item in items if item.id not in left_out and item.end - item.start > 30]
    stopped = sum(1 for item in texts if page.plain[item.end - 1] in "。)!?;”")
    if stopped * 2 <= len(texts):
        return
    for item in texts:
        if re.match(rf"[{_HAN}\d%]", page.plain[item.end - 1]):
            start = max(item.start, item.end - 5)
            yield _flag(page, start, item.end, "missing_full_stop", page.raw(start, item.end) + "。", "high")


def loose_text(page: Page, spans: Sequence[Span]) -> Iterator[FlagReading]:
    """Flag paragraphs that stand under no item, so that a person decides whether they are tasks."""
    for start, end in spans:
        yield _flag(page, start, end, "text_without_item", None, "low")


def _style(marker: str) -> str:
    return re.sub(r"[\d一二三四五六七八九十百]+", "0", marker)


def _is_list_mark(page: Page, index: int) -> bool:
    """1) and a) need no opening bracket."""
    return (
        re.search(r"(?:^|[\s。;:,])[\da-zA-Z一二三四五六七八九十]{1,2}$", page.plain[max(0, index - 4) : index])
        is not None
    )


def _around(page: Page, index: int, start: int, end: int) -> FlagReading:
    left, right = max(start, index - 6), min(end, index + 4)
    return _flag(page, left, right, "unbalanced_mark", None, "medium")


def _flag(page: Page, start: int, end: int, kind: str, suggested: str | None, sure: Confidence) -> FlagReading:
    return FlagReading(start, end, page.raw(start, end), kind, suggested, sure)
