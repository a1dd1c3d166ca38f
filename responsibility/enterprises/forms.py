"""Forms of enterprises. They only read what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.db.models import Q

from core import clock
from responsibility.forms import ReasonForm
from responsibility.models import Enterprise, Sector, Unit
from responsibility.selectors import TOWNSHIP_KINDS, assignable_units
from responsibility.services.enterprises import EnterpriseDraft


class EnterpriseForm(forms.ModelForm[Enterprise]):
    """An enterprise."""

    # Longer than stored: what is typed may hold blanks and hyphens, which the service takes out.
    credit_code = forms.CharField(
        label="统一社会信用代码", max_length=40, help_text="18 位，见营业执照；全角、小写会自动转换"
    )

    class Meta:
        model = Enterprise
        fields = (
            "name",
            "credit_code",
            "sector",
            "township",
            "supervisor",
            "address",
            "contact",
            "phone",
            "staff",
            "high_risk",
            "risk",
        )
        help_texts = {"name": "与营业执照一致的全称", "supervisor": "负责日常监管和隐患复查的部门"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance
        kept = Q(pk=stored.sector_id) if stored.pk else Q(pk__in=[])
        self._choose("sector", Sector.objects.filter(Q(active=True) | kept))
        self._choose("township", self._units(stored.township_id if stored.pk else None, kind__in=TOWNSHIP_KINDS))
        self._choose("supervisor", self._units(stored.supervisor_id if stored.pk else None))

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = rows

    @staticmethod
    def _units(kept: int | None, **wanted: Any) -> Any:
        """Return the units to choose from, and the one that stands there already."""
        return Unit.objects.filter(Q(pk__in=assignable_units().filter(**wanted).values("pk")) | Q(pk=kept or 0))

    def _post_clean(self) -> None:
        """Leave the object alone: uniqueness and everything else is the service's to say."""

    def draft(self) -> EnterpriseDraft:
        """Return what was typed."""
        data = dict(self.cleaned_data)
        ids = {f"{name}_id": data.pop(name).pk for name in ("sector", "township", "supervisor")}
        return EnterpriseDraft(**ids, **data)


class CloseForm(ReasonForm):
    """The day an enterprise stopped working, and why it is taken off."""

    closed_on = forms.DateField(label="停业注销日期")

    field_order = ("closed_on", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["closed_on"].initial = clock.today()
