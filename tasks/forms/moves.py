"""Forms of a task's moves and requests. They only read what was typed; the rules are in the services."""

from typing import Any

from django import forms

from responsibility.models import Unit
from responsibility.selectors import assignable_units
from tasks.models import Task

# Line ends count double on the way here; the services judge the length.
LONG = 8000


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit by its short name; a key longer than any is no choice."""

    def __init__(self, label: str, **extra: Any) -> None:
        super().__init__(Unit.objects.none(), label=label, empty_label="不调整", **extra)

    def to_python(self, value: Any) -> Any:
        """Return the unit, or refuse what is none."""
        if value and (not str(value).isdecimal() or len(str(value)) > 18):
            raise forms.ValidationError("请从列表中选择单位。")
        return super().to_python(value)

    def label_from_instance(self, obj: Any) -> str:
        """Return the unit's name as the list shows it."""
        return str(obj.name)


class MoveForm(forms.Form):
    """A move of the transition table: the version seen, the reason, and what else the move asks for."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(required=False, max_length=LONG)
    proposed_lead = UnitChoice("建议由谁牵头", required=False)
    proposed_due_on = forms.DateField(label="建议的完成时限", required=False, help_text="时限没有问题的不填")
    lead = UnitChoice("新的牵头单位", required=False)
    due_on = forms.DateField(label="新的完成时限", required=False, help_text="不调整时限的不填")

    FIELDS = {
        "": (),
        "adjustment": ("proposed_lead", "proposed_due_on"),
        "decision": ("lead", "due_on"),
        "lead": ("lead",),
    }

    def __init__(self, *args: Any, asks: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {"version", "reason", *self.FIELDS[asks]}
        for name in set(self.fields) - kept:
            del self.fields[name]
        for field in self.fields.values():
            if isinstance(field, UnitChoice):
                field.queryset = assignable_units()

    def extra(self) -> dict[str, Any]:
        """Return the further arguments of the service."""
        data = self.cleaned_data
        names = {"proposed_lead": "proposed_lead_id", "lead": "lead_id"}
        return {
            names.get(name, name): data[name].pk if isinstance(data[name], Unit) else data[name]
            for name in self.fields
            if name not in ("version", "reason")
        }


class ExtensionForm(forms.Form):
    """申请延期."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    proposed_due_on = forms.DateField(label="拟延至")
    reason = forms.CharField(label="延期理由", max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}))
    progress = forms.CharField(label="当前进展", max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}))


class DecisionForm(forms.Form):
    """批复延期: an exact day where it is granted; the pressed button says which."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    granted_due_on = forms.DateField(label="同意延至", required=False, help_text="不同意的不用改")
    decision = forms.CharField(label="批复意见", max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonOnlyForm(forms.Form):
    """A version and a reason."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}))


class ObstacleForm(forms.Form):
    """报告受阻: the three parts."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    cause = forms.CharField(label="受阻原因", max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}))
    done = forms.CharField(label="已做工作", max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}))
    needs_whom = forms.CharField(label="需要谁协调解决", max_length=400)
    needed_by = forms.DateField(label="希望何时解决")


class OutcomeForm(forms.Form):
    """解除受阻."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    outcome = forms.CharField(label="解决情况", max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}))


class ForceLampForm(forms.Form):
    """人工改判."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    colour = forms.ChoiceField(
        label="改判为",
        choices=[(lamp.value, f"{lamp.label}灯") for lamp in Task.Lamp if lamp != Task.Lamp.BLUE],
    )
    until = forms.DateField(label="有效期至")
    reason = forms.CharField(label="改判理由", max_length=400)


class BulkForm(forms.Form):
    """What a bulk action asks for: the reason, and the new deadline or lead where it changes one."""

    due_on = forms.DateField(label="新的完成时限")
    lead_id = UnitChoice("新的牵头单位")
    reason = forms.CharField(max_length=600, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, asks: tuple[str, ...], reason_label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"due_on", "lead_id"} - set(asks):
            del self.fields[name]
        self.fields["reason"].label = reason_label
        lead = self.fields.get("lead_id")
        if isinstance(lead, UnitChoice):
            lead.queryset, lead.empty_label = assignable_units(), "请选择"

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the service."""
        return {name: value.pk if isinstance(value, Unit) else value for name, value in self.cleaned_data.items()}
