"""Sample objects of reports for the tests that walk over all pages."""

from audit import trail
from reports.models import Report
from reports.quarters import Quarter
from reports.services.drafting import make_report, recalculate
from reports.services.freezing import correct_report, freeze_report
from tests.meta.scene import Scene

MORE = 30


def add_to(scene: Scene) -> None:
    """Create them at the frozen moment and name them in `scene.samples` (and `scene.posted`)."""
    office, leader = scene.county.office, scene.county.leader
    first, _ = make_report(actor=office, quarter=Quarter(2026, 1))
    freeze_report(actor=leader, report_id=first.pk, signatory="县领导", acknowledged=True)
    second = correct_report(actor=office, report_id=first.pk, reason="数字有误")
    freeze_report(actor=leader, report_id=second.pk, signatory="县领导", acknowledged=True)
    draft, _ = make_report(actor=office, quarter=Quarter(2026, 2))
    second.refresh_from_db()
    scene.samples |= {
        "report draft": {"pk": draft.pk},
        "report frozen": {"pk": second.pk},
        "report superseded": {"pk": first.pk},
        "report figure": {"pk": second.pk, "key": "overall.closed_share"},
        "report draft figure": {"pk": draft.pk, "key": "overall.total"},
        "report section": {"pk": second.pk, "key": "overall"},
        "report draft section": {"pk": draft.pk, "key": "overall"},
        "report move": {"pk": second.pk, "action": "correct"},
        "report draft move": {"pk": draft.pk, "action": "recalculate"},
        "report quarter": {},
    }
    scene.posted |= {
        "report move": {"version": second.version, "reason": "再次更正"},
        "report draft move": {"version": draft.version},
        "report quarter": {"quarter": "2026Q2"},
    }


def grow(scene: Scene) -> None:
    """Add thirty of each, and thirty lines to what the sample pages show."""
    office = scene.county.office
    kept = [Report.objects.get(pk=scene.samples[f"report {state}"]["pk"]) for state in ("draft", "frozen")]
    for number in range(MORE):
        for report in kept:
            trail.record(actor=office, action="test.note", target=report, summary=f"记录{number}")
        old = Report(
            year=2001 + number // 4,
            quarter=number % 4 + 1,
            state=Report.State.FROZEN,
            title=f"第{number}份报告",
            issuer="县安委办",
            addressee="各单位",
            as_of=kept[1].as_of,
            signatory="县领导",
            frozen_at=kept[1].frozen_at,
            frozen_by=office,
            made_by=office,
            content_sha256="0" * 64,
        )
        old.save()
    # The draft's figures are counted again, now of many tasks.
    recalculate(actor=office, report_id=kept[0].pk)
