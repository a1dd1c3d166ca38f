"""Panels that apps to the right add to the page of a task or an enterprise: letters, hazards, drills and the like."""

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
    """A titled list on the page; `empty` says why there is nothing, `path` leads to all rows where there are more."""

    title: str
    rows: Sequence[PanelRow]
    empty: str
    path: str = ""


# (user, task id) → the panel.
task_panels: Registry[Callable[[Any, int], Panel]] = Registry("task panels")
# (user, enterprise id) → the panel.
enterprise_panels: Registry[Callable[[Any, int], Panel]] = Registry("enterprise panels")
