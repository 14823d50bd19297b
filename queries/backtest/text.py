"""Print a backtest: scores beside baselines, then every miss and every gap."""

from __future__ import annotations

import math
from collections import Counter

from chainshock.queries.backtest.baselines import BASELINES
from chainshock.queries.backtest.table import RULES, BacktestTable, OutcomeRow
from chainshock.queries.ranking import percent, wrap
from chainshock.queries.tables import Column, draw_table

__all__ = ["backtest_text"]

SIGNS = {-1: "down", 0: "none", 1: "up", None: "-"}


def backtest_text(table: BacktestTable, width: int = 100) -> str:
    """Write a backtest out for a terminal of a width in characters."""
    lines = wrap(
        f"{table.run['events']} events, scenario files of {table.run['folder']} · one set of parameters for "
        f"all · data edition {table.run['data_edition']}",
        width,
    )
    lines += [
        "",
        *wrap("Share of signs that were right, over (event, entity) pairs, 95 % Wilson interval", width),
    ]
    lines += ["", *_score_lines(table, width), ""]
    for name, meaning in BASELINES.items():
        lines += wrap(f"{name}: {meaning}", width)
    lines += ["", *_other_scores(table, width)]
    lines += ["", *_misses(table.misses(), width)]
    lines += ["", *_gaps(table, width)]
    return "\n".join(lines) + "\n"


def _score_lines(table: BacktestTable, width: int) -> list[str]:
    lines: list[str] = []
    for role in ("test", "in sample"):
        scores = [score for score in table.scores() if score.role == role]
        groups = list(dict.fromkeys(score.group for score in scores))
        if not groups:
            continue
        columns = [Column(role, None, least=24), *(Column(group, 22, "right") for group in groups)]
        first = {score.group: score for score in scores if score.predictor == RULES[0]}
        cells: list[list[str]] = [
            ["pairs (outcomes)", *(f"{first[g].clusters} ({first[g].rows})" for g in groups)]
        ]
        for predictor in (*RULES, *BASELINES):
            found = {score.group: score for score in scores if score.predictor == predictor}
            name = f"model, {predictor}" if predictor in RULES else f"rule {predictor}"
            shares = (
                f"{_share(found[g].share)} % ({_share(found[g].low)}-{_share(found[g].high)})" for g in groups
            )
            cells.append([name, *shares])
        lines += [*draw_table(columns, cells, width).rstrip("\n").split("\n"), ""]
    return lines[:-1]


def _other_scores(table: BacktestTable, width: int) -> list[str]:
    stop, places = table.stoppages(), table.countries()
    lines = wrap(
        f"Stopped or not: AUC {_number(stop['auc'])} over {stop['stopped']} firms that stopped and "
        f"{stop['running']} that did not (direct import share: {_number(stop['auc_import_share'])})",
        width,
    )
    lines += wrap(
        f"Countries: rank correlation with the change of trade {_number(places['spearman'])} over "
        f"{places['countries']} (direct import share: {_number(places['spearman_import_share'])})",
        width,
    )
    for role in ("test", "in sample"):
        share, pairs = table.order_share(role)
        if pairs:
            lines += wrap(f"Order of pairs, {role}: {percent(share, 0, sign=False)} of {pairs} right", width)
    for row in table.orders:
        if row.pairs:
            text = (
                f"{row.event}: {row.metric}: {row.right:g} of {row.pairs} pairs ({', '.join(row.entities)})"
            )
            lines += ["  " + line for line in wrap(text, width - 2)]
    return lines


def _misses(rows: list[OutcomeRow], width: int) -> list[str]:
    if not rows:
        return ["No misses"]
    lines = [f"Misses under {RULES[0]} rationing ({len(rows)})"]
    for row in rows:
        value = row.predicted.get(RULES[0])
        text = (
            f"{row.event}: {row.entity} ({row.window}): {row.impact}; predicted "
            f"{'nothing' if value is None else percent(value, 2)} since {row.phase}"
            + (f": {row.why}" if row.why else "")
        )
        lines += ["  " + line for line in wrap(text, width - 2)]
    return lines


def _gaps(table: BacktestTable, width: int) -> list[str]:
    lines: list[str] = []
    missing = Counter((row.event, row.entity) for row in table.missing())
    if missing:
        lines.append(f"Not in the graph, or without an activity in it ({sum(missing.values())} outcomes)")
        for (event, entity), count in missing.items():
            text = f"{event}: {entity}" + (f" ({count} outcomes)" if count > 1 else "")
            lines += ["  " + line for line in wrap(text, width - 2)]
    controls = [row for row in table.rows if row.role == "negative control"]
    if controls:
        events = sorted({row.event for row in controls})
        lines += wrap(
            f"Negative controls, no measure on trade, the model predicts no effect: {', '.join(events)} "
            f"({len(controls)} outcomes, which it does not explain)",
            width,
        )
    if table.run["without_scenario"]:
        lines += wrap(f"No scenario file, not scored: {', '.join(table.run['without_scenario'])}", width)
    return lines


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.0f}"


def _number(value: float) -> str:
    return "cannot tell" if math.isnan(value) else f"{value:.2f}"
