"""The command that holds the model to what happened."""

from __future__ import annotations

from pathlib import Path

import click

from chainshock.cli.options import format_of, output_options, store_options
from chainshock.cli.output import status_line, terminal_width, to_csv, to_json, write_text

__all__ = ["backtest"]


@click.command(short_help="Hold the model to what happened in recorded episodes.")
@click.argument("outcomes", metavar="OUTCOMES.json")
@click.option(
    "--scenarios",
    metavar="DIR",
    help="Scenario files: ID.toml for each event, ID@DATE.toml for what came later in it, ID.before.toml for "
    "what was in force before. [default: those of the shipped episodes]",
)
@store_options
@output_options
def backtest(
    *,
    outcomes: str,
    scenarios: str | None,
    store: str | None,
    empty: bool,
    format_: str | None,
    header: bool,
    output: str,
) -> None:
    """Hold the model to what happened in recorded episodes.

    Signs of harm and windfall of confidence A and B are scored for miners and projects, downstream firms,
    and countries and sectors, under each rationing rule, beside three rules without a model. Misses are
    listed with what misled, entities that the graph does not hold as gaps.

    \b
    Example:
        chainshock backtest events.json
        chainshock backtest events.json --scenarios my-episodes/ --format json
    """
    from chainshock.api import open_dataset
    from chainshock.backtest import backtest as run_backtest
    from chainshock.backtest import shipped_folder
    from chainshock.queries.backtest.outcomes import read_outcomes
    from chainshock.queries.backtest.text import backtest_text

    form = format_of(format_, output)
    events = read_outcomes(outcomes)
    dataset = open_dataset(store, empty=empty)
    folder = shipped_folder() if scenarios is None else Path(scenarios)
    with status_line() as say:
        table = run_backtest(dataset, events, folder, say)
        if form == "json":
            text = to_json(table.to_payload())
        elif form == "csv":
            text = to_csv(table.columns, table.to_flat_dicts(), table.run if header else None)
        else:
            text = backtest_text(table, terminal_width())
    write_text(text, output)
