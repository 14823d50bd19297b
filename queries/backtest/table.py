"""Hold what was predicted beside what happened, and sum it up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from chainshock.queries.assumptions import Rationing
from chainshock.queries.backtest.baselines import BASELINES
from chainshock.queries.backtest.outcomes import Event, Outcome, RankingTest
from chainshock.queries.backtest.scores import SignScore, auc, pair_order, rank_correlation, sign_score

__all__ = [
    "GROUPS",
    "RULES",
    "SMALLEST_EFFECT",
    "BacktestTable",
    "OrderRow",
    "OutcomeRow",
    "ScoreRow",
    "sign_of",
    "sign_of_change",
]

RULES: tuple[Rationing, ...] = ("proportional", "value", "priority")
GROUPS = ("miners and projects", "downstream firms", "countries and sectors")
SMALLEST_EFFECT = 1e-4  # share of revenue or value: a smaller difference predicts no effect
Role = Literal["test", "in sample", "negative control"]


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome: what happened (`sign`: -1 harm, 1 windfall, 0 neither), and what each predictor said.

    `predicted` holds the predicted change of exposure by rationing rule, `baselines` a sign by rule of thumb.
    `target` is None where the graph does not hold the entity; nothing is predicted then.
    """

    event: str
    role: Role
    entity: str
    kind: str
    impact: str
    sign: int
    confidence: str
    window: str
    line: int
    group: str
    target: str | None
    phase: str
    predicted: Mapping[str, float | None]
    baselines: Mapping[str, int]
    loss: float | None
    import_share: float | None
    signed_value: float | None
    is_scored: bool
    why: str

    @classmethod
    def of(
        cls,
        event: Event,
        outcome: Outcome,
        *,
        target: str | None,
        group: str,
        phase: str,
        predicted: Mapping[str, float | None],
        baselines: Mapping[str, int],
        why: str,
        loss: float | None = None,
        import_share: float | None = None,
    ) -> OutcomeRow:
        """Put an outcome and predictions together."""
        return cls(
            event=event.id,
            role=event.role,
            entity=outcome.entity,
            kind=outcome.kind,
            impact=outcome.impact or "",
            sign=sign_of(outcome),
            confidence=outcome.confidence,
            window=outcome.window,
            line=outcome.line,
            group=group,
            target=target,
            phase=phase,
            predicted=dict(predicted),
            baselines=dict(baselines),
            loss=loss,
            import_share=import_share,
            signed_value=outcome.signed_value,
            is_scored=outcome.is_scored,
            why=why,
        )

    def guess(self, predictor: str) -> int | None:
        """Give the sign that a rationing rule or a baseline predicts; None where it says nothing."""
        if predictor in self.baselines:
            return self.baselines[predictor]
        value = self.predicted.get(predictor)
        return None if value is None else sign_of_change(value)

    def to_dict(self) -> dict[str, Any]:  # Any: what JSON holds
        """Give the row as it stands in JSON."""
        return asdict(self)

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        flat = {key: value for key, value in asdict(self).items() if not isinstance(value, dict)}
        flat |= {f"predicted_{rule}": self.predicted.get(rule) for rule in RULES}
        return flat | {f"baseline_{name}": self.baselines.get(name) for name in BASELINES}


@dataclass(frozen=True)
class OrderRow:
    """One ranking test: pairs of entities whose order was right, of those that the graph holds."""

    event: str
    role: Role
    metric: str
    right: float
    pairs: int
    correlation: float
    entities: tuple[str, ...]
    missing: tuple[str, ...]

    @classmethod
    def of(
        cls,
        event: Event,
        test: RankingTest,
        found: Sequence[tuple[str, float, float]],
        missing: Sequence[str],
    ) -> OrderRow:
        """Score (entity, predicted, happened)."""
        predicted, happened = [f[1] for f in found], [f[2] for f in found]
        right, pairs = pair_order(predicted, happened)
        return cls(
            event=event.id,
            role=event.role,
            metric=test.metric,
            right=right,
            pairs=pairs,
            correlation=rank_correlation(predicted, happened),
            entities=tuple(f[0] for f in found),
            missing=tuple(missing),
        )


@dataclass(frozen=True)
class ScoreRow:
    """The sign score of one predictor on one group of outcomes."""

    role: str
    group: str
    predictor: str
    rows: int
    clusters: int
    events: int
    share: float
    low: float
    high: float

    @classmethod
    def of(cls, role: str, group: str, predictor: str, score: SignScore) -> ScoreRow:
        """Name a score."""
        return cls(role, group, predictor, **asdict(score))


