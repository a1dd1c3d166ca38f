"""The interface's own description (OpenAPI): what REST framework's introspection cannot know is added here.

Descriptions are for our users and Chinese; docstrings are for engineers and left out.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from core.api.etags import etag_of
from core.api.idempotency import HEADER, KEPT_FOR, KEY_PATTERN, REPLAYED
from core.api.problems import KINDS, MEDIA_TYPE, TITLES, TYPE_PREFIX, problem
from core.api.views import MovingViews, ObjectViews

ALWAYS = {
    401: "未提供有效的接口令牌，也没有登录。",
    403: "您能看到这项内容，但没有权限进行此操作；或会话请求缺少 CSRF 令牌。",
    406: "请求头 Accept 不接受 JSON。",
    429: "请求过于频繁；请求头 Retry-After 给出应等待的秒数。",
}
FOUND = {404: "没有这个地址或记录，或者您无权查看（两者的回答相同）。"}
WITH_PARAMETERS = {400: "参数不认识，或取值没有意义。"}
WITH_BODY = {
    400: "请求头或内容填写有误，errors 逐项说明。",
    409: "对象已不在允许此操作的状态；或同一幂等键的请求正在处理。",
    413: "内容过大。",
    415: "内容格式不受支持。",
    422: "不符合办理规则，detail 说明原因和改法；或幂等键已用于内容不同的请求。",
}
WITH_VERSION = {
    412: "自您读取之后对象已被修改；current 说明现在的版本、何人何时改了什么。",
    428: "缺少请求头 If-Match。",
}

KEPT_HOURS = KEPT_FOR // timedelta(hours=1)
ETAG = '"7-3f0c9d2e11aa4b5c"'


class ProblemError(serializers.Serializer[Any]):
    """One thing that is wrong with a request."""

    field = serializers.CharField(help_text="参数、请求头或字段的路径，如 values.0.value；空串指整个内容")
    message = serializers.CharField(help_text="怎样改正")


class CurrentVersion(serializers.Serializer[Any]):
    """What an object has become since the caller read it."""

    version = serializers.IntegerField(help_text="现在的版本")
    etag = serializers.CharField(help_text="可直接用于 If-Match")
    changed_by = serializers.CharField(required=False, help_text="最近一次修改人")
    changed_at = serializers.DateTimeField(required=False, help_text="最近一次修改时间")
    summary = serializers.CharField(required=False, help_text="做了什么")
    changes = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField()), required=False, help_text="改了哪些内容"
    )


class Problem(serializers.Serializer[Any]):
    """Every refusal (RFC 9457)."""

    type = serializers.ChoiceField(
        choices=[(TYPE_PREFIX + kind, title) for kind, title in TITLES.items()], help_text="问题的种类，供程序判断"
    )
    title = serializers.CharField(help_text="种类的名称")
    status = serializers.IntegerField(help_text="HTTP 状态码")
    detail = serializers.CharField(help_text="给人看的说明")
    errors = ProblemError(many=True, help_text="逐项错误，没有时为空数组")  # type: ignore[assignment]
    current = CurrentVersion(required=False, help_text="仅 412：对象现在的版本")


_EXAMPLES = {
    400: problem(400, "invalid", errors={"due_on": "日期格式错误。请从这些格式中选择：YYYY-MM-DD。"}),
    401: problem(401, "not-authenticated"),
    409: problem(409, "wrong-state", "任务当前为“进行中”，不能“签收任务”。可能已有其他人处理，请刷新页面查看。"),
    412: problem(412, "stale", "自您读取之后，王立春修改过这条记录（签收任务）。请重新读取最新内容，核对后再提交。")
    | {
        "current": {
            "version": 8,
            "etag": etag_of(8),
            "changed_by": "王立春",
            "changed_at": "2026-05-12T10:00:00+08:00",
            "summary": "签收任务",
            "changes": [{"label": "状态", "old": "待签收", "new": "进行中"}],
        }
    },
    422: problem(422, "refused", "“退回并通知牵头单位”须填写理由，请补充后再提交。"),
    428: problem(428, "precondition-required"),
}


class ApiSchema(AutoSchema):
    """Headers, refusals, moves and Chinese words of every operation."""

    def _changes_an_object(self) -> bool:
        names_one = "{id}" in self.path or "{uid}" in self.path
        adds_a_file = getattr(self.view, "action", "") == "attach"
        return names_one and self.method != "GET" and not adds_a_file and getattr(self.view, "checks_version", True)

    def _shows_an_object(self) -> bool:
        names_one = "{id}" in self.path or getattr(self.view, "action", "") == "create"
        is_object = names_one and getattr(self.view, "action", "") != "list" and not self._sends_a_file()
        return isinstance(self.view, ObjectViews) and is_object

    def _sends_a_file(self) -> bool:
        return getattr(self.view, "action", "") in getattr(self.view, "file_actions", ())

    def get_tags(self) -> list[str]:
        """Return the view's heading."""
        return [getattr(self.view, "tag", "")]

    def get_summary(self) -> str | None:
        """Return the usual words for lists and single objects."""
        noun = getattr(self.view, "tag", "")
        words = {"list": f"{noun}列表", "retrieve": f"查看一条{noun}", "act": "办理"}
        return words.get(getattr(self.view, "action", "") or "")

    def get_description(self) -> str:  # type: ignore[override]
        """Return the table of moves where the operation makes them; docstrings are not shown."""
        view = self.view
        if not isinstance(view, MovingViews) or view.action != "act":
            return ""
        rows = [
            f"| `{row.action}` | {row.label} | {'、'.join(view.states.get(s, s) for s in row.sources)}"
            f" | {_fields_in_words(view, row)} |"
            for row in view.moves
        ]
        head = "| action | 操作 | 起始状态 | 填写 |\n|---|---|---|---|"
        return "\n".join(["按状态流转表办理；您现在能办的见对象的 `actions`。\n", head, *rows])

    def get_request_serializer(self) -> Any:
        """Return what a move may carry; other bodies are named where they are read."""
        if isinstance(self.view, MovingViews) and self.view.action == "act":
            return self.view.move_serializer_class
        return super().get_request_serializer()

    def get_override_parameters(self) -> list[Any]:
        """Add the headers, and the names of the moves."""
        found: list[OpenApiParameter] = []
        if self._changes_an_object():
            found.append(_header("If-Match", "最近一次读取时的 ETag；不符时回答 412", required=True, example=ETAG))
        if self._shows_an_object():
            if self.method == "GET":
                found.append(_header("If-None-Match", "已有的 ETag；内容没有变化时回答 304", example=ETAG))
            found.append(_answer_header("ETag", "对象的版本和内容摘要，修改时原样放入 If-Match", [200, 201]))
        if self.method == "POST":
            found.append(_key_header())
            found.append(_answer_header(REPLAYED, "true：这是先前同一幂等键的请求的回答", [200, 201]))
        if isinstance(self.view, MovingViews) and self.view.action == "act":
            names = [row.action for row in self.view.moves]
            found.append(OpenApiParameter("action", OpenApiTypes.STR, OpenApiParameter.PATH, enum=names))
        return found

    def _refusals(self) -> Mapping[int, str]:
        found = dict(ALWAYS) | (FOUND if "{" in self.path or getattr(self.view, "gated", False) else {})
        if self.method in ("POST", "PATCH", "PUT"):
            found |= WITH_BODY | FOUND
        elif self.get_filter_backends() or getattr(self.view, "has_parameters", False):
            found |= WITH_PARAMETERS
        if self._sends_a_file():
            found[409] = "文件尚未生成，detail 说明原因。"
        if self._changes_an_object():
            found |= WITH_VERSION | {400: WITH_BODY[400], 409: WITH_BODY[409]}
        return found

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        found: dict[str, Any] = super()._get_response_bodies(direction)
        if self.method == "GET" and self._shows_an_object():
            found["304"] = {"description": "内容没有变化"}
        if getattr(self.view, "action", "") == "act":
            found["204"] = {"description": "已办理；对象此后不再由您查看"}
        for code, words in sorted(self._refusals().items()):
            examples = [OpenApiExample(TITLES[KINDS[code]], value=_EXAMPLES.get(code) or problem(code, KINDS[code]))]
            answer = OpenApiResponse(Problem, description=words, examples=examples)
            described = self._get_response_for_code(answer, str(code), [MEDIA_TYPE], direction)  # type: ignore[no-untyped-call]
            found.setdefault(str(code), described)
        return found


