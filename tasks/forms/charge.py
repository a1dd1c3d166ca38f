"""牵头领导、权重、行业领域 as forms ask for them: of an item, of several, of a task."""

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf

from core.fields import OneRowField
from responsibility.models import Membership, Role, Sector
from responsibility.selectors import people_of
from tasks.models import PlanItem, Source, Task
from tasks.models.plan import plain
from tasks.services.charge import Charge, Charging

# A person's name as `str()` gives it.
NAME = Coalesce(NullIf("display_name", Value("")), "username")


@dataclass(frozen=True, slots=True)
class Offered:
    """The county's leaders of today and the fields in use, by key."""

    leaders: dict[int, str]
    sectors: dict[int, str]


def offered() -> Offered:
    """Read both lists at once: forms that ask for both stand on pages with much else."""
    leaders = people_of(role=Role.LEADER).order_by().values_list(Value("leader"), Value(0), "pk", NAME)
    sectors = Sector.objects.filter(active=True).order_by().values_list(Value("sector"), "ordering", "pk", "name")
    rows = sorted(leaders.union(sectors))
    return Offered(*({pk: name for kind, _, pk, name in rows if kind == wanted} for wanted in ("leader", "sector")))


class WeightField(forms.DecimalField):
    """A weight as people type it; empty means 1, or whatever the caller makes of it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, help_text: str = "") -> None:
        super().__init__(max_digits=5, decimal_places=2, required=False, label="权重", help_text=help_text)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Read the number, full-width digits too."""
        return super().to_python(unicodedata.normalize("NFKC", value) if isinstance(value, str) else value)


class ChargeForm(forms.Form):
    """Leader, field and weight of one row."""

    leader = OneRowField(
        label="牵头领导",
        queryset=get_user_model()._default_manager.none(),
        required=False,
        empty_label="（未定）",
        help_text="县领导中牵头这项工作的人。",
    )
    sector = OneRowField(label="行业领域", queryset=Sector.objects.all(), required=False, empty_label="（不分领域）")
    weight = WeightField(help_text="多项任务合计进度时按此加权，一般填 1。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever was a leader once may be set already; the service judges who may be set anew.
        ever = Membership.objects.filter(role=Role.LEADER).values("user_id")
        people = get_user_model()._default_manager.filter(pk__in=ever)
        if isinstance(leader := self.fields["leader"], OneRowField):
            leader.queryset = people

    def offer_charge(self, lists: Offered, row: PlanItem | Task | None = None) -> None:
        """Draw the lists: today's leaders and the fields in use, and what is set on `row` already."""
        leaders, sectors = dict(lists.leaders), dict(lists.sectors)
        if row is not None and row.leader is not None:
            leaders.setdefault(row.leader.pk, f"{row.leader}（已不担任县领导）")
        if row is not None and row.sector is not None:
            sectors.setdefault(row.sector.pk, f"{row.sector}（已停用）")
        self.fields["leader"].widget.choices = [("", "（未定）"), *leaders.items()]
        self.fields["sector"].widget.choices = [("", "（不分领域）"), *sectors.items()]

    def charge(self) -> Charge:
        """Return the valid form as the services take it."""
        data = self.cleaned_data
        weight = data.get("weight")
        return Charge(data.get("leader"), Decimal(1) if weight is None else weight, data.get("sector"))

    @staticmethod
    def charge_of(row: PlanItem | Task) -> dict[str, Any]:
        """Return what the fields open with."""
        return {"leader": row.leader_id, "sector": row.sector_id, "weight": plain(row.weight)}


class ChargingForm(ChargeForm):
    """Leader, field and weight for several items at once; what is left empty stays as it is."""

    def offer_charge(self, lists: Offered, row: PlanItem | Task | None = None) -> None:
        """Draw the lists; the empty choice changes nothing."""
        super().offer_charge(lists, row)
        for name in ("leader", "sector"):
            widget = self.fields[name].widget
            widget.choices = [("", "（不改）"), *list(widget.choices)[1:]]

    def charging(self) -> Charging:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return Charging(data.get("leader"), data.get("weight"), data.get("sector"))


class RechargeForm(ChargeForm):
    """调整来源与领导 of a published task."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    source = forms.ChoiceField(label="来源", choices=Source.choices)
    reason = forms.CharField(label="调整理由", max_length=8000, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("version", "source", "leader", "sector", "weight", "reason")
