"""Models of the plan and its tasks."""

from tasks.models.plan import (
    ItemDeadline,
    ItemTarget,
    Operator,
    Plan,
    PlanItem,
    PlanSection,
    ReadingFlag,
    UnitMention,
    UnitSuggestion,
)
from tasks.models.progress import ProgressReport, ReportValue
from tasks.models.task import LampRule, Task, TaskChange, TaskSupport, TaskTarget

__all__ = [
    "ItemDeadline",
    "ItemTarget",
    "LampRule",
    "Operator",
    "Plan",
    "PlanItem",
    "PlanSection",
    "ProgressReport",
    "ReadingFlag",
    "ReportValue",
    "Task",
    "TaskChange",
    "TaskSupport",
    "TaskTarget",
    "UnitMention",
    "UnitSuggestion",
]
