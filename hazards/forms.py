"""Forms of the hazard pages. They read what was typed; the rules are in the services."""

from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from core import clock
from core.workdays import add_working_days
from hazards.models import Hazard, Rectification
from hazards.models.tracked import Level
from hazards.services.rectifying import MAX_MEASURES
from hazards.services.registering import MAX_TEXT, Facts, Measures, Placing, Registration, enterprises_for
from responsibility.authority import authority_of
from responsibility.models import Enterprise, Sector, Unit
from responsibility.selectors import TOWNSHIP_KINDS, assignable_units

# Working days proposed for a general hazard; anybody may change it.
PROPOSED_DAYS = 10


def _area(label: str, rows: int, longest: int, **extra: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows}), **extra)


def _day(label: str, **extra: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput, **extra)


def _choose(form: forms.BaseForm, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
    field.queryset = rows


class ActionForm(forms.Form):
    """A button's version, and what the move asks for; what is missing the service says."""

    version = forms.IntegerField(min_value=1)
    reason = forms.CharField(required=False)
    progress = forms.CharField(required=False)
    due_on = forms.DateField(required=False)


class FactsForm(forms.Form):
    """What a hazard is."""

    title = forms.CharField(label="隐患名称", max_length=80, help_text="一句话说清什么隐患，例如“应急出口被货物堵塞”")
    description = _area("隐患描述", 3, MAX_TEXT)
    place = forms.CharField(label="具体部位", max_length=120)
    level = forms.ChoiceField(label="等级", choices=Level.choices, initial=Level.GENERAL, widget=forms.RadioSelect)
    standard = forms.CharField(
        label="判定标准",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"list": "standards"}),
        help_text="重大隐患必填：标准名称和文号",
    )
    clause = forms.CharField(label="判定条款", max_length=300, required=False, help_text="重大隐患必填：第几条、内容")
    source = forms.ChoiceField(label="隐患来源", choices=Hazard.Source.choices)
    found_on = _day("发现日期")
    finder_unit = forms.ModelChoiceField(label="发现单位", queryset=Unit.objects.none(), required=False)
    finder = forms.CharField(label="发现人", max_length=60, required=False)
    overseer = forms.CharField(label="监管责任人", max_length=60, required=False, help_text="监管部门负责跟踪的人员")

    def facts(self) -> Facts:
        """Return what was typed as the services take it."""
        data = self.cleaned_data
        unit = data.get("finder_unit")
        names = ("title", "description", "place", "level", "standard", "clause", "source", "found_on", "finder")
        return Facts(
            **{name: data[name] for name in names},
            overseer=data.get("overseer", ""),
            finder_unit_id=unit.pk if unit else None,
        )


class MeasuresForm(forms.Form):
    """Who removes the hazard and how."""

    rectifier = forms.CharField(label="整改责任人", max_length=60, help_text="姓名、职务")
    controls = _area("管控措施", 2, MAX_TEXT, required=False, help_text="整改期间的停产、停用、警戒、监护等措施")
    plan_duty = _area("责任落实", 2, MAX_TEXT, required=False, help_text="谁负责、谁督促")
    plan_measures = _area("措施落实", 2, MAX_TEXT, required=False, help_text="采取的方法和步骤")
    plan_funds = _area("资金落实", 1, MAX_TEXT, required=False, help_text="金额和来源")
    plan_schedule = _area("时限落实", 1, MAX_TEXT, required=False, help_text="各步骤的完成日期")
    plan_emergency = _area("预案落实", 2, MAX_TEXT, required=False, help_text="整改期间的应急处置")

    def measures(self) -> Measures:
        """Return what was typed as the services take it."""
        return Measures(**{name: self.cleaned_data[name] for name in MeasuresForm.base_fields})


class PlacingForm(forms.Form):
    """Sector, township and supervising unit."""

    sector = forms.ModelChoiceField(label="行业领域", queryset=Sector.objects.none())
    township = forms.ModelChoiceField(label="属地", queryset=Unit.objects.none())
    supervisor = forms.ModelChoiceField(
        label="监管部门", queryset=Unit.objects.none(), help_text="负责复查；一般隐患由它销号"
    )

    def offer(self) -> None:
        """Fill the choices."""
        _choose(self, "sector", Sector.objects.filter(active=True))
        _choose(self, "township", assignable_units().filter(kind__in=TOWNSHIP_KINDS))
        _choose(self, "supervisor", assignable_units())

    def placing(self) -> Placing | None:
        """Return what was chosen as the services take it, None unless all three were."""
        chosen = [self.cleaned_data.get(name) for name in PlacingForm.base_fields]
        return Placing(*(row.pk for row in chosen if row)) if all(chosen) else None


