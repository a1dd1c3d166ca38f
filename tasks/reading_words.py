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
    "page_without_text": "本页是图片，没有读到文字",
}
NOISE_KINDS = {
    "by_hand": "不需分解",
    "page_number": "页码",
    "running_head": "页眉",
    "running_foot": "页脚",
    "watermark": "水印",
    "contents": "目录",
    "page_without_text": "图片页",
    "button": "网页按钮",
    "word_count": "字数",
    "paywall": "网站提示",
    "navigation": "网站导航",
    "copyright": "版权信息",
    "image_caption": "图片说明",
    "table_rule": "表格线",
    "table_header": "表头",
    "rule_line": "分隔线",
    "page_date": "发布日期",
    "portal_meta": "网站信息",
    "site_meta": "来源信息",
    "site_name": "网站名称",
    "colophon_cc": "抄送",
    "colophon_printed": "印发信息",
    "release_note": "公开属性",
    "repeated_title": "重复标题",
    "attachment_list": "附件目录",
    "attachment_label": "附件标记",
    "signature": "落款",
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
