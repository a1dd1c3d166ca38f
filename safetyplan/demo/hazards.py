"""The hazard ledger of the demonstration: found, rectified, re-checked and closed through the services.

Its days count from the day of loading, so that on any day something is overdue, waits for each part, and is closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from accounts.models import User
from core import clock
from core.workdays import add_working_days, is_working_day
from evidence.services import attach_file
from hazards.models import Hazard
from hazards.services import extensions, rechecking, rectifying
from hazards.services.registering import Facts, Measures, Placing, Registration, register_hazard
from responsibility.models import Enterprise, Sector
from safetyplan.demo.county import People
from safetyplan.demo.files import make_evidence
from safetyplan.demo.replay import Event
from safetyplan.demo.story import moment_of, read_json

# Hour of the day at which people do what.
HOURS = {
    "extend": 10,
    "apply": 11,
    "return": 14,
    "grant": 15,
    "refuse": 15,
    "pass": 15,
    "reopen": 16,
    "void": 16,
    "close": 17,
}


@dataclass(slots=True)
class HazardStory:
    """What happens to one hazard; days are counted from `today`, minutes keep hazards of one day apart."""

    people: People
    row: dict[str, Any]
    today: date
    minute: int
    hazard_id: int = 0

    def events(self) -> Iterator[Event]:
        """Yield the registration and everything after it."""
        yield Event(moment_of(self.worked_on(self.row["found"]), 9, self.minute), self.register)
        for step in self.row.get("events", []):
            at = moment_of(self.worked_on(step["on"]), HOURS[step["do"]], self.minute)
            yield Event(at, partial(getattr(self, f"do_{step['do']}"), step))

    def worked_on(self, offset: int) -> date:
        """Return the day so many days from today, or the last working day before it: nobody works on Sundays."""
        day = self.today + timedelta(days=offset)
        return day if is_working_day(day) else add_working_days(day, -1)

    def day(self, offset: int) -> date:
        """Return the day so many days from today."""
        return self.today + timedelta(days=offset)

    def person(self, step: dict[str, Any]) -> User:
        """Return who does it."""
        return self.people.users[step["by"]]

    def register(self) -> None:
        """Put the hazard on the list, with a photo of what was found."""
        row, actor = self.row, self.person(self.row)
        at = row["at"]
        place = at if isinstance(at, dict) else None
        plan = dict(zip(Hazard.PLAN_FIELDS, row.get("plan", []), strict=False))
        hazard = register_hazard(
            actor=actor,
            registration=Registration(
                facts=self._facts(),
                measures=Measures(row["rectifier"], row.get("controls", ""), **plan),
                due_on=self.day(row["due"]),
                enterprise_id=None if place else _enterprise(at).pk,
                site=place["site"] if place else "",
                placing=self._placing(place) if place else None,
            ),
        )
        self.hazard_id = hazard.pk
        self._photo(actor, hazard, "整改前", row.get("photo", row["title"]))

    def _facts(self) -> Facts:
        row = self.row
        finder = row.get("finder_unit")
        return Facts(
            title=row["title"],
            description=row["description"],
            place=row["place"],
            level=row.get("level", "general"),
            source=row["source"],
            found_on=clock.today(),
            standard=row.get("standard", ""),
            clause=row.get("clause", ""),
            finder_unit_id=self.people.units[finder].pk if finder else None,
            finder=row.get("finder", ""),
            overseer=row.get("overseer", ""),
        )

    def _placing(self, place: dict[str, Any]) -> Placing:
        units = self.people.units
        sector = Sector.objects.get(code=place["sector"])
        return Placing(sector.pk, units[place["township"]].pk, units[place["supervisor"]].pk)

    def _photo(self, actor: User, owner: Any, when: str, caption: str) -> None:
        unit = actor.memberships.select_related("unit").first()
        name = unit.unit.short_name if unit else ""
        upload = make_evidence(f"{when}.png", f"{when}：{caption}", name, clock.today().isoformat())
        attach_file(actor=actor, owner=owner, upload=upload)

    def do_apply(self, step: dict[str, Any]) -> None:
        """Report the rectification with a photo and ask for the re-check."""
        actor = self.person(step)
        draft = rectifying.save_rectification(
            actor=actor, hazard_id=self.hazard_id, measures=step["text"], done_on=clock.today()
        )
        self._photo(actor, draft, "整改后", step["text"])
        rectifying.apply_for_recheck(actor=actor, hazard_id=self.hazard_id)

    def do_pass(self, step: dict[str, Any]) -> None:
        """Find it removed."""
        service = rechecking.pass_recheck if self.row.get("level") == "major" else rechecking.pass_and_close
        service(actor=self.person(step), hazard_id=self.hazard_id, opinion=step["text"])

    def do_return(self, step: dict[str, Any]) -> None:
        """Find it not removed."""
        rechecking.return_hazard(actor=self.person(step), hazard_id=self.hazard_id, opinion=step["text"])

    def do_close(self, step: dict[str, Any]) -> None:
        """Strike it off."""
        rechecking.close_hazard(actor=self.person(step), hazard_id=self.hazard_id, opinion=step["text"])

    def do_extend(self, step: dict[str, Any]) -> None:
        """Ask for more time."""
        extensions.ask_extension(
            actor=self.person(step),
            hazard_id=self.hazard_id,
            reason=step["text"],
            progress=step["progress"],
            wanted_on=self.day(step["to"]),
        )

    def do_grant(self, step: dict[str, Any]) -> None:
        """Give more time."""
        due_on = self.day(step["to"])
        extensions.grant_extension(
            actor=self.person(step), hazard_id=self.hazard_id, opinion=step["text"], due_on=due_on
        )

    def do_refuse(self, step: dict[str, Any]) -> None:
        """Give no more time."""
        extensions.refuse_extension(actor=self.person(step), hazard_id=self.hazard_id, opinion=step["text"])

    def do_reopen(self, step: dict[str, Any]) -> None:
        """Open it again after a look back."""
        due_on = self.day(step["to"])
        rechecking.reopen_hazard(actor=self.person(step), hazard_id=self.hazard_id, reason=step["text"], due_on=due_on)

    def do_void(self, step: dict[str, Any]) -> None:
        """Take back what was registered by mistake."""
        rechecking.void_hazard(actor=self.person(step), hazard_id=self.hazard_id, reason=step["text"])


def _enterprise(key: str) -> Enterprise:
    names = {row["key"]: row["name"] for row in read_json("enterprises.json")["enterprises"]}
    return Enterprise.objects.get(name=names[key])


def hazard_ledger(people: People, until: datetime) -> list[Event]:
    """Return everything that happens in the ledger up to the moment of loading.

    Args:
        people: units and users made before, enterprises included.
        until: the moment the demonstration is loaded.
    """
    rows = read_json("hazards.json")["hazards"]
    stories = [HazardStory(people, row, clock.date_of(until), minute) for minute, row in enumerate(rows, 1)]
    return [event for story in stories for event in story.events()]
