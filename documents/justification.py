"""Even right edges for Chinese text in PDFs.

The PDF engine justifies a line by widening its spaces, and Chinese has none: wherever a number or a closing mark
does not fit, the line would end up to a character short. Official documents end their lines evenly, so the missing
part is shared among the characters of the line instead.
"""

from importlib import import_module
from typing import Any

# A line that lacks more than this share of a character per gap is left as it is (long addresses, numbers).
_WIDEST_GAP = 0.2


def spread_characters() -> None:
    """Make the PDF engine justify by characters.

    Replaces one function of WeasyPrint that is not public; the version is pinned, and a test measures the right
    edge. Without the replacement documents are only less even.
    """
    inline: Any = import_module("weasyprint.layout.inline")
    inline.justify_line = _justify_line


def _justify_line(context: Any, line: Any, extra_width: float) -> None:
    """Share `extra_width` (pixels) among the characters of `line`, a line box whose last character stays put."""
    texts = [box for box in line.descendants() if _is_text(box)]
    gaps = sum(len(box.text) for box in texts) - 1
    if gaps < 1 or extra_width / gaps > _WIDEST_GAP * texts[0].style["font_size"]:
        return
    _widen(context, line, extra_width / gaps, 0, texts[-1])


def _is_text(box: Any) -> bool:
    boxes: Any = import_module("weasyprint.formatting_structure.boxes")
    return isinstance(box, boxes.TextBox) and bool(box.text)


def _widen(context: Any, box: Any, gap: float, shift: float, last: Any) -> float:
    """Move `box` right by `shift` and widen its text by `gap` a character; return the shift of what follows."""
    boxes: Any = import_module("weasyprint.formatting_structure.boxes")
    line_break: Any = import_module("weasyprint.text.line_break")
    if _is_text(box):
        box.position_x += shift
        spacing = box.style["letter_spacing"]
        box.style = box.style.copy()
        box.style["letter_spacing"] = (0 if spacing == "normal" else spacing) + gap
        box.pango_layout = line_break.create_layout(box.text, box.style, context, None, 0)
        box.pango_layout.deactivate()
        added = gap * (len(box.text) - (box is last))
        box.width += added
        return shift + added
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += shift
        before = shift
        for child in box.children:
            if child.is_in_normal_flow():
                shift = _widen(context, child, gap, shift, last)
        box.width += shift - before
        return shift
    box.translate(shift, 0)
    return shift
