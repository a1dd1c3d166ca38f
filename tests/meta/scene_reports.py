"""Sample objects of reports for the tests that walk over all pages."""

from tests.meta.scene import Scene


def add_to(scene: Scene) -> None:
    """Create them at the frozen moment and name them in `scene.samples` (and `scene.posted`)."""


def grow(scene: Scene) -> None:
    """Add thirty of each, and thirty lines to what the sample pages show."""
