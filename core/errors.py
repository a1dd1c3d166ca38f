"""Errors that carry a sentence for the person at the screen."""


class UserError(Exception):
    """The request cannot be carried out; `message` is a Chinese sentence that says why and how to mend it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StaleObject(UserError):
    """Somebody else changed the object since the form was opened; both texts are to be shown."""


class NotAllowed(UserError):
    """The person may see the object but may not do this to it (HTTP 403)."""
