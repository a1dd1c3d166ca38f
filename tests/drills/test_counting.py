"""Whether a record counts, as a table of cases, and the same judged on records in the database."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.errors import UserError
from drills.counting import DrillFacts, Twin, missing_to_submit, shortfalls
from drills.models import Drill, DrillSetting
from drills.selectors import facts_of, lacks_of, pictures_used_again
from drills.services.reviewing import count_drill, reopen_drill
from evidence.selectors import files_of
from evidence.services import attach_file
from tests.county import County
from tests.drills.records import counted, draft_of, make_enterprise, person_of, picture, submitted

DAY = date(2026, 4, 20)
RULE = DrillSetting()
GOOD = DrillFacts(
    title="防汛演练",
    subject="洪涝、台风、内涝",
    held_on=DAY,
    place="广场",
    plan_name="防汛预案",
    headcount=20,
    evaluated=(True, True, True),
    photos=2,
)
TWIN = Twin("YL-2026-0007", "河口镇")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, []),
        ({"headcount": 19}, ["参演人数19人，少于规定的20人。"]),
        ({"headcount": None}, ["参演人数0人，少于规定的20人。"]),
        ({"headcount": 5, "of_enterprise": True}, []),
        ({"headcount": 4, "of_enterprise": True}, ["参演人数4人，少于规定的5人。"]),
        ({"photos": 1}, ["现场照片1张，少于规定的2张。"]),
        ({"is_desk": True}, ["桌面推演按本县规则不计入场次。"]),
        ({"plan_name": ""}, ["没有填写对应预案或演练方案。"]),
        ({"evaluated": (True, False, False)}, ["评估记录不完整，缺少演练执行情况、评估结论。"]),
        ({"evaluated": (False, True, True)}, ["评估记录不完整，缺少评估组（评估人）。"]),
        (
            {"twins": [TWIN]},
            ["同一组织单位当天同一科目（洪涝、台风、内涝）的演练已以YL-2026-0007计入，不重复计入。"],
        ),
        (
            {"twins": [TWIN], "of_village": True},
            ["同一村（社区）当天同一科目（洪涝、台风、内涝）的演练已以YL-2026-0007计入，不重复计入。"],
        ),
        (
            {"twins": [replace(TWIN, joint=True)]},
            ["同一场联合演练已由河口镇以YL-2026-0007计入，本单位为参演，不重复计入。"],
        ),
        (
            {"photos": 0, "headcount": 1, "is_desk": True},
            ["桌面推演按本县规则不计入场次。", "参演人数1人，少于规定的20人。", "现场照片0张，少于规定的2张。"],
        ),
    ],
)
def test_the_rule_says_in_words_why_a_record_does_not_count(change: dict[str, Any], words: list[str]) -> None:
    assert shortfalls(replace(GOOD, **change), RULE) == words


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ({"desk_counts": True}, {"is_desk": True}),
        ({"plan_needed": False}, {"plan_name": ""}),
        ({"evaluation_needed": False}, {"evaluated": (False, False, False)}),
        ({"photos_needed": 0}, {"photos": 0}),
        ({"min_participants": 3}, {"headcount": 3}),
        ({"min_participants_enterprise": 2}, {"headcount": 2, "of_enterprise": True}),
    ],
)
def test_the_county_sets_the_rule(rule: dict[str, Any], facts: dict[str, Any]) -> None:
    assert shortfalls(replace(GOOD, **facts), DrillSetting(**rule)) == []
    assert shortfalls(replace(GOOD, **facts), RULE) != []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, []),
        ({"title": ""}, ["请填写演练名称。"]),
        ({"of_village": True}, ["请填写村（社区）名称。"]),
        ({"of_village": True, "village": "河边村"}, []),
        ({"subject": ""}, ["请选择灾种或事故类型；选“其他”的请写明。"]),
        ({"held_on": None}, ["请填写演练日期。"]),
        ({"held_on": date(2026, 5, 13)}, ["演练日期在今天之后，请在演练结束后上报。"]),
        ({"held_on": date(2026, 5, 12)}, []),
        ({"place": ""}, ["请填写演练地点。"]),
        ({"headcount": 0}, ["请填写参演人数。"]),
        ({"starts_at": time(10), "ends_at": time(9)}, ["结束时间应晚于开始时间，请核对。"]),
        ({"starts_at": time(10), "ends_at": None}, []),
        # What only counting asks for holds nothing up.
        ({"photos": 0, "plan_name": "", "evaluated": (False, False, False), "headcount": 1, "is_desk": True}, []),
    ],
)
def test_what_must_be_there_to_hand_in(change: dict[str, Any], words: list[str]) -> None:
    assert missing_to_submit(replace(GOOD, **change), date(2026, 5, 12)) == words


def test_facts_are_read_from_the_record(county: County, in_may: None) -> None:
    drill = draft_of(county.editor, county.units["YJ"], photos=1, form="desk", hazard="other", hazard_other="溃坝")
    facts = facts_of(drill)
    assert (facts.photos, facts.is_desk, facts.subject, facts.headcount) == (1, True, "溃坝", 60)
    assert facts.evaluated == (True, True, True)
    assert not facts.of_enterprise
    to_submit, to_count = lacks_of(drill)
    assert to_submit == []
    assert to_count == ["桌面推演按本县规则不计入场次。", "现场照片1张，少于规定的2张。"]


def test_the_same_organiser_subject_and_day_counts_once(county: County, in_may: None) -> None:
    first = counted(county.editor, county.units["YJ"], by=county.office, title="上午场")
    again = submitted(county.editor, county.units["YJ"], title="下午场", place="河堤")
    with pytest.raises(UserError, match=f"已以{first.code}计入"):
        count_drill(actor=county.office, drill_id=again.pk)
    again.refresh_from_db()
    assert again.state == Drill.State.SUBMITTED
    # Another subject, another day, another organiser is another drill.
    counted(county.editor, county.units["YJ"], by=county.office, hazard="fire")
    counted(county.editor, county.units["YJ"], by=county.office, held_on=date(2026, 4, 21))
    counted(county.other_editor, county.units["ZJ"], by=county.office)
    assert Drill.objects.filter(state=Drill.State.COUNTED).count() == 4


def test_each_village_of_a_township_counts_for_itself(county: County, in_may: None) -> None:
    editor = person_of(county, "Z1", "zhen", "镇小安")
    township = county.units["Z1"]
    for village in ("河边村", "山前村"):
        counted(editor, township, by=county.office, level="village", village=village)
    twin = submitted(editor, township, level="village", village="河边村", title="再练一次")
    with pytest.raises(UserError, match="同一村（社区）当天同一科目"):
        count_drill(actor=county.office, drill_id=twin.pk)
    # The township's own drill of the day is not its villages'.
    counted(editor, township, by=county.office)


def test_a_joint_drill_counts_once_for_its_organiser(county: County, in_may: None) -> None:
    units = county.units
    joint = counted(county.editor, units["YJ"], by=county.office, participants=(units["ZJ"], units["Z1"]))
    theirs = submitted(county.other_editor, units["ZJ"], title="参加联合演练")
    with pytest.raises(UserError, match=f"同一场联合演练已由县应急局以{joint.code}计入"):
        count_drill(actor=county.office, drill_id=theirs.pk)
    # It stands under what they took part in, and is counted for nobody else.
    assert list(Drill.objects.filter(participants=units["ZJ"])) == [joint]
    assert Drill.objects.filter(state=Drill.State.COUNTED).count() == 1


def test_a_participant_who_was_first_is_found_as_well(county: County, in_may: None) -> None:
    units = county.units
    first = counted(county.other_editor, units["ZJ"], by=county.office)
    joint = submitted(county.editor, units["YJ"], participants=(units["ZJ"],))
    with pytest.raises(UserError, match=f"同一场联合演练已由县住建局以{first.code}计入"):
        count_drill(actor=county.office, drill_id=joint.pk)


def test_the_database_refuses_a_second_count(county: County, in_may: None) -> None:
    enterprise = make_enterprise(county)
    for organiser, editor in ((county.units["YJ"], county.editor), (enterprise, county.other_editor)):
        counted(editor, organiser, by=county.office)
        twin = submitted(editor, organiser)
        with pytest.raises(IntegrityError), transaction.atomic():
            Drill.objects.filter(pk=twin.pk).update(
                state=Drill.State.COUNTED, counted_on=DAY, reviewed_by=county.office
            )


def test_what_was_taken_back_lets_another_count(county: County, in_may: None) -> None:
    first = counted(county.editor, county.units["YJ"], by=county.office)
    second = submitted(county.editor, county.units["YJ"])
    reopen_drill(actor=county.office, drill_id=first.pk, reason="登记有误")
    count_drill(actor=county.office, drill_id=second.pk)
    with pytest.raises(UserError, match="不重复计入"):
        count_drill(actor=county.office, drill_id=first.pk)


def test_a_photo_used_for_two_drills_is_pointed_out(county: County, in_may: None) -> None:
    first = submitted(county.editor, county.units["YJ"], photos=0)
    second = draft_of(county.editor, county.units["YJ"], photos=0, hazard="fire")
    attach_file(actor=county.editor, owner=second, upload=picture("同一张"))
    assert pictures_used_again(second, list(files_of(second))) == []
    third = draft_of(county.editor, county.units["YJ"], photos=0, hazard="gas")
    attach_file(actor=county.editor, owner=third, upload=picture("同一张"))
    # Of a draft nobody else is told.
    assert pictures_used_again(second, list(files_of(second))) == []
    Drill.objects.filter(pk=third.pk).update(
        state=Drill.State.SUBMITTED, code="YL-2026-0099", submitted_by=county.editor
    )
    found = pictures_used_again(second, list(files_of(second)))
    assert [(file.name, other.pk) for file, other in found] == [("同一张.png", third.pk)]
    assert first.pk not in {other.pk for _, other in found}
