"""Texts that try the layout of a page: long, without a place to break, as people do type them."""

import io
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from PIL import Image

from evidence.services import attach_file
from notifications.models import Notification
from tasks.models import Task
from tasks.services.reporting import ReportDraft, save_draft
from tests.meta.scene import Scene

LONG = "推进城镇燃气老旧管网更新改造和重点场所可燃气体报警装置安装全覆盖工作并按月报送进展情况"
# A run of letters no browser breaks by itself.
UNBROKEN = "IMG_20260512_103045_HDR_final_v2_20260512103045_evidence_of_the_county_office"
TITLES = {"title", "name", "display_name", "subject"}
# Rows of each model that are lengthened.
ROWS = 12
# Messages, so that there are pages to turn.
MESSAGES = 130


def photo(shade: int) -> bytes:
    """Return a small JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", (320, 240), (70, 120, shade)).save(stream, "JPEG")
    return stream.getvalue()


def titles() -> list[tuple[type[models.Model], "models.CharField[str, str]"]]:
    """Return the fields of all our models that hold a title or a name people type."""
    own = [config for config in apps.get_app_configs() if Path(config.path).parent == Path(settings.BASE_DIR)]
    return [
        (model, field)
        for config in own
        for model in config.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.CharField) and field.name in TITLES and not field.choices and not field.unique
    ]


def harden(scene: Scene) -> None:
    """Lengthen titles and names as far as their fields allow, and attach a picture and a file with a long name."""
    for model, field in titles():
        most = int(field.max_length or 200)
        first = model._default_manager.order_by("pk").values_list("pk", flat=True)[:ROWS]
        for row in model._default_manager.filter(pk__in=list(first)):
            text = (getattr(row, field.name) + LONG)[: max(most - len(UNBROKEN), most // 2)] + UNBROKEN
            model._default_manager.filter(pk=row.pk).update(**{field.name: text[:most]})
    Notification.objects.bulk_create(
        Notification(recipient=person, title=f"{LONG}{number}", path="/tasks/work/", key=f"hard-{number}")
        for person in scene.county.people.values()
        for number in range(MESSAGES)
    )
    task = scene.tasks[Task.State.ACTIVE]
    texts = {"actions_taken": f"{UNBROKEN}\n{LONG * 3}", "problems": UNBROKEN * 3}
    draft = save_draft(actor=scene.county.editor, task_id=task.pk, draft=ReportDraft(texts=texts))
    for shade, name in enumerate(("现场.jpg", f"{UNBROKEN}.jpg")):
        attach_file(actor=scene.county.editor, owner=draft, upload=SimpleUploadedFile(name, photo(shade * 90)))
