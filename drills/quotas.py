"""Sharing a number out by weights: pure arithmetic."""

from collections.abc import Sequence


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to the weights by the method of largest remainders.

    Args:
        total: what is shared, 0 or more.
        weights: 0 or more each; all 0 shares alike.

    Returns:
        One number for each weight, none negative, together exactly `total`; of equal remainders the earlier goes first.

    Raises:
        ValueError: a negative number, or nobody to share with.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("nothing here may be negative")
    if not weights:
        raise ValueError("nobody to share with")
    used = list(weights) if any(weights) else [1] * len(weights)
    whole = sum(used)
    shares = [total * weight // whole for weight in used]
    left = total - sum(shares)
    by_remainder = sorted(range(len(used)), key=lambda place: -(total * used[place] % whole))
    for place in by_remainder[:left]:
        shares[place] += 1
    return shares
