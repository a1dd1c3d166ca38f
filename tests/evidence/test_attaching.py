"""What is true when a file arrives may be true no longer when it is stored."""

from itertools import count
from typing import Any, BinaryIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import NotAllowed, UserError
from evidence import services
from evidence.checks import detect_kind
from evidence.models import File
from evidence.services import MAX_FILES, attach_file, remove_file
from tasks.models import ProgressReport, Task
from tasks.services.moves import sign_task
from tasks.services.reporting import ReportDraft, save_draft, submit_report
from tests.concurrency.race import committed, race, truncatable
from tests.county import County

__all__ = ["truncatable"]

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def draft_of(county: County, task: Task) -> ProgressReport:
    sign_task(actor=county.editor, task_id=task.pk)
    values = {task.targets.get().pk: 400}
    texts = {"actions_taken": "组织演练"}
    draft = save_draft(actor=county.editor, task_id=task.pk, draft=ReportDraft(values=values, texts=texts))  # type: ignore[arg-type]
    attach_file(actor=county.editor, owner=draft, upload=upload("0"))
    return draft


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{text}.pdf", PDF + text.encode())


def stored() -> int:
    return sum(path.is_file() for path in (settings.MEDIA_ROOT / "evidence").rglob("*"))


def test_no_file_enters_a_report_that_was_submitted_meanwhile(
    county: County, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = draft_of(county, task)
    before = stored()

    def slowly(stream: BinaryIO, name: str) -> tuple[str, str]:
        submit_report(actor=county.second_editor, task_id=task.pk)
        return detect_kind(stream, name)

    monkeypatch.setattr(services, "detect_kind", slowly)
    with pytest.raises(NotAllowed):
        attach_file(actor=county.editor, owner=draft, upload=upload("1"))
    assert (File.objects.count(), stored()) == (1, before)


def test_a_file_that_a_colleague_stored_meanwhile_is_not_stored_twice(
    county: County, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = draft_of(county, task)
    save = File.content.field.attr_class.save

    def slowly(*args: Any, **kwargs: Any) -> None:
        monkeypatch.undo()
        attach_file(actor=county.second_editor, owner=draft, upload=upload("1"))
        save(*args, **kwargs)

    monkeypatch.setattr(File.content.field.attr_class, "save", slowly)
    with pytest.raises(UserError, match="已经上传过了"):
        attach_file(actor=county.editor, owner=draft, upload=upload("1"))
    assert File.objects.count() == 2


@committed
def test_of_one_file_sent_several_times_at_once_one_is_stored(county: County, task: Task) -> None:
    draft = draft_of(county, task)

    def attach() -> bool:
        try:
            return bool(attach_file(actor=county.editor, owner=draft, upload=upload("1")))
        except UserError:
            return False

    assert race(4, attach).count(True) == 1
    assert File.objects.count() == 2


@committed
def test_files_sent_at_once_do_not_pass_the_limit(county: County, task: Task) -> None:
    draft = draft_of(county, task)
    for number in range(1, MAX_FILES - 1):
        attach_file(actor=county.editor, owner=draft, upload=upload(str(number)))
    turns = count()

    def attach() -> bool:
        try:
            return bool(attach_file(actor=county.editor, owner=draft, upload=upload(f"新{next(turns)}")))
        except UserError:
            return False

    assert race(4, attach).count(True) == 1
    assert File.objects.count() == MAX_FILES


@committed
def test_the_last_file_is_not_taken_off_while_the_report_is_submitted(county: County, task: Task) -> None:
    draft = draft_of(county, task)
    uid, turns = str(File.objects.get().uid), count()

    def act() -> str:
        try:
            if next(turns):
                submit_report(actor=county.editor, task_id=draft.task_id)
                return "submitted"
            remove_file(actor=county.editor, uid=uid)
        except UserError:
            return ""
        return "removed"

    assert sorted(race(2, act))[0] == ""
    draft.refresh_from_db()
    there = File.objects.filter(removed_at__isnull=True).exists()
    assert there == (draft.state == ProgressReport.State.SUBMITTED)
