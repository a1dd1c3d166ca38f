"""Adding evidence files and taking them off."""

import hashlib
import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.files.base import File as StoredFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.http import Http404

from audit import trail
from core import clock
from core.errors import NotAllowed, UserError
from core.registry import evidence_access
from evidence.checks import MAX_BYTES, detect_kind
from evidence.jobs import make_preview
from evidence.models import HEIC, File
from evidence.selectors import files_of

if TYPE_CHECKING:
    from accounts.models import User

MAX_FILES = 30
# Names that Windows keeps for its devices, whatever the suffix.
_DEVICE = re.compile(r"con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$", re.IGNORECASE)
# Other suffixes that mean the same kind of file.
SAME_SUFFIX = {".jpg": (".jpeg", ".jpe", ".jfif"), ".heic": (".heif", ".hif")}


def clean_name(name: str) -> str:
    """Return the file's name fit to show and to offer for download on any computer.

    No path, no control or direction characters, nothing Windows refuses in a name, no name of one of its devices.
    """
    base = re.split(r"[\\/]", name)[-1]
    kept = "".join(char for char in base if unicodedata.category(char)[0] != "C")
    kept = re.sub(r'[<>:"|?*]', "_", kept).strip(" .")[-150:] or "未命名"
    return f"_{kept}" if _DEVICE.fullmatch(kept.partition(".")[0].strip()) else kept


def suffixed(name: str, suffix: str) -> str:
    """Return the name with the suffix of what the file is, unless it has it already (`suffix` in small letters)."""
    return name if name.lower().endswith((suffix, *SAME_SUFFIX.get(suffix, ()))) else name + suffix


def _digest(upload: "UploadedFile[Any]") -> str:
    """Return the SHA-256 of the content, read piece by piece."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def access_to(user: "User", owner_type: str, owner_id: int) -> str:
    """Return "", "read" or "change": what the person may do to the files of an object."""
    rule = evidence_access.get(owner_type)
    return rule(user, owner_id) if rule else ""


def _lock_owner(owner_type: str, owner_id: int) -> None:
    """Let nobody else add or take off files, or hand in the owner, until the transaction ends."""
    model = apps.get_model(owner_type)
    model._default_manager.select_for_update(of=("self",)).filter(pk=owner_id).first()


def _require_change(actor: "User", owner: models.Model) -> None:
    if access_to(actor, owner._meta.label_lower, owner.pk) != "change":
        raise NotAllowed("您不能为这条记录添加佐证材料。")


def _require_place(owner: models.Model, name: str, digest: str) -> None:
    """Let through a file that is neither there already nor one too many."""
    present = files_of(owner)
    if present.filter(sha256=digest).exists():
        raise UserError(f"“{name}”已经上传过了，无需重复上传。")
    if present.count() >= MAX_FILES:
        raise UserError(f"每次填报最多上传 {MAX_FILES} 份佐证材料。")


def attach_file(*, actor: "User", owner: models.Model, upload: "UploadedFile[Any]") -> File:
    """Keep an uploaded file as evidence of an object.

    The bytes are written before the row, so that no file work happens inside a transaction. Meanwhile the object may
    have been handed in or have got the same file: with its row locked, all is asked again.

    Raises:
        NotAllowed: the person may not add files to the object.
        UserError: empty, too large, of a kind not accepted, already there, or too many.
    """
    name = clean_name(upload.name or "")
    owner_type = owner._meta.label_lower
    _require_change(actor, owner)
    if not upload.size:
        raise UserError(f"“{name}”是空文件，请检查后重新上传。")
    if upload.size > MAX_BYTES:
        raise UserError(f"“{name}”超过 {MAX_BYTES // 1024 // 1024} MB，请压缩或拆分后再上传。")
    media_type, suffix = detect_kind(upload, name)  # type: ignore[arg-type]
    digest = _digest(upload)
    _require_place(owner, name, digest)
    upload.seek(0)
    row = File(
        owner_type=owner_type,
        owner_id=owner.pk,
        name=suffixed(name, suffix),
        media_type=media_type,
        size=upload.size,
        sha256=digest,
        uploaded_by=actor,
        uploaded_at=clock.now(),
    )
    row.content.save(f"upload{suffix}", StoredFile(upload), save=False)
    try:
        with transaction.atomic():
            _lock_owner(owner_type, owner.pk)
            _require_change(actor, owner)
            _require_place(owner, name, digest)
            row.save()
            trail.record(
                actor=actor,
                action="evidence.attach",
                target=owner,
                summary=f"上传佐证材料“{row.name}”",
                changes=[("SHA-256", "", digest)],
            )
            if media_type == HEIC:
                # With the broker away the row without a preview is what the sweep looks for.
                transaction.on_commit(partial(make_preview.apply_async, (row.pk,), retry=False), robust=True)
    except BaseException:
        row.content.delete(save=False)
        raise
    return row


@transaction.atomic
def remove_file(*, actor: "User", uid: str) -> File:
    """Take a file off its object; row and bytes are kept for the audit.

    Raises:
        Http404: no such file for this person.
        NotAllowed: the object may no longer be changed.
    """
    present = File.objects.filter(uid=uid, removed_at__isnull=True)
    if row := present.first():
        _lock_owner(row.owner_type, row.owner_id)
        row = present.first()
    access = access_to(actor, row.owner_type, row.owner_id) if row else ""
    if row is None or not access:
        raise Http404("没有这份材料。")
    if access != "change":
        raise NotAllowed("记录已上报，佐证材料不能再移除。")
    row.removed_at = clock.now()
    row.save(update_fields=["removed_at"])
    trail.record(actor=actor, action="evidence.remove", target=row, summary=f"移除佐证材料“{row.name}”")
    return row
