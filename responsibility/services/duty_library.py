"""责任清单库: the shipped duties of the usual kinds of unit (`fixtures/duties`), and whose they would be in a unit."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from responsibility.models import DutyItem, InnerOffice, Layer, Post, Unit
from responsibility.services.duty_items import ItemDraft, Subject

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "duties"
# What is in the name of every office and tells none from another.
_COMMON = (
    "监督管理",
    "监管",
    "管理",
    "安全",
    "综合",
    "工作",
    "办公室",
    "中心",
    "大队",
    "股",
    "科",
    "站",
    "所",
    "室",
    "和",
    "、",
)
_CHIEF = "主要负责人"


@dataclass(frozen=True, slots=True)
class LibraryDuty:
    """One duty of the library; `subject` names the office, post or leader that usually has it."""

    layer: str
    subject: str
    kind: str
    duty_type: str
    text: str
    basis: str
    how: str
    frequency: str
    times: int

    @property
    def frequency_words(self) -> str:
        """How often, in words."""
        return DutyItem(frequency=self.frequency, times=self.times).frequency_words

    @property
    def layer_words(self) -> str:
        """The layer in words."""
        return Layer(self.layer).label

    @property
    def kind_words(self) -> str:
        """三管 in words."""
        return DutyItem.Kind(self.kind).label

    @property
    def type_words(self) -> str:
        """The duty type in words."""
        return DutyItem.Type(self.duty_type).label

    def draft(self, subject: Subject) -> ItemDraft:
        """Return the duty as one of `subject`."""
        return ItemDraft(
            subject=subject,
            text=self.text,
            kind=self.kind,
            duty_type=self.duty_type,
            basis=self.basis,
            how=self.how,
            frequency=self.frequency,
            times=self.times,
        )


@dataclass(frozen=True, slots=True)
class LibraryKind:
    """The duties of one kind of unit.

    Attributes:
        code: name of its file, stable.
        name: the kind in words.
        endings: ends of the full names of units of this kind.
        duties: in their order.
    """

    code: str
    name: str
    endings: tuple[str, ...]
    duties: tuple[LibraryDuty, ...]


def _read(path: Path) -> LibraryKind:
    content = json.loads(path.read_text(encoding="utf-8"))
    duties = tuple(
        LibraryDuty(
            layer=row["layer"],
            subject=row["subject"],
            kind=row["kind"],
            duty_type=row["type"],
            text=row["text"],
            basis=row["basis"],
            how=row["how"],
            frequency=row["frequency"],
            times=row.get("times", 1),
        )
        for row in content["duties"]
    )
    return LibraryKind(path.stem, content["kind"], tuple(content["match"]), duties)


@cache
def library() -> dict[str, LibraryKind]:
    """Return the kinds of the library by code, in the order of their names' files."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.json"))}


def kind_for(unit: Unit) -> LibraryKind | None:
    """Return the kind a unit is by the end of its full name; townships, subdistricts and parks are one kind."""
    for kind in library().values():
        if unit.name.endswith(kind.endings):
            return kind
    local = (Unit.Kind.TOWNSHIP, Unit.Kind.SUBDISTRICT, Unit.Kind.PARK)
    return library().get("xiangzhen") if unit.kind in local else None


def _pairs(name: str) -> set[str]:
    """Return the pairs of neighbouring characters of a name, without what every name has."""
    for word in _COMMON:
        name = name.replace(word, " ")
    return {part[at : at + 2] for part in name.split() for at in range(len(part) - 1)}


def _closest(wanted: str, names: Iterable[tuple[int, str]]) -> int | None:
    """Return the key of the name most like the one wanted; None where none shares a word with it."""
    best, most = None, 0
    for key, name in names:
        score = 1000 if name == wanted else len(_pairs(wanted) & _pairs(name))
        if score > most:
            best, most = key, score
    return best


def guess_subject(duty: LibraryDuty, offices: Sequence[InnerOffice], posts: Sequence[Post]) -> Subject | None:
    """Say whose the duty would be in a unit with these offices and posts; None where that cannot be told.

    It is proposed, people choose: a duty of a leader goes to the one in charge or to whose portfolio names the
    subject, one of an office or a post to the one most like it by name.
    """
    if duty.layer == Layer.UNIT:
        return Subject()
    if duty.layer == Layer.OFFICE:
        found = _closest(duty.subject, [(office.pk, office.name) for office in offices])
        return Subject(office_id=found) if found else None
    if duty.layer == Layer.POST:
        found = _closest(duty.subject, [(post.pk, post.title) for post in posts if not post.leader])
        return Subject(post_id=found) if found else None
    leaders = [post for post in posts if post.leader]
    chief = next((post for post in leaders if post.in_charge), None)
    if duty.subject == _CHIEF:
        return Subject(post_id=chief.pk) if chief else None
    portfolio = duty.subject.removeprefix("分管").removesuffix("负责人")
    others = [post for post in leaders if not post.in_charge]
    named = next((post for post in others if portfolio in f"{post.portfolio}{post.title}"), None)
    named = named or next((post for post in others if portfolio[:2] in f"{post.portfolio}{post.title}"), None)
    return Subject(post_id=named.pk) if named else None
