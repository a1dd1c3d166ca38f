"""Celery application. Job modules are called `jobs`, because `tasks` is one of the domain's own apps."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safetyplan.settings")

app = Celery("safetyplan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
