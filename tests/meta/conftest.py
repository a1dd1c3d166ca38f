"""Fixtures of the tests that walk over the whole application."""

from tests.meta.scene import scene

__all__ = ["scene"]
