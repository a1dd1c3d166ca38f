"""Whether a record counts as a 场次: pure functions from what is on record to what is still missing, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Protocol


class CountingRule(Protocol):
    """What the county asks of a record; `drills.models.DrillSetting` is one."""

    min_participants: int
    min_participants_enterprise: int
    photos_needed: int
    desk_counts: bool
    plan_needed: bool
    evaluation_needed: bool


@dataclass(frozen=True, slots=True)
class Twin:
    """Another record of the same drill that counts already.

    Attributes:
        code: its number.
        organiser: who held it.
        joint: the drill was a joint one that organiser recorded; else the same organiser recorded it twice.
    """

    code: str
    organiser: str
    joint: bool = False


@dataclass(frozen=True, slots=True)
class DrillFacts:
    """What a record says, as far as counting asks; empty where not filled in.

    Attributes:
        of_enterprise: an enterprise organised it.
        of_village: at the level of a village.
        subject: 演练科目, the hazard in words.
        evaluated: which of 评估人, 演练执行情况, 评估结论 are filled in, in this order.
        photos: pictures among its evidence.
        twins: records of the same drill that count already.
    """

    title: str = ""
    of_enterprise: bool = False
    of_village: bool = False
    village: str = ""
    is_desk: bool = False
    subject: str = ""
    held_on: date | None = None
    starts_at: time | None = None
    ends_at: time | None = None
    place: str = ""
    plan_name: str = ""
    headcount: int | None = None
    evaluated: tuple[bool, bool, bool] = (False, False, False)
    photos: int = 0
    twins: Sequence[Twin] = ()


def missing_to_submit(facts: DrillFacts, today: date) -> list[str]:
    """List in words what a record must say before it can be handed in; empty when it can be."""
    lacks = [
        sentence
        for missing, sentence in (
            (not facts.title, "请填写演练名称。"),
            (facts.of_village and not facts.village, "请填写村（社区）名称。"),
            (not facts.subject, "请选择灾种或事故类型；选“其他”的请写明。"),
            (facts.held_on is None, "请填写演练日期。"),
            (not facts.place, "请填写演练地点。"),
            (not facts.headcount, "请填写参演人数。"),
        )
        if missing
    ]
    if facts.held_on is not None and facts.held_on > today:
        lacks.append("演练日期在今天之后，请在演练结束后上报。")
    if facts.starts_at and facts.ends_at and facts.ends_at <= facts.starts_at:
        lacks.append("结束时间应晚于开始时间，请核对。")
    return lacks


def shortfalls(facts: DrillFacts, rule: CountingRule) -> list[str]:
    """List in words why a record would not count under the county's rule; empty when it counts.

    One 场次 is one drill event: what several units held together counts once, for its organiser, and what the same
    organiser recorded twice of one day and subject counts once.
    """
    found = [_twin(twin, facts) for twin in facts.twins]
    if facts.is_desk and not rule.desk_counts:
        found.append("桌面推演按本县规则不计入场次。")
    needed = rule.min_participants_enterprise if facts.of_enterprise else rule.min_participants
    if (facts.headcount or 0) < needed:
        found.append(f"参演人数{facts.headcount or 0}人，少于规定的{needed}人。")
    if facts.photos < rule.photos_needed:
        found.append(f"现场照片{facts.photos}张，少于规定的{rule.photos_needed}张。")
    if rule.plan_needed and not facts.plan_name:
        found.append("没有填写对应预案或演练方案。")
    if rule.evaluation_needed and not all(facts.evaluated):
        names = ("评估组（评估人）", "演练执行情况", "评估结论")
        lacking = "、".join(name for name, there in zip(names, facts.evaluated, strict=True) if not there)
        found.append(f"评估记录不完整，缺少{lacking}。")
    return found


def _twin(twin: Twin, facts: DrillFacts) -> str:
    if twin.joint:
        return f"同一场联合演练已由{twin.organiser}以{twin.code}计入，本单位为参演，不重复计入。"
    where = "同一村（社区）" if facts.of_village else "同一组织单位"
    return f"{where}当天同一科目（{facts.subject}）的演练已以{twin.code}计入，不重复计入。"
