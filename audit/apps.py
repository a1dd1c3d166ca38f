"""App configuration of the audit trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only audit trail."""

    name = "audit"
    verbose_name = "审计"
