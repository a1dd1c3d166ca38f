"""Sample objects of drills for the tests that walk over all pages."""

from datetime import date

from drills.models import Drill, DrillRule, VillageCount
from drills.services.rules import waive
from drills.services.targets import TargetDraft, set_target
from responsibility.models import Unit
from tests.drills.records import STATES, drill_in, make_enterprise
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
    rule, unit = DrillRule.objects.earliest("pk"), county.units["Z1"]
    january = date(2026, 1, 1)
    waiver = waive(actor=county.office, unit_id=unit.pk, reason="新设", valid_from=january, valid_to=january)
    scene.samples |= {"drill rule": {"pk": rule.pk}, "drill waiver": {"pk": waiver.pk}, "drill year": {"year": 2026}}
    set_target(actor=county.office, year=2026, draft=TargetDraft(400, "comprehensive", "要点", {unit.pk: 400}))
    scene.posted["drill move"] = {"version": waiting.version}
    scene.posted["drill problem"] = {"version": problem.version, "done_on": "2026-05-12", "result": "已更换对讲机"}


def grow(scene: Scene) -> None:
    """Add thirty of each, and thirty lines to what the sample pages show."""
    county = scene.county
    for number in range(100, 100 + MORE):
        drill_in(STATES[number % len(STATES)], county, county.editor, county.units["YJ"], number)
        rule = DrillRule.objects.get(pk=scene.samples["drill rule"]["pk"])
        rule.pk, rule.ordering = None, number
        rule.active = False
        rule.save(force_insert=True)
        township = Unit.objects.create(
            code=f"T{number}", name=f"第{number}镇", short_name=f"{number}镇", kind="township"
        )
        VillageCount.objects.create(unit=township, year=2026, number=number)
        enterprise = make_enterprise(county, number, township=township, high_risk=number % 2 == 0)
        waive(
            actor=county.office,
            enterprise_id=make_enterprise(county, number + MORE).pk,
            reason="停产",
            valid_from=date(2026, 1, 1),
            valid_to=None,
        )
        drill_in(Drill.State.COUNTED, county, county.second_office, enterprise, number)
