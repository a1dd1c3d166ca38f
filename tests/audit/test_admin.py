"""Django's admin: a fallback that mostly shows, and audits what it changes."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from audit.trail import history_of
from notifications.models import OutboxMail
from notifications.services import notify
from reminders.models import ReminderRule
from tests.county import County

pytestmark = pytest.mark.django_db

READ_ONLY = [
    "audit_entry",
    "accounts_user",
    "notifications_notification",
    "notifications_outboxmail",
    "responsibility_unit",
    "responsibility_unitalias",
    "responsibility_membership",
    "responsibility_keywordrule",
    "reminders_reminder",
]


@pytest.fixture
def superuser(client: Client, county: County) -> Client:
    client.force_login(county.administrator)
    return client


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_has_its_own_rules_can_only_be_looked_at(superuser: Client, name: str) -> None:
    assert superuser.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert superuser.get(reverse(f"admin:{name}_add")).status_code == 403


def test_nothing_can_be_deleted(superuser: Client, county: County) -> None:
    request = superuser.get(reverse("admin:index")).wsgi_request
    registered = admin.site._registry.values()
    assert registered
    assert not [each for each in registered if each.has_delete_permission(request)]


def test_a_row_cannot_be_changed_by_a_forged_form(superuser: Client, county: County) -> None:
    unit = county.units["YJ"]
    assert superuser.get(reverse("admin:responsibility_unit_change", args=[unit.pk])).status_code == 200
    response = superuser.post(reverse("admin:responsibility_unit_change", args=[unit.pk]), {"name": "改名"})
    assert response.status_code == 403
    unit.refresh_from_db()
    assert unit.name == "县应急管理局"


def test_a_reminder_rule_is_changed_and_audited(superuser: Client) -> None:
    rule = ReminderRule.objects.get(offset_days=-30)
    data = {"name": "提前三十天", "offset_days": "-30", "role": "head", "active": "on"}
    response = superuser.post(reverse("admin:reminders_reminderrule_change", args=[rule.pk]), data)
    assert response.status_code == 302
    (entry,) = history_of(rule)
    assert (entry.action, entry.actor_name) == ("admin.change", "管理员")
    assert entry.changes == [["名称", "提前30天提醒", "提前三十天"], ["提醒对象", "联络员", "单位负责人和联络员"]]
    superuser.post(reverse("admin:reminders_reminderrule_add"), data | {"offset_days": "-60", "name": "提前60天"})
    assert history_of(ReminderRule.objects.get(offset_days=-60)).get().action == "admin.create"


def test_failed_mails_are_sent_again(superuser: Client, county: County) -> None:
    notify(recipients=[county.editor], title="一", key="k")
    OutboxMail.objects.update(state=OutboxMail.State.FAILED, last_error="no route")
    address = reverse("admin:notifications_outboxmail_changelist")
    assert "no route" in superuser.get(address).content.decode()
    mail = OutboxMail.objects.get()
    response = superuser.post(address, {"action": "send_failed_again", "_selected_action": [mail.pk]}, follow=True)
    assert "已将 1 封失败邮件放回待发队列" in response.content.decode()
    mail.refresh_from_db()
    assert mail.state == OutboxMail.State.WAITING


def test_only_staff_enters(client: Client, county: County) -> None:
    client.force_login(county.office)
    assert client.get(reverse("admin:index")).status_code == 302
