"""The printed list: made by the job after publishing, once, swept up when the broker or the typesetting failed."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks as Committing

from audit.models import Entry
from documents.ledger import LedgerColumn, LedgerSection, OfficialLedger
from documents.pdf import PdfUnavailable
from responsibility import jobs
from responsibility.models import DutyList
from responsibility.services import duty_rendering
from responsibility.services.duty_items import Subject, add_item
from responsibility.services.duty_moves import publish_list, submit_list
from responsibility.services.posts import HolderDraft, change_holder
from tests.county import AsPerson, County
from tests.documents.reading import Page, read_pages
from tests.responsibility.duties import draft, ensure_posts, list_in

pytestmark = pytest.mark.usefixtures("in_may")
S = DutyList.State


def pages_of(duty_list: DutyList) -> list[Page]:
    with duty_list.pdf.open("rb") as stream:
        return read_pages(stream.read())


def words_of(page: Page) -> str:
    return "".join(glyph.text for glyph in page.glyphs)


def test_publishing_has_the_job_print_the_list(county: County, django_capture_on_commit_callbacks: Committing) -> None:
    duty_list = list_in(S.DRAFT, county)
    for number in range(30):
        add_item(actor=county.editor, list_id=duty_list.pk, draft=draft(f"抽查第{number}类企业", Subject()))
    submit_list(actor=county.editor, list_id=duty_list.pk)
    with django_capture_on_commit_callbacks(execute=True):
        publish_list(actor=county.office, list_id=duty_list.pk)
    duty_list.refresh_from_db()
    pages = pages_of(duty_list)
    assert len(pages) >= 3
    assert all(page.width > page.height for page in pages), "A4 across"
    first = words_of(pages[0])
    for expected in (
        "应急管理局2026年安全生产责任清单",
        "（第1版，2026年5月12日发布）",
        "一、单位职责",
        "县应急管理局（应局长）",
        "研判全县安全形势",
        "管行业",
        "执法检查",
        "《中华人民共和国安全生产法》第十条",
        "每季度不少于1次",
        "—1—",
    ):
        assert expected in first.replace(" ", ""), expected
    assert all("职责事项" in words_of(page) for page in pages[:-1]), "the head is on every page of the table"
    middle = "".join(map(words_of, pages[1:-1]))
    for expected in ("二、班子成员职责", "三、内设机构职责", "危化股（应小急）", "四、岗位职责", "科员（钱科员）"):
        assert expected in middle.replace(" ", ""), expected
    last = words_of(pages[-1])
    for expected in ("签收承诺", "承诺按照规定的方式和频次履行", "签名", "钱科员"):
        assert expected in last, expected
    entry = Entry.objects.get(action="duties.render")
    assert entry.changes[0][0] == "SHA-256"


def test_the_file_is_sent_to_every_colleague(county: County, as_person: AsPerson) -> None:
    duty_list = list_in(S.PUBLISHED, county)
    address = reverse("duties:pdf", args=[duty_list.pk])
    waiting = as_person("editor").get(address, follow=True)
    assert "PDF 正在生成" in waiting.content.decode()
    assert duty_rendering.render_duty_file(duty_list.pk)
    assert not duty_rendering.render_duty_file(duty_list.pk), "once"
    answer = as_person("other_editor").get(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.getvalue().startswith(b"%PDF-")
    assert as_person("enterprise").get(address).status_code == 404
    status = as_person("editor").get(reverse("duties:pdf_status", args=[duty_list.pk]), headers={"hx-request": "true"})
    assert "下载 PDF" in status.content.decode()


def test_what_the_broker_lost_the_sweep_finds(
    county: County, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Committing
) -> None:
    def lost(*args: object, **kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr(jobs.render_duty_list, "apply_async", lost)
    with django_capture_on_commit_callbacks(execute=True):
        duty_list = list_in(S.PUBLISHED, county)
    duty_list.refresh_from_db()
    assert duty_list.is_published
    assert not duty_list.pdf
    out = StringIO()
    call_command("refresh_duty_lists", stdout=out)
    assert "已生成 1 份PDF" in out.getvalue()
    duty_list.refresh_from_db()
    assert duty_list.pdf
    assert jobs.refresh_duty_lists() == 0


def test_what_goes_wrong_is_shown_and_tried_again(
    county: County, monkeypatch: pytest.MonkeyPatch, as_person: AsPerson
) -> None:
    duty_list = list_in(S.PUBLISHED, county)

    def refuse(ledger: OfficialLedger) -> bytes:
        raise PdfUnavailable("服务器缺少Pango。")

    with monkeypatch.context() as patched:
        patched.setattr(duty_rendering, "render_ledger_pdf", refuse)
        err = StringIO()
        call_command("refresh_duty_lists", stdout=StringIO(), stderr=err)
        assert "未能生成：服务器缺少Pango。" in err.getvalue()
    page = as_person("office").get(reverse("duties:detail", args=[duty_list.pk])).content.decode()
    assert "服务器缺少Pango。" in page
    assert duty_rendering.render_missing_files() == 1
    duty_list.refresh_from_db()
    assert duty_list.pdf_error == ""
    again = reverse("duties:render_again", args=[duty_list.pk])
    assert as_person("editor").post(again).status_code == 403
    assert as_person("office").post(again).status_code == 302
    duty_list.refresh_from_db()
    assert not duty_list.pdf


def test_the_sweep_follows_an_appointment_dated_ahead(county: County) -> None:
    import time_machine

    duty_list = list_in(S.PUBLISHED, county)
    post = ensure_posts(county)["科员"]
    holder = HolderDraft(date(2026, 6, 1), name="六月来的人")
    change_holder(actor=county.editor, post_id=post.pk, holder=holder)
    assert duty_list.signatures.counted().get(layer="post").holder == "钱科员"
    with time_machine.travel("2026-06-01T02:00:00Z", tick=False):
        duty_rendering.realign_all_signatures()
    assert duty_list.signatures.counted().get(layer="post").holder == "六月来的人"


def test_a_table_that_does_not_fit_is_refused() -> None:
    column = LedgerColumn("职责", 50)
    with pytest.raises(ValueError, match="one cell"):
        OfficialLedger("清单", [column], [LedgerSection("一", rows=[["甲", "乙"]])])
    with pytest.raises(ValueError, match="room"):
        OfficialLedger("清单", [column, column], [])
