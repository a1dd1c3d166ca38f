"""Enterprises of the demonstration county, registered by their township's editor; one of them has an account."""

from datetime import date

from core import clock
from responsibility.credit_code import check_character
from responsibility.models import Enterprise, Membership, Role, Sector
from responsibility.services.enterprises import EnterpriseDraft, create_enterprise
from safetyplan.demo.county import People
from safetyplan.demo.story import moment_of, read_json

# 000000 is no county's code: nobody's real enterprise can have such a number.
PREFIX = "91000000MA"
# The enterprise whose safety manager can log in (`qiye`).
WITH_ACCOUNT = ("enterprise-1", "hengcheng")


def enterprise_code(number: int) -> str:
    """Return an invented credit code that passes its check."""
    first = f"{PREFIX}{number:07d}"
    return first + check_character(first)


def make_enterprises(people: People, *, year: int) -> dict[str, Enterprise]:
    """Register the enterprises in March of `year`, after the sectors were decided; return them by their key."""
    sectors = {sector.code: sector for sector in Sector.objects.all()}
    made = {}
    for number, row in enumerate(read_json("enterprises.json")["enterprises"], 1):
        with clock.travel(moment_of(date(year, 3, 3), 9, number)):
            made[row["key"]] = create_enterprise(
                actor=people.users[f"{row['township']}-editor"],
                draft=EnterpriseDraft(
                    name=row["name"],
                    credit_code=enterprise_code(number),
                    sector_id=sectors[row["sector"]].pk,
                    township_id=people.units[row["township"]].pk,
                    supervisor_id=people.units[row["supervisor"]].pk,
                    address=row["address"],
                    contact=row["contact"],
                    phone=row["phone"],
                    staff=row["staff"],
                    high_risk=row["high_risk"],
                    risk=row["risk"],
                ),
            )
    person, key = WITH_ACCOUNT
    Membership.objects.filter(user=people.users[person], role=Role.ENTERPRISE).update(enterprise=made[key])
    return made
