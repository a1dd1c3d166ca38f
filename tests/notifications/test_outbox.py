"""The outbox: claimed once, retried with growing delay, failure stays visible."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as sent_mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command

from notifications import outbox
from notifications.jobs import send_outbox as job
from notifications.models import OutboxMail
from notifications.outbox import MAX_ATTEMPTS, WAITS, Outcome, claim, send_again, send_outbox
from notifications.services import notify
from tests.concurrency.race import committed, race, truncatable
from tests.county import County

__all__ = ["truncatable"]

START = datetime(2026, 7, 15, 0, 0, tzinfo=UTC)


class BrokenServer(EmailBackend):
    """A mail server that refuses everything."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("no mail server here")


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def waiting(frozen: time_machine.Traveller, county: County) -> OutboxMail:
    notify(recipients=[county.editor], title="第一行\r\nBcc: x@outside.example", body="正文", path="/tasks/7/", key="k")
    return OutboxMail.objects.get()


def test_a_mail_is_sent_once(waiting: OutboxMail, county: County, settings: Any) -> None:
    settings.SITE_URL = "https://plan.example/"
    assert send_outbox() == Outcome(sent=1)
    assert send_outbox() == Outcome()
    (message,) = sent_mail.outbox
    assert message.to == [county.editor.email]
    # Whatever stands in the title cannot add a header.
    assert message.subject == "第一行 Bcc: x@outside.example"
    assert "正文" in message.body
    assert "https://plan.example/tasks/7/" in message.body
    waiting.refresh_from_db()
    assert (waiting.state, waiting.sent_at, waiting.attempts) == ("sent", START, 1)


def test_without_a_site_address_no_link_is_printed(waiting: OutboxMail, settings: Any) -> None:
    settings.SITE_URL = ""
    send_outbox()
    assert "http" not in sent_mail.outbox[0].body


def test_people_without_address_get_no_mail(county: County) -> None:
    notify(recipients=[county.second_editor], title="一", key="k")
    assert not OutboxMail.objects.exists()


def test_failures_are_retried_with_growing_delay_and_then_stay_visible(
    waiting: OutboxMail, frozen: time_machine.Traveller, settings: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.BrokenServer"
    for number, delay in enumerate(WAITS, start=1):
        outcome = send_outbox()
        waiting.refresh_from_db()
        assert waiting.attempts == number
        assert "no mail server here" in waiting.last_error
        assert send_outbox() == Outcome(), "not due yet"
        if number < MAX_ATTEMPTS:
            assert outcome == Outcome(put_off=1)
            assert waiting.next_attempt_at - START >= delay
            frozen.move_to(waiting.next_attempt_at)
    assert outcome == Outcome(failed=1)
    assert waiting.state == OutboxMail.State.FAILED
    assert list(WAITS) == sorted(WAITS)


def test_a_failed_mail_can_be_sent_again(waiting: OutboxMail) -> None:
    OutboxMail.objects.update(state=OutboxMail.State.FAILED, attempts=MAX_ATTEMPTS, last_error="x")
    assert send_again([waiting.pk]) == 1
    assert send_again([waiting.pk]) == 0
    assert send_outbox() == Outcome(sent=1)
    waiting.refresh_from_db()
    assert waiting.last_error == ""


def test_a_worker_that_died_while_sending_loses_nothing(waiting: OutboxMail, frozen: time_machine.Traveller) -> None:
    assert claim(waiting, START)
    assert send_outbox() == Outcome(), "the other worker may still be sending"
    frozen.shift(WAITS[0] + timedelta(seconds=1))
    assert send_outbox() == Outcome(sent=1)


def test_death_in_the_last_attempt_is_told(waiting: OutboxMail) -> None:
    OutboxMail.objects.update(attempts=MAX_ATTEMPTS)
    assert send_outbox() == Outcome(failed=1)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.last_error) == ("failed", "发送中断，多次尝试未成功。")


def test_a_deactivated_account_gets_no_mail(waiting: OutboxMail, county: County) -> None:
    county.editor.is_active = False
    county.editor.save()
    assert send_outbox() == Outcome(failed=1)
    assert not sent_mail.outbox


def test_a_bad_address_does_not_stop_the_others(waiting: OutboxMail, county: County) -> None:
    OutboxMail.objects.update(address="a\nb@example.test")
    notify(recipients=[county.office], title="二", key="k2")
    assert send_outbox() == Outcome(sent=1, put_off=1)


def test_only_one_worker_claims_a_row(waiting: OutboxMail) -> None:
    seen_by_both = OutboxMail.objects.get()
    assert claim(waiting, START)
    assert not claim(seen_by_both, START)


def test_job_and_command_send(waiting: OutboxMail, county: County, capsys: pytest.CaptureFixture[str]) -> None:
    job()
    notify(recipients=[county.office], title="二", key="k2")
    call_command("send_outbox")
    assert len(sent_mail.outbox) == 2
    assert "已发送 1 封" in capsys.readouterr().out


@committed
@pytest.mark.parametrize("guarded", [True, False])
def test_workers_at_once_send_each_mail_once(county: County, monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    """With the claim taken away (the negative control) the same race sends mails twice."""
    for number in range(20):
        notify(recipients=[county.editor], title=f"{number}", key=f"k{number}")
    if not guarded:
        monkeypatch.setattr(outbox, "claim", lambda mail, now: True)
    sent = sum(outcome.sent for outcome in race(4, send_outbox))
    assert (sent == 20) is guarded
