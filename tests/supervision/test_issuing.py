"""签发 and 作废: numbers without gaps or reuse, frozen texts, who may, what the unit learns."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.http import Http404

from audit.trail import history_of
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from notifications.models import Notification
from supervision.models import Letter, LetterCounter
from supervision.services import issuing
from supervision.services.drafting import Revision, edit_letter
from supervision.services.issuing import issue_letter, void_letter
from tasks.models import Task
from tests.county import County
from tests.supervision.letters import S, compose, cover, draft_of, issue, letter_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


def test_issue_takes_number_dates_the_letter_and_tells_the_unit(county: County, late: list[Task]) -> None:
    letter = issue(draft_of(county, late[:2]), county.office)
    letter.refresh_from_db()
    assert letter.number == "清安办函〔2026〕1号"
    assert (letter.state, str(letter.issued_on), letter.issued_by, letter.signatory) == (
        S.ISSUED,
        "2026-05-12",
        county.office,
        "冀立夏",
    )
    told = Notification.objects.filter(path=f"/letters/{letter.pk}/")
    assert {row.recipient for row in told} == {county.editor, county.second_editor, county.head}
    assert "清安办函〔2026〕1号" in told[0].title
    assert "2026年5月21日" in told[0].body
    entry = history_of(letter)[0]
    assert (entry.action, ["发文字号", "", "清安办函〔2026〕1号"] in entry.changes) == ("letter.issue", True)


def test_numbers_run_by_code_and_year(county: County, late: list[Task]) -> None:
    again = [task.pk for task in late]

    def number(code: str = "清安办函", year: int = 2026) -> str:
        with time_machine.travel(datetime(year, 5, 12, 2, tzinfo=UTC), tick=False):
            wanted = cover(code=code, reply_due_on=datetime(year, 6, 1, tzinfo=UTC).date())
            return issue(draft_of(county, late[:1], again=again, cover=wanted), county.office).number

    assert [number(), number(), number("清安委办"), number(year=2027), number()] == [
        "清安办函〔2026〕1号",
        "清安办函〔2026〕2号",
        "清安委办〔2026〕1号",
        "清安办函〔2027〕1号",
        "清安办函〔2026〕3号",
    ]


def test_a_failed_issue_gives_its_number_back(
    county: County, late: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = compose(county, late).letters

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the power went out")

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "tell_unit", broken)
        with pytest.raises(RuntimeError), transaction.atomic():
            issue(first, county.office)
    first.refresh_from_db()
    assert (first.state, first.number) == (S.DRAFT, "")
    assert not LetterCounter.objects.exists()
    assert issue(second, county.office).number == "清安办函〔2026〕1号"


def test_voided_number_is_never_used_again(county: County, late: list[Task]) -> None:
    first, second = compose(county, late).letters
    issue(first, county.office)
    void_letter(actor=county.office, letter_id=first.pk, reason="主送单位有误")
    first.refresh_from_db()
    assert (first.state, first.number, first.void_reason) == (S.VOID, "清安办函〔2026〕1号", "主送单位有误")
    assert issue(second, county.office).number == "清安办函〔2026〕2号"
    assert Notification.objects.filter(recipient=county.editor, title__contains="已作废").count() == 1


def test_the_database_refuses_a_number_twice(county: County, late: list[Task]) -> None:
    first, second = compose(county, late).letters
    issue(first, county.office)
    LetterCounter.objects.update(last=0)
    with pytest.raises(IntegrityError, match=r"sequence|letter_number_once"), transaction.atomic():
        issue(second, county.office)


def test_voided_draft_never_reaches_the_unit(county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:1])
    void_letter(actor=county.office, letter_id=letter.pk, reason="重拟")
    assert not Notification.objects.exists()
    for name, sees in (("office", 1), ("leader", 1), ("auditor", 0), ("editor", 0), ("head", 0), ("stranger", 0)):
        assert Letter.objects.visible_to(county.people[name]).count() == sees, name


def test_issued_letter_is_seen_by_its_unit_and_county_readers_only(county: County, late: list[Task]) -> None:
    issue(draft_of(county, late[:1]), county.office)
    seen = {name for name, person in county.people.items() if Letter.objects.visible_to(person).exists()}
    assert seen == {"office", "second_office", "leader", "auditor", "editor", "second_editor", "head"}


def test_texts_are_frozen_after_issue(county: County, late: list[Task]) -> None:
    letter = letter_in(S.ISSUED, county, late)
    with pytest.raises(WrongState, match="已签发"):
        edit_letter(
            actor=county.office,
            letter_id=letter.pk,
            revision=Revision(cover=cover(), title="改", opening="改"),
        )
    letter.refresh_from_db()
    assert letter.title == "关于加快办理2项逾期任务的督促函"


def test_leader_may_issue_and_others_may_not(county: County, late: list[Task]) -> None:
    first, second = compose(county, late).letters
    issue(first, county.leader, "县领导")
    for name in ("editor", "head", "auditor", "stranger"):
        with pytest.raises(Http404):
            issue(second, county.people[name])
    with pytest.raises(NotAllowed):
        void_letter(actor=county.leader, letter_id=second.pk, reason="不发")


def test_issue_needs_a_signatory_and_a_reply_date_ahead(county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:1])
    with pytest.raises(UserError, match="签发人"):
        issue(letter, county.office, "  ")
    with (
        time_machine.travel(datetime(2026, 5, 25, 2, tzinfo=UTC), tick=False),
        pytest.raises(UserError, match="回复期限"),
    ):
        issue(letter, county.office)
    assert not LetterCounter.objects.exists()


def test_what_was_done_meanwhile_is_not_urged(county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:2])
    Task.objects.filter(pk=late[1].pk).update(completed_on="2026-05-12")
    with pytest.raises(UserError, match=r"2026-02 修订预案.*移出"):
        issue(letter, county.office)


def test_void_needs_a_reason_and_stops_at_the_signing(county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:1])
    with pytest.raises(UserError, match="理由"):
        void_letter(actor=county.office, letter_id=letter.pk, reason=" ")
    received = letter_in(S.RECEIVED, county, late[1:2])
    with pytest.raises(WrongState, match="已签收"):
        void_letter(actor=county.office, letter_id=received.pk, reason="晚了")


def test_stale_button_does_not_issue(county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:1])
    edit_letter(
        actor=county.second_office,
        letter_id=letter.pk,
        revision=Revision(cover=cover(), title="新标题", opening="新事由"),
    )
    with pytest.raises(StaleObject):
        issue_letter(actor=county.office, letter_id=letter.pk, signatory="某", expected_version=1)
