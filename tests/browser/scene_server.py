"""The scene of tests/meta shown to a real browser, so that every page of the URL table is walked as it is listed.

The application runs in this process, on the test database's own connection and inside the scene's transaction; requests
take turns, and nothing they change is kept.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.test.testcases import LiveServerThread
from playwright.sync_api import BrowserContext

from tests.browser.hard_texts import harden
from tests.meta.scene import NOON, Scene, make_scene

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class SceneServer:
    """The scene and the address where a browser finds it (without the closing slash)."""

    scene: Scene
    url: str

    def admit(self, context: BrowserContext, person: str) -> None:
        """Make this browser the person's."""
        key = self.scene.sessions[person]
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.url}])


def _in_turn(application: Application) -> Application:
    """Let one request at a time use the shared connection."""
    turn = threading.Lock()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with turn:
            return application(environ, start_response)

    return answer


@pytest.fixture(scope="module")
def scene_server(django_db_setup: None, django_db_blocker: Any, valkey: None) -> Iterator[SceneServer]:
    """Serve the scene with texts that try the layout."""
    patch = pytest.MonkeyPatch()
    patch.setattr(settings, "ALLOWED_HOSTS", ["*"])
    with django_db_blocker.unblock(), time_machine.travel(NOON, tick=False), transaction.atomic():
        scene = make_scene()
        harden(scene)
        connection = connections[DEFAULT_DB_ALIAS]
        connection.inc_thread_sharing()
        server = LiveServerThread(
            "127.0.0.1",
            lambda application: StaticFilesHandler(_in_turn(application)),  # type: ignore[arg-type]
            connections_override={connection.alias: connection},
        )
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield SceneServer(scene, f"http://127.0.0.1:{server.port}")
        server.terminate()
        connection.dec_thread_sharing()
        transaction.set_rollback(True)
    patch.undo()
