"""Guessing at passwords: failed logins are counted in the database, and an account with too many is shut for a while.

They are counted by the account and the address of the visitor, so that nobody shuts out a colleague from elsewhere,
and, more generously, by the account alone, so that many addresses give no more guesses.
"""

from datetime import timedelta

from accounts.models import FailedLogin
from core import clock

SPAN = timedelta(minutes=15)
FROM_ONE_ADDRESS = 5
FROM_ANYWHERE = 30


def begin_attempt(username: str, address: str) -> FailedLogin | None:
    """Count an attempt as failed until `FailedLogin.delete` takes it back; None if the account is shut.

    It is written before the password is looked at: attempts sent at the same moment see each other.

    Args:
        username: as typed; capitals do not matter.
        address: IP address of the visitor.
    """
    now = clock.now()
    FailedLogin.objects.filter(at__lte=now - SPAN).delete()
    attempt = FailedLogin.objects.create(username=username.lower(), address=address, at=now)
    addresses = list(FailedLogin.objects.filter(username=attempt.username).values_list("address", flat=True))
    if addresses.count(address) <= FROM_ONE_ADDRESS and len(addresses) <= FROM_ANYWHERE:
        return attempt
    attempt.delete()
    return None


def forget_failed_logins(username: str) -> None:
    """Open the account again: its new password was handed over by a person."""
    FailedLogin.objects.filter(username=username.lower()).delete()
