"""Forms of 征求意见. They only read what was typed; the rules are in the services."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict

from responsibility.models import Unit
from tasks.forms.moves import LONG
from tasks.forms.plans import DayField
from tasks.models import ConsultationAnswer
from tasks.services.consultation_answers import AnswerDraft

AREA = {"rows": 2}


class RoundForm(forms.Form):
    """Sending a round out: what the person saw, the covering sentence and the day."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    contents = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    letter = forms.CharField(label="征求意见说明", max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}))
    answer_by = DayField(label="反馈期限")


class VersionForm(forms.Form):
    """The version of what a button is about."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class DecideForm(forms.Form):
    """采纳 or 不采纳; the pressed button says which."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    item_version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    decision = forms.CharField(
        label="处理意见（不采纳的必填）", required=False, max_length=LONG, widget=forms.Textarea(attrs=AREA)
    )


class AnswerForm(forms.Form):
    """One item of a unit's answer."""

    verdict = forms.ChoiceField(
        label="意见", choices=ConsultationAnswer.Verdict.choices, required=False, widget=forms.RadioSelect
    )
    lead = forms.TypedChoiceField(label="建议牵头单位", required=False, coerce=int, empty_value=None)
    due_on = DayField(label="建议完成时限", required=False)
    text = forms.CharField(label="建议修改的表述", required=False, max_length=LONG, widget=forms.Textarea(attrs=AREA))
    reason = forms.CharField(label="理由", required=False, max_length=LONG, widget=forms.Textarea(attrs=AREA))

    def __init__(self, data: QueryDict | None, *, answer: ConsultationAnswer, leads: Sequence[Unit]) -> None:
        initial = {
            "verdict": answer.verdict,
            "lead": answer.proposed_lead_id,
            "due_on": answer.proposed_due_on,
            "text": answer.proposed_text,
            "reason": answer.reason,
        }
        super().__init__(data, initial=initial, prefix=f"a{answer.pk}")
        self.answer = answer
        others = [(unit.pk, unit.short_name) for unit in leads if unit.pk != answer.item.lead_id]
        self.fields["lead"].choices = [("", "（不调整）"), *others]  # type: ignore[attr-defined]
        self.fields["lead"].widget.attrs["data-enhance"] = ""

    @property
    def opened(self) -> bool:
        """Whether the part for a counter-proposal is shown unfolded."""
        names = ("lead", "due_on", "text", "reason")
        return bool(self.errors) or self["verdict"].value() == "counter" or any(self[name].value() for name in names)

    def draft(self) -> AnswerDraft:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return AnswerDraft(
            answer_id=self.answer.pk,
            verdict=data["verdict"],
            lead_id=data["lead"],
            due_on=data["due_on"],
            text=data["text"],
            reason=data["reason"],
        )