def _fields_in_words(view: MovingViews, row: Any) -> str:
    reason = "`reason`（必填）" if view.needs_reason(row) else "`reason`"
    return "、".join([reason, *(f"`{name}`" for name in view.takes(row))])


def _header(name: str, description: str, *, required: bool = False, example: str = "") -> OpenApiParameter:
    return OpenApiParameter(
        name,
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=required,
        description=description,
        examples=[OpenApiExample("ETag", value=example)],
    )


def _answer_header(name: str, description: str, codes: list[int]) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=description, response=codes)


def _key_header() -> OpenApiParameter:
    return OpenApiParameter(
        HEADER,
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        pattern=f"^{KEY_PATTERN}$",
        description=f"幂等键，建议用 UUID：{KEPT_HOURS} 小时内同键同内容只执行一次，重发得到原来的回答",
    )


# Fields whose meaning is the same wherever they stand.
_WORDS = {
    "id": "编号",
    "uid": "编号",
    "sha256": "内容的 SHA-256",
    "pdf_sha256": "PDF 的 SHA-256",
    "plan": "工作要点的编号",
    "task": "任务的编号",
}


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Explain what explains itself nowhere, and say of bodies that other fields are refused (postprocessing hook)."""
    for name, schema in result.get("components", {}).get("schemas", {}).items():
        for field, shape in schema.get("properties", {}).items():
            if field in _WORDS and not {"description", "$ref", "allOf"} & set(shape):
                shape["description"] = _WORDS[field]
        if name.endswith("Request") and schema.get("type") == "object":
            schema["additionalProperties"] = False
    return result
