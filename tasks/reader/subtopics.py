"""Inner blocks of a long item: …领域, and …方面, at the head of a sentence, and 以“…化”…. They are no items."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.reader.model import SubtopicReading
from tasks.reader.page import Page, Span

_RULES = (
    re.compile(r"(?:^|(?<=[。;:,]))(?P<title>[\u4e00-\u9fff、(){}]{2,36}?(?:领域|方面|行业))(?=,|也要|要)"),
    re.compile(r"(?:^|(?<=[。;:]))(?P<title>以“[^”]{1,10}化”[^,。;]{2,16})(?=[。,;:])"),
)
_LEAST = 2  # one such phrase alone divides nothing


def subtopic_titles(text: str) -> list[str]:
    """Return the title of the subtopic a piece of text begins with, in a list of at most one."""
    plain = Page(text).plain
    matches = (rule.match(plain) for rule in _RULES)
    return [text[slice(*match.span("title"))] for match in matches if match]


def read_subtopics(page: Page, masked: str, texts: Sequence[Span]) -> list[SubtopicReading]:
    """Return the subtopics of one item, each from its title to the next one's, when there are at least two."""
    found: list[SubtopicReading] = []
    for start, end in texts:
        for rule in _RULES:
            for match in rule.finditer(masked, start, end):
                found.append(SubtopicReading(page.raw(*match.span("title")), *match.span("title")))
    return sorted(found, key=lambda topic: topic.start) if len(found) >= _LEAST else []
