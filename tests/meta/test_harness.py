"""The guards of the test harness itself."""

import socket

import pytest
from django.conf import settings
from django.core.cache import cache


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "10.0.0.1", "2001:db8::1"])
def test_a_connection_beyond_this_machine_is_refused(host: str) -> None:
    with pytest.raises(PermissionError, match="stay on this machine"):
        socket.create_connection((host, 80), timeout=1)


def test_loopback_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5):
        pass


def test_cache_is_a_real_server_and_starts_empty() -> None:
    assert cache.get("harness") is None
    cache.set("harness", "kept")
    assert cache.get("harness") == "kept"


def test_cache_starts_empty_again() -> None:
    assert cache.get("harness") is None


def test_data_is_kept_away_from_the_installation() -> None:
    assert settings.BASE_DIR not in settings.VAR_DIR.parents
    assert str(settings.MEDIA_ROOT).startswith(str(settings.VAR_DIR))
