"""Units, people, accounts and keyword rules of the demonstration county."""

import secrets
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password

from accounts.models import User
from responsibility.initials import initials_of
from responsibility.models import KeywordRule, Membership, Role, Unit, UnitAlias
from safetyplan.demo.story import read_json

# Without characters that are mistaken for one another when read from paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# Posts are held since well before the plans.
SINCE = date(2020, 1, 1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Account:
    """A printed account."""

    role: str
    name: str
    unit: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class People:
    """Units by code, people by key, and the accounts to print."""

    units: dict[str, Unit]
    users: dict[str, User]
    names: dict[str, str]
    accounts: list[Account]


def county_name() -> str:
    """Return the demonstration county's name."""
    return str(read_json("units.json")["county"]["name"])


def new_password() -> str:
    """Return twelve characters in three groups, easy to copy from a screen."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def _make_units() -> dict[str, Unit]:
    rows = read_json("units.json")["units"]
    Unit.objects.bulk_create(
        Unit(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            initials=initials_of(row["short_name"]),
            kind=row["kind"],
            ordering=row["ordering"],
        )
        for row in rows
    )
    units = {unit.code: unit for unit in Unit.objects.all()}
    UnitAlias.objects.bulk_create(
        UnitAlias(unit=units[row["code"]], name=alias["name"], former=alias["former"])
        for row in rows
        for alias in row.get("aliases", [])
    )
    for row in rows:
        if row.get("members"):
            units[row["code"]].members.set(units[code] for code in row["members"])
    return units


def make_people() -> People:
    """Create units, people with their posts, accounts and keyword rules in the empty database."""
    units = _make_units()
    people = read_json("people.json")["people"]
    users: dict[str, User] = {}
    accounts = []
    for row in people:
        password = new_password() if row["login"] else None
        administrator = row["role"] == Role.ADMINISTRATOR
        users[row["key"]] = User(
            username=row["login"] or row["key"].lower(),
            display_name=row["name"],
            phone=row["phone"],
            password=make_password(password),
            is_staff=administrator,
            is_superuser=administrator,
        )
        if password:
            role, unit = Role(row["role"]).label, units[row["unit"]].short_name
            accounts.append(Account(role, row["name"], unit, row["login"], password))
    User.objects.bulk_create(users.values())
    users = {key: User.objects.get(username=user.username) for key, user in users.items()}
    Membership.objects.bulk_create(
        Membership(
            user=users[row["key"]],
            unit=units[row["unit"]],
            role=row["role"],
            post=row["post"],
            portfolio=row.get("portfolio", "")[:200],
            valid_from=SINCE,
        )
        for row in people
    )
    KeywordRule.objects.bulk_create(
        KeywordRule(
            keywords="、".join(rule["keywords"]),
            required="、".join(rule.get("required", [])),
            unit=units[rule["unit"]],
            part=rule["part"],
            weight=rule["weight"],
            reason=rule["reason"],
        )
        for rule in read_json("keyword_rules.json")["rules"]
    )
    return People(units, users, {row["key"]: row["name"] for row in people}, accounts)
