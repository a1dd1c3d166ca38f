"""A reading as an outline for a person: counts, sections, items, and what was read in each."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.reader.model import DeadlineReading, FlagReading, ItemReading, Reading, SectionReading, TargetReading

_ROLES = {"lead": "牵头", "responsible": "责任", "cooperate": "配合", "implement": "落实", "mentioned": "提及"}
_EVERY = {
    "P1Y": "每年",
    "P6M": "每半年",
    "P3M": "每季度",
    "P1M": "每月",
    "P10D": "每旬",
    "P1W": "每周",
    "P1D": "每天",
}
_SEASONS = {
    "pre_flood": "汛前",
    "post_flood": "汛后",
    "flood": "汛期",
    "winter_spring": "冬春",
}
_CONFIDENCE = {"high": "把握大", "medium": "存疑", "low": "仅提示"}
_OPERATORS = {">=": "≥", "<=": "≤", "=": "="}


def outline(reading: Reading) -> str:
    """Return the outline as text, one fact a line."""
    return "\n".join(_lines(reading)) + "\n"


def _lines(reading: Reading) -> Iterator[str]:
    yield reading.title or "（未读出标题）"
    facts = [
        f"计划年度：{reading.plan_year}" if reading.plan_year else "计划年度：未读出",
        f"发文机关：{reading.issuer}" if reading.issuer else "",
        f"文号：{reading.doc_number}" if reading.doc_number else "",
        f"成文日期：{reading.issued}" if reading.issued else "",
    ]
    yield "　".join(fact for fact in facts if fact)
    targets = sum(len(item.targets) for item in reading.items) + len(reading.targets)
    deadlines = sum(len(item.deadlines) for item in reading.items) + len(reading.deadlines)
    yield (
        f"章节 {len(reading.sections)} 个，条目 {len(reading.items)} 条，指标 {targets} 项，时限 {deadlines} 处，"
        f"剔除页面文字 {len(reading.noise)} 处，存疑 {len(reading.flags)} 处"
    )
    parts: list[SectionReading | ItemReading] = [*reading.sections, *reading.items]
    for part in sorted(parts, key=lambda part: part.start):
        if isinstance(part, ItemReading):
            yield from _item_lines(part)
        else:
            empty = "" if any(item.section == part.id for item in reading.items) else "（无条目）"
            yield ""
            yield f"{'  ' * (part.level - 1)}{part.marker}{part.title}{empty}"
    yield from _rest_lines(reading)


def _item_lines(item: ItemReading) -> Iterator[str]:
    indent = "  " * (1 + item.id.count("-"))
    yield f"{indent}[{item.id}] {item.marker}{item.title or '（无标题）'}"
    for target in item.targets:
        yield f"{indent}    指标：{_target(target)}"
    for deadline in item.deadlines:
        yield f"{indent}    时限：{_deadline(deadline)}"
    named = [f"{unit.name}（{_ROLES[unit.role]}）" for unit in item.units]
    if named:
        yield f"{indent}    单位：{'、'.join(named)}"
    if item.subtopics:
        yield f"{indent}    分块：{'；'.join(topic.title for topic in item.subtopics)}"


def _rest_lines(reading: Reading) -> Iterator[str]:
    if reading.targets or reading.deadlines:
        yield ""
        yield "不属于任何条目的指标和时限"
        for target in reading.targets:
            yield f"    指标：{_target(target)}"
        for deadline in reading.deadlines:
            yield f"    时限：{_deadline(deadline)}"
    if reading.flags:
        yield ""
        yield "请核对"
        for flag in reading.flags:
            yield f"    {_flag(flag)}"
    if reading.noise:
        yield ""
        yield "已剔除的页面文字"
        for row in reading.noise:
            yield f"    {_one_line(row.text)}"


def _target(target: TargetReading) -> str:
    inferred = "" if target.explicit else "（文中未写数字）"
    value = f"{_OPERATORS[target.operator]} {target.value}{target.unit}{inferred}"
    return f"{_one_line(target.metric)} {value}　←“{_one_line(target.phrase)}”"


def _deadline(deadline: DeadlineReading) -> str:
    if deadline.every:
        often = f" {deadline.min_count} 次" if deadline.min_count else ""
        reach = f"{_EVERY.get(deadline.every, deadline.every)}{often}"
    elif deadline.range:
        reach = f"{deadline.range[0]} 至 {deadline.range[1]}"
    elif deadline.within:
        reach = f"期限 {deadline.within}"
    else:
        reach = deadline.date or _SEASONS.get(deadline.season or "", deadline.season or "持续推进")
    return f"{reach}　←“{_one_line(deadline.phrase)}”"


def _flag(flag: FlagReading) -> str:
    proposal = f" → 建议“{_one_line(flag.suggested)}”" if flag.suggested else ""
    return (
        f"“{_one_line(flag.text)}”{proposal}（{_FLAG_NAMES.get(flag.kind, flag.kind)}，{_CONFIDENCE[flag.confidence]}）"
    )


def _one_line(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= 60 else joined[:59] + "…"


_FLAG_NAMES = {
    "date_typo": "年份后疑漏“年”字",
    "letter_for_digit": "数字中混入字母",
    "missing_character": "疑漏字",
    "wrong_character": "疑错字",
    "duplicate_word": "疑重复",
    "duplicate_mark": "标点重复",
    "stray_blank": "多余空格",
    "unbalanced_mark": "括号或引号不成对",
    "duplicate_number": "序号重复",
    "skipped_number": "序号不连续",
    "missing_full_stop": "句末缺句号",
    "missing_delimiter": "单位之间疑漏顿号",
    "trailing_mark": "末尾多余顿号",
    "impossible_rate": "比率超过 100%",
    "text_without_item": "该段不属于任何条目",
    "no_numbering": "全文没有序号，按段落读取",
}
