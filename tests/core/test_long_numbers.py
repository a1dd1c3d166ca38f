"""A number longer than any the database holds stands for nothing that exists; it is no fault of the page."""

import pytest
from django.urls import reverse

from tasks.models import Plan
from tests.county import AsPerson

pytestmark = pytest.mark.django_db

FILTERS = [
    ("tasks:list", "lead"),
    ("tasks:list", "section"),
    ("tasks:list", "year"),
    ("tasks:list", "page"),
    ("plans:list", "year"),
    ("supervision:list", "unit"),
    ("reminders:list", "rule"),
    ("reminders:list", "task"),
    ("responsibility:people", "unit"),
    ("responsibility:rules", "unit"),
    ("responsibility:units", "kind"),
    ("responsibility:audit", "object_type"),
    ("notifications:list", "page"),
]


@pytest.mark.parametrize("digits", [19, 30, 5000])
@pytest.mark.parametrize(("page", "name"), FILTERS)
def test_a_number_too_long_finds_nothing(plan: Plan, as_person: AsPerson, page: str, name: str, digits: int) -> None:
    person = "administrator" if page in ("responsibility:people", "responsibility:audit") else "office"
    assert as_person(person).get(reverse(page), {name: "9" * digits}).status_code == 200
