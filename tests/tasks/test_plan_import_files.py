"""Files on the import page: text PDFs are read; what cannot be read is refused and nothing typed is lost."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from tasks.models import Plan
from tests.county import County
from tests.reader.pdfs import blank_pages, paragraphs, picture_pdf, set_html, set_letter, with_password

pytestmark = pytest.mark.django_db
BODY = (
    "一、压实责任\n1.印发清单。6月底前印发责任清单，逐级明确领导责任、监管责任和主体责任，做到任务到岗、责任到人。\n"
    "2.开展演练。县应急局牵头，全年演练不少于20场次。\n"
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.fixture
def office(county: County, client: Client) -> Client:
    client.force_login(county.office)
    return client


def send(office: Client, name: str, data: bytes, **extra: str) -> Any:
    return office.post("/plans/import/", {"year": "2026", "file": SimpleUploadedFile(name, data), **extra}, follow=True)


def test_a_text_pdf_becomes_a_draft(office: Client) -> None:
    answer = send(office, "要点.pdf", set_letter("2026年清泽县安全生产工作要点", BODY))
    plan = Plan.objects.get()
    assert answer.redirect_chain == [(f"/plans/{plan.pk}/check/", 302)]
    assert [(item.title, str(item.due_on)) for item in plan.items.all()] == [
        ("印发清单", "2026-06-30"),
        ("开展演练", "2026-12-31"),
    ]
    assert (plan.title, plan.doc_number, plan.source_name) == (
        "2026年清泽县安全生产工作要点",
        "清安委〔2026〕1号",
        "要点.pdf",
    )
    assert plan.items.all()[1].targets.get().value == 20


def test_page_numbers_are_shown_struck_out_with_what_they_are(office: Client) -> None:
    send(office, "要点.pdf", set_html(paragraphs(f"2026年工作要点\n{BODY}")))
    page = office.get(f"/plans/{Plan.objects.get().pk}/check/").content.decode()
    assert '<span class="mark-noise" title="页码，已剔除">- 1 -</span>' in page


def test_a_text_pdf_is_imported_by_the_command(county: County, tmp_path: Path) -> None:
    path = tmp_path / "要点.pdf"
    path.write_bytes(set_html(paragraphs(f"2026年工作要点\n{BODY}")))
    call_command("import_plan", str(path), "--year", "2026", "--user", "office")
    assert [item.title for item in Plan.objects.get().items.all()] == ["印发清单", "开展演练"]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(60 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("要点.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "取消密码"),
        ("要点.docx", bomb(), "展开后过大"),
        ("要点.docx", b"PK\x03\x04 broken", "已损坏"),
        ("扫描.pdf", picture_pdf(2), "扫描件"),
        ("加密.pdf", with_password(), "取消密码"),
        ("坏的.pdf", b"%PDF-1.4\n", "已损坏"),
        ("汇编.pdf", blank_pages(1500), "有 1500 页"),
        ("大.pdf", b"%PDF-1.4\n" + bytes(50 * 1024 * 1024), "文件超过 20 MB"),
    ],
    ids=["locked word", "bomb", "broken word", "scan", "locked pdf", "broken pdf", "many pages", "50 MB"],
)
def test_what_cannot_be_read_is_refused_in_words_and_nothing_typed_is_lost(
    office: Client, name: str, data: bytes, words: str
) -> None:
    answer = send(office, name, data, year="2027")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert words in page
    assert 'value="2027"' in page
    assert list(answer.context["form"].errors) == ["file"]
    both = send(office, name, data, text=BODY)
    assert both.status_code == 400
    assert both.context["form"]["text"].value() == BODY
    assert not Plan.objects.exists()
