"""What a password must be, beside Django's own rules."""

from django.contrib.auth.password_validation import MinimumLengthValidator


class LongEnough(MinimumLengthValidator):
    """Django's rule, whose words it has not translated."""

    def get_error_message(self) -> str:
        return f"密码至少要有 {self.min_length} 个字符。"

    def get_help_text(self) -> str:
        return self.get_error_message()
