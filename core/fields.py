"""Form fields used by several apps."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core.ui import LONGEST_KEY


class OneRowField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row of a table; a key longer than any is no choice, where Django would hand it to the database."""

    def to_python(self, value: Any) -> Any:
        """Return the chosen row.

        Raises:
            ValidationError: it does not exist.
        """
        if value and len(str(value)) > LONGEST_KEY:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": ""})
        return super().to_python(value)


class SeveralRowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows of a table; a key longer than any is no choice, where Django would hand it to the database."""

    def clean(self, value: Any) -> "QuerySet[Any]":
        """Return the chosen rows.

        Raises:
            ValidationError: one of them does not exist.
        """
        for key in value if isinstance(value, (list, tuple)) else ():
            if len(str(key)) > LONGEST_KEY:
                shown = {"value": str(key)[:LONGEST_KEY]}
                raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params=shown)
        rows: QuerySet[Any] = super().clean(value)
        return rows
