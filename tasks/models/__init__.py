"""Models of the plan and its tasks."""

from tasks.models.approval import PlanApproval
from tasks.models.consultation import Consultation, ConsultationAnswer, ConsultationItem, ConsultationReply
from tasks.models.contribution import Contribution, ContributionValue, SupportOpinion
from tasks.models.directive import Directive
from tasks.models.drafting import PlanStep, PlanVisit
from tasks.models.nodes import TaskNode
from tasks.models.origin import Source
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
from tasks.models.printed import PrintedForm
from tasks.models.progress import ProgressReport, ReportValue
from tasks.models.recurrence import Recurrence
from tasks.models.requests import Obstacle, TaskRequest
from tasks.models.task import LampRule, Task, TaskChange, TaskSupport, TaskTarget

__all__ = [
    "Consultation",
    "ConsultationAnswer",
    "ConsultationItem",
    "ConsultationReply",
    "Contribution",
    "ContributionValue",
    "Directive",
    "ItemDeadline",
    "ItemTarget",
    "LampRule",
    "Obstacle",
    "Operator",
    "Plan",
    "PlanApproval",
    "PlanItem",
    "PlanSection",
    "PlanStep",
    "PlanVisit",
    "PrintedForm",
    "ProgressReport",
    "ReadingFlag",
    "Recurrence",
    "ReportValue",
    "Source",
    "SupportOpinion",
    "Task",
    "TaskChange",
    "TaskNode",
    "TaskRequest",
    "TaskSupport",
    "TaskTarget",
    "UnitMention",
    "UnitSuggestion",
]
