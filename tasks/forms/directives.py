"""Forms of the register 交办事项: an entry, a task opened for it, the words at its settling."""

from decimal import Decimal
from typing import Any

from django import forms

from core import clock
from core.fields import OneRowField, SeveralRowsField
from responsibility.models import Unit
from responsibility.selectors import assignable_units
from tasks.forms.charge import ChargeForm, Offered
from tasks.forms.plans import DayField, FigureField
from tasks.models import Directive, Operator
from tasks.services.directives import DirectiveDraft
from tasks.services.item_editing import TargetDraft
from tasks.services.opening import NewTask

TARGET_ROWS = 2


class DirectiveForm(ChargeForm):
    """An entry of the register."""

    kind = forms.ChoiceField(label="类别", choices=Directive.Kind.choices)
    number = forms.CharField(label="文号或编号", max_length=60, required=False, help_text="没有可不填。")
    received_on = DayField(label="收到日期")
    giver = forms.CharField(
        label="批示人、会议或发文机关", max_length=120, help_text="例如：县长×××、县政府第×次常务会议、市安委会。"
    )
    title = forms.CharField(label="事项名称", max_length=200)
    text = forms.CharField(label="内容", max_length=20000, widget=forms.Textarea(attrs={"rows": 6}))
    due_on = DayField(label="要求完成时限", required=False, help_text="没有明确要求可不填；立项的任务不能晚于它。")
    field_order = ("kind", "number", "received_on", "giver", "leader", "title", "text", "due_on")

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["sector"], self.fields["weight"]
        labels = dict(Directive.Kind.choices)
        if isinstance(kind := self.fields["kind"], forms.ChoiceField):
            kind.choices = [(each, labels[each]) for each in kinds]
        if len(kinds) == 1:
            # A leader's own instruction: they need not choose themselves.
            del self.fields["leader"]

    def offer_leaders(self, lists: Offered, row: Directive | None = None) -> None:
        """Draw the list of leaders."""
        if (field := self.fields.get("leader")) is None:
            return
        field.label, field.help_text = "县领导", "由哪位县领导交办；立项时默认由其牵头。"
        leaders = dict(lists.leaders)
        if row is not None and row.leader is not None:
            leaders.setdefault(row.leader.pk, str(row.leader))
        field.widget.choices = [("", "（不填）"), *leaders.items()]

    def draft(self) -> DirectiveDraft:
        """Return the valid form as the service takes it."""
        return DirectiveDraft(**self.cleaned_data)

    @staticmethod
    def initial_of(row: Directive) -> dict[str, Any]:
        """Return what the form opens with."""
        names = ("kind", "number", "received_on", "giver", "title", "text", "due_on")
        return {name: getattr(row, name) for name in names} | {"leader": row.leader_id}


class NewTaskForm(ChargeForm):
    """A task to be opened: who, until when, with which figures."""

    title = forms.CharField(label="任务名称", max_length=200)
    lead = OneRowField(
        label="牵头单位",
        queryset=Unit.objects.none(),
        empty_label="请选择",
        widget=forms.Select(attrs={"data-enhance": ""}),
    )
    supports = SeveralRowsField(
        label="配合单位",
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"data-enhance": "", "size": 4}),
    )
    starts_on = DayField(label="开始日期")
    due_on = DayField(label="完成时限")
    field_order = ("title", "lead", "supports", "leader", "starts_on", "due_on", "sector", "weight")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = assignable_units()
        for name in ("lead", "supports"):
            self.fields[name].queryset = units  # type: ignore[attr-defined]

    def new_task(self, targets: "forms.BaseFormSet[NewTargetForm] | None" = None) -> NewTask:
        """Return the valid form as the services take it."""
        data = self.cleaned_data
        rows = [row.cleaned_data for row in targets] if targets is not None else []
        return NewTask(
            title=data["title"],
            lead=data["lead"],
            starts_on=data["starts_on"],
            due_on=data["due_on"],
            supports=list(data["supports"]),
            charge=self.charge(),
            targets=[TargetDraft(id=None, **row) for row in rows if row.get("metric")],
        )

    @staticmethod
    def initial_of(row: Directive) -> dict[str, Any]:
        """Return what the form opens with."""
        leader = row.leader_id
        return {"title": row.title, "leader": leader, "starts_on": clock.today(), "due_on": row.due_on, "weight": "1"}


class NewTargetForm(forms.Form):
    """One figure of a task to be opened; a row left empty is none."""

    metric = forms.CharField(label="指标名称", max_length=120, required=False)
    operator = forms.ChoiceField(label="要求", choices=Operator.choices, initial=Operator.AT_LEAST)
    value = FigureField(label="目标值", min_value=Decimal(0), max_digits=16, decimal_places=2, required=False)
    unit = forms.CharField(label="计量单位", max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        """Want name and value together."""
        data = super().clean() or {}
        if not self.errors and bool(data.get("metric")) != (data.get("value") is not None):
            missing = "value" if data.get("metric") else "metric"
            self.add_error(missing, "指标名称和目标值要一起填写；不需要的请都清空。")
        return data


NewTargets = forms.formset_factory(NewTargetForm, extra=TARGET_ROWS, max_num=20)


class OutcomeForm(forms.Form):
    """办结反馈."""

    outcome = forms.CharField(
        label="办结反馈",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="办了什么、结果如何；会通知交办的县领导。",
    )


class UnsettleForm(forms.Form):
    """撤销办结."""

    reason = forms.CharField(label="撤销办结的理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
