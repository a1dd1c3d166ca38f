"""Headers that every page carries."""

import pytest
from django.test import Client

from tests.county import AsPerson, County

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/tasks/", "/accounts/password/change/", "/nowhere/"])
def test_browsers_keep_no_page(as_person: AsPerson, address: str) -> None:
    assert as_person("office").get(address).headers["Cache-Control"] == "private, no-store"


def test_the_login_page_keeps_its_own_rule(county: County) -> None:
    assert "no-store" in Client().get("/accounts/login/").headers["Cache-Control"]
