"""The interface about itself: what there is, its description, and the page on which people read it."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiMixin, tagged

COLLECTIONS = (
    "me", "consultation-replies", "directives", "drills", "duty-items", "duty-lists", "duty-signatures", "enterprises",
    "fulfilments", "hazards", "letters", "metrics", "obstacles", "plan-approvals", "plan-items", "plans", "posts",
    "quarterly-reports", "reports", "sectors", "task-requests", "tasks", "units", "schema", "docs",
)  # fmt: skip


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI document; it is the same for everybody and for as long as the process lives."""
    document: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return document


class IndexView(ApiMixin):
    """Where the interface begins."""

    tag = "总览"

    @extend_schema(
        summary="接口的各个入口",
        operation_id="index_retrieve",
        responses={200: {"type": "object", "additionalProperties": {"type": "string"}}},
    )
    def get(self, request: Request) -> Response:
        """Answer with the addresses of the collections, relative to this server."""
        return Response({name: reverse(f"api:{name}") for name in COLLECTIONS})


class SchemaView(ApiMixin):
    """The OpenAPI document."""

    tag = "总览"

    @extend_schema(
        summary="本接口的 OpenAPI 描述",
        operation_id="schema_retrieve",
        responses={200: OpenApiTypes.OBJECT, 304: None},
    )
    def get(self, request: Request) -> Response:
        """Answer with the document."""
        return tagged(request, 1, description())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the description as a page on which it can be read and tried."""
    return render(request, "api/docs.html")
