"""App configuration of evidence."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Evidence app."""

    name = "evidence"
    verbose_name = "佐证材料"
