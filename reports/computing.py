"""Computing a quarter's report: facts in, content out. Nothing is stored here."""

from datetime import date

from reports.content import Content
from reports.facts import Facts, gather
from reports.quarters import Quarter
from reports.sections import breakdowns, drills, hazards, letters, next_steps, opening, overall, problems, targets


def compute(quarter: Quarter, today: date, *, replaces: str = "") -> Content:
    """Return figures, rows and sentences of a quarter as of its last day, or of today while it runs.

    The same data give the same content. Costs a fixed number of queries, whatever the number of tasks.

    Args:
        quarter: which.
        today: nothing later is counted.
        replaces: for a 更正版, the reason of the correction.

    Raises:
        UserError: see `reports.facts.gather`.
    """
    return compose(gather(quarter, today), replaces)


def compose(facts: Facts, replaces: str = "") -> Content:
    """Return figures, rows and sentences from facts that were read before."""
    content = Content(start=facts.start, as_of=facts.as_of)
    opening.add(facts, content, replaces)
    overall.add(facts, content)
    breakdowns.add_chapters(facts, content)
    breakdowns.add_units(facts, content)
    targets.add(facts, content)
    hazards.add(facts, content)
    drills.add(facts, content)
    letters.add(facts, content)
    problems.add(facts, content)
    next_steps.add(facts, content)
    return content
