"""What the interface's views have in common: who may come in, versions, moves, answers."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Protocol, TypeVar

from django.db import models
from django.db.models import QuerySet
from django.http import Http404
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from core.api.etags import etag_of, is_unchanged, versions_of
from core.api.idempotency import answer_once
from core.api.parsing import MAX_JSON_BYTES, Input
from core.api.problems import BadInput, PreconditionRequired, TooLarge
from core.errors import StaleObject

InputT = TypeVar("InputT", bound=Input)


class ApiMixin(APIView):
    """Gate, size of the body, idempotency and headers of every view of the interface."""

    # The row the address names, once it was found: what a refused edit is told about.
    addressed: models.Model | None = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    largest_body = MAX_JSON_BYTES

    def require(self) -> None:
        """Refuse people who have no part in what the view is about, as its page does.

        Raises:
            Http404, NotAllowed: they have none, or not this one.
        """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks and what is sent, and have a POST with an idempotency key carried out once."""
        super().initial(request, *args, **kwargs)
        self.require()
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and (len(length) > 12 or int(length) > self.largest_body):
            raise TooLarge(f"提交的内容不能超过 {self.largest_body // 1024} KB，请分次提交。")
        if request.method == "POST" and hasattr(self, "post"):
            # The method is looked up on the instance after this.
            handler = getattr(self, "post")  # noqa: B009 - declared by the views that have it
            self.post = partial(self._once, handler)

    def _once(self, handle: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, partial(handle, request, *args, **kwargs))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add what every answer carries."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Authorization"])
        return response

    def read(self, form: type[InputT]) -> dict[str, Any]:
        """Return the checked content of the body.

        Raises:
            ValidationError: it does not fit the form.
        """
        bound = form(data=self.request.data, context={"request": self.request, "view": self})
        bound.is_valid(raise_exception=True)
        checked: dict[str, Any] = bound.validated_data
        return checked


