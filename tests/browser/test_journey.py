"""The main job in one go, as the people of a county do it: document, tasks, reports, figures, reminders, letters.

The plan is next year's, since the demonstration county has published this year's and last year's already. Two of its
deadlines are set to yesterday while it is checked, so that there is something overdue on whatever day this runs.
"""

import pytest
from playwright.sync_api import expect

from core import clock
from tests.browser import steps_letters, steps_plan, steps_watch, steps_work
from tests.browser.conftest import DemoServer, NewVisitor
from tests.browser.journey import Journey

pytestmark = pytest.mark.browser


def test_the_whole_journey(demo_server: DemoServer, new_visitor: NewVisitor) -> None:
    journey = Journey(demo_server, new_visitor, year=clock.today().year + 1)
    steps_plan.start(journey)
    steps_plan.refuse_bad_documents(journey)
    steps_plan.import_the_plan(journey)
    steps_plan.check_the_plan(journey)
    steps_plan.assign_the_plan(journey)
    steps_plan.publish_the_plan(journey)
    steps_plan.refuse_a_second_plan(journey)
    task = steps_work.sign_and_report(journey)
    steps_work.review_and_return(journey)
    steps_work.mend_and_close(journey, task)
    steps_work.keep_others_out(journey, task)
    steps_watch.watch_the_county(journey)
    steps_watch.watch_as_a_department(journey)
    steps_work.report_without_script(journey)
    steps_watch.remind(journey)
    steps_letters.draft_letters(journey)
    letter = steps_letters.issue_the_letter(journey)
    steps_letters.read_the_letter(journey, letter)
    steps_letters.answer_the_letter(journey, letter)


def test_the_keyboard_gets_past_the_menu(new_visitor: NewVisitor) -> None:
    unit = new_visitor("yingji")
    unit.page.keyboard.press("Tab")
    skip = unit.page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    unit.page.keyboard.press("Enter")
    expect(unit.page.locator("#main")).to_be_focused()
    unit.page.keyboard.press("Tab")
    outline = unit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
