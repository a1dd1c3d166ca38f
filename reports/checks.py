"""The check list before a report is issued: what is not reported, empty, out of date or doubtful."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from documents.numbering import official_date
from reports.comparing import Change, changed_figures
from reports.computing import compose
from reports.facts import Facts, gather
from reports.models import Report
from reports.numbers import stray_numbers
from tasks.models import Task

S = Task.State


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A line of a check: words and, where there is one, the page they lead to."""

    words: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        key: stable name.
        ok: nothing to do.
        blocking: the report cannot be issued as long as it is not ok.
        title: what was checked and found.
        advice: what to do; empty where nothing is to be done.
        rows: what was found, line by line.
    """

    key: str
    ok: bool
    title: str
    blocking: bool = False
    advice: str = ""
    rows: Sequence[CheckRow] = ()


@dataclass(frozen=True, slots=True)
class CheckList:
    """All checks of a draft, and what its figures would change to."""

    checks: list[Check]
    changes: list[Change] = field(default_factory=list)

    @property
    def blocked(self) -> bool:
        """The report cannot be issued now."""
        return any(check.blocking and not check.ok for check in self.checks)

    @property
    def warned(self) -> bool:
        """Something is doubtful: whoever issues has to confirm it."""
        return any(not check.ok and not check.blocking for check in self.checks)


def strays_of(report: Report) -> dict[str, list[str]]:
    """Return, by section, the numbers in its edited text that are none of its figures."""
    found = {}
    for key, text in report.texts.items():
        section = report.content.section(key)
        strays = stray_numbers(report.content, section, text) if section is not None else []
        if strays:
            found[key] = strays
    return found


def check_list(report: Report, today: date) -> CheckList:
    """Check a draft against the data as they are now."""
    facts = gather(report.of, today)
    changes = changed_figures(report.content, compose(facts, report.correction_reason))
    checks = [
        _ended(report, today),
        _current(changes),
        _unreported(facts),
        _waiting(facts),
        _empty(report),
        _doubtful(report),
        _numbered(report),
    ]
    return CheckList(checks, changes)


def _ended(report: Report, today: date) -> Check:
    end = report.of.period.end
    if today < end:
        advice = f"季度最后一天（{official_date(end)}）起才能签发；届时请重新计算数字。"
        return Check("ended", False, f"季度尚未结束，数字只截至{official_date(report.as_of)}。", True, advice)
    return Check("ended", True, "季度已结束，数字截至季度最后一天。", True)


def _current(changes: Sequence[Change]) -> Check:
    if changes:
        advice = "请先重新计算；已改写的文字会保留。"
        return Check("current", False, f"起草以后有 {len(changes)} 处数字或明细发生变化。", True, advice)
    return Check("current", True, "数字与现在的数据一致。", True)


def _unreported(facts: Facts) -> Check:
    silent = [
        row
        for row in facts.tasks
        if row.is_unfinished
        and row.state != S.REPORTED
        and row.task.starts_on <= facts.as_of
        and not row.reported_since(facts.start)
    ]
    if not silent:
        return Check("unreported", True, "各牵头单位本季度都已报送。")
    by_unit: dict[str, list[str]] = defaultdict(list)
    for row in sorted(silent, key=lambda row: (row.lead.ordering, row.task.code)):
        by_unit[row.lead.short_name].append(f"{row.task.code} {row.task.title}")
    path = f"{reverse('tasks:list')}?year={facts.plan.year}&q="
    rows = [CheckRow(f"{unit}：{'、'.join(names)}", path + unit) for unit, names in by_unit.items()]
    title = f"{len(by_unit)} 个单位的 {len(silent)} 项任务本季度没有报送。"
    return Check("unreported", False, title, advice="可先催报；报送并审核后请重新计算。", rows=rows)


def _waiting(facts: Facts) -> Check:
    waiting = [row for row in facts.tasks if row.state == S.REPORTED]
    if not waiting:
        return Check("waiting", True, "统计日没有待审核的填报。")
    rows = [
        CheckRow(f"{row.lead.short_name}：{row.task}", reverse("tasks:detail", args=[row.task.pk])) for row in waiting
    ]
    title = f"统计日有 {len(waiting)} 项任务的填报待审核，进度和完成值按上报值计。"
    return Check("waiting", False, title, advice="请尽快审核；统计日以后审核的不改变本报告的数字。", rows=rows)


def _empty(report: Report) -> Check:
    empty = [section for section in report.content.sections if section.empty and not report.texts.get(section.key)]
    if not empty:
        return Check("empty", True, "各节都有内容。")
    rows = [CheckRow(f"{section.title}：{section.empty}", section_path(report, section.key)) for section in empty]
    return Check("empty", False, f"{len(empty)} 节没有内容，不会印出。", advice="需要印出的，请补写文字。", rows=rows)


def _doubtful(report: Report) -> Check:
    strays = strays_of(report)
    if not strays:
        return Check("numbers", True, "改写的文字里没有来历不明的数字。")
    rows = []
    for key, numbers in strays.items():
        section = report.content.section(key)
        title = (section.title if section is not None else "") or "开头"
        rows.append(CheckRow(f"{title}：{'、'.join(numbers)}", section_path(report, key)))
    advice = "请核对改正；确实需要保留的，签发时须确认。"
    return Check("numbers", False, "改写的文字里有不属于本节的数字。", advice=advice, rows=rows)


def _numbered(report: Report) -> Check:
    if report.doc_number:
        return Check("number", True, f"发文字号：{report.doc_number}。")
    return Check("number", True, "发文字号留空，可在签发时填写或签发后登记。")


def section_path(report: Report, key: str) -> str:
    """Return the page on which a section's text is edited."""
    return reverse("reports:section", args=[report.pk, key])
