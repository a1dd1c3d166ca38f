"""The daily digest: one message a day, true when it is sent, nothing twice, nothing lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command

from core.queues import WorkQueue, queues_of, work_queues
from notifications.models import Notification, OutboxMail
from reminders import services
from reminders.jobs import send_reminders
from reminders.models import Reminder
from reminders.services import scan, send_digest, send_digests
from responsibility.models import Membership
from safetyplan.celery import app
from tasks.models import Plan, Task
from tests.concurrency.race import committed, race, truncatable
from tests.county import County, make_task

__all__ = ["truncatable"]

pytestmark = pytest.mark.django_db

TODAY = date(2026, 7, 15)


@pytest.fixture(autouse=True)
def morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 7, 14, 23, 30, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def queues(monkeypatch: pytest.MonkeyPatch) -> None:
    """One queue of known words for everybody but 管理员, whatever the other apps register."""

    def known(user: Any) -> list[WorkQueue]:
        count = 0 if user.username in {"admin", "office2"} else 2
        return [WorkQueue("late", 1, "逾期", "项逾期", "red", count, ())]

    monkeypatch.setattr(work_queues, "_entries", {"known": known})


@pytest.fixture
def tasks(county: County, plan: Plan) -> list[Task]:
    """Of 县应急管理局: 5 days late, due today, due in 3 days, due in 60 days."""
    dates = (TODAY - timedelta(days=5), TODAY, TODAY + timedelta(days=3), TODAY + timedelta(days=60))
    return [
        make_task(plan, county.units["YJ"], number, title=f"任务{number}", due_on=due_on, state=Task.State.ACTIVE)
        for number, due_on in enumerate(dates, start=1)
    ]


def digest_of(user: Any) -> Notification:
    return Notification.objects.get(recipient=user, key=f"digest-{TODAY}")


def test_digest_names_the_tasks_overdue_first(county: County, tasks: list[Task]) -> None:
    scan(TODAY)
    assert send_digests(TODAY) == 4
    digest = digest_of(county.editor)
    assert digest.title == "7月15日工作提醒：1项逾期、2项临近时限"
    assert digest.path == "/"
    assert digest.body == (
        "您有 2 项逾期。\n\n"
        "已逾期（1项）\n· 2026-01 任务1：逾期 5 天（7月10日）\n\n"
        "今天到期（1项）\n· 2026-02 任务2：今天到期（7月15日）\n\n"
        "即将到期（1项）\n· 2026-03 任务3：还剩 3 天（7月18日）"
    )


def test_who_gets_one(county: County, tasks: list[Task]) -> None:
    """People of the unit, and clerks of the office with work waiting; nobody else."""
    scan(TODAY)
    send_digests(TODAY)
    names = set(Notification.objects.values_list("recipient__username", flat=True))
    assert names == {"editor", "editor2", "head", "office"}
    assert digest_of(county.office).title == "7月15日工作提醒"


def test_run_twice_sends_nothing_twice(county: County, tasks: list[Task]) -> None:
    send_reminders()
    first = set(Notification.objects.values_list("pk", flat=True))
    assert Reminder.objects.filter(sent_on=TODAY, superseded=False).count() == 9
    send_reminders()
    assert set(Notification.objects.values_list("pk", flat=True)) == first
    assert OutboxMail.objects.count() == 2


def test_next_day_without_a_new_step_says_nothing(county: County, tasks: list[Task], morning: Any) -> None:
    send_reminders()
    morning.shift(timedelta(days=1))
    Task.objects.filter(pk=tasks[1].pk).update(state=Task.State.CLOSED, closed_on=TODAY)
    send_reminders()
    assert not Notification.objects.filter(recipient=county.editor, key="digest-2026-07-16").exists()


def test_after_a_gap_one_digest_tells_all(county: County, tasks: list[Task], morning: Any) -> None:
    """No run for weeks: the next one tells every task once, by its latest step."""
    morning.shift(timedelta(days=55))
    send_reminders()
    later = TODAY + timedelta(days=55)
    digest = Notification.objects.get(recipient=county.editor, key=f"digest-{later}")
    assert [line.split("：")[0] for line in digest.body.splitlines() if line.startswith("·")] == [
        "· 2026-01 任务1",
        "· 2026-02 任务2",
        "· 2026-03 任务3",
        "· 2026-04 任务4",
    ]
    assert Reminder.objects.filter(recipient=county.editor, superseded=False).count() == 4


def test_a_digest_that_failed_is_sent_by_the_next_run(
    county: County, tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person's failure is told, keeps nobody else waiting, and loses nothing."""
    scan(TODAY)

    def broken(user: Any) -> Any:
        if user.username == "editor":
            raise ValueError("broken queue")
        return queues_of(user)

    monkeypatch.setattr(services, "queues_of", broken)
    with pytest.raises(ExceptionGroup, match="1 digests failed"):
        send_digests(TODAY)
    assert Notification.objects.count() == 3
    assert Reminder.objects.filter(recipient=county.editor, sent_on__isnull=False).count() == 0
    monkeypatch.undo()
    assert send_digests(TODAY) == 1
    assert "任务1" in digest_of(county.editor).body


