"""Sample objects of drills for the tests that walk over all pages."""

from drills.models import Drill
from tests.drills.records import STATES, drill_in
from tests.meta.scene import Scene

MORE = 30


def add_to(scene: Scene) -> None:
    """Create them at the frozen moment and name them in `scene.samples` (and `scene.posted`)."""
    county = scene.county
    made: dict[str, Drill] = {}
    for number, state in enumerate(STATES):
        made[state] = drill_in(state, county, county.editor, county.units["YJ"], number)
    scene.samples |= {f"drill {state}": {"pk": drill.pk} for state, drill in made.items()}
    waiting, counted = made[Drill.State.SUBMITTED], made[Drill.State.COUNTED]
    problem = counted.problems.get()
    scene.samples["drill move"] = {"pk": waiting.pk, "action": "count"}
    scene.samples["drill problem"] = {"pk": counted.pk, "problem_id": problem.pk}
    scene.posted["drill move"] = {"version": waiting.version}
    scene.posted["drill problem"] = {"version": problem.version, "done_on": "2026-05-12", "result": "已更换对讲机"}


def grow(scene: Scene) -> None:
    """Add thirty of each, and thirty lines to what the sample pages show."""
    county = scene.county
    for number in range(100, 100 + MORE):
        drill_in(STATES[number % len(STATES)], county, county.editor, county.units["YJ"], number)
