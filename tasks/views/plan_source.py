"""The document's text in coloured pieces, for the check and for a published plan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks import reading_words
from tasks.models import Plan, PlanItem, PlanSection
from tasks.source_marks import Anchor, Mark, Piece, cut


def _marks(plan: Plan, items: Sequence[PlanItem], sections: Sequence[PlanSection]) -> Iterator[Mark]:
    for aside in asides_of(plan):
        yield Mark(aside.start, aside.end, "mark-noise", f"{aside.kind}，已剔除")
    for section in sections:
        yield Mark(section.start, section.end, "source-section")
    for item in items:
        for target in item.targets.all():
            if target.start is not None and target.end is not None:
                note = f"指标：{target.metric}{target.wanted}" + ("（不采用）" if target.dropped else "")
                yield Mark(target.start, target.end, "mark-target", note)
        for deadline in item.deadlines.all():
            yield Mark(deadline.start, deadline.end, "mark-deadline", f"时限：{deadline.meaning}")
        for mention in item.mentions.all():
            known = "" if mention.unit_id else "，单位表中没有"
            yield Mark(mention.start, mention.end, "mark-unit", f"单位（{mention.role_label}{known}）")


@dataclass(frozen=True, slots=True)
class Aside:
    """A stretch of the text that is set aside, and what it was taken for."""

    start: int
    end: int
    text: str
    kind: str

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.start}-{self.end}"


def asides_of(plan: Plan) -> list[Aside]:
    """Return what is set aside in a plan's text, in order."""
    return [
        Aside(
            row["start"],
            row["end"],
            plan.source_text[row["start"] : row["end"]],
            reading_words.NOISE_KINDS.get(row["reason"], "页面杂讯"),
        )
        for row in plan.noise
    ]


def _flag_marks(plan: Plan) -> Iterator[Mark]:
    for flag in plan.flags.all():
        if not flag.resolved:
            suggested = f"，疑为“{flag.suggested}”" if flag.suggested else ""
            yield Mark(flag.start, flag.end, "mark-flag", f"存疑：{flag.kind_label}{suggested}")


def pieces_of(
    plan: Plan,
    items: Sequence[PlanItem],
    sections: Sequence[PlanSection],
    current: PlanItem | None = None,
    *,
    with_flags: bool = True,
) -> list[Piece]:
    """Cut the text; `items` come with targets, deadlines and mentions, `plan` with its flags prefetched."""
    marks = list(_marks(plan, items, sections))
    if with_flags:
        marks += _flag_marks(plan)
    if current is not None:
        marks += [Mark(start, end, "source-current") for start, end in current.spans]
    anchors = [Anchor(item.start, item.start + max(len(item.marker), 1), item.pk, item.title) for item in items]
    return cut(plan.source_text, marks, anchors)


def source_pieces(plan: Plan, *, with_flags: bool) -> list[Piece]:
    """Read what is needed and cut the text of a plan; doubts of the reading are the office's own business."""
    items = list(plan.items.prefetch_related("targets", "deadlines", "mentions"))
    return pieces_of(plan, items, list(plan.sections.all()), with_flags=with_flags)
