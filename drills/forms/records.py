"""The form of a record: everything may be filled in later, what is in order is kept even where other fields are not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.boundfield import BoundField
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.fields import SeveralRowsField
from drills.models import Drill
from drills.selectors import enterprises_to_file_for, units_to_file_for
from drills.services.drafting import MAX_TEXT, DrillDraft, DrillValues, levels_for
from drills.services.problems import MAX_PROBLEMS, ProblemDraft
from responsibility.authority import authority_of
from responsibility.models import Enterprise
from responsibility.selectors import assignable_units

# Empty lines for problems offered below those there are.
BLANK_PROBLEMS = 3
# Enterprises named in the message when what was typed fits several.
SUGGESTED = 5

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "基本情况",
        "带“＊”的上报时必填，草稿可以先空着",
        (
            "organiser",
            "enterprise",
            "level",
            "village",
            "title",
            "kind",
            "form",
            "hazard",
            "hazard_other",
            "held_on",
            "starts_at",
            "ends_at",
            "place",
            "with_evacuation",
            "unscripted",
        ),
    ),
    (
        "情景和参演力量",
        "",
        (
            "plan_name",
            "scenario",
            "headcount",
            "observers",
            "participants",
            "other_participants",
            "equipment",
        ),
    ),
    (
        "演练评估",
        "按《生产安全事故应急演练评估规范》（AQ/T 9009）的要点填写，没有的项目可以不填。",
        (
            "evaluator",
            "conclusion",
            "eval_execution",
            "eval_plan",
            "eval_command",
            "eval_people",
            "eval_equipment",
            "eval_advice",
            "revision",
        ),
    ),
)
WIDE = {
    "title",
    "place",
    "scenario",
    "participants",
    "other_participants",
    "equipment",
    "eval_execution",
}
HALF = {name for name in DrillValues.__annotations__ if name.startswith("eval_")} - WIDE
NEEDED = {"title", "hazard", "held_on", "place", "headcount"}
HELP = {
    "level": "单位可选级别见列表；企业演练固定为企业级。",
    "village": "以村（社区）名义组织的填写，写法请前后一致，按名称统计已练村数。",
    "plan_name": "例如“河口镇防汛应急预案”或本次演练方案的名称。",
    "headcount": "实际参加演练的人数，不含观摩人员。",
    "participants": "联合演练按组织单位计 1 场次，参演单位记“参与”，不重复计入。",
    "other_participants": "企业、村（社区）、救援队伍等，用顿号分开。",
    "unscripted": "不预设脚本，临机导调。",
    "with_evacuation": "综合或专项演练中组织了人员疏散逃生的请勾选。",
    "eval_execution": "各环节是否按方案实施，目标是否达到。",
    "revision": "演练表明预案需要修订的，请如实选择。",
}
AREAS = {"scenario": 3, "equipment": 2, "eval_execution": 3}
# Problems stand in a table of their own.
PROBLEM_FIELDS = ("text", "responsible", "due_on", "done_on", "result")


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One line of the table of problems with its bound fields."""

    number: int
    text: BoundField
    responsible: BoundField
    due_on: BoundField
    done_on: BoundField
    result: BoundField


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields; `fields` are (bound field, class of its width)."""

    title: str
    note: str
    fields: list[tuple[BoundField, str]]


def _label(name: str) -> str:
    label = str(getattr(Drill._meta.get_field(name), "verbose_name", name))
    return f"{label}＊" if name in NEEDED else label


def _width(name: str) -> str:
    return "drill-wide" if name in WIDE else "drill-half" if name in HALF else ""


def _text(name: str) -> forms.CharField:
    longest = getattr(Drill._meta.get_field(name), "max_length", None)
    widget: forms.Widget = forms.TextInput() if longest else forms.Textarea(attrs={"rows": AREAS.get(name, 2)})
    # The service counts; a line end counts double on the way here.
    return forms.CharField(
        label=_label(name),
        required=False,
        max_length=longest or MAX_TEXT * 2,
        widget=widget,
        help_text=HELP.get(name, ""),
    )


def _choice(name: str, choices: Any, empty: str = "请选择") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_label(name), required=False, choices=[("", empty), *choices], help_text=HELP.get(name, "")
    )


def _number(name: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=_label(name), required=False, min_value=0, max_value=1_000_000, help_text=HELP.get(name, "")
    )


class EnterpriseInput(forms.TextInput):
    """A text box that offers names while one is typed; without script it is a plain text box."""

    def __init__(self) -> None:
        super().__init__(
            attrs={
                "list": "enterprise-names",
                "autocomplete": "off",
                "hx-get": reverse_lazy("drills:enterprises"),
                "hx-trigger": "input changed delay:300ms",
                "hx-target": "#enterprise-names",
            }
        )

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the box and the list that the answers go into."""
        box = super().render(name, value, attrs, renderer)
        return format_html('{}<datalist id="enterprise-names"></datalist>', box)


