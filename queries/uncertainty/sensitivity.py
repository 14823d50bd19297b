"""Say which inputs move a result most, from the samples there are.

For each grouped input the share of the result's variance that goes with it alone: the first-order index of
RBD-FAST, which needs no samples of its own. Inputs of pure noise show how large an index can be by chance;
what is not clearly larger is not told from it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from chainshock.errors import QueryError
from chainshock.graph.network.production import Floats

__all__ = ["FEWEST", "Influence", "Inputs", "check_ready", "influences"]

FEWEST = 100  # samples below which nothing could be told
HARMONICS = 10
RESAMPLES = 200
CONFIDENCE = 0.9  # the interval runs from 5 to 95 %
LIKELY = 5  # inputs with the largest index, for which an interval is worked out
NOISE_SEED = 20_250_404


@dataclass(frozen=True, eq=False)
class Inputs:
    """Grouped inputs of the samples.

    Attributes
    ----------
    members
        Names of the members of each group, by title of the group.
    values
        Their values in each sample, (samples, members), by title.
    """

    members: dict[str, tuple[str, ...]]
    values: dict[str, Floats]


@dataclass(frozen=True)
class Influence:
    """What one input does to one result.

    Attributes
    ----------
    input
        Title of the group.
    share
        Share of the variance that goes with the group alone; `low` to `high` is its 5 to 95 % interval.
    member, correlation
        The member with the strongest rank correlation with the result, and that correlation.
    """

    input: str
    share: float
    low: float
    high: float
    member: str
    correlation: float

    def to_dict(self) -> dict[str, Any]:  # Any: numbers and text
        """Give it as it stands in JSON."""
        return asdict(self)

    def __str__(self) -> str:
        member = "" if self.member == self.input else f"; {self.member} {self.correlation:+.2f}"
        return f"{self.input} {self.share:.2f} ({self.low:.2f} to {self.high:.2f}{member})"


def influences(inputs: Inputs, result: Floats) -> list[Influence]:
    """List the inputs that move a result more than noise can, largest first; none where that cannot be told.

    A group of several members counts as one number: the sum of its members' ranks, each weighted by its rank
    correlation with the result in the *other* half of the samples, so that a group of many cannot fit noise.
    As many inputs of noise as there are groups go through the same; an input is listed if the low end of its
    bootstrap interval (resamples of half the samples, hence cautious) exceeds what 95 % of the noise stays
    below.

    Parameters
    ----------
    inputs
        Grouped inputs.
    result
        One number per sample, (samples,).

    Raises
    ------
    QueryError
        SALib is not installed, or there are too few samples.

    References
    ----------
    Tarantola, S., Gatelli, D. and Mara, T. (2006), Random balance designs for the estimation of first order
    global sensitivity indices, Reliability Engineering and System Safety 91; bias correction of Tissot, J.-Y.
    and Prieur, C. (2012), the same journal 107; from given data: Plischke, E. (2010), the same journal 95.
    """
    check_ready(len(result))
    if np.ptp(result) <= 1e-12 * max(1.0, float(np.abs(result).max())):
        return []
    titles = list(inputs.members)
    scores = np.column_stack([_score(inputs.values[title], result) for title in titles])
    noise = np.random.default_rng(NOISE_SEED)
    null = np.column_stack([_score(noise.random(inputs.values[title].shape), result) for title in titles])
    index, _ = _first_order(scores, result, 2)
    chance = float(np.quantile(_first_order(null, result, 2)[0], 0.95))
    likely = np.argsort(-index, kind="stable")[:LIKELY]
    share, error = _first_order(scores[:, likely], result, RESAMPLES)
    found = []
    for place, value, half in zip(likely.tolist(), share.tolist(), error.tolist(), strict=True):
        if value - half > max(chance, 0.0):
            title = titles[place]
            member, correlation = _strongest(inputs.values[title], result)
            low, high = max(value - half, 0.0), min(value + half, 1.0)
            found.append(Influence(title, value, low, high, inputs.members[title][member], correlation))
    return found


def check_ready(samples: int) -> None:
    """Make sure that what moves a result can be told.

    Raises
    ------
    QueryError
        SALib is not installed, or there are too few samples.
    """
    if samples < FEWEST:
        raise QueryError(f"found {samples} samples, expected {FEWEST} or more to say what moves a result")
    _salib()


def _first_order(columns: Floats, result: Floats, resamples: int) -> tuple[Floats, Floats]:
    """Give the index of each column and half the width of its interval."""
    names = [str(place) for place in range(columns.shape[1])]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    with np.errstate(invalid="ignore", divide="ignore"):
        found = _salib().analyze(
            problem, columns, result, M=HARMONICS, num_resamples=resamples, conf_level=CONFIDENCE, seed=1
        )
    error = np.array(found["S1_conf"], dtype=float)
    error[~np.isfinite(error)] = np.inf  # the result stood still in some resample: its interval is unknown
    return np.nan_to_num(np.array(found["S1"], dtype=float)), error


def _salib() -> Any:  # Any: a module without types
    try:
        from SALib.analyze import rbd_fast  # noqa: PLC0415 - optional, and costs 0.8 s
    except ImportError as exc:
        raise QueryError(
            "found no SALib, expected it for --why-uncertain: pip install 'chainshock[uncertainty]'"
        ) from exc
    return rbd_fast


def _score(members: Floats, result: Floats) -> Floats:
    """Sum a group up as one number per sample, (samples,)."""
    if members.shape[1] == 1:
        only: Floats = members[:, 0]
        return only
    score = np.zeros(len(result))
    even = np.arange(len(result)) % 2 == 0
    for half in (even, ~even):
        weight = _correlations(members[~half], result[~half])
        weight[np.abs(weight) < 2.0 / np.sqrt(np.count_nonzero(~half))] = 0.0
        score[half] = _ranks(_ranks(members[half]) @ weight)
    return score


def _strongest(members: Floats, result: Floats) -> tuple[int, float]:
    """Give the member with the strongest rank correlation with the result."""
    correlation = _correlations(members, result)
    best = int(np.argmax(np.abs(correlation)))
    return best, float(correlation[best])


def _correlations(members: Floats, result: Floats) -> Floats:
    """Give Spearman's rank correlation of each member with the result, 0 for a constant one, (members,)."""
    a, b = _ranks(members), _ranks(result)
    size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
    product: Floats = a.T @ b
    np.divide(product, size, out=product, where=size > 0.0)
    product[size <= 0.0] = 0.0
    return product


def _ranks(values: Floats) -> Floats:
    """Give ranks about their mean, equal values sharing theirs, by column."""
    from scipy.stats import rankdata  # noqa: PLC0415 - costs 0.3 s

    ranks: Floats = rankdata(values, axis=0)
    ranks -= ranks.mean(axis=0)
    return ranks
