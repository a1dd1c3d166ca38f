"""From a reading to a draft: what is kept, the dates proposed, what is refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.http import Http404

from audit.trail import history_of
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from tasks.models import ItemTarget, Plan
from tasks.reader import DeadlineReading
from tasks.services.importing import (
    DEFAULT_DUE,
    PlanFacts,
    edit_plan,
    import_reading,
    propose_due,
    read_document,
    withdraw_plan,
)
from tests.county import County
from tests.plan_drafts import TEXT, draft, items, reading

pytestmark = pytest.mark.django_db


def deadline(kind: str, day: str | None = None, **extra: object) -> DeadlineReading:
    return DeadlineReading("某时", 0, 2, kind, day, **extra)  # type: ignore[arg-type]


def test_everything_read_is_kept(county: County) -> None:
    plan = draft(county.office)
    assert (plan.state, plan.year, plan.issued_on, plan.created_by) == ("draft", 2026, date(2026, 1, 20), county.office)
    assert [(s.marker, s.title) for s in plan.sections.all()] == [("一、", "压实责任"), ("二、", "防控风险")]
    assert [(i.number, i.title, i.section and i.section.title) for i in plan.items.select_related("section")] == [
        (1, "健全责任清单", "压实责任"),
        (2, "组织综合演练", "压实责任"),
        (3, "整治燃气隐患", "防控风险"),
    ]
    target = ItemTarget.objects.get(metric="演练场次")
    assert (target.operator, target.value, target.unit, target.period) == (">=", Decimal(400), "场次", "year")
    assert plan.source_text[target.start : target.end] == "全年演练不少于400场次"
    assert plan.noise == [{"start": 16, "end": 20, "reason": "button"}]
    assert [(f.text, f.item and f.item.number) for f in plan.flags.select_related("item")] == [
        ("复制", None),
        ("20266月底前", 1),
    ]
    assert [entry.action for entry in history_of(plan)] == ["plan.import"]


def test_dates_are_proposed_with_their_basis(county: County) -> None:
    rows = [(i.starts_on, i.due_on, i.due_basis) for i in draft(county.office).items.all()]
    issued = date(2026, 1, 20)
    assert rows == [
        (issued, date(2026, 6, 30), "原文“20266月底前”"),
        (issued, date(2026, 12, 31), DEFAULT_DUE),
        (issued, date(2026, 11, 30), "原文“11月底前”"),
    ]


@pytest.mark.parametrize(
    ("deadlines", "day"),
    [
        ([], date(2026, 12, 31)),
        ([deadline("recurring", "2026-03-31", every="P3M")], date(2026, 12, 31)),
        ([deadline("ongoing")], date(2026, 12, 31)),
        ([deadline("month_end", "2026-03-31"), deadline("month_end", "2026-09-30")], date(2026, 9, 30)),
        ([deadline("date", "--05-20")], date(2026, 5, 20)),
        ([deadline("named_period", range=("2026-06-01", "2026-06-30"))], date(2026, 6, 30)),
        ([deadline("date", "2025-11-30")], date(2026, 12, 31)),
        ([deadline("date", "2027-06-30")], date(2027, 6, 30)),
        ([deadline("date", "--02-30")], date(2026, 12, 31)),
    ],
)
def test_latest_concrete_day_is_proposed(deadlines: list[DeadlineReading], day: date) -> None:
    assert propose_due(deadlines, 2026)[0] == day


def test_start_is_never_after_the_deadline(county: County) -> None:
    plan = draft(county.office, issued="2026-07-15")
    assert [item.starts_on for item in plan.items.all()] == [date(2026, 1, 1), date(2026, 7, 15), date(2026, 7, 15)]


def test_number_too_big_for_a_target_becomes_a_doubt(county: County) -> None:
    rows = items()
    rows[1].targets[0] = replace(rows[1].targets[0], value=1e20)
    plan = draft(county.office, items=rows)
    assert not ItemTarget.objects.filter(item__plan=plan, metric="演练场次").exists()
    assert plan.flags.filter(kind="target_range", item__number=2).exists()


def test_nested_items_know_their_parent(county: County) -> None:
    rows = items()
    rows[2] = replace(rows[2], parent="2", section="s1")
    plan = draft(county.office, items=rows)
    nested = plan.items.select_related("parent").get(number=3)
    assert nested.parent is not None
    assert nested.parent.number == 2


def test_document_without_items_is_refused(county: County) -> None:
    with pytest.raises(UserError, match="没有读出任何条目"):
        draft(county.office, items=[])
    assert not Plan.objects.exists()


def test_text_the_database_cannot_hold_is_refused(county: County) -> None:
    with pytest.raises(UserError, match="无法保存"):
        draft(county.office, text=TEXT + "\x00")


def test_year_out_of_range_is_refused(county: County) -> None:
    with pytest.raises(UserError, match="年度"):
        import_reading(actor=county.office, reading=reading(), year=26)


def test_only_the_office_imports(county: County) -> None:
    for person in (county.leader, county.editor, county.head, county.auditor):
        with pytest.raises(NotAllowed):
            draft(person)
    for person in (county.stranger, county.enterprise, county.administrator):
        with pytest.raises(Http404):
            draft(person)
    assert not Plan.objects.exists()


def test_reading_says_which_year_the_document_states() -> None:
    own = "2025年全县安全生产工作要点\n一、压实责任\n1.印发清单。6月底前印发责任清单。\n2.开展演练。全年演练20场。\n"
    read = read_document(own, filename="要点.txt", year=2026)
    assert read.stated_year == 2025
    assert [row.date for row in read.reading.items[0].deadlines] == ["2026-06-30"]


def test_unreadable_file_gives_the_readers_sentence() -> None:
    with pytest.raises(UserError, match="。"):
        read_document(b"PK\x03\x04garbage", filename="要点.docx", year=2026)


def facts(plan: Plan, **changes: object) -> PlanFacts:
    names = ("title", "doc_number", "issuer", "issued_on", "report_every")
    return PlanFacts(**({name: getattr(plan, name) for name in names} | changes))


def test_head_of_a_draft_is_corrected_and_audited(county: County) -> None:
    plan = draft(county.office)
    new = facts(plan, doc_number="清安委〔2026〕1号", report_every="month")
    edit_plan(actor=county.office, plan_id=plan.pk, facts=new, expected_version=plan.version)
    plan.refresh_from_db()
    assert (plan.doc_number, plan.report_every, plan.version) == ("清安委〔2026〕1号", "month", 2)
    assert history_of(plan)[0].changes == [["文号", "", "清安委〔2026〕1号"], ["报送周期", "每季度", "每月"]]
    with pytest.raises(StaleObject):
        edit_plan(actor=county.second_office, plan_id=plan.pk, facts=new, expected_version=1)
    with pytest.raises(UserError, match="标题"):
        edit_plan(actor=county.office, plan_id=plan.pk, facts=facts(plan, title=" "), expected_version=2)


def test_withdrawing_needs_a_reason_and_ends_all_changes(county: County) -> None:
    plan = draft(county.office)
    with pytest.raises(UserError, match="理由"):
        withdraw_plan(actor=county.office, plan_id=plan.pk, reason=" ")
    withdraw_plan(actor=county.office, plan_id=plan.pk, reason="传错了文件")
    plan.refresh_from_db()
    assert plan.state == Plan.State.WITHDRAWN
    assert history_of(plan)[0].reason == "传错了文件"
    with pytest.raises(WrongState, match="已作废"):
        edit_plan(actor=county.office, plan_id=plan.pk, facts=facts(plan), expected_version=plan.version)
