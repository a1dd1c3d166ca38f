"""Stored files on their way to a browser."""

import logging
from collections.abc import Iterator

from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

logger = logging.getLogger(__name__)
CHUNK = 64 * 1024


def send_file(
    request: HttpRequest, file: FieldFile, name: str, content_type: str, *, gone: str, as_attachment: bool = True
) -> HttpResponseBase:
    """Return the response that sends a stored file, or the page (404) that says that the storage has lost it.

    The file is opened when its body is read and not before: a response that is dropped on its way out, by a middleware
    or a connection that is gone, leaves no open file behind.

    Args:
        request: of somebody who may have the file.
        file: the field's file, which must not be empty.
        name: what the browser saves it as.
        content_type: media type, such as `application/pdf`.
        gone: what to do about a file whose row is there and whose content is not.
        as_attachment: offered for saving; False shows it in the browser.
    """
    try:
        size = file.size
    except FileNotFoundError:
        logger.exception("A stored file is missing: %s", file.name)
        return render(request, "404.html", {"sentence": gone}, status=404)
    response = StreamingHttpResponse(_chunks(file), content_type=content_type)
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = content_disposition_header(as_attachment, name) or "attachment"
    # On a shared computer the file is asked for again, so that it is not shown to the next person.
    response["Cache-Control"] = "private, no-cache"
    return response


def _chunks(file: FieldFile) -> Iterator[bytes]:
    with file.storage.open(str(file.name), "rb") as stream:
        yield from stream.chunks(CHUNK)
