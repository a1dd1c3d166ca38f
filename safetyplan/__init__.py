"""The project: settings, addresses, Celery. No models and no rules live here."""

from safetyplan.celery import app as celery_app

__all__ = ["celery_app"]
