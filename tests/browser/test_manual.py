"""The manual's pictures are taken from the running product, and the manual shows just those."""

import re
from pathlib import Path

import pytest

from tests.browser.conftest import DemoServer, NewVisitor
from tests.browser.manual_pictures import PICTURES
from tests.browser.visitor import Visitor

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "手册"
SHOWN = re.compile(r"!\[[^\]]+\]\(images/([^)]+)\.png\)")
LARGEST_PICTURE, LARGEST_MANUAL = 200_000, 6_000_000
PHONE = {"width": 390, "height": 844}


@pytest.mark.browser
def test_every_picture_can_be_taken(demo_server: DemoServer, new_visitor: NewVisitor) -> None:
    people: dict[str, Visitor] = {}
    for picture in PICTURES:
        if picture.login not in people:
            people[picture.login] = new_visitor()
            people[picture.login].log_in(picture.login, demo_server.passwords[picture.login])
        visitor = people[picture.login]
        wide = visitor.page.viewport_size
        if picture.phone:
            visitor.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        visitor.go(picture.path)
        if picture.follow:
            visitor.page.locator(picture.follow).first.click()
        visitor.page.wait_for_load_state("networkidle")
        visitor.picture(f"manual-{picture.name}", window=True)
        if wide is not None:
            visitor.page.set_viewport_size(wide)


def test_the_manual_shows_the_pictures_there_are() -> None:
    shown = {name for page in MANUAL.glob("*.md") for name in SHOWN.findall(page.read_text(encoding="utf-8"))}
    there = {path.stem: path.stat().st_size for path in (MANUAL / "images").glob("*.png")}
    assert shown == set(there) == {picture.name for picture in PICTURES}
    assert max(there.values()) < LARGEST_PICTURE
    assert sum(there.values()) < LARGEST_MANUAL


def test_links_inside_the_manual_lead_somewhere() -> None:
    for page in MANUAL.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+\.md)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
