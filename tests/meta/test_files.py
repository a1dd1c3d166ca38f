"""Every file people get: saved, or shown without running anything, and named as what it is."""

import re

import pytest

from tests.meta.scene import Scene
from tests.meta.url_roles import ROLES
from tests.meta.walk import Row, files

pytestmark = pytest.mark.django_db
# What a browser would run or draw as a page of ours.
RUNS = re.compile(r"html|xml(?!format)|svg|javascript|ecmascript|text/css", re.IGNORECASE)
# Viewers of PDF do not open in a sandbox; they run no script of the document's in our name.
SHOWN = {"application/pdf": "frame-ancestors", "*": "sandbox"}


def check(headers: dict[str, str]) -> None:
    """Raise AssertionError where these headers let a browser take the file for something else."""
    kind = headers["Content-Type"].partition(";")[0]
    assert "/" in kind
    assert not RUNS.search(kind), kind
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"].startswith("private")
    shown = headers["Content-Disposition"].partition(";")[0]
    assert shown in ("attachment", "inline")
    if shown == "inline":
        assert SHOWN.get(kind, SHOWN["*"]) in headers["Content-Security-Policy"]


PLAIN = {
    "Content-Type": "image/png",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
    "Content-Disposition": 'inline; filename="a.png"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"Content-Type": "text/html; charset=utf-8"},
        {"Content-Type": "image/svg+xml"},
        {"X-Content-Type-Options": ""},
        {"Cache-Control": "public, max-age=60"},
        {"Content-Disposition": ""},
        {"Content-Security-Policy": "default-src 'self'"},
    ],
    ids=str,
)
def test_the_check_finds_what_it_is_for(wrong: dict[str, str]) -> None:
    check(PLAIN)
    with pytest.raises(AssertionError):
        check(PLAIN | wrong)


@pytest.mark.parametrize("row", files(), ids=str)
def test_files_run_nothing(scene: Scene, row: Row) -> None:
    for role in ROLES:
        if row.status[role] == 200:
            check(dict(row.request(scene, role).headers.items()))
