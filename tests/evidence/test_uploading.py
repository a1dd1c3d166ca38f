"""Hostile files on the way people send them: refused in words, nothing kept, nothing typed lost, never an error."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from evidence.checks import MAX_BYTES
from evidence.models import File
from tasks.models import ProgressReport, Task
from tasks.services.moves import sign_task
from tests.county import AsPerson, County
from tests.evidence.hostile import REFUSED, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
TYPED = "组织演练十二次，" * 20
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def form(county: County, task: Task) -> str:
    sign_task(actor=county.editor, task_id=task.pk)
    return reverse("tasks:report", args=[task.pk])


def send(client: Client, form: str, *files: tuple[str, bytes]) -> Any:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(form, {"version": "", "actions_taken": TYPED, "files": uploads, "save": "1"})


def refused(answer: Any) -> str:
    """Return the sentences of a refusal that lost nothing."""
    text = answer.content.decode()
    assert answer.status_code == 409
    assert TYPED in text
    assert ProgressReport.objects.get().actions_taken == TYPED
    assert File.objects.count() == 0
    alert = re.search(r'<div class="alert alert-danger" role="alert".*?</div>', text, re.DOTALL)
    assert alert is not None
    return alert[0]


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_a_hostile_file_is_refused_in_words(as_person: AsPerson, form: str, case: str) -> None:
    name, make, sentence = REFUSED[case]
    assert sentence in refused(send(as_person("editor"), form, (name, make())))


def test_an_empty_file_is_refused(as_person: AsPerson, form: str) -> None:
    assert "“空.pdf”是空文件" in refused(send(as_person("editor"), form, ("空.pdf", b"")))


def test_fifty_megabytes_are_refused(as_person: AsPerson, form: str) -> None:
    content = PDF + bytes(50 * 1024 * 1024)
    assert "“大.pdf”超过 20 MB" in refused(send(as_person("editor"), form, ("大.pdf", content)))
    assert len(content) > MAX_BYTES


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Windows\\System32\\cmd.exe", "cmd.exe.pdf"),
        ("\u202egpj.exe", "gpj.exe.pdf"),
        ("甲\x00乙\x07\u200b丙.pdf", "甲乙丙.pdf"),
        ("...", "未命名.pdf"),
        ("nul", "_nul.pdf"),
        ("COM1.pdf", "_COM1.pdf"),
        ("&#47;&#46;&#46;.pdf", "pdf"),
        ("长" * 240 + ".pdf", "长" * 146 + ".pdf"),
        ('a"; filename="b.html', "b.html.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "_img src=x onerror=alert(1)_.pdf"),
    ],
)
def test_a_name_is_kept_without_its_tricks(as_person: AsPerson, form: str, given: str, kept: str) -> None:
    client = as_person("editor")
    body = (
        f'--b\r\nContent-Disposition: form-data; name="files"; filename="{given}"\r\n\r\n'.encode()
        + PDF
        + b'\r\n--b\r\nContent-Disposition: form-data; name="version"\r\n\r\n\r\n'
        + b'--b\r\nContent-Disposition: form-data; name="save"\r\n\r\n1\r\n--b--\r\n'
    )
    answer = client.post(form, body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 302
    file = File.objects.get()
    assert file.name.endswith(kept)
    assert len(file.name) <= 155
    assert re.fullmatch(r"evidence/\d{4}/\d\d/[0-9a-f]{32}\.pdf", str(file.content.name))
    assert file.name in client.get(form).content.decode().replace("&quot;", '"')
    sent = client.get(reverse("evidence:download", args=[file.uid]))
    assert sent.getvalue() == PDF
    disposition = sent.headers["Content-Disposition"]
    assert disposition.startswith("inline; filename")
    assert "\r" not in disposition
    assert "\n" not in disposition


def test_a_name_no_computer_can_have_is_refused_with_a_page(as_person: AsPerson, form: str) -> None:
    answer = send(as_person("editor"), form, ("长" * 5000 + ".pdf", PDF))
    # The test client shortens it as browsers do; on the wire it is longer than any header may be.
    assert answer.status_code == 302
    body = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{"长" * 5000}"\r\n\r\nx\r\n--b--\r\n'
    answer = as_person("editor").post(form, body.encode(), content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400
    assert "请求无法识别" in answer.content.decode()


def test_one_bad_file_does_not_take_the_good_ones_with_it(as_person: AsPerson, form: str) -> None:
    answer = send(as_person("editor"), form, ("好.pdf", PDF), ("坏.jpg", b"<html>"), ("图.png", picture("PNG")))
    assert answer.status_code == 409
    assert "“坏.jpg”" in answer.content.decode()
    assert sorted(File.objects.values_list("name", flat=True)) == ["图.png", "好.pdf"]