def test_a_task_closed_meanwhile_is_not_named(county: County, tasks: list[Task]) -> None:
    scan(TODAY)
    Task.objects.filter(pk=tasks[0].pk).update(state=Task.State.CLOSED, closed_on=TODAY)
    Task.objects.filter(pk=tasks[1].pk).update(due_on=TODAY + timedelta(days=90))
    send_digests(TODAY)
    body = digest_of(county.editor).body
    assert ("任务1" in body, "任务2" in body, "任务3" in body) == (False, False, True)
    assert not Reminder.objects.filter(task__in=tasks[:2], sent_on__isnull=False).exists()


def test_nobody_is_reminded_of_a_unit_left_meanwhile(county: County, tasks: list[Task]) -> None:
    scan(TODAY)
    Membership.objects.filter(user=county.editor).update(valid_to=TODAY - timedelta(days=1))
    send_digests(TODAY)
    assert not Notification.objects.filter(recipient=county.editor).exists()


def test_a_step_found_after_the_digest_waits_for_the_next_day(
    county: County, plan: Plan, tasks: list[Task], morning: Any
) -> None:
    send_reminders()
    late = make_task(plan, county.units["YJ"], 9, title="后发任务", due_on=TODAY, state=Task.State.ACTIVE)
    send_reminders()
    assert Reminder.objects.filter(task=late, sent_on__isnull=True, superseded=False).count() == 3
    morning.shift(timedelta(days=1))
    send_reminders()
    tomorrow = Notification.objects.get(recipient=county.editor, key="digest-2026-07-16")
    assert "后发任务" in tomorrow.body


def test_digest_goes_out_by_mail_too(county: County, tasks: list[Task]) -> None:
    call_command("send_reminders", "--day", "2026-07-15")
    (message,) = [message for message in mail.outbox if message.to == [county.editor.email]]
    assert message.subject == "7月15日工作提醒：1项逾期、2项临近时限"
    assert "任务1" in message.body


def test_command_reports_and_may_be_repeated(
    county: County, tasks: list[Task], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("send_reminders")
    call_command("send_reminders")
    first, second = capsys.readouterr().out.splitlines()
    assert first == "2026-07-15：新增提醒 30 条，发出摘要 4 份，发送邮件 2 封（待重试 0 封，失败 0 封）。"
    assert second == "2026-07-15：新增提醒 0 条，发出摘要 0 份，发送邮件 0 封（待重试 0 封，失败 0 封）。"


def test_command_replays_a_missed_day(county: County, tasks: list[Task]) -> None:
    call_command("send_reminders", "--day", "2026-07-10")
    assert Notification.objects.filter(key="digest-2026-07-10").exists()
    assert not Notification.objects.filter(key=f"digest-{TODAY}").exists()
    call_command("send_reminders")
    assert "任务1" in digest_of(county.editor).body


@pytest.mark.parametrize(("text", "sentence"), [("2026-07-16", "不能晚于今天"), ("七月", "请写成")])
def test_command_refuses_a_day_it_cannot_use(db: None, text: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("send_reminders", "--day", text)


def test_the_beat_schedule_names_existing_jobs() -> None:
    app.loader.import_default_modules()
    for name in ("reminders.jobs.send_reminders", "notifications.jobs.send_outbox"):
        assert name in app.tasks
        assert name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


@committed
@pytest.mark.parametrize("guarded", [True, False])
def test_processes_at_once_send_each_digest_once(
    county: County, tasks: list[Task], monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Without the lock (the negative control) several processes each believe they sent the digest."""
    scan(TODAY)
    if not guarded:
        model = type(county.editor)
        monkeypatch.setattr(services, "lock_person", lambda pk: model.objects.get(pk=pk))
    sent = sum(race(4, lambda: send_digest(county.editor.pk, TODAY)))
    assert (sent == 1) is guarded
    assert Notification.objects.filter(recipient=county.editor).count() == 1
    assert OutboxMail.objects.count() == 1


@committed
def test_processes_at_once_write_each_row_once(county: County, tasks: list[Task]) -> None:
    race(4, lambda: scan(TODAY))
    race(4, lambda: send_digests(TODAY))
    assert Reminder.objects.count() == 30
    assert Notification.objects.count() == 4
