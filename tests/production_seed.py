"""What the production test finds in its database; run inside `manage.py shell` of that installation."""

from datetime import timedelta

from django.conf import settings
from django.test import override_settings

from core import clock
from supervision.models import Letter
from supervision.services.drafting import compose_letters
from tests.county import PASSWORD, make_county, make_plan, make_task
from tests.supervision.letters import cover

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def seed() -> None:
    """Make the test county with two letters waiting to be issued; print the password and their numbers."""
    with override_settings(PASSWORD_HASHERS=[*QUICK, *settings.PASSWORD_HASHERS]):
        county = make_county()
    county.office.set_password(PASSWORD)
    county.office.save()
    plan = make_plan(county)
    late = clock.today() - timedelta(days=3)
    tasks = [
        make_task(plan, county.units[code], number, starts_on=late - timedelta(days=90), due_on=late)
        for number, code in enumerate(("YJ", "ZJ"), 1)
    ]
    drafts = compose_letters(
        actor=county.office,
        task_ids=[task.pk for task in tasks],
        kind=Letter.Kind.URGING,
        cover=cover(reply_due_on=clock.today() + timedelta(days=10)),
    ).letters
    print(*(letter.pk for letter in drafts), sep="\n")  # noqa: T201 - read by the test
