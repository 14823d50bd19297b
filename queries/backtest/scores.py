"""Score predictions against outcomes: signs, orders and stoppages.

Rows of one event on one entity are not independent: they form a cluster, whose hit share is the mean of its
rows'. The Wilson interval (Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
JASA 22 (1927), 209-212) is taken over clusters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

__all__ = ["SignScore", "auc", "pair_order", "rank_correlation", "sign_score", "wilson"]

Z = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True)
class SignScore:
    """Share of signs that were right, over clusters, with its 95 % interval; NaN where there are none."""

    rows: int
    clusters: int
    events: int
    share: float
    low: float
    high: float


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Give the Wilson 95 % interval of a share; (NaN, NaN) for none.

    Examples
    --------
    >>> low, high = wilson(8, 10)
    >>> round(low, 4), round(high, 4)
    (0.4902, 0.9433)
    """
    if n == 0:
        return math.nan, math.nan
    share = successes / n
    middle = share + Z * Z / (2 * n)
    half = Z * math.sqrt(max(0.0, share * (1 - share) / n) + Z * Z / (4 * n * n))
    whole = 1 + Z * Z / n
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def sign_score(rows: Sequence[tuple[str, str, bool]]) -> SignScore:
    """Score rows given as (event, entity, whether the sign was right)."""
    clusters: dict[tuple[str, str], list[bool]] = {}
    for event, entity, hit in rows:
        clusters.setdefault((event, entity), []).append(hit)
    n = len(clusters)
    hits = sum(sum(found) / len(found) for found in clusters.values())
    low, high = wilson(hits, n)
    return SignScore(
        rows=len(rows),
        clusters=n,
        events=len({event for event, _ in clusters}),
        share=hits / n if n else math.nan,
        low=low,
        high=high,
    )


def pair_order(predicted: Sequence[float], happened: Sequence[float]) -> tuple[float, int]:
    """Count pairs whose order was predicted: (right pairs, ties half; pairs that differ in what happened).

    Examples
    --------
    >>> pair_order([3.0, 2.0, 2.0], [9.0, 5.0, 1.0])
    (2.5, 3)
    """
    right, count = 0.0, 0
    for i, j in combinations(range(len(predicted)), 2):
        if happened[i] == happened[j]:
            continue
        count += 1
        product = (predicted[i] - predicted[j]) * (happened[i] - happened[j])
        right += 1.0 if product > 0 else 0.5 if product == 0 else 0.0
    return right, count


def auc(stopped: Sequence[float], not_stopped: Sequence[float]) -> float:
    """Give the chance that one who stopped was predicted worse than one who did not; NaN without both.

    Scores are losses, larger is worse; ties count half (Mann and Whitney).

    Examples
    --------
    >>> auc([0.3, 0.1], [0.1, 0.0])
    0.875
    """
    if not stopped or not not_stopped:
        return math.nan
    a, b = np.array(stopped)[:, None], np.array(not_stopped)[None, :]
    return float(((a > b) + 0.5 * (a == b)).mean())


def rank_correlation(predicted: Sequence[float], happened: Sequence[float]) -> float:
    """Give Spearman's rank correlation; NaN for fewer than three, or where one side is all ties."""
    if len(predicted) < 3:
        return math.nan
    from scipy.stats import rankdata  # noqa: PLC0415 - slow to import

    ranks = [rankdata(values) for values in (predicted, happened)]
    if any(np.ptp(found) == 0 for found in ranks):
        return math.nan
    first, second = (found - found.mean() for found in ranks)
    return float(first @ second / np.sqrt((first @ first) * (second @ second)))
