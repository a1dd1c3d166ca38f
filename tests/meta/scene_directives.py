"""Sample entries of the register 交办事项 for the tests that walk over all pages."""

from datetime import date

from audit import trail
from responsibility.models import Unit
from tasks.models import Directive
from tasks.services.directives import DirectiveDraft, register_directive, settle_directive
from tasks.services.opening import NewTask, open_task
from tests.meta.scene import Scene

MORE = 30


def _entry(scene: Scene, title: str, kind: str = Directive.Kind.MEETING) -> Directive:
    draft = DirectiveDraft(kind, date(2026, 5, 10), "县政府常务会议", title, "抓紧办理。", due_on=date(2026, 11, 30))
    return register_directive(actor=scene.county.office, draft=draft)


def _open(scene: Scene, row: Directive, lead: Unit, title: str) -> None:
    draft = NewTask(title, lead, date(2026, 5, 12), date(2026, 10, 31), supports=[scene.county.units["Z1"]])
    open_task(actor=scene.county.office, directive_id=row.pk, draft=draft)


def add_to(scene: Scene) -> None:
    """Create them at the frozen moment and name them in `scene.samples`."""
    office = scene.county.office
    new, running = _entry(scene, "整治燃气"), _entry(scene, "整治电动自行车")
    _open(scene, running, scene.county.units["YJ"], "整治电动自行车")
    done = settle_directive(actor=office, directive_id=_entry(scene, "阅知事项").pk, outcome="已阅知。")
    scene.samples |= {
        "directive new": {"pk": new.pk},
        "directive running": {"pk": running.pk},
        "directive done": {"pk": done.pk},
    }


def grow(scene: Scene) -> None:
    """Add thirty entries with two tasks each, and thirty tasks and lines to what the sample pages show."""
    sample = Directive.objects.get(pk=scene.samples["directive running"]["pk"])
    for number in range(MORE):
        row = _entry(scene, f"事项{number}")
        for code in ("YJ", "ZJ"):
            _open(scene, row, scene.county.units[code], f"任务{number}")
        _open(scene, sample, scene.county.units["YJ"], f"再办{number}")
        trail.record(actor=scene.county.office, action="test.note", target=sample, summary=f"记录{number}")
