"""Guarded download of evidence."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from core.sending import send_file
from evidence.models import File
from evidence.services import access_to

# Shown in the browser; everything else is offered for saving.
INLINE = {"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp"}

# A file runs nothing of its own. Browsers' viewers of PDF, which run no script of the page, do not open in a sandbox.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
PDF_POLICY = "frame-ancestors 'self'"


def _file_for(request: HttpRequest, uid: str) -> File:
    row = File.objects.filter(uid=uid, removed_at__isnull=True).first()
    if row is None or not access_to(request.user, row.owner_type, row.owner_id):  # type: ignore[arg-type]
        raise Http404("没有这份材料。")
    return row


@require_safe
def preview(request: HttpRequest, uid: str) -> HttpResponseBase:
    """Show a picture the browser cannot show by itself, to whoever may read the file."""
    row = _file_for(request, uid)
    if not row.preview:
        raise Http404("这张照片没有预览图，请下载后查看。")
    gone = "预览图已不在存储中，请下载原文件查看。"
    response = send_file(request, row.preview, f"{row.name}.jpg", "image/jpeg", gone=gone, as_attachment=False)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response


@require_safe
def download(request: HttpRequest, uid: str) -> HttpResponseBase:
    """Send a file to somebody who may read its owner; to everyone else it does not exist."""
    row = _file_for(request, uid)
    gone = "文件已不在存储中，请联系系统管理员。"
    response = send_file(
        request, row.content, row.name, row.media_type, gone=gone, as_attachment=row.media_type not in INLINE
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = PDF_POLICY if row.media_type == "application/pdf" else POLICY
    return response
