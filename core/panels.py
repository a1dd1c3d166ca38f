"""Panels that apps to the right add to a task's page: letters sent about it, hazards behind it and the like."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One line of a panel: a linked title and a note in words."""

    title: str
    path: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled list beside the task; `empty` says why there is nothing."""

    title: str
    rows: Sequence[PanelRow]
    empty: str


# (user, task id) → the panel.
task_panels: Registry[Callable[[Any, int], Panel]] = Registry("task panels")
