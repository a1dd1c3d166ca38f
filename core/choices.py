"""Filters by related rows that read their choices once, for the form and for what was chosen."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator


class _ReadOnce(ModelChoiceIterator[Any]):
    """The choices of a field that keeps its rows."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        if isinstance(self.field, LoadedChoiceField):
            yield from (self.choice(row) for row in self.field.rows)


class LoadedChoiceField(django_filters.fields.ModelChoiceField):
    """A choice among rows that are read once: the library asks again for the row that was chosen."""

    iterator: Any = _ReadOnce

    @cached_property
    def rows(self) -> list[Any]:
        """The rows offered."""
        return list(self.queryset or ())

    def to_python(self, value: Any) -> Any:
        """Return the row of that key.

        Raises:
            ValidationError: it is not offered.
        """
        if value in self.empty_values:
            return None
        for row in self.rows:
            if str(row.pk) == str(value):
                return row
        raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})


class LoadedChoiceFilter(django_filters.ModelChoiceFilter):
    """A filter by a related row, for the few hundred rows a person chooses from."""

    field_class = LoadedChoiceField
