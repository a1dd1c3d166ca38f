"""Places in a list that one row can take without touching the others: digits read as a fraction, so that there is
always room between two.
"""

from collections.abc import Iterator


def first_places(count: int) -> Iterator[str]:
    """Yield places for so many rows, in order."""
    width = len(str(count))
    for number in range(1, count + 1):
        yield f"{number:0{width}d}5"


def between(low: str, high: str) -> str:
    """Return a place behind `low` and before `high`; an empty text is the beginning or the end of the list.

    Raises:
        ValueError: `high` is not behind `low`.
    """
    if high and low >= high:
        raise ValueError(f"nothing lies between {low!r} and {high!r}")
    digits = ""
    position = 0
    while True:
        lower = int(low[position]) if position < len(low) else 0
        upper = int(high[position]) if high and position < len(high) else 10
        if upper - lower > 1:
            return digits + str((lower + upper) // 2)
        digits += str(lower)
        # One apart: whatever follows the lower digit stays below the upper bound.
        if upper > lower:
            high = ""
        position += 1
