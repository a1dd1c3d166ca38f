"""App configuration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and login."""

    name = "accounts"
    verbose_name = "账号"
