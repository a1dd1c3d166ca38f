"""Small shapes that several answers share, and the fields of bodies with their bounds."""

from typing import Any

from rest_framework import serializers

from core.api.filters import LARGEST_KEY
from core.api.parsing import Input


class MoveName(serializers.Serializer[Any]):
    """A move the person may make now."""

    action = serializers.CharField(help_text="用于地址 …/actions/{action}/")
    label = serializers.CharField(help_text="操作名称")  # type: ignore[assignment]


class KeyField(serializers.IntegerField):
    """The number of an object in a body."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST_KEY, **extra})


class ReasonInput(Input):
    """理由."""

    reason = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=8000, help_text="理由或意见；哪些操作必填见说明"
    )
