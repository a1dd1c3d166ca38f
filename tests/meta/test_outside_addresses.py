"""Nothing the product sends or shows names an address outside the server: sources, pages, refusals, errors, mail, PDF.

A browser that obeys the content policy would not fetch it, but a policy is the last guard, mail has none, and an office
network without a way out waits for each.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory, override_settings
from django.urls import reverse
from django.views import defaults
from django.views.csrf import csrf_failure

from core.error_pages import server_error
from documents.pdf import render_html
from notifications.models import OutboxMail
from notifications.outbox import compose
from supervision.wording import official_letter
from tests.meta.scene import ANONYMOUS, Scene
from tests.meta.test_urls import admin_address, admin_addresses
from tests.meta.url_roles import ROLES
from tests.meta.walk import Row, pages, rows

pytestmark = pytest.mark.django_db
# Names of vocabularies, not places: nobody fetches them.
NAMES = r"(?!www\.w3\.org/|schemas\.openxmlformats\.org/|schemas\.microsoft\.com/|purl\.org/)"
OUTSIDE = (
    re.compile(rf"(?<![a-z])(?:https?|wss?|ftp)://{NAMES}[^\s\"'<>)]*", re.IGNORECASE),
    re.compile(r"(?:\b(?:src|href|srcset|action|formaction|poster|data|url)\s*[=(:]\s*[\"']?\s*)//[^\s\"'<>)]*"),
    re.compile(r"@import\b[^;]*", re.IGNORECASE),
)
# What others wrote may name their homes in comments and licences; what a browser fetches by itself may not be there.
FETCHED = (
    re.compile(r"url\(\s*[\"']?(?:https?:)?//[^)]*", re.IGNORECASE),
    re.compile(r"@import\b[^;]*"),
    re.compile(r"sourceMappingURL=\S*"),
)
SHOWN = pages()
REFUSED = [row for row in rows() if row.method == "POST" and {400, 409, 422} & set(row.status.values())]


def outside(text: str, patterns: tuple[re.Pattern[str], ...] = OUTSIDE) -> list[str]:
    """Return every outside address in the text."""
    return [found[0] for pattern in patterns for found in pattern.finditer(text)]


def sources() -> Iterator[Path]:
    """Yield our templates, style sheets, scripts and drawings."""
    for top in Path(settings.BASE_DIR).iterdir():
        if top.is_dir() and top.name not in (".venv", "node_modules", "var", ".git", "tests"):
            for path in top.rglob("*"):
                text = path.suffix == ".txt" and "templates" in path.parts
                if (text or path.suffix in (".html", ".css", ".js", ".svg")) and "vendor" not in path.parts:
                    yield path


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example.test/a.js">',
        "<link href='//cdn.example.test/a.css'>",
        "body { background: url(//example.test/a.png) }",
        '@import "a.css";',
        "fetch('http://example.test/')",
        'new WebSocket("wss://example.test")',
        "请看HTTPS://example.test/手册",
    ],
)
def test_an_outside_address_is_found(text: str) -> None:
    assert outside(text)


@pytest.mark.parametrize("text", ['<svg xmlns="http://www.w3.org/2000/svg">', "// a comment", "a: //", "1//2"])
def test_what_is_none_is_let_through(text: str) -> None:
    assert outside(text) == []


def test_sources_name_none() -> None:
    found = {str(path): outside(path.read_text(encoding="utf-8")) for path in sources()}
    assert len(found) > 100
    assert {path: addresses for path, addresses in found.items() if addresses} == {}


def test_what_others_wrote_fetches_nothing() -> None:
    vendor = Path(settings.BASE_DIR) / "static/vendor"
    texts = {
        path.name: path.read_text(encoding="utf-8") for path in vendor.rglob("*") if path.suffix in (".css", ".js")
    }
    assert texts
    assert {name: outside(text, FETCHED) for name, text in texts.items() if outside(text, FETCHED)} == {}


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_pages_name_none(scene: Scene, row: Row) -> None:
    for role in ROLES:
        if row.status[role] == 200:
            assert outside(row.request(scene, role).content.decode()) == [], role


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused_forms_name_none(scene: Scene, row: Row) -> None:
    role = next(role for role in ROLES if row.status[role] in (400, 409, 422))
    with transaction.atomic():
        assert outside(row.request(scene, role).content.decode()) == []
        transaction.set_rollback(True)


def test_pages_of_the_account_and_the_admin_name_none(scene: Scene) -> None:
    for name in ("account_login", "account_inactive"):
        assert outside(scene.client(ANONYMOUS).get(reverse(name)).content.decode()) == []
    for name in ("account_logout", "account_change_password"):
        assert outside(scene.client("editor").get(reverse(name)).content.decode()) == []
    for name, arguments in admin_addresses():
        answer = scene.client("administrator").get(admin_address(scene, name, arguments))
        assert outside(answer.content.decode()) == [], name


@override_settings(DEBUG=False)
def test_errors_name_none() -> None:
    request = RequestFactory().get("/")
    for answer in (
        defaults.bad_request(request, ValueError()),
        defaults.permission_denied(request, PermissionError()),
        defaults.page_not_found(request, Http404()),
        server_error(request),
        csrf_failure(request),
    ):
        assert outside(answer.content.decode()) == [], answer.status_code


def test_mail_names_only_the_site_itself(scene: Scene) -> None:
    mails = list(OutboxMail.objects.all())
    assert mails
    for mail in mails:
        with override_settings(SITE_URL=""):
            message = compose(mail)
            assert outside(f"{message.subject}\n{message.body}") == []
        with override_settings(SITE_URL="https://county.example"):
            found = outside(str(compose(mail).body))
            assert all(address.startswith("https://county.example/") for address in found)


def test_what_the_pdf_is_made_of_names_none(scene: Scene) -> None:
    for letter in scene.letters.values():
        text = render_html(official_letter(letter))
        assert outside(text) == []
        # Not even one of the server's own: the PDF engine fetches nothing.
        assert not re.search(r"\b(?:src|href)=", text)
