"""The frame of every page, the pages of login and of errors, and the rules all templates and scripts keep."""

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as project
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from core.error_pages import server_error
from core.middleware import CONTENT_SECURITY_POLICY, ContentSecurityPolicyMiddleware

ROOT = Path(project.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OWN_STATIC = sorted(
    path
    for path in (ROOT / "static").rglob("*")
    if path.suffix in {".css", ".js", ".svg"} and "vendor" not in path.parts
)
PLAIN_PAGES = [
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "429.html",
    "account/account_inactive.html",
]


# --- the policy ---


def respond(response: HttpResponse) -> HttpResponse:
    return ContentSecurityPolicyMiddleware(lambda request: response)(HttpRequest())


def test_every_response_carries_the_policy() -> None:
    header = respond(HttpResponse("x"))["Content-Security-Policy"]
    assert header == CONTENT_SECURITY_POLICY
    assert "unsafe" not in header
    assert "http" not in header
    for part in ("default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'self'"):
        assert part in header


def test_a_view_may_set_a_stricter_policy() -> None:
    own = HttpResponse("x", headers={"Content-Security-Policy": "default-src 'none'"})
    assert respond(own)["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize(("debug", "status", "sent"), [(True, 500, False), (True, 200, True), (False, 500, True)])
def test_only_the_programmers_own_error_pages_go_without(
    settings: Settings, debug: bool, status: int, sent: bool
) -> None:
    settings.DEBUG = debug
    assert respond(HttpResponse("x", status=status)).has_header("Content-Security-Policy") is sent


def test_the_login_page_is_served_with_the_policy(client: Client) -> None:
    assert client.get("/accounts/login/")["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


# --- the frame ---


class Outline(HTMLParser):
    """Counts what a page must have once."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]


@pytest.mark.parametrize("name", PLAIN_PAGES)
def test_error_pages_draw_without_request_database_or_context(name: str) -> None:
    html = render_to_string(name)
    outline = Outline(html)
    assert outline.tags.count("h1") == 1
    assert len(outline.ids) == len(set(outline.ids))
    assert '<html lang="zh-CN">' in html
    assert 'href="/' in html  # a way on


def test_the_page_of_a_failure_needs_nothing(settings: Settings) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "nowhere.Storage"}}
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "系统出错" in response.content.decode()


def test_the_reason_of_a_refusal_is_shown_escaped() -> None:
    html = render_to_string("403.html", {"exception": "只有牵头单位可以上报。<b>"})
    assert "只有牵头单位可以上报。&lt;b&gt;" in html


def test_the_frame_shows_menu_person_and_unread_count() -> None:
    person = SimpleNamespace(is_authenticated=True, pk=7, get_full_name="王芳", get_username="wangfang")
    entries = [
        SimpleNamespace(label="我的工作", url="/work/", icon="inbox", active=True, badge=12, group=""),
        SimpleNamespace(label="任务台账", url="/tasks/", icon="list-check", active=False, badge=None, group="任务"),
    ]
    context = {
        "nav": entries,
        "user": person,
        "county_name": "云溪县",
        "viewer_title": "县应急管理局 · 联络员",
        "unread_count": 3,
        "unread_url": "/notifications/",
    }
    html = re.sub(r"\s+", " ", render_to_string("base.html", context))
    assert '<a href="/work/" class="active" aria-current="page">' in html
    assert '<p class="shell-nav-group">任务</p>' in html
    assert 'data-user="7"' in html
    for words in ("王芳", "县应急管理局 · 联络员", "云溪县", "退出登录", "跳到正文"):
        assert words in html
    assert re.search(r'shell-bell-count">3', html)
    assert Outline(html).tags.count("h1") == 1


# --- login ---


@pytest.mark.django_db
def test_the_login_page_says_that_classified_content_stays_out(client: Client) -> None:
    html = client.get("/accounts/login/").content.decode()
    assert "不处理涉密信息" in html
    assert Outline(html).tags.count("h1") == 1


@pytest.mark.django_db
def test_wrong_passwords_get_a_sentence_and_then_a_pause(client: Client) -> None:
    typed = {"login": "nobody", "password": "wrong"}
    html = client.post("/accounts/login/", typed).content.decode()
    assert "用户名或密码不正确" in html
    assert 'value="nobody"' in html  # the name typed is kept
    for _ in range(5):
        html = client.post("/accounts/login/", typed).content.decode()
    assert "登录失败次数过多，请 15 分钟后再试，或请系统管理员重置密码。" in html


# --- rules for all templates, scripts and style sheets ---

INLINE = re.compile(r"""\s(?:style|on[a-z]+)\s*=\s*["']""")
OUTSIDE = re.compile(r"""(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]""", re.IGNORECASE)
SCRIPT_WITH_BODY = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE)


def breaches(text: str) -> list[str]:
    """Return what the policy or the rule 'no outside address' forbids in a template."""
    found = [match.group() for rule in (INLINE, OUTSIDE, SCRIPT_WITH_BODY) for match in rule.finditer(text)]
    return found + (["<style>"] if "<style" in text else [])


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color: red">',
        "<a onclick='go()'>",
        '<script>alert("x")</script>',
        "<style>p {}</style>",
        '<script src="https://cdn.example.com/x.js"></script>',
        '<img src="//cdn.example.com/x.png">',
    ],
)
def test_the_rule_sees_what_it_forbids(bad: str) -> None:
    assert breaches(bad)


# What is printed to PDF is not sent to a browser; its sheets are the typesetting's own.
SCREEN_TEMPLATES = [path for path in TEMPLATES if "documents" not in path.relative_to(ROOT / "templates").parts]


@pytest.mark.parametrize("path", SCREEN_TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_nothing_inline_and_no_outside_address(path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", OWN_STATIC, ids=lambda path: str(path.relative_to(ROOT)))
def test_own_static_files_call_no_outside_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert OUTSIDE.findall(text) == []
    assert "@import" not in text
    assert "sourceMappingURL" not in text
