"""Fixtures of the letter tests."""

from tests.supervision.letters import late

__all__ = ["late"]
