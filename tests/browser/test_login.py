"""Every demonstration account gets in by its printed password; the wrong one does not."""

import pytest

from tests.browser.conftest import DemoServer, NewVisitor

pytestmark = pytest.mark.browser


def test_the_office_logs_in_and_out(demo_server: DemoServer, new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    visitor.log_in("anwei", demo_server.passwords["anwei"])
    visitor.picture("login-office-home")
    assert visitor.page.locator("h1").count() == 1


def test_a_wrong_password_is_refused_in_plain_words(demo_server: DemoServer, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(script=False)
    visitor.go("/accounts/login/")
    visitor.page.locator("input[name=login]").fill("anwei3")
    visitor.page.locator("input[name=password]").fill("wrong-password")
    visitor.page.locator("form:has(input[name=password]) button[type=submit]").click()
    assert "用户名或密码不正确" in visitor.page.locator("body").inner_text()
    visitor.picture("login-refused")
