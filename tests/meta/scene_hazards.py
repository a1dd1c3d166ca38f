"""Sample objects of hazards for the tests that walk over all pages."""

from audit import trail
from evidence.models import File
from evidence.services import attach_file
from hazards.models import Hazard
from hazards.models.tracked import Level, State
from responsibility.models import Enterprise
from tests.enterprises import make_enterprise
from tests.hazards.ledger import ask, grant, hazard_in, picture, register
from tests.meta.scene import Scene

MORE = 30


def add_to(scene: Scene) -> None:
    """Create them at the frozen moment and name them in `scene.samples` (and `scene.posted`)."""
    county = scene.county
    enterprise = Enterprise.objects.get(pk=scene.samples["enterprise"]["pk"])
    for level in Level.values:
        for state in State.values:
            if (level, state) != (Level.GENERAL, State.PASSED):
                hazard = hazard_in(state, county, enterprise, level)
                scene.samples[f"hazard {level} {state}"] = {"pk": hazard.pk}
        asked = hazard_in(State.RECTIFYING, county, enterprise, level)
        ask(asked, county.enterprise)
        scene.samples[f"hazard {level} asked"] = {"pk": asked.pk}
    first = Hazard.objects.get(pk=scene.samples["hazard general rectifying"]["pk"])
    photo = attach_file(actor=county.office, owner=first, upload=picture())
    applied = scene.samples["hazard general applied"]
    after = File.objects.get(owner_type="hazards.rectification", owner_id=_round_of(applied["pk"]))
    scene.samples |= {
        "hazard photo": {"uid": photo.uid},
        "hazard photo after": {"uid": after.uid},
        "hazard move": applied | {"action": "return"},
    }
    version = Hazard.objects.get(pk=applied["pk"]).version
    scene.posted |= {"hazard move": {"version": version, "reason": "仍未整改"}}


def _round_of(hazard_id: int) -> int:
    return Hazard.objects.get(pk=hazard_id).rounds.latest("round").pk


def grow(scene: Scene) -> None:
    """Add thirty of each, and thirty lines to what the sample pages show."""
    county = scene.county
    states = [state for state in State.values if state != State.PASSED]
    sample = Hazard.objects.get(pk=scene.samples["hazard general rectifying"]["pk"])
    for number in range(MORE):
        enterprise = make_enterprise(county, 500 + number, supervisor="ZJ" if number % 2 else "YJ")
        hazard = register(county, enterprise, Level.MAJOR if number % 3 else Level.GENERAL, actor=county.office)
        if number % 2 == 0:
            ask(hazard, county.editor)
            grant(hazard, county.office, hazard.due_on.replace(month=7))
        hazard_in(states[number % len(states)], county, sample.enterprise)  # type: ignore[arg-type]
        trail.record(actor=county.office, action="test.note", target=sample, summary=f"记录{number}")
