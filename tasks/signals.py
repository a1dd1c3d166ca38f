"""Signals by which apps to the right learn what happened to a task. Sent inside the transaction."""

from django.dispatch import Signal

# Arguments: task, transition, actor, reason.
task_transitioned = Signal()
