"""Carrying out a POST once, however often it is sent: the `Idempotency-Key` header.

The key belongs to one account and one address. The same key with the same body gets the stored answer again, with
another body it is refused, and while the first is still at work its twin is told to wait. Only what was done is kept:
after a refusal nothing has happened, so the request may be mended and sent again under the same key.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.problems import BadInput, InProgress, KeyReused
from core.models import IdempotentRequest

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
# Visible ASCII; a UUID is what most callers send.
KEY_PATTERN = r"[!-~]{1,100}"
KEPT_FOR = timedelta(hours=24)
# No request lives this long (the web server ends it): what is still open then was left by a crash.
ABANDONED_AFTER = timedelta(minutes=5)
KEPT_HEADERS = ("Location", "ETag")


def answer_once(request: Request, handle: Callable[[], Response]) -> Response:
    """Answer a POST, carrying it out only if its key has not been used.

    Args:
        request: authenticated.
        handle: carries the request out; raises where it refuses.

    Raises:
        BadInput: the key is malformed.
        InProgress: a request with the same key is at work.
        KeyReused: the key was used with another body.
        Exception: whatever `handle` raises; the key is free again then.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return handle()
    if not re.fullmatch(KEY_PATTERN, key):
        raise BadInput({HEADER: "幂等键应为 1 到 100 位的字母、数字和符号，不含空格，例如一个 UUID。"})
    claim = _claim(request, key)
    if claim.status is not None:
        return _replayed(claim)
    try:
        with transaction.atomic():
            response = handle()
            _keep(claim, response)
    except BaseException:
        _open(claim).delete()
        raise
    return response


def forget_expired() -> int:
    """Delete the requests that are no longer kept and return their number: the daily job and its command."""
    deleted, _ = IdempotentRequest.objects.filter(expires_at__lte=clock.now()).delete()
    return deleted


def _claim(request: Request, key: str) -> IdempotentRequest:
    """Return the row of the key: a fresh one that is ours to carry out, or the answered one."""
    if len(request.path) > 200:
        raise NotFound
    now = clock.now()
    same = {"user": request.user, "method": request.method, "path": request.path, "key": key}
    body = _digest(request)
    rows = IdempotentRequest.objects.filter(**same)
    rows.filter(expires_at__lte=now).delete()
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(**same, body_sha256=body, begun_at=now, expires_at=now + KEPT_FOR)
    except IntegrityError:
        known = rows.first()
    if known is None:
        # Refused and forgotten in this very moment: the caller's next attempt will be carried out.
        raise InProgress
    if known.body_sha256 != body:
        raise KeyReused
    return known if known.status is not None else _take_over(known, now)


def _take_over(known: IdempotentRequest, now: datetime) -> IdempotentRequest:
    """Take on what a crash has left behind; one of several who try gets it."""
    if known.begun_at > now - ABANDONED_AFTER or not _open(known).update(begun_at=now):
        raise InProgress
    known.begun_at = now
    return known


def _open(claim: IdempotentRequest) -> Any:
    """Return the claim's row as long as it is ours: not answered, not taken over."""
    return IdempotentRequest.objects.filter(pk=claim.pk, begun_at=claim.begun_at, status=None)


def _keep(claim: IdempotentRequest, response: Response) -> None:
    """Store the answer together with the work.

    Raises:
        InProgress: somebody took the claim over; the transaction must not be kept.
    """
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    answer = JSONRenderer().render(response.data).decode()
    if not _open(claim).update(status=response.status_code, answer=answer, headers=headers):
        raise InProgress


def _replayed(claim: IdempotentRequest) -> Response:
    data = json.loads(claim.answer) if claim.answer else None
    return Response(data, status=claim.status, headers={**claim.headers, REPLAYED: "true"})


def _digest(request: Request) -> str:
    """Return the SHA-256 of the body; of a form with files that of its fields, for its boundaries differ each time."""
    if not (request.content_type or "").startswith("multipart/"):
        return hashlib.sha256(request.body).hexdigest()
    digest = hashlib.sha256()
    form: Any = request.data
    for name, values in sorted(form.lists()):
        for value in values:
            if isinstance(value, UploadedFile):
                content = hashlib.sha256(b"".join(value.chunks())).hexdigest()
                value.seek(0)
                value = f"{value.name} {content}"
            digest.update(json.dumps([name, str(value)]).encode())
    return digest.hexdigest()
