"""App configuration of documents."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Documents app."""

    name = "documents"
    verbose_name = "公文排版"

    def ready(self) -> None:
        """Register the system checks."""
        from documents import checks  # noqa: F401
