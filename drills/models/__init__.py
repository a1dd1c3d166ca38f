"""Drills: who owes which how often, the year's target and quotas, and the records of what was held."""

from drills.models.records import Drill, DrillCount, DrillCounter, DrillProblem, DrillQuerySet
from drills.models.rules import DrillRule, DrillSetting, DutyWaiver, VillageCount
from drills.models.targets import DrillQuota, DrillTarget

__all__ = [
    "Drill",
    "DrillCount",
    "DrillCounter",
    "DrillProblem",
    "DrillQuerySet",
    "DrillQuota",
    "DrillRule",
    "DrillSetting",
    "DrillTarget",
    "DutyWaiver",
    "VillageCount",
]
