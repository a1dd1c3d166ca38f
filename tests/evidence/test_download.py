"""How a file leaves the server: shown or saved, with which policy, under which name, kept by nobody."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import ResponseHeaders
from django.urls import reverse
from PIL import Image

from evidence.models import File
from evidence.services import attach_file
from tasks.models import Task
from tasks.services.moves import sign_task
from tasks.services.reporting import ReportDraft, save_draft
from tests.county import AsPerson, County
from tests.evidence.hostile import old_office

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
OLD_WORD = old_office("WordDocument")


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 3)).save(out, kind)
    return out.getvalue()


def sent(county: County, task: Task, as_person: AsPerson, name: str, content: bytes) -> ResponseHeaders:
    """Attach a file and return the headers of its download."""
    sign_task(actor=county.editor, task_id=task.pk)
    draft = save_draft(actor=county.editor, task_id=task.pk, draft=ReportDraft(texts={"actions_taken": "演练"}))
    file = attach_file(actor=county.editor, owner=draft, upload=SimpleUploadedFile(name, content))
    response = as_person("editor").get(reverse("evidence:download", args=[file.uid]))
    response.getvalue()
    return response.headers


def test_a_pdf_may_be_shown_by_the_browsers_viewer(county: County, task: Task, as_person: AsPerson) -> None:
    headers = sent(county, task, as_person, "a.pdf", PDF)
    assert headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("name", "content"), [("a.png", picture("PNG")), ("a.doc", OLD_WORD)], ids=["picture", "old Word"]
)
def test_anything_else_does_nothing_in_the_browser(
    county: County, task: Task, as_person: AsPerson, name: str, content: bytes
) -> None:
    headers = sent(county, task, as_person, name, content)
    assert headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_shared_computer_asks_again_before_showing_a_file(county: County, task: Task, as_person: AsPerson) -> None:
    assert sent(county, task, as_person, "a.pdf", PDF)["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("given", "content", "kept"),
    [
        ("fdp.exe", PDF, "fdp.exe.pdf"),
        ("report", PDF, "report.pdf"),
        ("1.2 report", PDF, "1.2 report.pdf"),
        ("A.PDF", PDF, "A.PDF"),
        ("a.jpeg", picture("JPEG"), "a.jpeg"),
        ("a.html", picture("PNG"), "a.html.png"),
        ("a.heif", picture("HEIF"), "a.heif"),
        ("a.wps", OLD_WORD, "a.wps"),
        ("n" * 200 + ".exe", PDF, "n" * 146 + ".exe.pdf"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_a_false_suffix_does_not_leave_the_server_alone(
    county: County, task: Task, as_person: AsPerson, given: str, content: bytes, kept: str
) -> None:
    header = sent(county, task, as_person, given, content)["Content-Disposition"]
    assert header.split("filename=")[1].strip('"') == kept


def test_a_response_nobody_reads_leaves_no_file_open(
    county: County, task: Task, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sent(county, task, as_person, "a.pdf", PDF)["Content-Length"] == str(len(PDF))
    opened: list[str] = []

    def open_file(name: str, mode: str) -> io.BytesIO:
        opened.append(name)
        return io.BytesIO(PDF)

    storage = File._meta.get_field("content").storage
    monkeypatch.setattr(storage, "open", open_file)
    as_person("editor").get(reverse("evidence:download", args=[File.objects.get().uid]))
    assert opened == []


def test_a_file_the_storage_has_lost_is_said_to_be_gone(county: County, task: Task, as_person: AsPerson) -> None:
    sent(county, task, as_person, "a.pdf", PDF)
    file = File.objects.get()
    file.content.storage.delete(str(file.content.name))
    response = as_person("editor").get(reverse("evidence:download", args=[file.uid]))
    assert response.status_code == 404
    assert "文件已不在存储中" in response.content.decode()
