"""Sample objects of 征求意见 for the tests that walk over all pages."""

from datetime import date

from responsibility.models import Unit
from tasks.models import Consultation, ConsultationAnswer, ConsultationItem, Plan, PlanApproval, PlanItem
from tasks.services.approving import submit_for_approval
from tasks.services.consultation_answers import AnswerDraft, send_answers
from tasks.services.consulting import send_round
from tests.meta.scene import Scene
from tests.plan_drafts import assigned_draft

MORE = 30
DAY = date(2026, 5, 19)


def add_to(scene: Scene) -> None:
    """Create them at the frozen moment and name them in `scene.samples`."""
    county = scene.county
    draft = assigned_draft(county.office, county.units["YJ"])
    draft.items.order_by("place")[0].supports.set([county.units["ZJ"], county.units["Z1"]])
    round_ = send_round(actor=county.office, plan_id=draft.pk, letter="请反馈意见。", answer_by=DAY)
    own, other = round_.replies.get(unit=county.units["YJ"]), round_.replies.get(unit=county.units["ZJ"])
    row = other.answers.order_by("item__number")[0]
    proposal = AnswerDraft(row.pk, "counter", county.units["XF"].pk, None, "改为协同推进", "职责不符")
    send_answers(actor=county.other_editor, reply_id=other.pk, drafts=[proposal], rest_agrees=True)
    approval = _approval(scene)
    scene.samples |= {
        "approval": {"pk": approval.plan_id},
        "approval move": {"pk": approval.plan_id, "approval_pk": approval.pk, "action": "return"},
        "consultation": {"pk": round_.pk},
        "consultation answer": {"pk": round_.pk, "answer_pk": row.pk},
        "consultation reply": {"pk": own.pk},
        "consultation answered": {"pk": other.pk},
    }


def _approval(scene: Scene) -> PlanApproval:
    """A draft laid before the county's leader."""
    county = scene.county
    draft = assigned_draft(county.office, county.units["YJ"])
    return submit_for_approval(actor=county.office, plan_id=draft.pk, leader_id=county.leader.pk, note="请审批。")


def grow(scene: Scene) -> None:
    """Thirty more rounds, and thirty more items and counter-proposals in the sample one."""
    county = scene.county
    round_ = Consultation.objects.get(pk=scene.samples["consultation"]["pk"])
    reply = round_.replies.get(unit=county.units["YJ"])
    answered = round_.replies.get(unit=county.units["ZJ"])
    for number in range(100, 100 + MORE):
        item = PlanItem.objects.create(
            plan=round_.plan, number=number, marker=f"{number}.", title=f"条目{number}", start=0, end=5
        )
        frozen = ConsultationItem.objects.create(
            consultation=round_, item_key=item.pk, number=number, title=item.title, lead=county.units["YJ"]
        )
        ConsultationAnswer.objects.create(reply=reply, item=frozen, part="lead")
        ConsultationAnswer.objects.create(
            reply=answered, item=frozen, part="support", verdict="counter", proposed_text="改", reason="因"
        )
        name = f"征{number}局"
        unit = Unit.objects.create(code=f"CU{number}", name=name, short_name=name, kind=Unit.Kind.PARTY)
        round_.replies.create(unit=unit)
        plan = Plan.objects.create(year=2026, title=f"草稿{number}", source_text="一", created_by=county.office)
        other = Consultation.objects.create(
            plan=plan, number=1, title=plan.title, letter="请反馈。", answer_by=DAY, sent_by=county.office
        )
        other.replies.create(unit=county.units["YJ"])
        PlanApproval.objects.create(plan=plan, contents=0, leader=county.leader, submitted_by=county.office)
