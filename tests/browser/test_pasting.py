"""What is pasted into a form with a place for files: pictures become files, text stays text."""

import pytest
from django.conf import settings
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

FORM = """
<form><textarea name="actions"></textarea>
<div data-dropzone><input type="file" name="files" multiple></div></form>
"""
PASTE = """([picture, text]) => {
  const clipboardData = new DataTransfer();
  if (picture) clipboardData.items.add(new File(["x"], "image.png", { type: "image/png" }));
  if (text) clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector("textarea").dispatchEvent(event);
  return [document.querySelector("input[type=file]").files.length, event.defaultPrevented];
}"""


@pytest.mark.parametrize(
    ("picture", "text", "attached"),
    [(True, "", True), (True, "演练\t400", False), (False, "演练", False)],
    ids=["screenshot", "cells of a spreadsheet", "text"],
)
def test_only_a_picture_without_text_is_attached(
    chromium_browser: Browser, picture: bool, text: str, attached: bool
) -> None:
    page = chromium_browser.new_page()
    # The script keeps drafts in the browser's store, which only a page with an address has; nothing is fetched.
    page.route("http://pasting.test/", lambda route: route.fulfill(body=FORM, content_type="text/html"))
    page.goto("http://pasting.test/")
    page.add_script_tag(path=settings.BASE_DIR / "static/js/app.js")
    assert page.evaluate(PASTE, [picture, text]) == [int(attached), attached]
    page.close()
