"""The page on which the unit answers, through the client: what is kept, refused, stored and who may."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evidence.models import File
from evidence.services import attach_file
from supervision.models import Letter
from supervision.services.replying import ReplyDraft, save_reply
from tasks.models import Task
from tests.county import AsPerson, County
from tests.supervision.letters import S, draft_of, issue, letter_in
from tests.tasks.test_flow import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]


def path(name: str, letter: Letter, *more: str) -> str:
    return reverse(f"supervision:{name}", args=[letter.pk, *more])


def reply_values(letter: Letter, *answers: str) -> dict[str, Any]:
    letter.refresh_from_db()
    named = zip(letter.items.all(), answers, strict=False)
    return {"version": letter.version} | {f"reply_{item.pk}": words for item, words in named}


def test_reply_is_kept_item_by_item_with_files_and_submitted(
    as_person: AsPerson, county: County, late: list[Task]
) -> None:
    letter = letter_in(S.RECEIVED, county, late)
    client, address = as_person("editor"), path("reply", letter)
    upload = SimpleUploadedFile("台账.pdf", PDF)
    response = client.post(address, reply_values(letter, "已办结") | {"files": upload, "submit": "1"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "请填写第2项“修订预案”的办理情况。" in page
    assert "已办结" in page
    assert "台账.pdf" in page
    letter.refresh_from_db()
    assert (letter.state, letter.items.all()[0].reply) == (S.RECEIVED, "已办结")
    response = client.post(address, reply_values(letter, "已办结", "五月底前完成") | {"submit": "1"})
    assert response["Location"] == path("detail", letter)
    letter.refresh_from_db()
    assert (letter.state, letter.replied_by, File.objects.count()) == (S.REPLIED, county.editor, 1)


def test_draft_can_be_saved_and_a_file_taken_off(as_person: AsPerson, county: County, late: list[Task]) -> None:
    letter = letter_in(S.RECEIVED, county, late)
    client, address = as_person("head"), path("reply", letter)
    client.post(address, reply_values(letter, "初稿") | {"files": SimpleUploadedFile("一.pdf", PDF), "save": "1"})
    file = File.objects.get()
    response = client.post(address, reply_values(letter, "初稿二") | {"remove": str(file.uid)})
    assert response["Location"] == address
    file.refresh_from_db()
    assert file.removed_at is not None
    assert (
        "已被移除" in client.post(address, reply_values(letter, "初稿二") | {"remove": str(file.uid)}).content.decode()
    )
    assert "初稿二" in client.get(address).content.decode()


def test_file_of_another_letter_cannot_be_taken_off_here(as_person: AsPerson, county: County, late: list[Task]) -> None:
    here = letter_in(S.RECEIVED, county, late[:1])
    there = issue(draft_of(county, late[1:2]), county.office)
    file = attach_file(actor=county.editor, owner=there, upload=SimpleUploadedFile("一.pdf", PDF))
    client = as_person("editor")
    for forged in (str(file.uid), "x"):
        response = client.post(path("reply", here), reply_values(here, "初稿") | {"remove": forged})
        assert response.status_code == 409
    file.refresh_from_db()
    assert file.removed_at is None


def test_bad_input_keeps_the_rest(as_person: AsPerson, county: County, late: list[Task]) -> None:
    letter = letter_in(S.RECEIVED, county, late)
    client, address = as_person("editor"), path("reply", letter)
    item = letter.items.all()[0]
    values = reply_values(letter, "第一项", "第二项") | {f"promised_{item.pk}": "下月", "submit": "1"}
    response = client.post(address, values)
    page = response.content.decode()
    assert response.status_code == 409
    assert "下月" in page
    assert "第二项" in page
    letter.refresh_from_db()
    assert (letter.state, [row.reply for row in letter.items.all()]) == (S.RECEIVED, ["第一项", "第二项"])
    wrong = SimpleUploadedFile("程序.exe", b"MZ\x90\x00")
    response = client.post(address, reply_values(letter, "第一项", "第二项") | {"files": wrong, "submit": "1"})
    assert "不是可以接收的佐证材料" in response.content.decode()
    letter.refresh_from_db()
    assert letter.state == S.RECEIVED
    response = client.post(address, {f"reply_{item.pk}": "没有版本"})
    assert (response.status_code, "没有版本" in response.content.decode()) == (409, True)


def test_stale_reply_shows_both_texts(as_person: AsPerson, county: County, late: list[Task]) -> None:
    letter = letter_in(S.RECEIVED, county, late)
    mine = reply_values(letter, "我写的")
    item = letter.items.all()[0]
    save_reply(actor=county.second_editor, letter_id=letter.pk, draft=ReplyDraft(replies={item.pk: "同事写的"}))
    response = as_person("editor").post(path("reply", letter), mine)
    page = response.content.decode()
    assert (response.status_code, "我写的" in page, "同事写的" in page) == (409, True, True)
    item.refresh_from_db()
    assert item.reply == "同事写的"


def test_reply_page_is_the_units_and_only_while_it_is_asked(
    as_person: AsPerson, county: County, late: list[Task]
) -> None:
    letter = letter_in(S.ISSUED, county, late)
    address = path("reply", letter)
    statuses = {name: as_person(name).get(address).status_code for name in ("office", "auditor", "other_editor")}
    assert statuses == {"office": 403, "auditor": 403, "other_editor": 404}
    assert "不能填写回复" in as_person("editor").get(address, follow=True).content.decode()
