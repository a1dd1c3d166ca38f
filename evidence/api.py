"""Evidence files on the programming interface: their facts, their bytes, adding one to an object, taking one off."""

from typing import Any
from uuid import UUID

from django.db import models
from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api.parsing import MAX_JSON_BYTES, Input
from core.api.views import ApiMixin, ObjectViews, tagged
from evidence.checks import MAX_BYTES, MEDIA_TYPES
from evidence.models import File
from evidence.services import access_to, attach_file, remove_file
from evidence.views import download


class FileFacts(serializers.ModelSerializer[File]):
    """A file's facts and where its bytes are."""

    uploaded_by = serializers.StringRelatedField[Any](read_only=True, help_text="上传人")
    content = serializers.SerializerMethodField(help_text="下载地址（相对本站）")

    class Meta:
        model = File
        fields: tuple[str, ...] = (
            "uid",
            "name",
            "media_type",
            "size",
            "sha256",
            "uploaded_at",
            "uploaded_by",
            "content",
        )
        read_only_fields = fields

    def get_content(self, row: File) -> str:
        """Return the address of the bytes."""
        return reverse("api:file-content", args=[row.uid])


class UploadInput(Input):
    """One file."""

    file = serializers.FileField(
        max_length=400, allow_empty_file=True, help_text="PDF、图片、Word、Excel 等，最大 20 MB"
    )


class FileView(ApiMixin):
    """A file that the person may read."""

    tag = "佐证材料"
    # A file never changes; there is no older version to overwrite.
    checks_version = False

    def _file(self, uid: UUID) -> File:
        row = File.objects.filter(uid=uid, removed_at__isnull=True).select_related("uploaded_by").first()
        if row is None or not access_to(self.request.user, row.owner_type, row.owner_id):  # type: ignore[arg-type]
            raise Http404("没有这份材料。")
        return row

    @extend_schema(
        summary="查看一份材料的信息",
        operation_id="files_retrieve",
        responses={200: FileFacts, 304: OpenApiResponse(description="内容没有变化")},
        parameters=[OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="已有的 ETag")],
    )
    def get(self, request: Request, uid: UUID) -> Response:
        """Answer with the file's facts."""
        return tagged(request, 1, FileFacts(self._file(uid)).data)

    @extend_schema(summary="移除一份材料", operation_id="files_destroy", responses={204: None})
    def delete(self, request: Request, uid: UUID) -> Response:
        """Take the file off its object."""
        self._file(uid)
        remove_file(actor=request.user, uid=str(uid))  # type: ignore[arg-type]
        return Response(status=204)


class FileContentView(ApiMixin):
    """The bytes of a file that the person may read."""

    tag = "佐证材料"

    @extend_schema(
        summary="下载一份材料",
        operation_id="files_content_retrieve",
        responses={(200, *MEDIA_TYPES): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, uid: UUID) -> HttpResponseBase:
        """Answer with the bytes, as the page does."""
        return download(request._request, str(uid))


class WithFiles(ObjectViews):
    """Objects that evidence is added to: POST …/files/."""

    @extend_schema(summary="上传一份佐证材料", request={"multipart/form-data": UploadInput}, responses={201: FileFacts})
    def attach(self, request: Request, pk: int) -> Response:
        """Keep the uploaded file as evidence of the object."""
        owner: models.Model = self.get_object()
        upload = self.read(UploadInput)["file"]
        row = attach_file(actor=request.user, owner=owner, upload=upload)  # type: ignore[arg-type]
        facts = FileFacts(row).data
        return Response(facts, status=201, headers={"Location": reverse("api:file", args=[row.uid])})


# How a route that adds files is made: `Views.as_view({"post": "attach"}, **UPLOADS)`.
UPLOADS: dict[str, Any] = {"parser_classes": [MultiPartParser], "largest_body": MAX_BYTES + MAX_JSON_BYTES}
