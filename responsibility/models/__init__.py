"""Units, people's roles in them, sectors and who supervises each, enterprises, keyword rules."""

from responsibility.models.enterprises import Enterprise, EnterpriseQuerySet
from responsibility.models.rules import KeywordRule
from responsibility.models.sectors import Sector, SectorSupervision
from responsibility.models.units import Membership, MembershipQuerySet, Role, Unit, UnitAlias

__all__ = [
    "Enterprise",
    "EnterpriseQuerySet",
    "KeywordRule",
    "Membership",
    "MembershipQuerySet",
    "Role",
    "Sector",
    "SectorSupervision",
    "Unit",
    "UnitAlias",
]
