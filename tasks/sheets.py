"""Tasks and quantified targets as Excel sheets, as their lists are filtered."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from core import clock
from spreadsheets.export import Column, Sheet
from tasks.indicators import STANDINGS, basis_of, outlook, planned_value, source_of
from tasks.lamps import plain
from tasks.models import Task, TaskNode, TaskSupport, TaskTarget

CHUNK = 500


def _support(task: Task) -> str:
    return "、".join(support.unit.short_name for support in task.supports.all())


def _targets(task: Task) -> str:
    return "；".join(
        f"{target.metric}：{target.get_operator_display()}{plain(target.value)}{target.unit}"
        for target in task.targets.all()
    )


TASK_COLUMNS: tuple[tuple[Column, Callable[[Task], Any]], ...] = (
    (Column("任务编号", 14), lambda task: task.code),
    (Column("上级任务", 14), lambda task: task.parent.code if task.parent else ""),
    (Column("年度", 8), lambda task: task.plan.year),
    (Column("章节", 24), lambda task: task.section.title if task.section else ""),
    (Column("来源", 12), lambda task: task.get_source_display()),
    (Column("交办事项", 30), lambda task: task.directive.title if task.directive else ""),
    (Column("任务", 40), lambda task: task.title),
    (Column("原文", 60), lambda task: task.source_text),
    (Column("目标要求", 40), _targets),
    (Column("牵头领导", 12), lambda task: str(task.leader or "")),
    (Column("牵头单位", 16), lambda task: task.lead.short_name),
    (Column("配合单位", 24), _support),
    (Column("行业领域", 16), lambda task: task.sector.name if task.sector else ""),
    (Column("权重", 8), lambda task: task.weight),
    (Column("开始日期", 12), lambda task: task.starts_on),
    (Column("完成时限", 12), lambda task: task.due_on),
    (Column("原定时限", 12), lambda task: task.original_due_on),
    (Column("状态", 12), lambda task: task.get_state_display()),
    (Column("亮灯", 8), lambda task: task.get_lamp_display()),
    (Column("亮灯说明", 40), lambda task: task.lamp_reason),
    (Column("进度（%）", 10), lambda task: task.shown_percent),
    (Column("计划进度（%）", 12), lambda task: task.planned_today),
    (Column("最近上报", 12), lambda task: task.submitted_on),
    (Column("完成日期", 12), lambda task: task.completed_on),
    (Column("销号日期", 12), lambda task: task.closed_on),
)


def task_sheet(found: "QuerySet[Task]", conditions: str) -> Sheet:
    """Return the sheet of these tasks; `conditions` says in words how they were chosen."""
    supports = Prefetch("supports", TaskSupport.objects.select_related("unit"))
    rows = found.select_related("plan", "section", "lead", "leader", "sector", "directive", "parent").prefetch_related(
        supports, "targets"
    )
    return _sheet("任务台账", TASK_COLUMNS, rows, conditions)


INDICATOR_COLUMNS: tuple[tuple[Column, Callable[[Any], Any]], ...] = (
    (Column("指标", 30), lambda target: target.metric),
    (Column("原文", 44), lambda target: target.phrase),
    (Column("任务编号", 14), lambda target: target.task.code),
    (Column("任务", 40), lambda target: target.task.title),
    (Column("牵头单位", 16), lambda target: target.task.lead.short_name),
    (Column("完成时限", 12), lambda target: target.task.due_on),
    (Column("要求", 10), lambda target: target.get_operator_display()),
    (Column("目标值", 12), lambda target: target.value),
    (Column("计量单位", 10), lambda target: target.unit),
    (Column("上报值", 12), lambda target: target.reported_value),
    (Column("审定值", 12), lambda target: target.verified_value),
    (Column("现值", 12), lambda target: target.current),
    (Column("计划应达", 12), lambda target: planned_value(target, clock.today())),
    (Column("完成情况", 12), lambda target: dict(STANDINGS)[target.standing]),
    (Column("预测", 12), lambda target: outlook(target, target.current, clock.today()).value),
    (Column("预测说明", 36), lambda target: outlook(target, target.current, clock.today()).words),
    (Column("取数来源", 28), source_of),
    (Column("台账依据", 32), basis_of),
)


def indicator_sheet(found: "QuerySet[TaskTarget]", conditions: str) -> Sheet:
    """Return the sheet of these indicators (`tasks.indicators.visible_indicators`)."""
    return _sheet("量化指标", INDICATOR_COLUMNS, found, conditions)


NODE_COLUMNS: tuple[tuple[Column, Callable[[TaskNode], Any]], ...] = (
    (Column("名称", 30), lambda node: node.title),
    (Column("类型", 12), lambda node: node.get_kind_display()),
    (Column("频次", 12), lambda node: node.get_cycle_display()),
    (Column("任务编号", 14), lambda node: node.task.code),
    (Column("任务", 40), lambda node: node.task.title),
    (Column("章节", 24), lambda node: node.task.section.title if node.task.section else ""),
    (Column("牵头单位", 16), lambda node: node.task.lead.short_name),
    (Column("完成时限", 12), lambda node: node.due_on),
    (Column("原定时限", 12), lambda node: node.original_due_on),
    (Column("累计占比（%）", 12), lambda node: node.share),
    (Column("状态", 12), lambda node: node.state_label),
    (Column("完成日期", 12), lambda node: node.done_on),
    (Column("晚（天）", 10), lambda node: node.days_late or None),
    (Column("取消理由", 30), lambda node: node.cancelled_reason),
)


def node_sheet(found: "QuerySet[TaskNode]", conditions: str) -> Sheet:
    """Return the sheet of these milestones and occurrences."""
    return _sheet("节点与期次", NODE_COLUMNS, found, conditions)


def _sheet(title: str, columns: Any, found: "QuerySet[Any]", conditions: str) -> Sheet:
    def lines() -> Iterator[list[Any]]:
        for row in found.iterator(chunk_size=CHUNK):
            yield [cell(row) for _, cell in columns]

    note = f"导出日期：{clock.today():%Y-%m-%d}。筛选条件：{conditions or '无'}"
    return Sheet(title, [column for column, _ in columns], lines(), title=title, note=note)
