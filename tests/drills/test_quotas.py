"""Sharing a target out: together exactly the target, never negative, fair to the last place."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.quotas import share_out

WEIGHTS = st.lists(st.integers(0, 5000), min_size=1, max_size=40)


@given(st.integers(0, 100_000), WEIGHTS)
def test_the_shares_come_to_the_whole_and_none_is_negative(total: int, weights: list[int]) -> None:
    shares = share_out(total, weights)
    assert len(shares) == len(weights)
    assert sum(shares) == total
    assert min(shares) >= 0


@given(st.integers(0, 100_000), WEIGHTS)
def test_nobody_is_a_whole_drill_away_from_the_exact_share(total: int, weights: list[int]) -> None:
    used = weights if any(weights) else [1] * len(weights)
    for share, weight in zip(share_out(total, weights), used, strict=True):
        exact = total * weight / sum(used)
        assert abs(share - exact) < 1 + 1e-9
    # Who weighs nothing gets nothing.
    if any(weights):
        assert all(share == 0 for share, weight in zip(share_out(total, weights), weights, strict=True) if not weight)


@given(st.integers(0, 10_000), st.lists(st.integers(0, 500), min_size=2, max_size=20))
def test_who_weighs_more_never_gets_less(total: int, weights: list[int]) -> None:
    shares = share_out(total, weights)
    pairs = sorted(zip(weights, shares, strict=True))
    for (lighter, less), (heavier, more) in pairwise(pairs):
        assert less <= more or lighter == heavier


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (7, [0, 0], [4, 3]),
        (400, [216, 184], [216, 184]),
        (5, [50, 30, 20], [3, 1, 1]),
        (0, [3, 4], [0, 0]),
        (1, [1, 1, 1, 1], [1, 0, 0, 0]),
    ],
)
def test_by_hand(total: int, weights: list[int], shares: list[int]) -> None:
    assert share_out(total, weights) == shares


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [-1]), (1, [])])
def test_what_cannot_be_shared(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"nothing here|nobody"):
        share_out(total, weights)
