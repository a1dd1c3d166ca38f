"""The letter pages through the client: the right person, others, wrong states, what is stored and what is kept."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from core.queues import queues_of
from supervision.models import Letter
from supervision.services.drafting import Revision, edit_letter
from supervision.services.issuing import void_letter
from supervision.services.replying import ReplyDraft, receive_letter, save_reply
from tasks.models import Plan, Task
from tests.county import AsPerson, County, make_task
from tests.supervision.letters import S, answer, compose, cover, draft_of, issue, letter_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
LIST, COMPOSE = "/letters/", "/letters/compose/"


def path(name: str, letter: Letter, *more: str) -> str:
    return reverse(f"supervision:{name}", args=[letter.pk, *more])


def test_every_page_sends_strangers_to_the_login(county: County, late: list[Task]) -> None:
    letter = letter_in(S.ISSUED, county, late)
    names = ("detail", "edit", "reply", "preview", "pdf", "pdf_status")
    for address in (LIST, COMPOSE, *(path(name, letter) for name in names)):
        response = Client().get(address)
        assert (response.status_code, response["Location"].startswith("/accounts/login/")) == (302, True), address


@pytest.mark.parametrize("name", ["detail", "preview"])
def test_letter_is_shown_to_those_concerned_and_to_nobody_else(
    as_person: AsPerson, county: County, late: list[Task], name: str
) -> None:
    letter = letter_in(S.ISSUED, county, late)
    concerned = {"office", "second_office", "leader", "auditor", "editor", "second_editor", "head"}
    for person in county.people:
        expected = 200 if person in concerned else 404
        assert as_person(person).get(path(name, letter)).status_code == expected, person


def test_wrong_methods_are_refused(as_person: AsPerson, county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:1])
    client = as_person("office")
    assert client.get(path("act", letter, "issue")).status_code == 405
    for name in ("detail", "preview", "pdf", "pdf_status"):
        assert client.post(path(name, letter)).status_code == 405, name
    assert client.post(LIST).status_code == 405
    assert client.post(path("act", letter, "burn"), {"version": 1}).status_code == 404


# --- list ---


def found(client: Client, query: str) -> list[str]:
    return [row.record.title for row in client.get(LIST + query).context["table"].rows]


def test_list_filters_by_everything_it_offers(as_person: AsPerson, county: County, late: list[Task]) -> None:
    first, second = compose(county, late).letters
    issue(first, county.office)
    client, reminder = as_person("office"), draft_of(county, late[:1], kind=Letter.Kind.REMINDER, again=[late[0].pk])
    assert found(client, "") == [reminder.title, second.title, first.title]
    assert found(client, "?state=draft&sort=unit") == [reminder.title, second.title]
    assert found(client, "?state=issued&state=received") == [first.title]
    assert found(client, f"?unit={county.units['ZJ'].pk}") == [second.title]
    assert found(client, "?kind=reminder") == [reminder.title]
    assert found(client, "?year=2026") == [first.title]
    assert found(client, "?q=清安办函[2026]1号") == [first.title]
    assert found(client, "?q=2026〕1号") == [first.title]
    assert found(client, "?q=住建") == [second.title]
    assert found(client, "?q=整治燃气") == [second.title]
    assert found(client, "?q=没有的") == []
    assert client.get(LIST + "?q=%00&unit=x&year=1&state=nonsense&late=2&page=x&sort=x").status_code == 200
    assert found(client, "?late=1") == []
    Letter.objects.filter(pk=first.pk).update(reply_due_on="2026-05-11")
    assert found(client, "?late=1") == [first.title]


def test_unit_sees_the_letters_sent_to_it(as_person: AsPerson, county: County, late: list[Task]) -> None:
    first, second = compose(county, late).letters
    issue(first, county.office)
    issue(second, county.office)
    assert found(as_person("editor"), "") == [first.title]
    assert found(as_person("stranger"), "") == []
    assert "没有收到函件" in as_person("stranger").get(LIST).content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_list_asks_the_database_no_more_for_more_rows(
    as_person: AsPerson,
    county: County,
    plan: Plan,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    due = plan.issued_on
    assert due is not None
    tasks = [
        make_task(plan, county.units["YJ"], n, starts_on=due, due_on=due, target=None) for n in range(1, count + 1)
    ]
    for task in tasks:
        issue(draft_of(county, [task]), county.office)
    client = as_person("office")
    with django_assert_max_num_queries(12):
        assert len(client.get(LIST + "?q=县&year=2026&per_page=50").context["table"].rows) == count


# --- a letter's page ---


def test_moves_of_the_page(as_person: AsPerson, county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:2])
    office, editor = as_person("office"), as_person("editor")
    assert office.post(path("act", letter, "issue"), {"version": 1, "signatory": "冀立夏"}).status_code == 302
    response = editor.post(path("act", letter, "receive"), {"version": 2, "then_reply": "1"})
    assert response["Location"] == path("reply", letter)
    answer(letter, county.editor)
    letter.refresh_from_db()
    refused = office.post(path("act", letter, "return_reply"), {"version": letter.version, "reason": "　"})
    assert (refused.status_code, "须填写意见或理由" in refused.content.decode()) == (409, True)
    office.post(path("act", letter, "return_reply"), {"version": letter.version, "reason": "缺台账"})
    answer(letter, county.editor)
    letter.refresh_from_db()
    office.post(path("act", letter, "close"), {"version": letter.version, "reason": "同意"})
    letter.refresh_from_db()
    assert (letter.state, letter.closed_by) == (S.CLOSED, county.office)


def test_stale_or_broken_buttons_keep_the_words(as_person: AsPerson, county: County, late: list[Task]) -> None:
    letter = draft_of(county, late[:2])
    edit_letter(
        actor=county.second_office, letter_id=letter.pk, revision=Revision(cover=cover(), title="新", opening="新")
    )
    client = as_person("office")
    response = client.post(path("act", letter, "void"), {"version": 1, "reason": "写了很久的理由"})
    assert response.status_code == 409
    assert "写了很久的理由" in response.content.decode()
    response = client.post(path("act", letter, "issue"), {"signatory": "某人"})
    assert (response.status_code, "某人" in response.content.decode()) == (409, True)
    letter.refresh_from_db()
    assert letter.state == S.DRAFT


def test_people_without_the_right_get_403_and_strangers_404(
    as_person: AsPerson, county: County, late: list[Task]
) -> None:
    letter = letter_in(S.REPLIED, county, late)
    values = {"version": letter.version, "reason": "同意"}
    statuses = {
        name: as_person(name).post(path("act", letter, "close"), values).status_code
        for name in ("editor", "leader", "auditor", "other_editor", "stranger")
    }
    assert statuses == {"editor": 403, "leader": 403, "auditor": 403, "other_editor": 404, "stranger": 404}


def test_page_shows_the_way_the_buttons_and_what_stands_in(
    as_person: AsPerson, county: County, late: list[Task]
) -> None:
    letter = letter_in(S.ISSUED, county, late)
    office = as_person("office").get(path("detail", letter))
    assert [row.action for row in office.context["moves"]] == ["void"]
    assert [word for word, following, _ in office.context["steps"] if following] == ["签收"]
    page = as_person("editor").get(path("detail", letter)).content.decode()
    assert "签收并填写回复" in page
    assert f'src="{path("preview", letter)}"' in page
    assert "PDF 正在生成，请稍候" in page
    assert "代替" in page  # a free typeface stands in and is named
    void_letter(actor=county.office, letter_id=letter.pk, reason="主送有误")
    page = as_person("editor").get(path("detail", letter)).content.decode()
    assert "清安办函〔2026〕1号 不再使用" in page
    assert "主送有误" in page


def test_office_reads_the_reply_only_once_it_is_submitted(
    as_person: AsPerson, county: County, late: list[Task]
) -> None:
    letter = letter_in(S.RECEIVED, county, late)
    item = letter.items.all()[0]
    save_reply(actor=county.editor, letter_id=letter.pk, draft=ReplyDraft(replies={item.pk: "还在写"}))
    assert "还在写" not in as_person("office").get(path("detail", letter)).content.decode()
    assert "还在写" in as_person("head").get(path("detail", letter)).content.decode()
    answer(letter, county.editor, "写好了")
    assert "写好了1" in as_person("office").get(path("detail", letter)).content.decode()


def test_letter_page_needs_few_queries(
    as_person: AsPerson, county: County, late: list[Task], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    letter = letter_in(S.REPLIED, county, late)
    client = as_person("office")
    with django_assert_max_num_queries(20):
        client.get(path("detail", letter))


def test_preview_of_a_draft_says_so_and_carries_no_script(
    as_person: AsPerson, county: County, late: list[Task]
) -> None:
    letter = draft_of(county, late[:2], requirements={late[0].pk: "<script>alert(1)</script>"})
    response = as_person("office").get(path("preview", letter))
    page = response.content.decode()
    assert "清安办函〔　　〕　号（草稿）" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert response["X-Frame-Options"] == "SAMEORIGIN"


# --- queues and the task's panel ---


def queue_counts(person: Any) -> dict[str, int]:
    person.__dict__.pop("_authority", None)
    return {queue.key: queue.count for queue in queues_of(person) if queue.key.startswith("letters")}


def test_each_letter_waits_in_the_queue_of_whose_turn_it_is(county: County, late: list[Task]) -> None:
    first, _ = compose(county, late).letters
    assert queue_counts(county.office) == {"letters-issue": 2}
    assert queue_counts(county.leader) == {"letters-issue": 2}
    assert queue_counts(county.editor) == {}
    issue(first, county.office)
    assert queue_counts(county.editor) == queue_counts(county.head) == {"letters-sign": 1}
    assert queue_counts(county.other_editor) == {}
    receive_letter(actor=county.editor, letter_id=first.pk)
    assert queue_counts(county.editor) == {"letters-reply": 1}
    answer(first, county.editor)
    assert (queue_counts(county.editor), queue_counts(county.office)) == (
        {},
        {"letters-review": 1, "letters-issue": 1},
    )


def test_overdue_reply_turns_its_queue_red_and_leads_to_the_form(county: County, late: list[Task]) -> None:
    letter = letter_in(S.RECEIVED, county, late)
    Letter.objects.filter(pk=letter.pk).update(reply_due_on="2026-05-11")
    (queue,) = [queue for queue in queues_of(county.editor) if queue.key == "letters-reply"]
    assert (queue.tone, queue.rows[0].action_path, queue.path) == (
        "red",
        path("reply", letter),
        "/letters/?state=received",
    )


def test_task_page_lists_its_letters_for_those_who_may_see_them(
    as_person: AsPerson, county: County, late: list[Task]
) -> None:
    letter = draft_of(county, late[:1])
    address = reverse("tasks:detail", args=[late[0].pk])
    assert path("detail", letter) in as_person("office").get(address).content.decode()
    assert path("detail", letter) not in as_person("editor").get(address).content.decode()
    issue(letter, county.office)
    assert "清安办函〔2026〕1号" in as_person("editor").get(address).content.decode()
