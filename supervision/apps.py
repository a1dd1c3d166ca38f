"""App configuration of supervision."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Supervision app."""

    name = "supervision"
    verbose_name = "督办"
