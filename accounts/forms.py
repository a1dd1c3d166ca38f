"""The form by which people change their own password."""

from allauth.account import forms
from allauth.account.adapter import get_adapter


class ChangePasswordForm(forms.ChangePasswordForm):
    """Guesses at the old password count like failed logins: a page left open must not be a way round them."""

    def clean_oldpassword(self) -> str:
        """Return the old password.

        Raises:
            ValidationError: it is wrong, or was wrong too often.
        """
        adapter, password = get_adapter(), self.cleaned_data["oldpassword"]
        assert self.user is not None  # noqa: S101 - the page is open to logged-in people only
        if not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("enter_current_password")
        return str(password)
