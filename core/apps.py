"""App configuration of core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Clock, periods, registries and the components of the screens; no business nouns."""

    name = "core"
    verbose_name = "基础"
