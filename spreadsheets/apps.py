"""App configuration of spreadsheets."""

from django.apps import AppConfig


class SpreadsheetsConfig(AppConfig):
    """Excel files out of the working ledgers."""

    name = "spreadsheets"
    verbose_name = "电子表格"
