"""What the demonstration county shows on three days, as the table of fixtures/demo/README.md says in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Expected:
    """One day.

    Attributes:
        lamps, states: tasks by colour and by state, for the plan of each year.
        overdue: codes of the tasks the overdue list shows.
        letters: letters by state.
        queues: login → keys of the queues on 我的工作, in their order.
    """

    lamps: Mapping[int, Counts]
    states: Mapping[int, Counts]
    overdue: frozenset[str]
    letters: Counts
    queues: Mapping[str, str]


OFFICE = ("anwei", "anwei2", "anwei3")
# Their pages hold no work of their own: who audits, or keeps accounts.
WITHOUT_WORK = ("shenji", "admin")


def _queues(office: str, leader: str, **units: str) -> dict[str, str]:
    return dict.fromkeys(OFFICE, office) | {"lingdao": leader} | units | dict.fromkeys(WITHOUT_WORK, "")


DAYS = {
    date(2026, 1, 2): Expected(
        lamps={2026: {"grey": 33}, 2025: {"red": 3, "yellow": 1, "green": 2, "blue": 4}},
        states={
            2026: {"assigned": 30, "active": 3},
            2025: {"active": 3, "reported": 1, "returned": 1, "closing": 1, "closed": 4},
        },
        overdue=frozenset({"2025-03", "2025-04", "2025-06"}),
        letters={"closed": 1, "replied": 1, "issued": 1, "draft": 1},
        queues=_queues(
            office="review closing letters-review letters-issue drills-review hazards-extension hazards-closing",
            leader="letters-issue led",
            fagai="assigned waiting support",
            ziran="assigned support",
            zhujian="overdue hazards-overdue assigned hazards-recheck support",
            fuze="overdue hazards-overdue assigned hazards-recheck support",
            jiaotong="returned hazards-overdue assigned hazards-recheck hazards-extension support",
            nongye="overdue assigned letters-sign hazards-recheck support",
            yingji="hazards-overdue assigned hazards-recheck unreported waiting active support",
            xiaofang="hazards-overdue assigned hazards-recheck support",
            zhen1="hazards-overdue support",
            zhen2="hazards-overdue support",
            qiye="hazards-returned hazards-rectify",
        ),
    ),
    date(2026, 7, 15): Expected(
        lamps={2026: {"red": 15, "yellow": 8, "green": 14, "grey": 5, "blue": 6}, 2025: {"blue": 10}},
        states={
            2026: {"assigned": 3, "active": 31, "reported": 4, "returned": 3, "closing": 1, "closed": 6},
            2025: {"closed": 10},
        },
        overdue=frozenset({"2026-10", "2026-20"}),
        letters={"closed": 3, "received": 1, "issued": 1, "draft": 1},
        queues=_queues(
            office="review closing letters-issue duties-review drills-review hazards-extension hazards-closing",
            leader="letters-issue led",
            fagai="returned unreported support",
            ziran="duties-returned overdue assigned letters-sign support",
            zhujian="hazards-overdue hazards-recheck unreported support",
            fuze="hazards-overdue duties-sign hazards-recheck unreported support",
            jiaotong="hazards-overdue hazards-recheck hazards-extension unreported support",
            nongye="hazards-recheck unreported support",
            yingji="hazards-overdue assigned hazards-recheck unreported waiting support",
            xiaofang="returned hazards-overdue nodes letters-reply hazards-recheck unreported active support",
            zhen1="hazards-overdue support",
            zhen2="hazards-overdue support",
            qiye="hazards-returned drills-owed hazards-rectify",
        ),
    ),
    date(2026, 12, 31): Expected(
        lamps={2026: {"red": 12, "yellow": 4, "green": 1, "blue": 33}, 2025: {"blue": 10}},
        states={2026: {"active": 12, "reported": 2, "returned": 2, "closing": 1, "closed": 33}, 2025: {"closed": 10}},
        # The register's: the parent, four children, what fire, mines and boats were told to mend.
        overdue=frozenset({"2026-22", "2026-25", "2026-H01", "2026-S01", "2026-X01", "2026-X02"})
        | {f"2026-H01-{number}" for number in (9, 10, 11, 12)},
        letters={"closed": 5, "received": 1, "draft": 1},
        queues=_queues(
            office="review closing letters-issue duties-review drills-review reports-issue "
            "hazards-extension hazards-closing directive-new drafts counters",
            leader="letters-issue reports-issue led",
            fagai="returned soon consultations drills-owed support",
            ziran="duties-returned nodes soon drills-owed support",
            zhujian="hazards-overdue hazards-recheck support",
            fuze="hazards-overdue duties-sign hazards-recheck support",
            jiaotong="overdue hazards-overdue nodes consultations letters-reply hazards-recheck "
            "hazards-extension support",
            nongye="returned overdue consultations drills-owed hazards-recheck support",
            yingji="overdue hazards-overdue consultations hazards-recheck drills-review waiting support",
            xiaofang="overdue hazards-overdue hazards-recheck support",
            zhen1="hazards-overdue consultations drills-owed support",
            zhen2="drills-returned hazards-overdue drills-owed support",
            qiye="hazards-returned drills-owed hazards-rectify",
        ),
    ),
}
