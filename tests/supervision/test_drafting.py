"""Drafting: grouped by lead unit, facts frozen, figures in the texts, who may be urged, and changing a draft."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import Http404

from audit.trail import history_of
from core.errors import NotAllowed, StaleObject, UserError
from supervision.models import Letter
from supervision.selectors import habits_of
from supervision.services.drafting import Cover, Revision, Texts, edit_letter
from supervision.services.issuing import void_letter
from tasks.models import Plan, Task, TaskTarget
from tests.county import County, make_task
from tests.supervision.letters import S, answer, compose, cover, draft_of, issue, letter_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
K = Letter.Kind


def test_one_draft_for_each_lead_unit_with_the_facts_of_the_day(county: County, late: list[Task]) -> None:
    letters = compose(county, late).letters
    assert [(row.unit.code, row.state, row.number, row.created_by) for row in letters] == [
        ("YJ", S.DRAFT, "", county.office),
        ("ZJ", S.DRAFT, "", county.office),
    ]
    first, second = letters[0].items.all()
    assert (first.task, first.days_overdue, first.percent) == (late[0], 12, Decimal(0))
    assert (second.title, second.due_on, second.days_overdue) == ("修订预案", date(2026, 3, 31), 42)
    assert "已逾期42天" in second.situation
    assert [entry.action for entry in history_of(letters[0])] == ["letter.compose"]


def test_facts_stay_as_they_were_when_the_task_goes_on(county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[2:])
    Task.objects.filter(pk=late[2].pk).update(title="改名", due_on=date(2026, 12, 31), verified_percent=50)
    item = letter.items.get()
    assert (item.title, item.due_on, item.days_overdue, item.percent) == ("整治燃气", date(2026, 5, 11), 1, 0)


def test_proposed_texts_carry_the_figures(county: County, plan: Plan, late: list[Task]) -> None:
    Plan.objects.filter(pk=plan.pk).update(doc_number="清安委〔2026〕1号")
    letters = compose(county, late).letters
    assert letters[0].title == "关于加快办理2项逾期任务的督促函"
    assert letters[0].opening == (
        "根据《2026年全县安全生产工作要点》（清安委〔2026〕1号）安排，截至2026年5月12日，你单位牵头的2项任务已逾期，"
        "其中最早的应于2026年3月31日前完成，至今逾期42天。为确保年度任务落实，现将有关事项函告如下："
    )
    assert letters[1].title == "关于加快办理“整治燃气”任务的督促函"
    assert "你单位牵头的1项任务已逾期，应于2026年5月11日前完成，至今逾期1天。" in letters[1].opening


def test_requirement_names_the_missing_step_and_the_gap(county: County, late: list[Task]) -> None:
    Task.objects.filter(pk=late[0].pk).update(state=Task.State.ACTIVE, submitted_on=date(2026, 4, 1))
    TaskTarget.objects.filter(task=late[0]).update(verified_value=Decimal("150.50"))
    first, second = draft_of(county, late[:2]).items.all()
    assert first.requirement == "请补足“演练场次”差额249.5场次，完成后及时上报佐证材料。"
    assert second.requirement == "请尽快签收任务并组织实施，加快完成剩余工作，完成后及时上报佐证材料。"


def test_changed_texts_replace_the_proposals(county: County, late: list[Task]) -> None:
    letter = draft_of(
        county,
        late[:2],
        texts={county.units["YJ"].pk: Texts(title="关于演练工作的督促函", opening="现函告如下：")},
        requirements={late[0].pk: "请于五月底前补齐。"},
    )
    assert (letter.title, letter.opening) == ("关于演练工作的督促函", "现函告如下：")
    assert [item.requirement[:4] for item in letter.items.all()] == ["请于五月", "请尽快签"]


def test_tasks_that_are_neither_overdue_nor_red_are_refused_by_name(
    county: County, plan: Plan, late: list[Task]
) -> None:
    fine = make_task(plan, county.units["ZJ"], 8, title="年底任务", starts_on=date(2026, 5, 1), target=None)
    with pytest.raises(UserError, match=r"2026-08 年底任务.*提醒函"):
        compose(county, [*late, fine])
    assert not Letter.objects.exists()
    reminder = draft_of(county, [fine], kind=K.REMINDER)
    assert reminder.title == "关于按期完成“年底任务”任务的提醒函"
    assert "1项任务尚未完成，完成时限为2026年12月31日" in reminder.opening


def test_red_lamp_is_enough_for_urging(county: County, plan: Plan, late: list[Task]) -> None:
    behind = make_task(plan, county.units["ZJ"], 8, title="慢任务", due_on=date(2026, 6, 30), target=None)
    letter = draft_of(county, [late[2], behind])
    assert letter.title == "关于加快办理2项逾期和滞后任务的督促函"
    assert "1项任务已逾期" in letter.opening
    assert "另有1项任务进度明显滞后" in letter.opening
    assert [item.days_overdue for item in letter.items.all()] == [1, -49]


def test_what_was_reported_in_time_is_not_urged(county: County, late: list[Task]) -> None:
    Task.objects.filter(pk=late[0].pk).update(
        state=Task.State.REPORTED, submitted_on=date(2026, 4, 29), reported_percent=100
    )
    with pytest.raises(UserError, match="未逾期"):
        compose(county, late[:1])


@pytest.mark.parametrize("kind", [K.URGING, K.REMINDER])
def test_finished_tasks_are_refused(county: County, late: list[Task], kind: str) -> None:
    Task.objects.filter(pk=late[0].pk).update(completed_on=date(2026, 5, 8))
    with pytest.raises(UserError, match="任务已完成"):
        compose(county, late[:1], kind=kind)


def test_task_in_an_unanswered_letter_is_named_and_left_out_unless_ticked_again(
    county: County, late: list[Task]
) -> None:
    earlier = issue(draft_of(county, late[:1]), county.office)
    made = compose(county, late[:2])
    assert made.left_out == [f"“2026-01 开展演练”已列入尚未回复的{earlier.number}，本次未重复列入。"]
    assert [item.task for item in made.letters[0].items.all()] == [late[1]]
    with pytest.raises(UserError, match="督促函草稿"):
        compose(county, late[1:2])
    again = draft_of(county, late[:1], again=[late[0].pk])
    assert again.items.get().task == late[0]


def test_predecessor_is_the_last_letter_in_force_to_that_unit_about_the_task(county: County, late: list[Task]) -> None:
    about_first = issue(draft_of(county, late[:1], kind=K.REMINDER), county.office)
    voided = issue(draft_of(county, late[:1], again=[late[0].pk]), county.office)
    void_letter(actor=county.office, letter_id=voided.pk, reason="有误")
    both = draft_of(county, late[:2], again=[late[0].pk])
    assert both.predecessor == about_first
    assert f"前期已以{about_first.number}函提醒，相关任务仍未落实到位。" in both.opening
    void_letter(actor=county.office, letter_id=both.pk, reason="重拟")
    other = draft_of(county, late[1:2])
    assert (other.predecessor, "前期已以" in other.opening) == (None, False)


def test_only_the_office_drafts(county: County, late: list[Task]) -> None:
    for name in ("editor", "head", "leader", "auditor", "administrator", "stranger"):
        with pytest.raises(NotAllowed):
            compose(county, late, actor=county.people[name])


def test_tasks_of_two_years_are_not_mixed(county: County, plan: Plan, late: list[Task]) -> None:
    older = Plan.objects.create(year=2025, title="2025年工作要点", state=Plan.State.PUBLISHED, source_text="一" * 40)
    past = make_task(older, county.units["YJ"], 1, due_on=date(2026, 2, 1), target=None)
    with pytest.raises(UserError, match="不同年度"):
        compose(county, [*late, past])


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"code": "清安办函〔2026〕"}, "机关代字"),
        ({"code": ""}, "机关代字"),
        ({"issuer": " "}, "发文机关"),
        ({"contact": ""}, "联系人"),
        ({"demand": "\n"}, "工作要求"),
        ({"reply_due_on": date(2026, 5, 12)}, "回复期限应在今天"),
    ],
)
def test_bad_covers_say_what_to_mend(county: County, late: list[Task], bad: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        compose(county, late, cover=cover(**bad))


def test_nothing_ticked_is_said(county: County, late: list[Task]) -> None:
    with pytest.raises(UserError, match="至少勾选一项"):
        compose(county, [])


def test_next_letter_takes_over_the_habits_of_the_last(county: County, late: list[Task]) -> None:
    before = habits_of(county.office)
    assert (before.issuer, before.code, before.contact) == ("县安全生产委员会办公室", "", "安小委")
    assert before.reply_due_on == date(2026, 5, 21)
    draft_of(county, late[:1])
    after = habits_of(county.second_office)
    assert (after.issuer, after.code, after.contact) == (cover().issuer, cover().code, cover().contact)


def revision(letter: Letter, **changes: object) -> Revision:
    fields: dict[str, object] = {"cover": cover(), "title": letter.title, "opening": letter.opening}
    return Revision(**(fields | changes))  # type: ignore[arg-type]


def test_editing_a_draft_changes_texts_and_items_and_is_recorded(county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:2])
    first, second = letter.items.all()
    edit_letter(
        actor=county.second_office,
        letter_id=letter.pk,
        revision=revision(letter, title="关于演练的督促函", requirements={second.pk: "请补正"}, removed=[first.pk]),
        expected_version=1,
    )
    letter.refresh_from_db()
    item = letter.items.get()
    assert (letter.title, letter.version, item.pk, item.order, item.requirement) == (
        "关于演练的督促函",
        2,
        second.pk,
        1,
        "请补正",
    )
    entry = history_of(letter)[0]
    assert entry.action == "letter.edit"
    assert ["标题", "关于加快办理2项逾期任务的督促函", "关于演练的督促函"] in entry.changes
    assert ["事项“开展演练”", "列入", "移出"] in entry.changes


def test_a_letter_keeps_at_least_one_item(county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:1])
    with pytest.raises(UserError, match="至少要保留一项"):
        edit_letter(
            actor=county.office,
            letter_id=letter.pk,
            revision=revision(letter, removed=[letter.items.get().pk]),
        )
    assert letter.items.count() == 1


def test_second_clerk_does_not_overwrite_the_first(county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:1])
    edit_letter(actor=county.office, letter_id=letter.pk, revision=revision(letter, title="甲"), expected_version=1)
    with pytest.raises(StaleObject):
        edit_letter(
            actor=county.second_office, letter_id=letter.pk, revision=revision(letter, title="乙"), expected_version=1
        )
    letter.refresh_from_db()
    assert letter.title == "甲"


def test_drafts_are_nobodys_business_outside_office_and_leaders(county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:1])
    for name in ("editor", "head", "other_editor", "auditor", "administrator", "enterprise", "stranger"):
        with pytest.raises(Http404):
            edit_letter(actor=county.people[name], letter_id=letter.pk, revision=revision(letter))
    with pytest.raises(NotAllowed):
        edit_letter(actor=county.leader, letter_id=letter.pk, revision=revision(letter))


def test_answered_letter_does_not_hold_its_tasks_back(county: County, late: list[Task]) -> None:
    letter = letter_in(S.RECEIVED, county, late)
    with pytest.raises(UserError, match="未重复列入"):
        compose(county, late[:1])
    answer(letter, county.editor)
    assert draft_of(county, late[:1]).predecessor == letter


def test_cover_is_trimmed(county: County, late: list[Task]) -> None:
    sloppy: Cover = cover(code=" 清安办函 ", contact="安小委，\n 000", issuer=" 县安委办 ")
    letter = draft_of(county, late[:1], cover=sloppy)
    assert (letter.code, letter.contact, letter.issuer) == ("清安办函", "安小委， 000", "县安委办")
