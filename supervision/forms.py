"""Forms of the letter pages. They check what was typed; the rules are in the services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from core import clock
from responsibility.models import Unit
from supervision.models import Letter, LetterItem
from supervision.selectors import Habits, predecessor_of
from supervision.services.drafting import MAX_REQUIREMENT, MAX_TEXT, Cover, Revision, Texts
from supervision.services.replying import MAX_REPLY, ReplyDraft
from supervision.wording import DEMANDS, Standing, opening_for, title_for


def _area(label: str, rows: int, longest: int, **extra: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows}), **extra)


class ActionForm(forms.Form):
    """A button's version, and what the move asks for: a reason or the signatory."""

    version = forms.IntegerField(min_value=1)
    reason = forms.CharField(required=False)
    signatory = forms.CharField(required=False)


class CoverForm(forms.Form):
    """What every letter of a batch has in common."""

    reply_due_on = forms.DateField(
        label="回复期限",
        widget=forms.DateInput,
        help_text="建议为 7 个工作日之后，已避开周末和法定节假日，可改。",
    )
    issuer = forms.CharField(label="发文机关", max_length=60, help_text="全称，印在函头和落款。")
    code = forms.CharField(label="发文代字", max_length=20, help_text="例如“东安办函”。年份和顺序号在签发时自动编排。")
    contact = forms.CharField(label="联系人及电话", max_length=120)
    demand = _area("工作要求", 5, MAX_TEXT, help_text="每行一段；行首可用（一）、1. 等序号，按公文格式排版。")

    def cover(self) -> Cover:
        """Return the valid form as the services take it."""
        data = self.cleaned_data
        return Cover(
            issuer=data["issuer"],
            code=data["code"],
            contact=data["contact"],
            reply_due_on=data["reply_due_on"],
            demand=data["demand"],
        )


@dataclass(frozen=True, slots=True)
class ComposeRow:
    """One task on the drafting page with its two fields; `refusal` says why it cannot be ticked."""

    standing: Standing
    refusal: str
    tick: BoundField | None
    requirement: BoundField | None


@dataclass(frozen=True, slots=True)
class ComposeGroup:
    """The tasks of one lead unit: one letter."""

    unit: Unit
    predecessor: Letter | None
    title: BoundField | None
    opening: BoundField | None
    rows: list[ComposeRow]


class ComposeForm(CoverForm):
    """Ticked tasks by lead unit, each unit with its own title and opening, proposed from the figures.

    A task that an unanswered letter names already has the box `again_…`, unticked; the others `include_…`, ticked.
    """

    field_order = ("reply_due_on", "code", "issuer", "contact")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        kind: str,
        standings: Sequence[Standing],
        last: Mapping[int, Letter],
        habits: Habits,
    ) -> None:
        super().__init__(data)
        self.kind, self.standings, self.last = kind, standings, last
        self.predecessors: dict[int, Letter | None] = {}
        self.initial = {
            "reply_due_on": habits.reply_due_on,
            "issuer": habits.issuer,
            "code": habits.code,
            "contact": habits.contact,
            "demand": DEMANDS[kind],
        }
        for _, rows in groupby(standings, key=lambda row: row.task.lead_id):
            self._add_unit(list(rows))

    def _add_unit(self, rows: list[Standing]) -> None:
        able = [row for row in rows if not row.refusal(self.kind)]
        counted = [row for row in able if row.open_letter is None] or able
        if not counted:
            return
        task = counted[0].task
        before = self.predecessors[task.lead_id] = predecessor_of([row.task.pk for row in counted], self.last)
        opening = opening_for(self.kind, task.plan, counted, clock.today(), before)
        self.fields[f"title_{task.lead_id}"] = forms.CharField(
            label="标题", max_length=120, required=False, initial=title_for(self.kind, counted)
        )
        self.fields[f"opening_{task.lead_id}"] = _area(
            "事由",
            3,
            MAX_TEXT,
            required=False,
            initial=opening,
            help_text="不改动或清空时，按最后勾选的任务重新计算项数和天数。",
        )
        for row in able:
            known = row.open_letter is not None
            self.fields[f"{'again' if known else 'include'}_{row.task.pk}"] = forms.BooleanField(
                label="仍列入" if known else "列入", required=False, initial=not known
            )
            self.fields[f"requirement_{row.task.pk}"] = _area(
                "办理要求", 2, MAX_REQUIREMENT, required=False, initial=row.requirement
            )

    def _bound(self, name: str) -> BoundField | None:
        return self[name] if name in self.fields else None

    def groups(self) -> list[ComposeGroup]:
        """Return what the page draws, one group a unit."""
        return [
            ComposeGroup(
                unit=group[0].task.lead,
                predecessor=self.predecessors.get(unit_id),
                title=self._bound(f"title_{unit_id}"),
                opening=self._bound(f"opening_{unit_id}"),
                rows=[
                    ComposeRow(
                        standing=row,
                        refusal=row.refusal(self.kind),
                        tick=self._bound(f"{'again' if row.open_letter else 'include'}_{row.task.pk}"),
                        requirement=self._bound(f"requirement_{row.task.pk}"),
                    )
                    for row in group
                ],
            )
            for unit_id, rows in groupby(self.standings, key=lambda row: row.task.lead_id)
            for group in [list(rows)]
        ]

    def shared(self) -> list[BoundField]:
        """Return the fields of the whole batch."""
        return [self[name] for name in CoverForm.base_fields]

    def ticked(self, prefix: str) -> list[int]:
        """Return the ids of the tasks ticked under `include` or `again`."""
        rows = (row.task.pk for row in self.standings)
        return [pk for pk in rows if self.cleaned_data.get(f"{prefix}_{pk}")]

    def texts(self) -> dict[int, Texts]:
        """Return title and opening of each unit where they differ from the proposal."""
        units = {row.task.lead_id for row in self.standings}
        return {pk: Texts(self._own(f"title_{pk}"), self._own(f"opening_{pk}")) for pk in units}

    def _own(self, name: str) -> str:
        return str(self.cleaned_data.get(name, "")) if name in self.changed_data else ""

    def requirements(self) -> dict[int, str]:
        """Return what the units are to do, by task."""
        return {row.task.pk: str(self.cleaned_data.get(f"requirement_{row.task.pk}", "")) for row in self.standings}


