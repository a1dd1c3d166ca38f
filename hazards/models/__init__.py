"""隐患: one file each, its rounds of rectification, its extensions, and how it stood on any day."""

from hazards.models.hazard import Hazard, HazardCounter, HazardQuerySet
from hazards.models.rounds import Extension, Rectification
from hazards.models.tracked import Standing, StandingQuerySet, Tracked

__all__ = [
    "Extension",
    "Hazard",
    "HazardCounter",
    "HazardQuerySet",
    "Rectification",
    "Standing",
    "StandingQuerySet",
    "Tracked",
]
