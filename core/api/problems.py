"""Every refusal of the interface as one JSON shape, application/problem+json (RFC 9457), with a Chinese sentence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import models
from django.http import Http404, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.response import Response

from core.api.etags import etag_of
from core.errors import NotAllowed, StaleObject, UserError, WrongState
from core.registry import latest_change

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:safetyplan:problem:"

# kind → its title, the same for every occurrence; the detail says what happened this time.
TITLES = {
    "bad-request": "请求格式不正确",
    "invalid": "填写内容有误",
    "not-authenticated": "未登录或令牌无效",
    "forbidden": "没有权限",
    "not-found": "没有找到",
    "method-not-allowed": "不支持这种操作",
    "not-acceptable": "不能按要求的格式回答",
    "wrong-state": "当前状态不允许此操作",
    "in-progress": "相同的请求正在处理",
    "stale": "内容已被他人修改",
    "too-large": "内容过大",
    "unsupported-media-type": "不支持这种内容格式",
    "refused": "不符合办理规则",
    "key-reused": "幂等键已用于另一请求",
    "precondition-required": "缺少版本条件",
    "too-many-requests": "请求过于频繁",
    "failed": "系统出错",
    "unavailable": "系统暂时无法使用",
}

# What is said where the error itself has no Chinese sentence; by kind.
_DETAILS = {
    "bad-request": "请求无法读取，请核对地址、请求头和内容后重新发送。",
    "invalid": "有内容没有填对，请按 errors 逐项改正后重新提交。",
    "not-authenticated": "请在请求头 Authorization 中提供有效的接口令牌，或先登录系统。",
    "forbidden": "您没有权限进行此操作。",
    "not-found": "没有这个地址或记录，或者您无权查看。",
    "not-acceptable": "接口只提供 JSON，请把请求头 Accept 改为 application/json 或去掉。",
    "unsupported-media-type": "请按接口文档用 application/json 或（上传文件时）multipart/form-data 提交。",
    "too-large": "提交的内容过大，请分次提交。",
    "too-many-requests": "请求过于频繁，请稍后再试。",
}

# The usual kind of each status.
KINDS = {
    400: "bad-request",
    401: "not-authenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "wrong-state",
    412: "stale",
    413: "too-large",
    415: "unsupported-media-type",
    422: "refused",
    428: "precondition-required",
    429: "too-many-requests",
}


class ApiProblem(exceptions.APIException):
    """A refusal by the interface itself; subclasses name status, kind and sentence."""

    kind = "bad-request"
    status_code = 400
    default_detail = _DETAILS["bad-request"]


class BadInput(ApiProblem):
    """A parameter, header or body that means nothing; `errors` names the places."""

    kind = "invalid"
    default_detail = _DETAILS["invalid"]

    def __init__(self, errors: Mapping[str, str], detail: str | None = None) -> None:
        super().__init__(detail)
        self.errors = dict(errors)


class TooLarge(ApiProblem):
    """The body is larger than the address takes."""

    kind = "too-large"
    status_code = 413
    default_detail = _DETAILS["too-large"]


class PreconditionRequired(ApiProblem):
    """A change without the version it is meant for (RFC 6585)."""

    kind = "precondition-required"
    status_code = 428
    default_detail = "修改已有记录须带请求头 If-Match，填写最近一次读取时的 ETag。请先读取最新内容。"


class InProgress(ApiProblem):
    """Another request with the same idempotency key has not been answered yet."""

    kind = "in-progress"
    status_code = 409
    default_detail = "带有同一幂等键的请求正在处理，请稍后用相同内容重试，以取得它的结果。"


class KeyReused(ApiProblem):
    """The idempotency key was used with another body."""

    kind = "key-reused"
    status_code = 422
    default_detail = "这个 Idempotency-Key 已用于内容不同的请求。新的请求请换一个新的键。"


def problem(status: int, kind: str, detail: str = "", errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the document of a refusal.

    Args:
        status: HTTP status.
        kind: a key of `TITLES`.
        detail: Chinese sentence; empty for the kind's usual one.
        errors: place in the request (field path, parameter or header) → Chinese sentence.
    """
    return {
        "type": TYPE_PREFIX + kind,
        "title": TITLES[kind],
        "status": status,
        "detail": detail or _DETAILS.get(kind, TITLES[kind]),
        "errors": [{"field": name, "message": message} for name, message in (errors or {}).items()],
    }


