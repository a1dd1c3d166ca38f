"""Who came in, who tried to, who left and who changed their password stands in the audit trail."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from audit.trail import history_of
from tests.county import PASSWORD, AsPerson, County

pytestmark = pytest.mark.django_db


def log_in(name: str, password: str) -> Client:
    client = Client(REMOTE_ADDR="10.0.0.7")
    client.post(reverse("account_login"), {"login": name, "password": password})
    return client


def only_entry() -> tuple[str, str, str, str, str]:
    entry = Entry.objects.get()
    assert (entry.object_type, entry.object_id) == ("accounts.user", "")
    return entry.action, entry.actor_name, entry.object_label, entry.summary, entry.reason


def test_a_login_is_recorded(county: County) -> None:
    log_in("editor", PASSWORD)
    assert only_entry() == ("account.login", "应小急", "editor", "登录系统（来自 10.0.0.7）", "")
    assert not history_of(county.editor).exists()


@pytest.mark.parametrize("name", ["editor", "nobody"])
def test_a_failed_login_is_recorded_with_the_typed_name(county: County, name: str) -> None:
    log_in(name, "wrong-secret")
    assert only_entry() == ("account.login_failed", "未登录", name, "登录失败（来自 10.0.0.7）", "")
    assert "wrong-secret" not in str(Entry.objects.values().get())


def test_a_long_name_is_cut(county: County) -> None:
    log_in("n" * 150, "wrong")
    assert only_entry()[2] == "n" * 60


def test_a_logout_is_recorded_once(as_person: AsPerson) -> None:
    client = as_person("editor")
    for _ in range(2):
        client.post(reverse("account_logout"))
    assert only_entry() == ("account.logout", "应小急", "editor", "退出登录", "")


def test_an_own_password_change_stands_in_the_accounts_history(county: County, as_person: AsPerson) -> None:
    new = "Xyz12345678!"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert as_person("editor").post(reverse("account_change_password"), sent).status_code == 302
    (entry,) = history_of(county.editor)
    assert (entry.action, entry.actor, entry.summary) == ("account.password", county.editor, "修改本人密码")
    assert new not in str(Entry.objects.values())


def test_a_wrong_old_password_is_recorded_as_such(as_person: AsPerson) -> None:
    sent = {"oldpassword": "wrong", "password1": "Xyz12345678!", "password2": "Xyz12345678!"}
    as_person("editor").post(reverse("account_change_password"), sent)
    assert only_entry()[:4] == ("account.login_failed", "应小急", "editor", "原密码不正确（来自 127.0.0.1）")
