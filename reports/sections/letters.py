"""督办情况: letters the office sent in the quarter and how they were answered, and what is overdue at its end."""

from collections.abc import Sequence

from documents.numbering import official_date
from reports.building import Builder
from reports.content import Content
from reports.facts import Facts
from reports.rows import LETTER, keep_letters
from supervision.as_of import LetterSnapshot
from supervision.models import Letter

KEY = "letters"
K = Letter.Kind


def _ids(rows: Sequence[LetterSnapshot]) -> list[int]:
    return [row.letter.pk for row in rows]


def add(facts: Facts, content: Content) -> None:
    """Count the quarter's letters by what became of them by the last day; overdue ones whenever they were sent."""
    sent = [row for row in facts.letters if row.letter.issued_on and row.letter.issued_on >= facts.start]
    late = [row for row in facts.letters if row.late]
    keep_letters(content, [*sent, *late])
    build = Builder(content, KEY, "督办情况")
    for name, label, rows, formula in (
        ("sent", "发出函件", sent, "本季度签发、至统计日未作废的督办函件。"),
        ("reminders", "其中提醒函", [row for row in sent if row.letter.kind == K.REMINDER], "发出函件中的提醒函。"),
        ("urgings", "其中督促函", [row for row in sent if row.letter.kind == K.URGING], "发出函件中的督促函。"),
        ("received", "已签收", [row for row in sent if row.received_on], "发出函件中至统计日已签收的。"),
        ("replied", "已回复", [row for row in sent if row.replied_on], "发出函件中至统计日已回复的，退回重报的不计。"),
        ("closed", "已办结", [row for row in sent if row.closed_on], "发出函件中至统计日审核办结的。"),
        ("late", "逾期未回复", late, "统计日已过回复期限而未回复的函件，含以前季度发出的。"),
    ):
        build.count(name, label, _ids(rows), kind=LETTER, unit="份", formula=formula)
    for name, label in (("received", "签收率"), ("replied", "回复率")):
        build.share(f"{name}_share", label, name, "sent", formula=f"{label[:2]}函件数 ÷ 发出函件数 × 100%。")
    if not facts.letters:
        build.done(empty="本年度没有发出督办函件。")
        return
    _say(build, sent, late)
    build.done()


def _say(build: Builder, sent: Sequence[LetterSnapshot], late: Sequence[LetterSnapshot]) -> None:
    if sent:
        kinds = build.said("（提醒函{reminders}份、督促函{urgings}份）")
        answers = build.said(
            "，已签收{received}份（{received_share}），已回复{replied}份（{replied_share}），已办结{closed}份。"
        )
        build.say(build.said("本季度县安委办发出督办函件{sent}份"), kinds, answers)
    else:
        build.say(build.said("本季度县安委办发出督办函件{sent}份。"))
    if not late:
        build.say("至季度末没有逾期未回复的函件。")
        return
    words = "；".join(
        f"{row.letter.unit.short_name}（{row.letter.number}，应于{official_date(row.letter.reply_due_on)}前回复）"
        for row in late
    )
    build.say(build.said("逾期未回复{late}份："), f"{words}。")
