"""Sectors and enterprises for tests."""

from typing import Any

from accounts.models import User
from responsibility.credit_code import check_character
from responsibility.initials import initials_of
from responsibility.models import Enterprise, Membership, Role, Sector, Unit
from tests.county import County


def make_sector(code: str = "S01", name: str = "危险化学品", **extra: Any) -> Sector:
    """Create a sector, or return the one of that code."""
    return Sector.objects.get_or_create(code=code, defaults={"name": name, **extra})[0]


def credit_code(number: int) -> str:
    """Return a valid credit code, a different one for each number up to eight digits."""
    first = f"91320900MA{number:07d}"
    return first + check_character(first)


def make_enterprise(
    county: County, number: int = 1, name: str = "", *, supervisor: str = "YJ", township: str = "Z1", **extra: Any
) -> Enterprise:
    """Create an enterprise in 河口镇 that 县应急管理局 supervises, unless other units are given."""
    name = name or f"清泽第{number}化工有限公司"
    wanted: dict[str, Any] = {
        "sector": extra.pop("sector", None) or make_sector(),
        "address": "河口镇工业路1号",
        "contact": "胡安全",
        "phone": "000-00000002",
        "staff": 20,
    }
    return Enterprise.objects.create(
        name=name,
        initials=initials_of(name),
        credit_code=credit_code(number),
        supervisor=county.units[supervisor],
        township=county.units[township],
        **(wanted | extra),
    )


def join_enterprise(person: User, enterprise: Enterprise) -> Membership:
    """Make the person 企业安全管理人员 of the enterprise; the role they have without one is completed."""
    row, _ = Membership.objects.update_or_create(
        user=person, role=Role.ENTERPRISE, defaults={"unit": enterprise.township, "enterprise": enterprise}
    )
    if hasattr(person, "_authority"):
        del person._authority
    return row


def make_unit(code: str, name: str, kind: str = Unit.Kind.TOWNSHIP) -> Unit:
    """Create one more unit."""
    return Unit.objects.create(code=code, name=name, short_name=name, kind=kind, ordering=50)