class NoSuchAddress(ApiMixin):
    """Whatever else is asked for below the interface's address."""

    schema = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer every method alike."""
        for method in self.http_method_names:
            setattr(self, method, self._refuse)
        return super().dispatch(request, *args, **kwargs)

    def _refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        missing_slash = not request.path.endswith("/")
        raise NotFound("没有这个地址。接口地址均以“/”结尾，请核对。" if missing_slash else "没有这个地址，请核对。")


def tagged(request: Request, version: int, data: Any, status: int = 200) -> Response:
    """Answer with an object and its ETag; 304 without content where the caller has this very answer already."""
    etag = etag_of(version, JSONRenderer().render(data))
    known = request.headers.get("If-None-Match")
    if known is not None and request.method in ("GET", "HEAD") and is_unchanged(known, etag):
        return Response(status=304, headers={"ETag": etag})
    return Response(data, status=status, headers={"ETag": etag})


class ObjectViews(ApiMixin, GenericViewSet[Any]):
    """A list and its objects, both only of what the person may see.

    Attributes:
        tag: heading in the documentation.
        filterset_class: search and filters, those of the page where they fit.
        ordering_fields: name in `ordering` → fields.
        list_serializer_class: shape of a row in the list; `serializer_class` is that of the object.
        gone: sentence for an object that is not there for the person.
        file_actions: methods that answer with a rendered file, or 409 while there is none.
    """

    tag: ClassVar[str] = ""
    filterset_class: ClassVar[Any] = None
    ordering_fields: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    list_serializer_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    gone: ClassVar[str] = "没有这条记录。"
    file_actions: ClassVar[Sequence[str]] = ()
    lookup_value_converter = "int"

    def visible(self) -> "QuerySet[Any]":
        """Return the rows the person may see: `visible_to(request.user)`."""
        raise NotImplementedError

    def listed(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the rows with what the list shows of them fetched along."""
        return rows

    def detailed(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the rows with what the object's answer shows fetched along."""
        return self.listed(rows)

    def get_queryset(self) -> "QuerySet[Any]":
        """Return the visible rows; while the schema is drawn up nobody asks and nothing is seen."""
        if getattr(self, "swagger_fake_view", False):
            return self.visible().none()
        return self.visible()

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """Return the shape of a row in lists, of the whole object elsewhere."""
        if self.action == "list" and self.list_serializer_class is not None:
            return self.list_serializer_class
        return super().get_serializer_class()

    def get_object(self) -> Any:
        """Return the row the address names.

        Raises:
            Http404: it does not exist or is none of the person's business; the two look alike.
        """
        row = self.detailed(self.get_queryset()).filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404(self.gone)
        self.addressed = row
        return row

    def expected_version(self) -> int:
        """Return the version that If-Match names, which the object has now; the service checks it under lock.

        Raises:
            PreconditionRequired: no version was named.
            BadInput: the header is none.
            StaleObject: the object has another version.
        """
        header = self.request.headers.get("If-Match", "").strip()
        if header in ("", "*"):
            raise PreconditionRequired
        named, row = versions_of(header), self.addressed
        if not named:
            raise BadInput({"If-Match": '应为读取时得到的 ETag，连同引号，例如 "7-3f0c9d2e11aa4b5c"。'})
        version: int = row.version  # type: ignore[union-attr]
        if version not in named:
            raise StaleObject("自您读取之后，这条记录已有变化。")
        return version

    def shown(self, row: Any, status: int = 200) -> Response:
        """Answer with an object."""
        return tagged(self.request, row.version, self.get_serializer(row).data, status)

    def shown_again(self) -> Response:
        """Answer with the object as it stands after a change; without content where it has left the person's sight."""
        if not self.get_queryset().filter(pk=self.kwargs["pk"]).exists():
            return Response(status=204)
        return self.shown(self.get_object())

    def created(self, pk: int) -> Response:
        """Answer with an object just made and where it is."""
        self.kwargs["pk"] = pk
        response = self.shown(self.get_object(), 201)
        response["Location"] = f"{self.request.path}{pk}/"
        return response

    def list(self, request: Request) -> Response:
        """Answer with one page of the list."""
        page = self.paginate_queryset(self.listed(self.filter_queryset(self.get_queryset())))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        """Answer with one object."""
        return self.shown(self.get_object())


class Move(Protocol):
    """A row of an app's transition table."""

    @property
    def action(self) -> str:
        """Stable name."""

    @property
    def label(self) -> str:
        """What the button says."""

    @property
    def sources(self) -> tuple[str, ...]:
        """States it may start from."""


class MovingViews(ObjectViews):
    """Objects that move along a transition table: POST …/actions/{action}/ for each of its rows.

    Attributes:
        moves: the table, or the rows of it that are made here.
        states: the object's states with their names.
        move_serializer_class: what may be sent with a move; the service says what each needs.
    """

    moves: ClassVar[Sequence[Move]] = ()
    states: ClassVar[Mapping[str, str]] = {}
    move_serializer_class: ClassVar[type[Input]] = Input

    def takes(self, row: Any) -> tuple[str, ...]:
        """Return the names of the fields that a move reads besides the reason."""
        return ()

    def needs_reason(self, row: Any) -> bool:
        """Say whether a move asks for a reason, for the documentation; the service is who checks."""
        return bool(row.needs_reason)

    def move(self, row: Any, action: str, version: int, data: dict[str, Any]) -> object:
        """Have the service make the move."""
        raise NotImplementedError

    def act(self, request: Request, pk: int, action: str) -> Response:
        """Make a move and answer with the object as it stands then."""
        if action not in {row.action for row in self.moves}:
            raise Http404("没有这个操作。")
        row = self.get_object()
        version = self.expected_version()
        data = self.read(self.move_serializer_class)
        taken = {"reason", *next(self.takes(each) for each in self.moves if each.action == action)}
        strange = [name for name in self.request.data if name not in taken]
        if strange:
            raise BadInput(dict.fromkeys(strange, "这项操作不用填写此项。"))
        self.move(row, action, version, data)
        return self.shown_again()
