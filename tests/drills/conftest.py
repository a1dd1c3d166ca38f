"""The county of the drills' tests: 河口镇 has an editor and a head, an enterprise has its safety manager."""

from dataclasses import dataclass

import pytest
from django.test import Client

from accounts.models import User
from responsibility.models import Enterprise, Role
from tests.county import County, client_of
from tests.drills.records import make_enterprise, person_of, send_to


@dataclass(frozen=True, slots=True)
class Players:
    """Everybody by the name of their part, and the enterprise in 河口镇 that 县住建局 supervises."""

    county: County
    people: dict[str, User]
    enterprise: Enterprise

    def client(self, name: str) -> Client:
        """Return a client logged in as the person."""
        return client_of(self.people[name])


@pytest.fixture
def players(county: County, in_may: None) -> Players:
    """On 12 May 2026."""
    enterprise = make_enterprise(county)
    send_to(county.enterprise, enterprise)
    extra = {
        "township": person_of(county, "Z1", "zhen", "镇小安"),
        "township_head": person_of(county, "Z1", "zhenzhang", "镇长", Role.HEAD),
        "fire": person_of(county, "XF", "xiaofang", "消小防"),
    }
    return Players(county, county.people | extra, enterprise)