class EditForm(CoverForm):
    """A draft: its texts, and for each item what is to be done and whether it is taken out."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label="标题", max_length=120)
    opening = _area("事由", 5, MAX_TEXT, help_text="每行一段。项数、天数以起草当天为准，移出任务后请核对。")
    field_order = ("version", "title", "opening")

    def __init__(self, data: QueryDict | None = None, *, letter: Letter) -> None:
        super().__init__(data, initial={name: getattr(letter, name) for name in self.base_fields})
        self.items: list[LetterItem] = list(letter.items.all())
        for item in self.items:
            self.fields[f"requirement_{item.pk}"] = _area("办理要求", 2, MAX_REQUIREMENT, initial=item.requirement)
            self.fields[f"remove_{item.pk}"] = forms.BooleanField(label="移出本函", required=False)

    def rows(self) -> list[tuple[LetterItem, BoundField, BoundField]]:
        """Return each item with its two fields."""
        return [(item, self[f"requirement_{item.pk}"], self[f"remove_{item.pk}"]) for item in self.items]

    def texts(self) -> list[BoundField]:
        """Return the fields of the letter itself."""
        return [self[name] for name in ("title", "opening", "demand")]

    def facts(self) -> list[BoundField]:
        """Return the fields of number, dates and names."""
        return [self[name] for name in ("reply_due_on", "code", "issuer", "contact")]

    def revision(self) -> Revision:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return Revision(
            cover=self.cover(),
            title=data["title"],
            opening=data["opening"],
            requirements={item.pk: data[f"requirement_{item.pk}"] for item in self.items},
            removed=[item.pk for item in self.items if data[f"remove_{item.pk}"]],
        )


class ReplyForm(forms.Form):
    """The unit's answer: one box for each item, a promised day, remarks on the whole."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, letter: Letter) -> None:
        super().__init__(data, initial={"version": letter.version})
        self.items: list[LetterItem] = list(letter.items.all())
        for item in self.items:
            self.fields[f"reply_{item.pk}"] = _area(
                "办理情况",
                4,
                MAX_REPLY,
                required=False,
                initial=item.reply,
                help_text="写明已做工作、未完成的原因和下一步措施。",
            )
            self.fields[f"promised_{item.pk}"] = forms.DateField(
                label="承诺完成日期（可不填）", required=False, initial=item.promised_on, widget=forms.DateInput
            )
        self.fields["summary"] = _area("总体说明（可不填）", 3, MAX_REPLY, required=False, initial=letter.reply_summary)

    def rows(self) -> list[tuple[LetterItem, BoundField, BoundField]]:
        """Return each item with its two fields."""
        return [(item, self[f"reply_{item.pk}"], self[f"promised_{item.pk}"]) for item in self.items]

    def draft(self) -> ReplyDraft:
        """Return what is in order as the service takes it; a field that is not keeps what was stored."""
        data = self.cleaned_data
        return ReplyDraft(
            replies={item.pk: data[f"reply_{item.pk}"] for item in self.items if f"reply_{item.pk}" in data},
            promised={item.pk: data[f"promised_{item.pk}"] for item in self.items if f"promised_{item.pk}" in data},
            summary=data.get("summary", self.initial.get("summary", "")),
        )
