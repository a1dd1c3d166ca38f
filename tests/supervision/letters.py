"""Letters for tests: overdue tasks of two units, and a letter brought to any state by the services themselves."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from accounts.models import User
from supervision.models import Letter
from supervision.services.drafting import Composition, Cover, compose_letters
from supervision.services.issuing import issue_letter
from supervision.services.replying import ReplyDraft, close_letter, receive_letter, reply_letter, save_reply
from tasks.models import Plan, Task
from tests.county import County, make_task

S = Letter.State


def cover(**changes: Any) -> Cover:
    """Return a complete cover, with the given fields changed."""
    fields: dict[str, Any] = {
        "issuer": "清泽县安全生产委员会办公室",
        "code": "清安办函",
        "contact": "安小委，000-00000001",
        "reply_due_on": date(2026, 5, 21),
        "demand": "（一）查明原因。请逐项说明。\n（二）抓紧办理。请按时完成。",
    }
    return Cover(**(fields | changes))


@pytest.fixture
def late(county: County, plan: Plan) -> list[Task]:
    """Two overdue tasks of 县应急管理局 and one of 县住房和城乡建设局, judged in May 2026."""
    return [
        make_task(plan, county.units["YJ"], 1, title="开展演练", due_on=date(2026, 4, 30)),
        make_task(plan, county.units["YJ"], 2, title="修订预案", due_on=date(2026, 3, 31), target=None),
        make_task(plan, county.units["ZJ"], 3, title="整治燃气", due_on=date(2026, 5, 11), target=None),
    ]


def compose(county: County, tasks: Sequence[Task], **extra: Any) -> Composition:
    """Draft letters as the office."""
    wanted: dict[str, Any] = {"actor": county.office, "kind": Letter.Kind.URGING, "cover": cover()}
    return compose_letters(task_ids=[task.pk for task in tasks], **(wanted | extra))


def draft_of(county: County, tasks: Sequence[Task], **extra: Any) -> Letter:
    """Draft one letter about tasks of one unit."""
    (letter,) = compose(county, tasks, **extra).letters
    return letter


def issue(letter: Letter, actor: User, signatory: str = "冀立夏") -> Letter:
    """Issue a draft."""
    return issue_letter(actor=actor, letter_id=letter.pk, signatory=signatory)


def answer(letter: Letter, actor: User, words: str = "已整改") -> Letter:
    """Fill in every item and submit."""
    draft = ReplyDraft(replies={item.pk: f"{words}{item.order}" for item in letter.items.all()})
    save_reply(actor=actor, letter_id=letter.pk, draft=draft)
    return reply_letter(actor=actor, letter_id=letter.pk)


def letter_in(state: str, county: County, tasks: Sequence[Task]) -> Letter:
    """Return a letter to 县应急管理局 brought to `state` (not 已作废)."""
    letter = draft_of(county, tasks[:2])
    if state != S.DRAFT:
        letter = issue(letter, county.office)
    if state in (S.RECEIVED, S.REPLIED, S.CLOSED):
        letter = receive_letter(actor=county.editor, letter_id=letter.pk)
    if state in (S.REPLIED, S.CLOSED):
        letter = answer(letter, county.editor)
    if state == S.CLOSED:
        letter = close_letter(actor=county.office, letter_id=letter.pk, comment="同意")
    return letter
