"""Checks of passwords whose sentences the framework has in English only."""

from django.contrib.auth import password_validation


def rules_in_words() -> str:
    """Return what a password must be like (AUTH_PASSWORD_VALIDATORS) in one sentence."""
    validators = password_validation.get_default_password_validators()
    length = max((each.min_length for each in validators if isinstance(each, MinimumLengthValidator)), default=1)
    return f"至少 {length} 位，不能全是数字，不能是常见密码，也不能与用户名、姓名相近。"


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Refuse passwords that are too short, in Chinese."""

    def get_error_message(self) -> str:
        """Return the sentence shown beside a refused password."""
        return f"密码太短，至少需要 {self.min_length} 位，请重新填写。"

    def get_help_text(self) -> str:
        """Return the sentence shown before anything is typed."""
        return f"密码至少需要 {self.min_length} 位。"
