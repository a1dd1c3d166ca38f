"""Markup of the smallest components, which stand on a page hundreds of times: written here, not by a template each."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core.ui import DueText

_LAMP = (
    '<span class="lamp lamp-{}" title="{}"><span class="lamp-mark" aria-hidden="true">{}</span>'
    '<span class="lamp-word">{}</span><span class="lamp-reason"><span class="lamp-colon">：</span>{}</span></span>'
)
_ICON = (
    '<svg class="icon" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
    '<use href="{}#{}"></use></svg>'
)
_PROGRESS = (
    '<span class="progress-plan{}"><svg class="progress-plan-bar" viewBox="0 0 100 10" preserveAspectRatio="none" '
    'aria-hidden="true" focusable="false"><rect class="progress-plan-ground" x="0" y="2" width="100" height="6"></rect>'
    '<rect class="progress-plan-done" x="0" y="2" width="{}" height="6"></rect>{}</svg>'
    '<span class="progress-plan-words">{}{}</span></span>'
)
_MARK = '<line class="progress-plan-mark" x1="{0}" x2="{0}" y1="0" y2="10"></line>'


def icon(name: str) -> SafeString:
    """Return the icon of the sprite."""
    return format_html(_ICON, static("vendor/icons.svg"), name)


def choices(groups: Iterable[tuple[str | None, Iterable[Mapping[str, Any]], int]]) -> SafeString:
    """Return the choices of a select, grouped as Django's widget has them."""
    parts: list[str] = []
    for group, options, _ in groups:
        drawn = "".join(_choice(option) for option in options)
        parts.append(format_html('<optgroup label="{}">{}</optgroup>', group, mark_safe(drawn)) if group else drawn)
    return mark_safe("\n".join(parts))


def _choice(option: Mapping[str, Any]) -> str:
    attributes = flatatt(option["attrs"]) if option["attrs"] else ""
    value = conditional_escape(str(option["value"]))
    return f'<option value="{value}"{attributes}>{conditional_escape(option["label"])}</option>\n'


def lamp(colour: str, mark: str, word: str, reason: str) -> SafeString:
    """Return a lamp with its mark, its word and, in the title and in print, its reason."""
    return format_html(_LAMP, colour, reason, mark, word, reason)


def badge(text: object, tone: str) -> SafeString:
    """Return a short word on a tinted ground."""
    return format_html('<span class="badge-word tone-{}">{}</span>', tone, text)


def due(day: date | None, words: DueText) -> SafeString:
    """Return a deadline in words."""
    inner = words.text if day is None else format_html('<time datetime="{}">{}</time>', day.isoformat(), words.text)
    return format_html('<span class="due due-{}">{}</span>', words.tone, inner)


def progress(done: str, mark: str | None, percent: str, planned: str, *, behind: bool) -> SafeString:
    """Return a bar of progress.

    Args:
        done: width of the bar, 0–100.
        mark: where the plan wants it, 0–100; None for no plan.
        percent: progress in words; empty for nothing reported.
        planned: the plan in words; empty for none.
        behind: less than the plan wants.
    """
    line = "" if mark is None else format_html(_MARK, mark)
    wanted = format_html('<span class="progress-plan-planned">应达 {}</span>', planned) if planned else ""
    return format_html(_PROGRESS, " is-behind" if behind else "", done, line, percent or "未填报", wanted)
