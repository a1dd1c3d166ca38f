"""Errors that carry a sentence for the person at the screen."""

from django.core.exceptions import PermissionDenied


class UserError(Exception):
    """The request cannot be carried out; `message` is a Chinese sentence that says why and how to mend it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StaleObject(UserError):
    """Somebody else changed the object since the form was opened; both texts are to be shown."""


class WrongState(UserError):
    """The object has moved on since the button was drawn; the page is to be shown anew."""


class NotAllowed(UserError, PermissionDenied):
    """The person may see the object but may not do this to it; Django answers 403 with the sentence."""
