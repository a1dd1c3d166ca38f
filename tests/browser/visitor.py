"""A person at a browser of their own, who notes whatever the pages do wrong on their own."""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response, Route, expect

ARTIFACTS = Path(os.environ.get("ARTIFACTS_DIR") or Path(tempfile.gettempdir()) / "safetyplan-artifacts")
# A page may take this long on a small machine that is busy with other tests.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
# A page that refuses what was typed answers 4xx on purpose, which the browser reports as an error of loading.
REFUSED = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Visitor:
    """One person at a browser of their own: cookies apart from everybody else's.

    Attributes:
        page: the open tab.
        url: address of the application.
        complaints: what a page must never do: script errors, refusals by the content policy, requests elsewhere,
            broken answers.
    """

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a path of the application, e.g. "/tasks/"."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def status_of(self, path: str) -> int:
        """Return the status with which the application answers this person, without showing the page."""
        return self.page.request.get(self.url + path, max_redirects=0).status

    def log_in(self, username: str, password: str) -> None:
        """Log in by the login page."""
        self.go("/accounts/login/")
        self.page.locator("input[name=login]").fill(username)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("form:has(input[name=password]) button[type=submit]").click()
        self.page.wait_for_url(lambda address: "/accounts/login/" not in address)

    def field(self, label: str, inside: Locator | None = None) -> Locator:
        """Return the first field whose label begins with `label` (a required one has a star behind it)."""
        return (inside or self.page).get_by_label(label).first

    def press(self, name: str, inside: Locator | None = None) -> None:
        """Press the button with these words."""
        (inside or self.page).get_by_role("button", name=name).first.click()

    def follow(self, name: str, inside: Locator | None = None) -> None:
        """Follow the link with these words."""
        (inside or self.page).get_by_role("link", name=name).first.click()

    def sees(self, *sentences: str) -> None:
        """Wait until the page shows each of these."""
        for sentence in sentences:
            expect(self.page.get_by_text(sentence).first).to_be_visible()

    def arrives(self, heading: str) -> None:
        """Wait for the page whose main heading holds these words."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    def section(self, heading: str) -> Locator:
        """Return the section of the page under this heading."""
        return self.page.locator("section").filter(has=self.page.get_by_role("heading", name=heading)).last

    def picture(self, name: str, *, window: bool = False) -> Path:
        """Keep a picture of the whole page, or of just the window, as an artefact; return its path."""
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        path = ARTIFACTS / f"{name}.png"
        self.page.wait_for_load_state()
        self.page.screenshot(path=path, full_page=not window, animations="disabled")
        return path

    def watch(self, context: BrowserContext) -> None:
        """Note from now on what a page does wrong, and let no request leave this machine."""
        context.route("**/*", self._stay_here)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: script error: {error}"))
        self.page.on("console", self._hear)
        self.page.on("response", self._check)
        self.page.set_default_timeout(PATIENCE_MS)

    def _stay_here(self, route: Route) -> None:
        address = route.request.url
        if urlsplit(address).netloc in {urlsplit(self.url).netloc, ""}:
            route.continue_()
        else:
            self.complaints.append(f"{self.page.url}: request to {address}")
            route.abort()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(REFUSED):
            self.complaints.append(f"{self.page.url}: console: {message.text}")

    def _check(self, response: Response) -> None:
        asked_by_the_page_itself = response.request.resource_type not in {"document", "xhr", "fetch"}
        if response.status >= 500 or (response.status >= 400 and asked_by_the_page_itself):
            self.complaints.append(f"{self.page.url}: {response.status} for {response.url}")
