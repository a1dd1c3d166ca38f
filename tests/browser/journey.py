"""What the steps of the journey have in common: who has sat down already, the tasks spoken of, small files."""

import io
from dataclasses import dataclass, field

from PIL import Image
from playwright.sync_api import FilePayload, Locator

from tests.browser.conftest import DemoServer, NewVisitor
from tests.browser.visitor import Visitor

GAS, GAS_RENAMED = "整治城镇燃气管道", "改造城镇老旧燃气管道"
ROADS, BUSES, HARBOUR, SITES = "治理农村公路急弯陡坡", "车辆动态监管", "修缮渔港避风设施", "清查在建工地危险作业"


@dataclass
class Journey:
    """Where the journey stands: who has sat down already, and what later steps need to know."""

    server: DemoServer
    new_visitor: NewVisitor
    year: int
    seated: dict[str, Visitor] = field(default_factory=dict)

    def as_(self, username: str) -> Visitor:
        """Return the browser of this person; they log in once."""
        if username not in self.seated:
            self.seated[username] = self.new_visitor(username)
        return self.seated[username]


def small_pdf() -> bytes:
    """Return a PDF of one page."""
    return _picture("PDF")


def small_photo() -> bytes:
    """Return a JPEG."""
    return _picture("JPEG")


def _picture(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (640, 480), (70, 120, 160)).save(stream, kind)
    return stream.getvalue()


def file(name: str, kind: str, content: bytes) -> FilePayload:
    """Return a file as it is chosen in a browser."""
    return {"name": name, "mimeType": kind, "buffer": content}


def row(visitor: Visitor, words: str) -> Locator:
    """Return the table row that holds these words."""
    return visitor.page.get_by_role("row").filter(has_text=words)


def queue_row(visitor: Visitor, queue: str, words: str) -> Locator:
    """Return the row of a queue of 我的工作."""
    visitor.go("/tasks/work/")
    return visitor.section(queue).get_by_role("listitem").filter(has_text=words)


def give_reason(visitor: Visitor, move: str, label: str, reason: str) -> None:
    """Open a move that wants a reason, give it, and carry it out."""
    visitor.page.get_by_text(f"{move}…", exact=True).click()
    visitor.field(label).fill(reason)
    visitor.press(move)
