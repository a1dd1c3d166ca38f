"""征求意见 over HTTP: sent as it stood, answered item by item, decided on; who sees what, and what time does to it."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import Entry
from notifications.models import Notification
from responsibility.models import Role, Unit
from tasks.models import Consultation, ConsultationAnswer, ConsultationReply, Plan, PlanItem
from tasks.services.consulting import remind_consultations, send_round
from tasks.services.item_editing import drop_item
from tasks.services.publishing import publish_plan
from tests.county import AsPerson, County, client_of, make_user
from tests.plan_drafts import assigned_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
V = ConsultationAnswer.Verdict


@pytest.fixture
def draft(county: County) -> Plan:
    """Three items: YJ leads the first, supported by ZJ; the second is YJ's; the third ZJ's."""
    plan = assigned_draft(county.office, county.units["YJ"])
    first, second, third = plan.items.order_by("place")
    PlanItem.objects.filter(pk=third.pk).update(lead=county.units["ZJ"])
    second.supports.set([county.units["Z1"]])
    third.supports.clear()
    first.supports.set([county.units["ZJ"]])
    plan.refresh_from_db()
    return plan


@pytest.fixture
def sent(county: County, draft: Plan) -> Consultation:
    return send_round(actor=county.office, plan_id=draft.pk, letter="请反馈意见。", answer_by=date(2026, 5, 19))


def reply_of(sent: Consultation, unit: Unit) -> ConsultationReply:
    return sent.replies.get(unit=unit)


def answer(client: Any, reply: ConsultationReply, button: str = "send", **typed: Any) -> Any:
    reply.refresh_from_db()
    data = {"version": reply.version, button: "1"} | typed
    return client.post(reverse("consultations:reply", args=[reply.pk]), data)


def counter(row: ConsultationAnswer, **typed: Any) -> dict[str, Any]:
    values = {"verdict": "counter", "reason": "职责不符"} | typed
    return {f"a{row.pk}-{name}": value for name, value in values.items()}


def rows_of(reply: ConsultationReply) -> list[ConsultationAnswer]:
    return list(reply.answers.order_by("item__number"))


def decide(client: Any, row: ConsultationAnswer, button: str, **typed: Any) -> Any:
    row.refresh_from_db()
    item = PlanItem.objects.filter(pk=row.item.item_key).first()
    data = {"version": row.version, "item_version": item.version if item else "", button: "1"} | typed
    address = reverse("consultations:decide", args=[row.reply.consultation_id, row.pk])
    return client.post(address, data)


# --- sending ---


def test_the_office_sees_who_will_be_asked_and_sends_it(as_person: AsPerson, county: County, draft: Plan) -> None:
    address = reverse("plans:consult", args=[draft.pk])
    page = as_person("office").get(address)
    asked = [(row.unit.short_name, row.leads, row.supports, row.has_editor) for row in page.context["outlook"].asked]
    assert asked == [("县应急局", 2, 0, True), ("县住建局", 1, 1, True), ("河口镇", 0, 1, False)]
    assert page.context["form"].initial["answer_by"] == date(2026, 5, 19)
    assert "逾期未反馈的，视为无意见" in page.content.decode()
    data = {"version": draft.version, "contents": draft.changes, "letter": "请核对。", "answer_by": "2026-05-19"}
    response = as_person("office").post(address, data)
    assert response.status_code == 302
    round_ = Consultation.objects.get()
    assert (round_.number, round_.state, round_.letter) == (1, "open", "请核对。")
    assert [row.unit.short_name for row in round_.replies.all()] == ["县应急局", "县住建局", "河口镇"]
    assert Notification.objects.filter(recipient=county.other_editor, path__contains="/consultations/replies/").exists()
    assert Entry.objects.filter(action="consultation.send", object_id=str(round_.pk)).exists()
    assert "征求意见待反馈" in as_person("editor").get(reverse("tasks:work")).content.decode()


def test_collective_names_are_taken_apart_as_publishing_does(county: County, draft: Plan) -> None:
    group = Unit.objects.create(code="QT", name="各镇", short_name="各镇", kind=Unit.Kind.GROUP)
    group.members.set([county.units["Z1"], county.units["XF"]])
    draft.items.order_by("place")[2].supports.set([group])
    round_ = send_round(actor=county.office, plan_id=draft.pk, letter="请反馈。", answer_by=date(2026, 5, 19))
    third = round_.items.get(number=3)
    assert {row.reply.unit.code for row in third.answers.select_related("reply__unit")} == {"ZJ", "Z1", "XF"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"letter": " "}, "必填"),
        ({"letter": "字" * 1001}, "1000 字以内"),
        ({"answer_by": "2026-05-11"}, "不能早于今天"),
        ({"answer_by": "2027-05-11"}, "180 天"),
        ({"contents": "99"}, "已有其他人修改了条目"),
    ],
)
def test_what_cannot_be_sent_comes_back_as_typed(
    as_person: AsPerson, draft: Plan, changed: dict[str, str], words: str
) -> None:
    data = {"version": draft.version, "contents": draft.changes, "letter": "保留我。", "answer_by": "2026-05-19"}
    response = as_person("office").post(reverse("plans:consult", args=[draft.pk]), data | changed)
    assert response.status_code == 409
    text = response.content.decode()
    assert words in text
    assert "letter" in changed or "保留我。" in text
    assert not Consultation.objects.exists()
    assert f'name="contents" value="{draft.changes}"' in text, "a second press is a decision"


def test_one_round_at_a_time_and_then_another(as_person: AsPerson, county: County, sent: Consultation) -> None:
    plan = sent.plan
    data = {"version": plan.version, "contents": plan.changes, "letter": "再来。", "answer_by": "2026-05-20"}
    address = reverse("plans:consult", args=[plan.pk])
    assert "还没有结束" in as_person("office").post(address, data).content.decode()
    closed = as_person("office").post(reverse("consultations:close", args=[sent.pk]), {"version": sent.version})
    assert closed.status_code == 302
    assert as_person("office").post(address, data).status_code == 302
    assert list(plan.consultations.values_list("number", "state").order_by("number")) == [(1, "closed"), (2, "open")]


# --- who sees what ---


def test_a_unit_reads_exactly_its_own_items(as_person: AsPerson, county: County, sent: Consultation) -> None:
    own = reply_of(sent, county.units["ZJ"])
    text = as_person("other_editor").get(reverse("consultations:reply", args=[own.pk])).content.decode()
    assert "健全责任清单" in text
    assert "整治燃气隐患" in text
    assert "组织综合演练" not in text, "an item that does not concern the unit"
    for person in ("editor", "head", "leader", "auditor", "administrator", "enterprise", "stranger", "office"):
        address = reverse("consultations:reply", args=[own.pk])
        assert as_person(person).get(address).status_code == 404, person
        assert as_person(person).post(address, {"version": 1, "send": "1"}).status_code == 404, person
    for person in ("leader", "auditor", "administrator", "enterprise", "stranger"):
        assert as_person(person).get(reverse("consultations:detail", args=[sent.pk])).status_code == 404, person
        assert as_person(person).get(reverse("consultations:export", args=[sent.pk])).status_code == 404, person
    assert as_person("editor").get(reverse("consultations:detail", args=[sent.pk])).status_code == 403
    assert as_person("editor").get(reverse("plans:check", args=[sent.plan_id])).status_code == 404


def test_what_a_unit_only_keeps_is_its_own(as_person: AsPerson, county: County, sent: Consultation) -> None:
    own = reply_of(sent, county.units["ZJ"])
    typed = counter(rows_of(own)[0], text="不由我局配合")
    assert answer(as_person("other_editor"), own, "keep", **typed).status_code == 302
    assert "不由我局配合" in as_person("other_editor").get(f"/consultations/replies/{own.pk}/").content.decode()
    page = as_person("office").get(reverse("consultations:detail", args=[sent.pk])).content.decode()
    assert "不由我局配合" not in page
    assert "不由我局配合" not in str(sheet_of(as_person("office"), sent))
    own.refresh_from_db()
    assert own.sent_at is None


def test_the_head_reads_and_does_not_write(as_person: AsPerson, county: County, sent: Consultation) -> None:
    own = reply_of(sent, county.units["YJ"])
    page = as_person("head").get(reverse("consultations:reply", args=[own.pk]))
    assert page.status_code == 200
    assert 'name="send"' not in page.content.decode()
    assert answer(as_person("head"), own, "rest").status_code == 403


# --- answering ---


def test_all_agreed_with_one_press(as_person: AsPerson, county: County, sent: Consultation) -> None:
    own = reply_of(sent, county.units["YJ"])
    assert answer(as_person("editor"), own, "rest").status_code == 302
    own.refresh_from_db()
    assert (own.sent_by, own.sent_as) == (county.editor, "应小急")
    assert {row.verdict for row in rows_of(own)} == {V.AGREE}
    assert Notification.objects.filter(recipient=county.office, title__contains="同意2项").exists()
    assert "征求意见待反馈" not in as_person("editor").get(reverse("tasks:work")).content.decode()


def test_every_item_wants_an_answer(as_person: AsPerson, county: County, sent: Consultation) -> None:
    own = reply_of(sent, county.units["YJ"])
    first = rows_of(own)[0]
    response = answer(as_person("editor"), own, **{f"a{first.pk}-verdict": "agree"})
    assert response.status_code == 409
    assert "还有1项没有填写意见（第2项）" in response.content.decode()
    assert rows_of(own)[0].verdict == "", "nothing of it is kept"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": "", "text": "改为协同"}, "请填写理由"),
        ({}, "请写明建议"),
        ({"verdict": "agree"}, "又填写了不同意见"),
        ({"due_on": "2030-01-01"}, "请核对年份"),
        ({"due_on": "2026-06-30"}, "与征求意见稿相同"),
        ({"text": "长" * 2001}, "2000 字以内"),
        ({"text": "改", "verdict": "perhaps"}, "填写有误"),
    ],
)
def test_a_counter_proposal_says_what_and_why(
    as_person: AsPerson, county: County, sent: Consultation, typed: dict[str, str], words: str
) -> None:
    own = reply_of(sent, county.units["ZJ"])
    response = answer(as_person("other_editor"), own, "rest", **counter(rows_of(own)[0], **typed))
    assert response.status_code in (400, 409)
    assert words in response.content.decode()
    assert "reason" in typed or "职责不符" in response.content.decode(), "what was typed is lost"
    own.refresh_from_db()
    assert own.sent_at is None


def test_an_answer_may_change_until_the_day(as_person: AsPerson, county: County, sent: Consultation) -> None:
    own = reply_of(sent, county.units["ZJ"])
    first = rows_of(own)[0]
    answer(as_person("other_editor"), own, "rest", **counter(first, due_on="2026-09-30"))
    first.refresh_from_db()
    assert (first.verdict, first.proposed_due_on) == (V.COUNTER, date(2026, 9, 30))
    again = answer(as_person("other_editor"), own, "rest", **counter(first, due_on="2026-10-31"))
    assert again.status_code == 302
    entry = Entry.objects.filter(action="consultation.answer").latest("pk")
    assert entry.changes[0][0] == "第1项"
    assert "2026-10-31" in entry.changes[0][2]
    kept = answer(as_person("other_editor"), own, "keep", **counter(first, due_on="2026-11-30"))
    assert kept.status_code == 409, "what was sent is not changed behind the office's back"
    with time_machine.travel(datetime(2026, 5, 20, 2, tzinfo=UTC)):
        late = answer(as_person("other_editor"), own, "rest", **counter(first, due_on="2026-11-30"))
        assert late.status_code == 409
        assert "反馈期限（2026-05-19）已过" in late.content.decode()
    first.refresh_from_db()
    assert first.proposed_due_on == date(2026, 10, 31)


def test_two_people_of_one_unit_do_not_overwrite_each_other(
    as_person: AsPerson, county: County, sent: Consultation
) -> None:
    own = reply_of(sent, county.units["YJ"])
    first = rows_of(own)[0]
    seen = own.version
    answer(as_person("second_editor"), own, "keep", **counter(first, text="同事的建议"))
    stale = answer(as_person("editor"), own, "rest", version=seen, **counter(first, text="我的建议"))
    text = stale.content.decode()
    assert stale.status_code == 409
    assert "同事的建议" in text
    assert "我的建议" in text
    first.refresh_from_db()
    assert first.proposed_text == "同事的建议"


def test_late_answers_count_when_the_office_says_so(as_person: AsPerson, county: County, sent: Consultation) -> None:
    office, address = as_person("office"), reverse("consultations:late", args=[sent.pk])
    assert "还没有过" in office.post(address, {"version": sent.version}).content.decode()
    own = reply_of(sent, county.units["ZJ"])
    with time_machine.travel(datetime(2026, 5, 20, 2, tzinfo=UTC)):
        office = as_person("office")
        page = office.get(reverse("consultations:detail", args=[sent.pk])).content.decode()
        assert "逾期未反馈，视为无意见" in page
        assert answer(as_person("other_editor"), own, "rest").status_code == 409
        assert office.post(address, {"version": sent.version}).status_code == 302
        assert answer(as_person("other_editor"), own, "rest").status_code == 302
    own.refresh_from_db()
    assert own.was_late
    assert Entry.objects.filter(action="consultation.answer", summary__endswith="（逾期）").exists()


# --- the office ---


def counter_sent(as_person: AsPerson, county: County, sent: Consultation, **typed: Any) -> ConsultationAnswer:
    own = reply_of(sent, county.units["ZJ"])
    row = rows_of(own)[1]
    typed = {"lead": county.units["YJ"].pk, "due_on": "2026-12-20"} | typed
    assert answer(as_person("other_editor"), own, "rest", **counter(row, **typed)).status_code == 302
    row.refresh_from_db()
    return row


def test_what_is_taken_over_changes_the_item_as_the_check_would(
    as_person: AsPerson, county: County, sent: Consultation
) -> None:
    row = counter_sent(as_person, county, sent)
    page = as_person("office").get(reverse("consultations:detail", args=[sent.pk]), {"show": "counter"})
    assert [shown.item.number for shown, _ in page.context["rows"]] == [3]
    assert "反馈意见待处理" in as_person("office").get(reverse("tasks:work")).content.decode()
    assert decide(as_person("office"), row, "take").status_code == 302
    item = PlanItem.objects.get(pk=row.item.item_key)
    assert (item.lead, item.due_on) == (county.units["YJ"], date(2026, 12, 20))
    step = sent.plan.steps.first()
    assert step is not None
    assert step.kind == "edit", "it can be taken back on the check's page"
    row.refresh_from_db()
    assert (row.outcome, row.decided_by) == ("taken", county.office)
    assert Entry.objects.filter(action="plan_item.edit", object_id=str(item.pk)).exists()
    assert Notification.objects.filter(recipient=county.other_editor, title__contains="已采纳").exists()
    changed = as_person("office").get(reverse("consultations:detail", args=[sent.pk])).content.decode()
    assert "送出后已改" in changed
    assert decide(as_person("office"), row, "refuse", decision="改主意").status_code == 409


def test_what_is_not_taken_over_has_a_reason(as_person: AsPerson, county: County, sent: Consultation) -> None:
    row = counter_sent(as_person, county, sent)
    refused = decide(as_person("office"), row, "refuse")
    assert refused.status_code == 409
    assert "请填写理由" in refused.content.decode()
    assert decide(as_person("office"), row, "refuse", decision="按三定方案办理").status_code == 302
    own = as_person("other_editor").get(reverse("consultations:reply", args=[row.reply_id])).content.decode()
    assert "未采纳" in own
    assert "按三定方案办理" in own
    assert PlanItem.objects.get(pk=row.item.item_key).lead == county.units["ZJ"]
    locked = answer(as_person("other_editor"), row.reply, "rest", **counter(row, text="再说一次"))
    assert locked.status_code == 409
    assert "不能再改" in locked.content.decode()


def test_only_the_office_decides_and_not_its_own(as_person: AsPerson, county: County, sent: Consultation) -> None:
    row = counter_sent(as_person, county, sent)
    assert decide(as_person("other_editor"), row, "take").status_code == 403
    assert decide(as_person("editor"), row, "take").status_code == 403
    assert decide(as_person("stranger"), row, "take").status_code == 404
    ConsultationReply.objects.filter(pk=row.reply_id).update(sent_by=county.office)
    assert decide(as_person("office"), row, "take").status_code == 403
    row.refresh_from_db()
    assert row.outcome == ""


def test_a_page_that_was_overtaken_decides_nothing(as_person: AsPerson, county: County, sent: Consultation) -> None:
    row = counter_sent(as_person, county, sent)
    for stale in ({"version": 1}, {"item_version": 99}, {"version": "x"}):
        response = decide(as_person("office"), row, "take", decision="已研究", **stale)
        assert response.status_code == 409, stale
        assert "已研究" in response.content.decode(), "what was typed is lost"
    row.refresh_from_db()
    assert row.outcome == ""


def test_an_item_that_is_no_more_is_named(as_person: AsPerson, county: County, sent: Consultation) -> None:
    row = counter_sent(as_person, county, sent)
    drop_item(actor=county.office, item_id=row.item.item_key, reason="并入其他工作")
    response = decide(as_person("office"), row, "take")
    assert response.status_code == 409
    assert "不再纳入" in response.content.decode()
    assert decide(as_person("office"), row, "refuse", decision="条目已不纳入").status_code == 302


def sheet_of(client: Any, sent: Consultation) -> list[tuple[Any, ...]]:
    content = client.get(reverse("consultations:export", args=[sent.pk])).content
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def test_the_sheet_holds_every_answer(as_person: AsPerson, county: County, sent: Consultation) -> None:
    counter_sent(as_person, county, sent, text="=SUM(1)")
    lines = sheet_of(as_person("office"), sent)
    assert lines[0][0] == "2026年全县安全生产工作要点任务分解反馈意见汇总"
    body = {(line[0], line[6]): line for line in lines if isinstance(line[0], int)}
    assert len(body) == ConsultationAnswer.objects.count()
    third = body[(3, "县住建局")]
    assert (third[8], third[9], third[11], third[12]) == ("有不同意见", "县应急局", "=SUM(1)", "职责不符")
    assert third[10].date() == date(2026, 12, 20)
    assert body[(2, "河口镇")][8] == "未反馈"


def test_urging_tells_those_who_have_not_answered_once_a_day(
    as_person: AsPerson, county: County, sent: Consultation
) -> None:
    answer(as_person("other_editor"), reply_of(sent, county.units["ZJ"]), "rest")
    address = reverse("consultations:urge", args=[sent.pk])
    told = as_person("office").post(address, {"version": sent.version}, follow=True).content.decode()
    assert "已催办1个单位" in told
    assert "没有人收到：河口镇" in told
    assert Notification.objects.filter(recipient=county.editor, title__startswith="县安委办催办").count() == 1
    assert not Notification.objects.filter(recipient=county.other_editor, title__startswith="县安委办催办").exists()
    sent.refresh_from_db()
    assert "今天已经催办过" in as_person("office").post(address, {"version": sent.version}).content.decode()
    for name in ("urge", "late", "close"):
        assert as_person("editor").post(reverse(f"consultations:{name}", args=[sent.pk])).status_code == 403
        assert as_person("stranger").post(reverse(f"consultations:{name}", args=[sent.pk])).status_code == 404


def test_the_daily_reminder_comes_before_the_day_and_once(county: County, sent: Consultation) -> None:
    assert remind_consultations() == 0
    with time_machine.travel(datetime(2026, 5, 18, 0, tzinfo=UTC)):
        assert remind_consultations() == 2
        remind_consultations()
        assert Notification.objects.filter(recipient=county.editor, title__startswith="即将到期").count() == 1
    with time_machine.travel(datetime(2026, 5, 20, 0, tzinfo=UTC)):
        assert remind_consultations() == 0


def test_publishing_ends_the_round(as_person: AsPerson, county: County, sent: Consultation) -> None:
    publish_plan(actor=county.office, plan_id=sent.plan_id)
    sent.refresh_from_db()
    assert sent.state == "closed"
    assert answer(as_person("editor"), reply_of(sent, county.units["YJ"]), "rest").status_code == 409
    page = as_person("office").get(reverse("consultations:detail", args=[sent.pk]))
    assert page.status_code == 200
    assert as_person("office").get(reverse("plans:consult", args=[sent.plan_id])).status_code == 302


def test_lists_are_searched_and_filtered(as_person: AsPerson, county: County, sent: Consultation) -> None:
    address = reverse("consultations:list")
    for person, query, count in (
        ("office", {"q": "县住建局 2026"}, 1),
        ("office", {"q": "没有"}, 0),
        ("office", {"waiting": "1"}, 0),
        ("office", {"state": "closed"}, 0),
        ("editor", {"answered": "0"}, 1),
        ("editor", {"answered": "1"}, 0),
        ("editor", {"q": "工作要点"}, 1),
        ("leader", {}, 0),
    ):
        assert as_person(person).get(address, query).context["count"] == count, (person, query)
    detail = reverse("consultations:detail", args=[sent.pk])
    for query, count in (({"unit": str(county.units["ZJ"].pk)}, 2), ({"q": "燃气"}, 1), ({"show": "agreed"}, 3)):
        assert as_person("office").get(detail, query).context["count"] == count, query


def test_a_deputy_signs_for_the_one_stood_in_for(as_person: AsPerson, county: County, sent: Consultation) -> None:
    deputy = make_user("deputy", "代小理")
    county.people["editor"].deputies.create(
        user=deputy,
        unit=county.units["YJ"],
        role=Role.EDITOR,
        valid_from=date(2026, 5, 1),
        valid_to=date(2026, 5, 31),
    )
    own = reply_of(sent, county.units["YJ"])
    assert answer(client_of(deputy), own, "rest").status_code == 302
    own.refresh_from_db()
    assert own.sent_as == "应小急（由代小理代）"
