"""Units, people's roles and posts in them, sectors and who supervises each, duty lists, enterprises, keyword rules."""

from responsibility.models.duties import DutyItem, DutyList, DutyListQuerySet, Layer, duty_file_name
from responsibility.models.enterprises import Enterprise, EnterpriseQuerySet
from responsibility.models.fulfilments import DutySignature, Fulfilment, FulfilmentQuerySet, SignatureQuerySet
from responsibility.models.posts import InnerOffice, Post, PostQuerySet, Tenure
from responsibility.models.rules import KeywordRule
from responsibility.models.saved_views import SavedView, SavedViewQuerySet
from responsibility.models.sectors import Sector, SectorSupervision
from responsibility.models.units import Membership, MembershipQuerySet, Role, Unit, UnitAlias

__all__ = [
    "DutyItem",
    "DutyList",
    "DutyListQuerySet",
    "DutySignature",
    "Enterprise",
    "EnterpriseQuerySet",
    "Fulfilment",
    "FulfilmentQuerySet",
    "InnerOffice",
    "KeywordRule",
    "Layer",
    "Membership",
    "MembershipQuerySet",
    "Post",
    "PostQuerySet",
    "Role",
    "SavedView",
    "SavedViewQuerySet",
    "Sector",
    "SectorSupervision",
    "SignatureQuerySet",
    "Tenure",
    "Unit",
    "UnitAlias",
    "duty_file_name",
]
