"""The request a view receives: login is required everywhere, so there is a person behind it."""

from django.http import HttpRequest

from accounts.models import User


class PersonRequest(HttpRequest):
    """A request of a logged-in person (`LoginRequiredMiddleware` lets no other through)."""

    user: User
