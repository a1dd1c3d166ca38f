"""隐患指标: every figure of the ledger with its formula, what it was counted from and the rows behind it."""

from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import PersonRequest
from core import clock
from core.periods import QUARTER, period_of, previous_period
from hazards.metrics import HAZARD_METRICS, span_of
from responsibility.authority import authority_of


class SpanForm(forms.Form):
    """The span to count; both days belong to it."""

    since = forms.DateField(label="统计期自", required=False, widget=forms.DateInput)
    until = forms.DateField(label="统计至", required=False, widget=forms.DateInput)

    def clean_until(self) -> date | None:
        """Refuse a day to come: nothing stands yet as it will then."""
        until: date | None = self.cleaned_data["until"]
        if until is not None and until > clock.today():
            raise forms.ValidationError("统计日不能晚于今天。")
        return until

    def clean(self) -> None:
        """Refuse a span that ends before it begins."""
        first, last = span_of(self.cleaned_data.get("since"), self.cleaned_data.get("until"))
        if first > last:
            self.add_error("since", "统计期的起始日期不能晚于统计日。")


def _spans(today: date) -> list[tuple[str, date, date]]:
    """Return the spans offered as links: this year, this quarter, the quarter before."""
    quarter, before = period_of(today, QUARTER), previous_period(today, QUARTER)
    return [
        (f"{today.year}年以来", date(today.year, 1, 1), today),
        ("本季度", quarter.start, today),
        (before.label, before.start, before.end),
        (f"{today.year - 1}年", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    ]


@require_safe
def hazard_metrics(request: PersonRequest) -> HttpResponse:
    """Show the figures for the span in the address, counted over what the person may see."""
    form = SpanForm(request.GET)
    valid = form.is_valid()
    first, last = (
        span_of(form.cleaned_data.get("since"), form.cleaned_data.get("until")) if valid else span_of(None, None)
    )
    readings = [(metric, metric.read(first, last, request.user)) for metric in HAZARD_METRICS] if valid else []
    context = {
        "form": form if request.GET else SpanForm(initial={"since": first, "until": last}),
        "readings": readings,
        "first": first,
        "last": last,
        "spans": _spans(clock.today()),
        "reads_county": authority_of(request.user).reads_county,
    }
    return render(request, "hazards/metrics.html", context, status=200 if valid else 400)
