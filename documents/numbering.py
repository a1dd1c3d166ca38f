"""Numbers and dates as official documents write them (GB/T 9704-2012, 7.2.5, 7.3.3, 7.3.5.4)."""

import re
from datetime import date

from core.errors import UserError

_DIGITS = "零一二三四五六七八九"
_CODE = re.compile(r"[\u4e00-\u9fff]{2,12}")


def validate_code(code: str) -> str:
    """Return the 机关代字 without surrounding blanks.

    Raises:
        UserError: if it is not 2–12 Chinese characters, or carries the words the number itself adds.
    """
    code = code.strip()
    if not code:
        raise UserError("请填写机关代字，例如“东安办函”。")
    if not _CODE.fullmatch(code):
        raise UserError(f"机关代字“{code}”只能由2至12个汉字组成，不带年份、括号和“号”，例如“东安办函”。")
    if code.endswith(("第", "号", "字第")):
        raise UserError(f"机关代字“{code}”末尾不要写“第”或“号”，例如“东安办函”。")
    return code


def format_document_number(code: str, year: int, sequence: int) -> str:
    """Return a 发文字号 such as 东安办函〔2026〕5号: six-cornered brackets, no padding, no 第 (7.2.5).

    Args:
        code: 机关代字.
        year: calendar year, four digits.
        sequence: running number within code and year, from 1.

    Raises:
        UserError: if the code, the year or the number is not possible.
    """
    code = validate_code(code)
    if not 1949 <= year <= 9999:
        raise UserError("发文字号的年份应为四位公历年份，例如2026。")
    if sequence < 1:
        raise UserError("发文顺序号应为从1开始的整数。")
    return f"{code}〔{year}〕{sequence}号"


def chinese_numeral(number: int) -> str:
    """Return 1–99 in Chinese characters as ordinals use them: 一, 十, 十一, 二十.

    Raises:
        ValueError: outside 1–99.
    """
    if not 1 <= number <= 99:
        raise ValueError(f"no Chinese ordinal for {number}")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def level_ordinal(level: int, number: int) -> str:
    """Return the ordinal before a paragraph of `level` 1–4: 一、 （一） 1. （1）; empty for level 0 (7.3.3).

    Raises:
        ValueError: for another level or a number outside 1–99.
    """
    if level == 0:
        return ""
    if level == 1:
        return f"{chinese_numeral(number)}、"
    if level == 2:
        return f"（{chinese_numeral(number)}）"
    if level in (3, 4) and 1 <= number <= 99:
        return f"{number}." if level == 3 else f"（{number}）"
    raise ValueError(f"no ordinal for level {level}, number {number}")


def official_date(day: date) -> str:
    """Return a date as 2026年2月6日: Arabic numerals, nothing padded (7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"
