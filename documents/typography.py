"""Chinese typography of official texts: punctuation, widths and where a title is divided."""

import re
from functools import cache

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# After these a half-width mark is Chinese punctuation: hanzi, closing quotes and brackets, unit signs.
_CHINESE_BEFORE = f"[{_HAN}》〉」』】〕）”’、，。；：！？…㎡％]"
_HAN_RUN = re.compile(f"[{_HAN}]")
_FULL_WIDTH = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！", "(": "（", ")": "）"}
_MARK_AFTER_CHINESE = re.compile(rf"(?<={_CHINESE_BEFORE})([,:;?!])[ \t]*")
# A list mark after a number or Latin word that goes on in Chinese: 完成80%,其余…; never 1,000 or 10:30.
_MARK_BEFORE_HAN = re.compile(rf"(?<=[0-9A-Za-z%‰)])([,;])[ \t]*(?=[{_HAN}])")


def official_punctuation(text: str) -> str:
    """Return `text` with half-width , : ; ( ) ? ! of Chinese sentences made full-width.

    A mark is changed after a Chinese character (or full-width mark), a bracket when it follows or holds Chinese, and
    both brackets of a pair alike. Numbers, decimals, times, addresses and Latin text stay as they are. Applying it
    twice changes nothing more.
    """
    while True:  # A changed mark is itself Chinese and may change its neighbour.
        changed = _official_brackets(text)
        changed = _MARK_AFTER_CHINESE.sub(lambda match: _FULL_WIDTH[match.group(1)], changed)
        changed = _MARK_BEFORE_HAN.sub(lambda match: _FULL_WIDTH[match.group(1)], changed)
        if changed == text:
            return text
        text = changed


def _official_brackets(text: str) -> str:
    """Make the brackets full-width that follow Chinese or hold it, in pairs."""
    characters = list(text)
    opened: list[int] = []
    for index, character in enumerate(characters):
        if character in "(（":
            opened.append(index)
        elif character in ")）":
            start = opened.pop() if opened else None
            if _is_chinese_bracket(characters, start, index):
                characters[index] = "）"
                if start is not None:
                    characters[start] = "（"
    for start in opened:
        if start and re.match(_CHINESE_BEFORE, characters[start - 1]):
            characters[start] = "（"
    return "".join(characters)


def _is_chinese_bracket(characters: list[str], start: int | None, end: int) -> bool:
    if start is None:
        return end > 0 and re.match(_CHINESE_BEFORE, characters[end - 1]) is not None
    if "（" in characters[start] or "）" in characters[end]:
        return True
    if start and re.match(_CHINESE_BEFORE, characters[start - 1]):
        return True
    return _HAN_RUN.search("".join(characters[start + 1 : end])) is not None


# Width of Latin letters and digits (字) in 仿宋, and in the bolder faces of titles.
_LATIN_WIDTH, TITLE_LATIN_WIDTH = 0.5, 0.6


def text_width(text: str, latin: float = _LATIN_WIDTH) -> float:
    """Return the width of `text` in characters (字): Chinese and full-width count 1, Latin and digits `latin`."""
    return sum(latin if ord(character) < 0x2000 else 1 for character in text)


# Words after which, and before which, a title may be divided without tearing a word.
_ENDS = (
    *("委员会", "办公室", "人民政府", "政府", "指挥部", "管理局", "大队", "街道", "集团", "公司"),
    *("部门", "单位", "年度", "季度", "月份", "安全生产", "工作要点", "工作", "任务", "情况", "事项", "问题"),
    *("隐患", "整治", "行动", "检查", "的", "和", "及", "与", "、", "，", "》", "”", "）", "〕"),
)
_STARTS = (
    *("关于", "开展", "做好", "加强", "落实", "报送", "督促", "提醒", "督办", "办理", "逾期", "有关", "重点"),
    *("印发", "进一步", "安全生产", "工作要点", "任务", "《", "“", "（"),
)
_NEVER_STARTS = "的了、，。；：？！）》”’〕】"
_NEVER_ENDS = "（《“‘〔【"
_NEVER = 100.0
_PAIRS = {"《": "》", "（": "）", "〔": "〕", "“": "”"}


def title_lines(title: str, per_line: int = 20) -> tuple[str, ...]:
    """Divide a title into lines of at most `per_line` characters, by meaning and of like length (7.3.1).

    Line breaks in `title` are kept as the author's own; lines that are still too long are divided further.
    """
    lines: list[str] = []
    for part in title.splitlines():
        if part.strip():
            lines.extend(_divide(" ".join(part.split()), per_line))
    return tuple(lines)


def _divide(text: str, per_line: int) -> list[str]:
    width = text_width(text, TITLE_LATIN_WIDTH)
    if width <= per_line:
        return [text]
    fewest = -int(-width // per_line)
    for count in (fewest, fewest + 1):
        if lines := _best_lines(text, count, per_line):
            return lines
    return [text[start : start + per_line] for start in range(0, len(text), per_line)]


def _best_lines(text: str, count: int, per_line: int) -> list[str] | None:
    """Return `text` in `count` lines at the least cost of breaks and unlike lengths; None if it does not fit."""
    even = text_width(text, TITLE_LATIN_WIDTH) / count

    @cache
    def best(start: int, left: int) -> tuple[float, list[str]] | None:
        ends = [len(text)] if left == 1 else range(start + 2, min(len(text), start + 2 * per_line + 1))
        found: tuple[float, list[str]] | None = None
        for end in ends:
            line = text[start:end]
            own = text_width(line, TITLE_LATIN_WIDTH)
            cost = 0 if left == 1 else _break_cost(text, end)
            if own > per_line or cost >= _NEVER:
                continue
            rest = (0, []) if left == 1 else best(end, left - 1)
            if rest is None:
                continue
            total = cost + 0.25 * (own - even) ** 2 + rest[0]
            if found is None or total < found[0]:
                found = total, [line, *rest[1]]
        return found

    solution = best(0, count)
    return solution[1] if solution else None


def _break_cost(text: str, cut: int) -> float:
    """Return how much dividing `text` before index `cut` hurts: 0 between words, `_NEVER` not at all."""
    before, after = text[:cut], text[cut:]
    if after[0] in _NEVER_STARTS or before[-1] in _NEVER_ENDS or (before[-1] + after[0]).isascii():
        return _NEVER
    inside = any(before.count(left) > before.count(right) for left, right in _PAIRS.items())
    tears_number = before[-1].isascii() and after[0] in "年月日号个项%"
    if after.startswith("关于") and not inside:
        return 0
    known = not before.endswith("关于") and (before.endswith(_ENDS) or after.startswith(_STARTS))
    return (2 if known else 9) + (8 if inside else 0) + (50 if tears_number else 0)