def problem_page(status: int, kind: str) -> JsonResponse:
    """Return a refusal for requests that never reach a view of the interface."""
    return JsonResponse(
        problem(status, kind), status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (field path, sentence) of the nested errors of a serializer."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(filter(None, (path, own))))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        nested = any(isinstance(inner, (Mapping, list)) for inner in detail)
        if nested:
            for place, inner in enumerate(detail):
                yield from _flat(inner, f"{path}.{place}" if path else str(place))
        else:
            yield path, "".join(str(inner) for inner in detail)
    else:
        yield path, str(detail)


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _sentence(error: Exception) -> str:
    """Return the error's own sentence if it is one for our users."""
    text = str(error.args[0]) if error.args else ""
    return text if _is_chinese(text) else ""


def _stale(view: Any) -> dict[str, Any]:
    """Describe what the object has become since the caller read it, and who changed it."""
    found = problem(412, "stale", "自您读取之后，这条记录已有变化，请重新读取最新内容，核对后再提交。")
    # Without a key: what is not kept yet, version 0.
    row: models.Model | None = getattr(view, "addressed", None)
    if row is None:
        return found
    if row.pk is not None:
        row.refresh_from_db(fields=["version"])
    version: int = row.version  # type: ignore[attr-defined]
    found["current"] = {"version": version, "etag": etag_of(version)}
    describe = latest_change.get("change")
    note = describe(row) if describe and row.pk is not None else None
    if note:
        found["current"] |= note
        found["detail"] = (
            f"自您读取之后，{note['changed_by']}修改过这条记录（{note['summary']}）。请重新读取最新内容，核对后再提交。"
        )
    return found


def _of_house(error: Exception, view: Any) -> dict[str, Any] | None:
    """Return the problem for an error of ours or of Django's."""
    if isinstance(error, StaleObject):
        return _stale(view)
    if isinstance(error, NotAllowed):
        return problem(403, "forbidden", error.message)
    if isinstance(error, WrongState):
        return problem(409, "wrong-state", error.message)
    if isinstance(error, UserError):
        return problem(422, "refused", error.message)
    if isinstance(error, Http404):
        return problem(404, "not-found", _sentence(error))
    if isinstance(error, PermissionDenied):
        return problem(403, "forbidden", _sentence(error))
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too-large")
    if isinstance(error, (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError)):
        return problem(400, "bad-request")
    return None


def _of_library(error: exceptions.APIException, request: Any) -> dict[str, Any]:
    """Return the problem for an error of REST framework or of the classes above."""
    if isinstance(error, exceptions.ValidationError):
        return problem(400, "invalid", errors=dict(_flat(error.detail)))
    if isinstance(error, ApiProblem):
        return problem(error.status_code, error.kind, str(error.detail), getattr(error, "errors", None))
    status = error.status_code
    detail = str(error.detail) if _is_chinese(str(error.detail)) else ""
    if isinstance(error, exceptions.MethodNotAllowed):
        detail = f"这个地址不支持 {request.method}。"
    if isinstance(error, (exceptions.NotAuthenticated, exceptions.NotAcceptable, exceptions.UnsupportedMediaType)):
        detail = ""
    return problem(status, KINDS.get(status, "bad-request"), detail)


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error of a view (REST framework's EXCEPTION_HANDLER); None lets what is unknown become a 500."""
    view = context.get("view")
    headers: dict[str, str] = {}
    if isinstance(error, exceptions.APIException):
        document = _of_library(error, context["request"])
        if getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
        if getattr(error, "wait", None):
            headers["Retry-After"] = str(max(1, int(error.wait)))  # type: ignore[attr-defined]
        if isinstance(error, InProgress):
            headers["Retry-After"] = "1"
    else:
        found = _of_house(error, view)
        if found is None:
            return None
        document = found
    if "current" in document:
        headers["ETag"] = document["current"]["etag"]
    return Response(document, status=document["status"], headers=headers, content_type=MEDIA_TYPE)