@dataclass(frozen=True)
class BacktestTable:
    """All outcomes with predictions, and the scores made of them."""

    run: Mapping[str, Any]  # Any: what JSON holds
    rows: tuple[OutcomeRow, ...]
    orders: tuple[OrderRow, ...]

    @property
    def columns(self) -> list[str]:
        """Columns of the outcomes in CSV."""
        plain = [f.name for f in fields(OutcomeRow) if f.name not in {"predicted", "baselines"}]
        return [*plain, *(f"predicted_{rule}" for rule in RULES), *(f"baseline_{name}" for name in BASELINES)]

    def scores(self) -> list[ScoreRow]:
        """Give sign accuracy by role, group and predictor: the model under each rule, then the baselines."""
        found: list[ScoreRow] = []
        for role in ("test", "in sample"):
            for group in (*GROUPS, "all"):
                rows = [r for r in self.signed(role) if group in {r.group, "all"}]
                if not rows:
                    continue
                for predictor in (*RULES, *BASELINES):
                    hits = [(r.event, r.target or "", r.guess(predictor) == r.sign) for r in rows]
                    found.append(ScoreRow.of(role, group, predictor, sign_score(hits)))
        return found

    def signed(self, role: str) -> list[OutcomeRow]:
        """Give the rows whose sign is scored: harm or windfall, A or B, in the graph."""
        return [
            row
            for row in self.rows
            if row.role == role
            and row.is_scored
            and row.target is not None
            and row.guess(RULES[0]) is not None
        ]

    def misses(self) -> list[OutcomeRow]:
        """Give the scored rows whose sign the model had wrong under the default rule."""
        rows = [*self.signed("test"), *self.signed("in sample")]
        return [row for row in rows if row.guess(RULES[0]) != row.sign]

    def missing(self) -> list[OutcomeRow]:
        """Give the outcomes of episodes with scenarios that nothing in the graph answers to."""
        return [
            row
            for row in self.rows
            if row.is_scored
            and row.role != "negative control"
            and row.event not in self.run["without_scenario"]
            and (row.target is None or row.guess(RULES[0]) is None)
        ]

    def stoppages(self) -> dict[str, float | int]:
        """Give the chance that a firm that stopped was predicted to lose more than one that did not."""
        stopped, running = _stopped(self.rows)
        values = {
            name: [v for row in rows if (v := row.loss) is not None]
            for name, rows in _pairs(stopped, running)
        }
        direct = {
            name: [v for row in rows if (v := row.import_share) is not None]
            for name, rows in _pairs(stopped, running)
        }
        return {
            "stopped": len(values["stopped"]),
            "running": len(values["running"]),
            "auc": auc(values["stopped"], values["running"]),
            "auc_import_share": auc(direct["stopped"], direct["running"]),
        }

    def countries(self) -> dict[str, float | int]:
        """Correlate, over countries of an event, predicted exposure with how trade changed, in ranks."""
        rows = {
            (row.event, row.target): row
            for row in self.rows
            if row.kind == "trade_volume" and row.is_scored and "->" in row.entity and row.target is not None
        }
        pairs = [
            (value, row.signed_value, -(row.import_share or 0.0))
            for row in rows.values()
            if (value := row.predicted.get(RULES[0])) is not None and row.signed_value is not None
        ]
        happened = [pair[1] for pair in pairs]
        return {
            "countries": len(pairs),
            "spearman": rank_correlation([pair[0] for pair in pairs], happened),
            "spearman_import_share": rank_correlation([pair[2] for pair in pairs], happened),
        }

    def to_payload(self) -> dict[str, Any]:
        """Give all of it as JSON has it."""
        return {
            "run": dict(self.run),
            "scores": [asdict(row) for row in self.scores()],
            "stoppages": self.stoppages(),
            "countries": self.countries(),
            "orders": [asdict(row) for row in self.orders],
            "rows": [row.to_dict() for row in self.rows],
        }

    def to_flat_dicts(self) -> list[dict[str, Any]]:
        """Give the outcomes as CSV has them."""
        return [row.to_flat_dict() for row in self.rows]

    def order_share(self, role: str) -> tuple[float, int]:
        """Give the share of pairs in the right order, and how many pairs there are; NaN for none."""
        chosen = [row for row in self.orders if row.role == role]
        pairs = sum(row.pairs for row in chosen)
        return (sum(row.right for row in chosen) / pairs if pairs else math.nan), pairs


def sign_of(outcome: Outcome) -> int:
    """Give the sign of what happened to an entity: -1 harm, 1 windfall, 0 neither."""
    return {"harm": -1, "windfall": 1}.get(outcome.impact or "", 0)


def sign_of_change(value: float | None) -> int:
    """Give the sign of a predicted change; 0 for one too small to be an effect, or for none."""
    return 0 if value is None or abs(value) < SMALLEST_EFFECT else 1 if value > 0 else -1


def _stopped(rows: Iterable[OutcomeRow]) -> tuple[list[OutcomeRow], list[OutcomeRow]]:
    """Tell companies that stopped from those that did not, each company of an event once."""
    stopped: dict[tuple[str, str], OutcomeRow] = {}
    running: dict[tuple[str, str], OutcomeRow] = {}
    for row in rows:
        if row.target is None or row.group == GROUPS[2] or row.confidence == "C":
            continue
        key = row.event, row.target
        if row.kind == "production_stoppage" and row.sign < 0:
            stopped[key] = row
        elif row.kind == "no_stoppage_reported":
            running[key] = row
    return list(stopped.values()), [row for key, row in running.items() if key not in stopped]


def _pairs(
    stopped: list[OutcomeRow], running: list[OutcomeRow]
) -> tuple[tuple[str, list[OutcomeRow]], tuple[str, list[OutcomeRow]]]:
    return ("stopped", stopped), ("running", running)
