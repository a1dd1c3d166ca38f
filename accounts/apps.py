"""App configuration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and login."""

    name = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        """Let logins and password changes leave audit entries."""
        from accounts import signals  # noqa: F401
