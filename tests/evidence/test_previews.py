"""Pictures of telephones that no browser shows: a JPEG is made in the background, once, for who may read them."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from PIL import Image

from evidence import jobs
from evidence.copying import carry_files
from evidence.models import File
from evidence.previews import LONGEST, make_missing_previews
from evidence.services import attach_file
from tasks.models import ProgressReport, Task
from tasks.services.moves import sign_task
from tasks.services.reporting import ReportDraft, return_report, save_draft, submit_report
from tests.county import AsPerson, County
from tests.evidence.hostile import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


@pytest.fixture
def draft(county: County, task: Task) -> ProgressReport:
    sign_task(actor=county.editor, task_id=task.pk)
    values = {task.targets.get().pk: 40}
    texts = {"actions_taken": "组织演练"}
    return save_draft(actor=county.editor, task_id=task.pk, draft=ReportDraft(values=values, texts=texts))  # type: ignore[arg-type]


def taken(county: County, draft: ProgressReport, size: tuple[int, int] = (40, 30)) -> File:
    upload = SimpleUploadedFile("IMG_0001.HEIC", picture("HEIF", size))
    return attach_file(actor=county.editor, owner=draft, upload=upload)


def test_reviewer_sees_it_inline(as_person: AsPerson, county: County, task: Task, draft: ProgressReport) -> None:
    row = taken(county, draft, (3000, 1500))
    page = as_person("editor").get(reverse("tasks:report", args=[task.pk])).content.decode()
    assert "预览图正在生成" in page
    assert jobs.make_preview(row.pk) is True
    assert jobs.make_preview(row.pk) is False
    submit_report(actor=county.editor, task_id=task.pk)
    address = reverse("evidence:preview", args=[row.uid])
    assert f'src="{address}"' in as_person("office").get(reverse("tasks:reviews")).content.decode()
    answer = as_person("office").get(address)
    assert (answer["Content-Type"], answer["Content-Disposition"].partition(";")[0]) == ("image/jpeg", "inline")
    with Image.open(io.BytesIO(answer.getvalue())) as shown:
        assert (shown.format, shown.size) == ("JPEG", (LONGEST, LONGEST // 2))
        assert not shown.getexif()
    original = as_person("office").get(reverse("evidence:download", args=[row.uid]))
    assert original.getvalue() == picture("HEIF", (3000, 1500))
    assert as_person("other_editor").get(address).status_code == 404


def test_the_upload_sends_it_to_the_worker(
    county: County, draft: ProgressReport, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        row = taken(county, draft)
    row.refresh_from_db()
    assert row.is_picture


def test_one_preview_for_one_content(county: County, task: Task, draft: ProgressReport) -> None:
    row = taken(county, draft)
    submit_report(actor=county.editor, task_id=task.pk)
    return_report(actor=county.office, task_id=task.pk, reason="补充")
    second = save_draft(actor=county.editor, task_id=task.pk, draft=ReportDraft())
    carried = File.objects.get(owner_id=second.pk)
    assert make_missing_previews() == 2
    row.refresh_from_db()
    carried.refresh_from_db()
    assert row.preview.name == carried.preview.name != ""
    third = ProgressReport(pk=second.pk + 1000)
    assert [file.preview.name for file in carry_files(source=second, target=third)] == [row.preview.name]


def test_what_cannot_be_decoded_is_said_and_not_tried_forever(
    as_person: AsPerson, county: County, task: Task, draft: ProgressReport
) -> None:
    row = taken(county, draft)
    stored = Path(row.content.path)
    stored.write_bytes(stored.read_bytes()[:200])
    assert make_missing_previews() == 0
    row.refresh_from_db()
    assert row.preview_error == "图片无法解码，请下载后查看"
    page = as_person("editor").get(reverse("tasks:report", args=[task.pk])).content.decode()
    assert "图片无法解码" in page
    assert as_person("editor").get(reverse("evidence:preview", args=[row.uid])).status_code == 404
    assert not File.objects.without_preview().exists()
    call_command("make_previews")


def test_other_files_get_none(county: County, draft: ProgressReport) -> None:
    upload = SimpleUploadedFile("a.png", picture("PNG"))
    row = attach_file(actor=county.editor, owner=draft, upload=upload)
    assert make_missing_previews() == 0
    assert (row.is_picture, row.preview_state) == (True, "")
