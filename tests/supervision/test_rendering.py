"""The PDF: made by the job after the issue, once, and swept up when the broker or the typesetting failed."""

import logging
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks as Committing
from pytest_django import Settings

from audit.trail import history_of
from documents.pdf import PdfUnavailable
from supervision import jobs
from supervision.models import Letter
from supervision.services import rendering
from supervision.services.issuing import void_letter
from tasks.models import Task
from tests.county import AsPerson, County
from tests.documents.reading import read_pages
from tests.supervision.letters import S, compose, draft_of, issue, letter_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


def words_of(letter: Letter) -> str:
    with letter.pdf.open("rb") as stream:
        pages = read_pages(stream.read())
    return "".join("".join(glyph.text for glyph in page.glyphs) for page in pages)


def test_issue_has_the_job_make_the_pdf(
    county: County, late: list[Task], django_capture_on_commit_callbacks: Committing
) -> None:
    letter = draft_of(county, late[:2])
    with django_capture_on_commit_callbacks(execute=True):
        issue(letter, county.office)
    letter.refresh_from_db()
    words = words_of(letter)
    for expected in (
        "清安办函〔2026〕1号",
        "关于加快办理2项逾期任务的督促函",
        "县应急管理局：",
        "一、任务情况",
        "逾期42天，进度0%",
        "请尽快签收任务并组织实施",
        "二、工作要求",
        "（一）查明原因。",
        "三、回复要求",
        "并于2026年5月21日前逐项书面回复",
        "清泽县安全生产委员会办公室",
        "2026年5月12日",
        "（联系人：安小委，000-00000001）",
    ):
        assert expected in words, expected
    assert next(entry.action for entry in history_of(letter)) == "letter.render"


def test_issue_succeeds_with_the_broker_away_and_the_sweep_makes_the_pdf(
    county: County,
    late: list[Task],
    as_person: AsPerson,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Committing,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("no broker")

    letter = draft_of(county, late[:2])
    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(jobs.render_letter, "apply_async", away)
        caplog.set_level(logging.CRITICAL, "django.db.backends.base")
        response = as_person("office").post(
            reverse("supervision:act", args=[letter.pk, "issue"]), {"version": 1, "signatory": "冀立夏"}
        )
    letter.refresh_from_db()
    assert (response.status_code, letter.state, bool(letter.pdf)) == (302, S.ISSUED, False)
    assert jobs.render_missing_letters() == 1
    letter.refresh_from_db()
    assert "清安办函〔2026〕1号" in words_of(letter)


def test_rendering_twice_makes_one_file(county: County, late: list[Task]) -> None:
    letter = letter_in(S.ISSUED, county, late)
    assert [jobs.render_letter(letter.pk), jobs.render_letter(letter.pk)] == [True, False]
    assert jobs.render_missing_letters() == 0
    assert history_of(letter).filter(action="letter.render").count() == 1


def test_two_workers_keep_one_file(
    county: County, late: list[Task], monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    """The second worker finds the file of the first when it comes to write its own, and leaves nothing behind."""
    settings.MEDIA_ROOT = tmp_path
    letter = letter_in(S.ISSUED, county, late)
    inner: list[bool] = []

    def while_another_is_faster(official: object) -> bytes:
        if inner:
            return b"%PDF-1.4 first"
        inner.append(False)
        inner[0] = rendering.render_letter_file(letter.pk)
        return b"%PDF-1.4 second"

    monkeypatch.setattr(rendering, "render_pdf", while_another_is_faster)
    assert (rendering.render_letter_file(letter.pk), inner) == (False, [True])
    assert [path.read_bytes() for path in tmp_path.rglob("*.pdf")] == [b"%PDF-1.4 first"]


@pytest.mark.parametrize("error", [PdfUnavailable("服务器缺少Pango，暂不能生成PDF。"), ValueError("a bug")])
def test_failure_is_shown_and_tried_again(
    county: County, late: list[Task], as_person: AsPerson, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    letter = letter_in(S.ISSUED, county, late)

    def fails(official: object) -> bytes:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(rendering, "render_pdf", fails)
        assert jobs.render_letter(letter.pk) is False
    letter.refresh_from_db()
    shown = "服务器缺少Pango" if isinstance(error, PdfUnavailable) else "排版程序出错"
    assert shown in letter.pdf_error
    page = as_person("office").get(reverse("supervision:detail", args=[letter.pk])).content.decode()
    assert shown in page
    assert "重新生成" in page
    assert jobs.render_missing_letters() == 1
    letter.refresh_from_db()
    assert (bool(letter.pdf), letter.pdf_error) == (True, "")


def test_drafts_and_voided_letters_are_not_typeset(county: County, late: list[Task]) -> None:
    first, second = compose(county, late).letters
    issue(second, county.office)
    void_letter(actor=county.office, letter_id=second.pk, reason="有误")
    assert [jobs.render_letter(first.pk), jobs.render_letter(second.pk), jobs.render_letter(0)] == [False] * 3
    assert jobs.render_missing_letters() == 0


def test_command_makes_what_is_missing(county: County, late: list[Task], capsys: pytest.CaptureFixture[str]) -> None:
    letter = letter_in(S.ISSUED, county, late)
    call_command("render_letters")
    assert "已生成 1 份PDF" in capsys.readouterr().out
    letter.refresh_from_db()
    assert letter.pdf


def test_office_has_the_pdf_made_anew(
    county: County,
    late: list[Task],
    as_person: AsPerson,
    django_capture_on_commit_callbacks: Committing,
) -> None:
    letter = letter_in(S.ISSUED, county, late)
    jobs.render_letter(letter.pk)
    letter.refresh_from_db()
    first = letter.pdf.name
    path = reverse("supervision:render_again", args=[letter.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert as_person("office").post(path).status_code == 302
    letter.refresh_from_db()
    assert letter.pdf
    assert letter.pdf.name != first
    statuses = [as_person(name).post(path).status_code for name in ("editor", "leader", "other_editor")]
    assert statuses == [403, 403, 404]
    assert as_person("office").get(path).status_code == 405


def test_a_draft_has_nothing_to_make_anew(county: County, late: list[Task], as_person: AsPerson) -> None:
    letter = draft_of(county, late[:1])
    client = as_person("office")
    response = client.post(reverse("supervision:render_again", args=[letter.pk]), follow=True)
    assert "没有需要生成的PDF" in response.content.decode()


def test_download_is_guarded_and_named(county: County, late: list[Task], as_person: AsPerson) -> None:
    letter = letter_in(S.ISSUED, county, late)
    path = reverse("supervision:pdf", args=[letter.pk])
    waiting = as_person("editor").get(path, follow=True)
    assert "PDF 正在生成" in waiting.content.decode()
    jobs.render_letter(letter.pk)
    response = as_person("editor").get(path)
    assert response["Content-Type"] == "application/pdf"
    assert "清安办函〔2026〕1号 督促函.pdf" in unquote(response["Content-Disposition"])
    assert b"".join(response.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert [as_person(name).get(path).status_code for name in ("other_editor", "stranger", "enterprise")] == [404] * 3
    assert Client().get(path).status_code == 302


def test_page_asks_for_the_pdf_until_it_is_there(county: County, late: list[Task], as_person: AsPerson) -> None:
    letter = letter_in(S.ISSUED, county, late)
    path = reverse("supervision:pdf_status", args=[letter.pk])
    client = as_person("editor")
    assert client.get(path).status_code == 302
    waiting = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    jobs.render_letter(letter.pk)
    ready = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in ready
    assert "下载 PDF" in ready
    assert as_person("other_editor").get(path, headers={"HX-Request": "true"}).status_code == 404
