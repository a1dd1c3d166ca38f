"""Fixtures of the report tests."""

from tests.reports.story import later, story

__all__ = ["later", "story"]