class RegisterForm(PlacingForm, MeasuresForm, FactsForm):
    """A new hazard: at an enterprise, or at a place given in words with its sector, township and supervisor."""

    enterprise = forms.ModelChoiceField(
        label="生产经营单位", queryset=Enterprise.objects.none(), required=False, help_text="可输入名称查找"
    )
    site = forms.CharField(label="场所名称", max_length=80, required=False, help_text="例如“望舫街道人民桥北侧路口”")
    due_on = _day("整改期限", help_text=f"建议 {PROPOSED_DAYS} 个工作日内，当场整改的填今天")

    def __init__(self, data: QueryDict | None = None, *, user: Any, initial: dict[str, Any] | None = None) -> None:
        authority = authority_of(user)
        self.own = not authority.is_office and not authority.editor_units
        units = authority.editor_units
        proposed: dict[str, Any] = {
            "found_on": clock.today(),
            "due_on": add_working_days(clock.today(), PROPOSED_DAYS),
            "source": Hazard.Source.SELF if self.own else Hazard.Source.INSPECTION,
            "finder": str(user),
            "finder_unit": next(iter(units)) if len(units) == 1 and not authority.is_office else None,
        }
        super().__init__(data, initial=proposed | (initial or {}))
        self.offer()
        for name in ("sector", "township", "supervisor"):
            self.fields[name].required = False
        enterprises = enterprises_for(user).filter(closed_on=None)
        _choose(self, "enterprise", enterprises)
        finders = assignable_units()
        _choose(self, "finder_unit", finders if authority.is_office else finders.filter(pk__in=units))
        if self.own:
            self._for_enterprise(enterprises)

    def _for_enterprise(self, enterprises: Any) -> None:
        """Leave out what an enterprise does not decide about its own hazards."""
        for name in ("site", "sector", "township", "supervisor", "finder_unit", "overseer"):
            del self.fields[name]
        self.fields["source"] = forms.ChoiceField(
            label="隐患来源", choices=[(Hazard.Source.SELF, Hazard.Source.SELF.label)]
        )
        self.fields["enterprise"].required = True
        only = list(enterprises[:2])
        if len(only) == 1:
            self.initial["enterprise"] = only[0].pk

    def _part(self, *names: str) -> list[BoundField]:
        """Return the fields of these names that this person fills in."""
        return [self[name] for name in names if name in self.fields]

    def where_part(self) -> list[BoundField]:
        """Return the fields that say where."""
        return self._part("enterprise", "site", "township", "sector", "supervisor")

    def what_part(self) -> list[BoundField]:
        """Return the fields that say what."""
        return self._part("title", "description", "level")

    def judged_part(self) -> list[BoundField]:
        """Return the fields of the judgement."""
        return self._part("standard", "clause")

    def found_part(self) -> list[BoundField]:
        """Return the fields of the finding."""
        return self._part("source", "found_on", "finder_unit", "finder")

    def term_part(self) -> list[BoundField]:
        """Return the fields of term and people."""
        return self._part("due_on", "rectifier", "overseer")

    def plan_part(self) -> list[BoundField]:
        """Return the fields of 五落实."""
        return self._part(*Hazard.PLAN_FIELDS)

    def plan_typed(self) -> bool:
        """Say whether anything of 五落实 was typed or is wrong, so that it must be in sight."""
        return self.is_bound and any(bound.value() or bound.errors for bound in self.plan_part())

    def registration(self) -> Registration:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        enterprise = data.get("enterprise")
        return Registration(
            facts=self.facts(),
            measures=self.measures(),
            due_on=data["due_on"],
            enterprise_id=enterprise.pk if enterprise else None,
            site=data.get("site", ""),
            placing=self.placing(),
        )


class EditForm(PlacingForm, FactsForm):
    """What was registered; where it belongs is the office's to change."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = _area("调整等级的理由", 2, MAX_TEXT, required=False, help_text="改变等级时必填，会留在办理记录中")

    def __init__(self, data: QueryDict | None = None, *, hazard: Hazard, user: Any) -> None:
        names = [name for name in self.base_fields if name not in ("version", "reason")]
        initial = {name: getattr(hazard, name) for name in names} | {"version": hazard.version}
        super().__init__(data, initial=initial)
        _choose(self, "finder_unit", Unit.objects.exclude(kind=Unit.Kind.GROUP))
        if authority_of(user).is_office:
            self.offer()
        else:
            for name in PlacingForm.base_fields:
                del self.fields[name]


class PlanForm(MeasuresForm):
    """整改方案 of a hazard."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, hazard: Hazard) -> None:
        names = [name for name in self.base_fields if name != "version"]
        super().__init__(data, initial={name: getattr(hazard, name) for name in names} | {"version": hazard.version})


class RectifyForm(forms.Form):
    """What was done about a hazard; photos go with it."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    measures = _area("整改情况", 5, MAX_MEASURES, required=False, help_text="采取了什么措施、更换了什么、如何验收")
    done_on = _day("整改完成日期", required=False)

    def __init__(self, data: QueryDict | None = None, *, draft: Rectification | None) -> None:
        initial: dict[str, Any] = {"version": 0, "done_on": clock.today()}
        if draft is not None:
            initial = {
                "version": draft.version,
                "measures": draft.measures,
                "done_on": draft.done_on or clock.today(),
            }
        super().__init__(data, initial=initial)

    def done(self) -> date | None:
        """Return the day the rectification was finished, if one was given in order."""
        found: date | None = self.cleaned_data.get("done_on")
        return found