class EnterpriseField(forms.CharField):
    """An enterprise by its name or credit code as typed: a list of thousands is no list to choose from."""

    def __init__(self, *, user: Any, **extra: Any) -> None:
        self.user = user
        super().__init__(max_length=80, widget=EnterpriseInput(), **extra)

    def clean(self, value: Any) -> Any:
        """Return the enterprise, or None where nothing was typed.

        Raises:
            ValidationError: none or several of the person's enterprises are called so.
        """
        text = super().clean(value)
        if not text:
            return None
        rows = enterprises_to_file_for(self.user)
        exact = rows.filter(Q(name=text) | Q(credit_code=text.upper())).first()
        if exact is not None:
            return exact
        found = list(rows.filter(name__icontains=text)[: SUGGESTED + 1])
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError("您的管理范围内没有这家在业企业，请核对名称或统一社会信用代码。")
        names = "、".join(row.name for row in found[:SUGGESTED])
        more = "等" if len(found) > SUGGESTED else ""
        raise forms.ValidationError(f"有多家企业名称相近：{names}{more}，请填写全称。")


class DrillForm(forms.Form):
    """演练记录: who organised it (only while new), what, when, who took part, how it was judged, what was wrong."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, drill: Drill | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.drill = user, drill
        if drill is None:
            self._add_organiser()
        self._add_facts(drill)
        self._add_texts()
        self._add_problems()

    def _add_organiser(self) -> None:
        """Let the person choose among the own units, or name an enterprise in their care."""
        authority = authority_of(self.user)
        units = units_to_file_for(self.user)
        own = list(enterprises_to_file_for(self.user).filter(pk__in=authority.enterprises)[:2])
        if authority.units or authority.is_office:
            only = units.first() if len(authority.units) == 1 and not authority.is_office else None
            self.fields["organiser"] = forms.ModelChoiceField(
                label="组织单位", queryset=units, required=False, initial=only, empty_label="请选择"
            )
        self.fields["enterprise"] = EnterpriseField(
            user=self.user,
            label="组织企业",
            required=False,
            initial=own[0].name if len(own) == 1 else "",
            help_text="企业组织的演练填写企业全称或统一社会信用代码，并把“组织单位”留空。"
            if "organiser" in self.fields
            else "填写企业全称。",
        )

    def _add_facts(self, drill: Drill | None) -> None:
        levels: Any = Drill.Level.choices
        if drill is not None:
            levels = [(value, label) for value, label in levels if value in levels_for(drill.organiser)]
        self.fields["level"] = _choice("level", levels, "按组织单位默认")
        for name, choices in (
            ("kind", Drill.Kind.choices),
            ("form", Drill.Form.choices),
            ("hazard", Drill.Hazard.choices),
            ("conclusion", Drill.Conclusion.choices),
            ("revision", Drill.Revision.choices),
        ):
            self.fields[name] = _choice(name, choices)
        self.fields["held_on"] = forms.DateField(label=_label("held_on"), required=False)
        for name in ("starts_at", "ends_at"):
            widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            self.fields[name] = forms.TimeField(label=_label(name), required=False, widget=widget)
        for name in ("headcount", "observers"):
            self.fields[name] = _number(name)
        for name in ("with_evacuation", "unscripted"):
            self.fields[name] = forms.BooleanField(label=_label(name), required=False, help_text=HELP[name])
        self.fields["participants"] = SeveralRowsField(
            label=_label("participants"),
            required=False,
            queryset=assignable_units().exclude(pk=drill.organiser_id or 0 if drill else 0),
            help_text=HELP["participants"],
        )

    def _add_texts(self) -> None:
        for name in DrillValues.__annotations__:
            if name not in self.fields:
                self.fields[name] = _text(name)

    def _add_problems(self) -> None:
        """Add a line for each problem there is or was typed, and some empty ones."""
        stored = len(self.initial.get("problems", ()))
        typed = [
            int(parts[1])
            for parts in (name.split("_", 2) for name in self.data)
            if len(parts) == 3 and parts[0] == "problem" and parts[1].isdecimal() and len(parts[1]) < 3
        ]
        lines = max(stored + BLANK_PROBLEMS, max(typed, default=-1) + 1)
        self.problem_lines = min(lines, MAX_PROBLEMS + BLANK_PROBLEMS)
        for number in range(self.problem_lines):
            labels = (
                f"问题{number + 1}",
                f"问题{number + 1}责任人",
                f"问题{number + 1}期限",
                f"问题{number + 1}完成日期",
                f"问题{number + 1}整改情况",
            )
            start = self.initial["problems"][number] if number < stored else {}
            for name, label in zip(PROBLEM_FIELDS, labels, strict=True):
                day = name.endswith("_on")
                self.fields[f"problem_{number}_{name}"] = (
                    forms.DateField(label=label, required=False, initial=start.get(name))
                    if day
                    else forms.CharField(
                        label=label,
                        required=False,
                        max_length=60 if name == "responsible" else 300,
                        initial=start.get(name),
                    )
                )

    def clean(self) -> dict[str, Any]:
        """Say where a line of problems has everything but the problem; it is not dropped."""
        data = super().clean() or {}
        for number in range(self.problem_lines):
            rest = [data.get(f"problem_{number}_{name}") for name in PROBLEM_FIELDS[1:]]
            name = f"problem_{number}_text"
            if any(rest) and name in data and not data[name]:
                self.add_error(name, "请写明问题；整行不需要的，请清空。")
        if self.drill is None and not data.get("organiser") and not data.get("enterprise"):
            where = "organiser" if "organiser" in self.fields else "enterprise"
            if where not in self.errors and "enterprise" not in self.errors:
                self.add_error(where, "请选择组织单位；企业组织的演练请填写企业名称。")
        if data.get("organiser") and data.get("enterprise"):
            self.add_error("enterprise", "组织单位和组织企业只能填一个；企业组织的演练请把“组织单位”留空。")
        return data

    def sections(self) -> Iterator[Section]:
        """Yield the groups of fields for the page."""
        enterprise = self.drill is not None and self.drill.enterprise_id is not None
        for title, note, names in SECTIONS:
            shown = [name for name in names if name in self.fields]
            if enterprise:
                shown = [name for name in shown if name not in ("level", "village")]
            yield Section(title, note, [(self[name], _width(name)) for name in shown])

    def problems(self) -> Iterator[ProblemLine]:
        """Yield the lines of the table of problems."""
        for number in range(self.problem_lines):
            yield ProblemLine(number + 1, *(self[f"problem_{number}_{name}"] for name in PROBLEM_FIELDS))

    def organiser_of(self) -> tuple[int | None, Enterprise | None]:
        """Return who organised a new drill: a unit's key, or an enterprise."""
        unit = self.cleaned_data.get("organiser")
        return (unit.pk if unit else None), self.cleaned_data.get("enterprise")

    def draft(self) -> DrillDraft:
        """Return what is in order on the form as the service takes it; what is not keeps its stored content."""
        data = self.cleaned_data
        # A choice left empty says nothing: the record keeps its default.
        always = {"level", "kind", "form"}
        values = {
            name: data[name]
            for name in DrillValues.__annotations__
            if name in data and not (name in always and not data[name])
        }
        participants = None
        if "participants" in data:
            participants = [unit.pk for unit in data["participants"]]
        problems: list[ProblemDraft] | None = []
        for number in range(self.problem_lines):
            names = [f"problem_{number}_{name}" for name in PROBLEM_FIELDS]
            if any(name not in data for name in names):
                problems = None
                break
            problems.append(ProblemDraft(*(data[name] for name in names)))  # type: ignore[union-attr]
        return DrillDraft(values, participants, problems)  # type: ignore[arg-type]

    @staticmethod
    def initial_of(drill: Drill) -> dict[str, Any]:
        """Return what the form of a stored record opens with."""
        initial: dict[str, Any] = {name: getattr(drill, name) for name in DrillValues.__annotations__}
        problems = [{name: getattr(row, name) for name in PROBLEM_FIELDS} for row in drill.problems.all()]
        return initial | {
            "version": drill.version,
            "participants": list(drill.participants.values_list("pk", flat=True)),
            "problems": problems,
        }


class ActionForm(forms.Form):
    """A move's version and reason; its length is the service's to judge."""

    version = forms.IntegerField(min_value=1)
    reason = forms.CharField(required=False, max_length=8000, strip=True)


class FinishForm(forms.Form):
    """When a problem was put right, and how."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    done_on = forms.DateField(label="整改完成日期")
    result = forms.CharField(label="整改情况", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
