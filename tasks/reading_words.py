"""The reader's codes in the office's words."""

import re

DEADLINE_KINDS = {
    "date": "具体日期",
    "month_end": "月底",
    "year_end": "年底",
    "plan_year": "年内",
    "season": "季节性时限",
    "recurring": "周期性要求",
    "named_period": "特定时段",
    "relative": "相对时限",
    "ongoing": "持续推进",
}
PERIODS = {
    "year": "每年",
    "half_year": "每半年",
    "quarter": "每季度",
    "month": "每月",
    "ten_days": "每旬",
    "week": "每周",
    "day": "每日",
}
UNIT_ROLES = {
    "lead": "牵头",
    "responsible": "责任单位",
    "cooperate": "配合",
    "implement": "落实",
    "mentioned": "文中提及",
}
CONFIDENCES = {"high": "把握大", "medium": "把握一般", "low": "把握小"}
FLAG_KINDS: dict[str, str] = {
    "date_typo": "日期疑有笔误",
    "duplicate_mark": "标点疑重复",
    "duplicate_number": "编号重复",
    "duplicate_word": "文字疑重复",
    "impossible_rate": "比率不合理",
    "letter_for_digit": "字母疑为数字",
    "missing_character": "疑漏字",
    "missing_full_stop": "末尾缺句号",
    "skipped_number": "编号不连续",
    "stray_blank": "多余空格",
    "text_without_item": "文字未归入条目",
    "unbalanced_mark": "标点不成对",
    "wrong_character": "疑有错字",
    "target_range": "数值过大，未能采用",
}

_EVERY = {
    "P1Y": "每年",
    "P6M": "每半年",
    "P3M": "每季度",
    "P1M": "每月",
    "P10D": "每旬",
    "P1W": "每周",
    "P7D": "每周",
    "P1D": "每日",
}
_DURATION = re.compile(r"P(\d+)([YMWD])")
_UNITS = {"Y": "年", "M": "个月", "W": "周", "D": "天"}


def frequency(duration: str) -> str:
    """Put an ISO-8601 duration such as P3M into words (每季度)."""
    if duration in _EVERY:
        return _EVERY[duration]
    match = _DURATION.fullmatch(duration)
    return f"每{match[1]}{_UNITS[match[2]]}" if match else "定期"
