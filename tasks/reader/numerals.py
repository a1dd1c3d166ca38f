"""Chinese and Arabic numerals as office texts write them, and their values."""

from __future__ import annotations

import re

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}

CHINESE = r"[零〇一二两三四五六七八九十百千]{1,9}"
# A letter O between or after digits is a slip for zero (1OO%, 6O人).
ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d[\dOo]{0,14})(?:\.\d+)?"
_FRACTION = re.compile(r"([零〇一二两三四五六七八九十百千\d]+)分之([零〇一二两三四五六七八九十百千点\d.]+)")
_TENTHS = re.compile(r"([一二三四五六七八九])成(半)?")


def chinese_number(text: str) -> int | None:
    """Value of a Chinese numeral (二十七, 一百二, 二〇二六), or None when it is none."""
    if not text or any(c not in DIGITS and c not in _SMALL and c not in _LARGE for c in text):
        return None
    if all(c in DIGITS for c in text):  # read digit by digit: 二〇二六
        return int("".join(str(DIGITS[c]) for c in text))
    total = section = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in _SMALL:
            section += (digit or 1) * _SMALL[character]
            digit = 0
        else:
            total = (total + section + digit) * _LARGE[character]
            section = digit = 0
    return total + section + digit


def whole_number(text: str) -> int | None:
    """Value of a whole number in either script."""
    if text.isascii() and text.isdigit():
        return int(text)
    return chinese_number(text)


def quantity(text: str) -> float | None:
    """Value of a number with decimals, thousands commas, letter-O slips or a 万/亿 ending; None when it is none."""
    factor = 1
    while text and text[-1] in _LARGE:
        factor *= _LARGE[text[-1]]
        text = text[:-1]
    if re.fullmatch(ARABIC, text):
        value = float(re.sub("[Oo]", "0", text.replace(",", "")))
    else:
        spoken = _spoken(text)
        if spoken is None:
            return None
        value = spoken
    return tidy(value * factor)


def _spoken(text: str) -> float | None:
    """Value of a Chinese numeral that may hold a decimal point (九十八点五)."""
    whole, point, decimals = text.partition("点")
    number = chinese_number(whole)
    if number is None or not point:
        return number
    if not decimals or any(c not in DIGITS for c in decimals):
        return None
    return float(f"{number}.{''.join(str(DIGITS[c]) for c in decimals)}")


def share(text: str) -> float | None:
    """Per cent that a spoken share stands for: 百分之三十, 三分之二, 九成, 一半; rounded to two places."""
    match = _FRACTION.fullmatch(text)
    if match:
        below, above = quantity(match[1]), quantity(match[2])
        return tidy(round(above / below * 100, 2)) if below and above is not None else None
    match = _TENTHS.fullmatch(text)
    if match:
        return DIGITS[match[1]] * 10 + (5 if match[2] else 0)
    return 50 if text in {"一半", "半数"} else None


def tidy(value: float) -> float:
    """An int where the value is whole, else the float without binary dust."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded
