"""Milestones and occurrences of the scene's task under way."""

from datetime import date
from typing import Any

from tasks.models import Recurrence, TaskNode
from tasks.services.recurrence import set_recurrence


def add_to(scene: Any) -> None:
    """Let the task under way be due each quarter."""
    task = scene.tasks["active"]
    set_recurrence(actor=scene.county.office, task_id=task.pk, recurrence=Recurrence.QUARTER, reason="按季推进")
    task.refresh_from_db()
    node = task.nodes.get(due_on=date(2026, 9, 30))
    # The task's version has risen: what the page would post now.
    scene.posted["target"]["version"] = task.version
    scene.posted["bulk"]["task"] = f"{task.pk}:{task.version}"
    scene.samples["node"] = {"pk": node.pk}


def grow(scene: Any) -> None:
    """Give the task thirty more nodes, some of them missed."""
    task = scene.tasks["active"]
    TaskNode.objects.bulk_create(
        TaskNode(
            task=task,
            kind=TaskNode.Kind.OTHER,
            number=100 + place,
            title=f"节点{place}",
            due_on=date(2026, 4, 1 + place),
            original_due_on=date(2026, 4, 1 + place),
            share=place,
        )
        for place in range(1, 30)
    )
