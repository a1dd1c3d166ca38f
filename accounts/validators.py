"""Checks of passwords whose sentences the framework has in English only."""

from django.contrib.auth import password_validation


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Refuse passwords that are too short, in Chinese."""

    def get_error_message(self) -> str:
        """Return the sentence shown beside a refused password."""
        return f"密码太短，至少需要 {self.min_length} 位，请重新填写。"

    def get_help_text(self) -> str:
        """Return the sentence shown before anything is typed."""
        return f"密码至少需要 {self.min_length} 位。"
