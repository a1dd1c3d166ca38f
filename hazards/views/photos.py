"""Adding evidence files to a hazard or a round, and taking one off, with what went wrong in words."""

from typing import Any

from django.db import models
from django.http import Http404

from accounts.requests import PersonRequest
from core.errors import UserError
from evidence.models import File
from evidence.selectors import files_of
from evidence.services import attach_file, remove_file


def change_files(request: PersonRequest, owner: models.Model) -> list[str]:
    """Add the chosen files to `owner` and take off the one whose button was pressed; return what went wrong."""
    errors = []
    for upload in request.FILES.getlist("files"):
        try:
            attach_file(actor=request.user, owner=owner, upload=upload)
        except UserError as error:
            errors.append(error.message)
    removed = request.POST.get("remove", "")
    if removed:
        errors += _remove(request, owner, removed)
    return errors


def _remove(request: PersonRequest, owner: models.Model, uid: str) -> list[str]:
    # Only what stands on this page: the button of another object's file would be a forged form.
    own: dict[str, Any] = {str(row.uid): row for row in files_of(owner)}
    try:
        if uid not in own:
            raise Http404("没有这份材料。")
        remove_file(actor=request.user, uid=uid)
    except (Http404, File.DoesNotExist):
        return ["这份材料已被移除。"]
    except UserError as error:
        return [error.message]
    return []
