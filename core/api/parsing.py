"""Reading JSON bodies: bounded, strict, and refused with a sentence."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework import parsers, serializers
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError

# A body without files; letters and reports are texts of some thousand signs.
MAX_JSON_BYTES = 1024 * 1024


class StrictJSONParser(parsers.JSONParser):
    """JSON in UTF-8; whatever cannot be read, however deeply nested, is the caller's mistake."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the content.

        Raises:
            ParseError: not UTF-8, not JSON, or nested too deeply.
        """
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as error:
            raise ParseError("内容不是有效的 JSON（须为 UTF-8 编码），请核对后重新发送。") from error
        except RecursionError as error:
            raise ParseError("JSON 嵌套层数过多，请按接口文档的格式提交。") from error


def many(form: "type[Input]", most: int, **extra: Any) -> Any:
    """Return a field that holds a list of small forms, at most `most` of them."""
    return form(many=True, max_length=most, **extra)  # type: ignore[call-arg]


class Input(serializers.Serializer[Any]):
    """What a request's body may hold; a name it does not know is refused, so that a slip is not silently dropped."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the checked content.

        Raises:
            ValidationError: a value is wrong, or a field is unknown.
        """
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                message = ErrorDetail("没有这个字段，请核对名称。", code="unknown")
                raise ValidationError({str(name)[:60]: [message] for name in unknown[:20]})
        return super().to_internal_value(data)
