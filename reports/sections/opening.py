"""The sentence before the first heading."""

from reports.building import Builder
from reports.content import Content
from reports.facts import Facts

KEY = "opening"


def add(facts: Facts, content: Content, replaces: str = "") -> None:
    """Say what the report is about and up to which day it counts.

    Args:
        facts: the quarter.
        content: where the section goes.
        replaces: for a 更正版, why the earlier report is corrected.
    """
    build = Builder(content, KEY, "")
    label = facts.quarter.period.label
    if replaces:
        reason = replaces.rstrip("。；")
        build.say(f"此前印发的{label}推进情况通报有误，更正原因为：{reason}。现重新通报如下，原通报同时废止。")
    build.say(f"现将{label}全县安全生产工作要点推进情况通报如下，数据截至{facts.day}。")
    build.done()
