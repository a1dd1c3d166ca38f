"""Fixtures of the tests of the programming interface."""

from tests.api.calls import api
from tests.meta.scene import scene

__all__ = ["api", "scene"]
