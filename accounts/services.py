"""Passwords of accounts that the administrator makes."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from core.errors import UserError

# Neither 0 and O nor 1, l and I: the password is read off a screen once and typed in.
LEGIBLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 14


def generate_password() -> str:
    """Return a random password of PASSWORD_LENGTH signs that people can tell apart."""
    return "".join(secrets.choice(LEGIBLE) for _ in range(PASSWORD_LENGTH))


def give_password(user: User, password: str = "") -> str:
    """Set the typed password, or a generated one where none was typed, and return it; the caller saves.

    Whoever is logged in with the old password is logged out by the change.

    Raises:
        UserError: the typed password is too weak.
    """
    if password:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise UserError("".join(error.messages)) from error
    password = password or generate_password()
    user.set_password(password)
    return password
