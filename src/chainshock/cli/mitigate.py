"""The command that values what an entity could do against a shock."""

from __future__ import annotations

from typing import Any

import click

from chainshock.cli.asking import warn
from chainshock.cli.options import (
    WEEKS,
    fact_options,
    format_of,
    output_options,
    store_options,
    substitution_option,
)
from chainshock.cli.output import progress, terminal_width, to_csv, to_json, write_text

__all__ = ["mitigate"]

TABLE_TOP = 10
DEFAULT_STEPS = 6
MOST_STEPS = 50


@click.command(short_help="Value what an entity could do against a scenario, within a budget.")
@click.option(
    "--for",
    "entity",
    required=True,
    metavar="ENTITY",
    help="A company, end use, country, facility or commodity: id, name, ticker, LEI, ISO code or Label:key.",
)
@click.option(
    "--budget",
    required=True,
    metavar="BUDGET",
    help='"12 weeks of stock", "500 t a year", "18 months", or with --costs "USD 5 m".',
)
@click.option("--costs", metavar="FILE", help="CSV of what moves cost, for a budget in money.")
@click.option("--scenario", metavar="NAME|FILE", help="What it is against. [default: october-2025-controls]")
@click.option(
    "--horizon",
    type=WEEKS,
    metavar="26w",
    help="Weeks to run. [default: the scenario's, or the months of the budget if more]",
)
@click.option(
    "--head-start",
    type=click.IntRange(0, 520),
    default=0,
    metavar="WEEKS",
    help="Weeks before the scenario's date in which work on the moves began. [default: 0]",
)
@click.option(
    "--steps",
    type=click.IntRange(1, MOST_STEPS),
    default=DEFAULT_STEPS,
    show_default=True,
    help="In how many steps the budget is spent.",
)
@click.option(
    "--top", type=click.IntRange(min=1), metavar="N", help="Show N moves. [default: 10 in a table, else all]"
)
@click.option(
    "--rationing",
    type=click.Choice(["proportional", "value", "priority"]),
    help="Who gets scarce goods. [default: proportional]",
)
@fact_options
@substitution_option
@store_options
@output_options
def mitigate(
    entity: str,
    budget: str,
    scenario: str | None,
    top: int | None,
    store: str | None,
    format_: str | None,
    header: bool,
    output: str,
    *,
    empty: bool,
    **given: Any,
) -> None:
    """Value what an entity could do against a scenario, within a budget.

    Weeks buy stock of its inputs, shared among them; tonnes a year buy a second source, a new plant or
    recycled material; months buy what is ready within them: second sources, grades without heavy rare earths,
    machines without magnets, plants, recycling. Money buys any of these at the costs of your own table, with
    the columns move, good, currency, fixed_cost, unit_cost. Each move stands with the loss that it avoids
    alone, then a plan that combines them, then how long each restricted input can be missed and when it is
    back.

    \b
    Example:
        chainshock mitigate --for ford-motor --budget "12 weeks of stock"
        chainshock mitigate --for wind_turbine_pm --budget "500 t a year" --head-start 104
        chainshock mitigate --for DEU --budget "18 months" --format json
        chainshock mitigate --for ford-motor --budget "USD 5 m" --costs costs.csv
    """
    from chainshock.api import open_dataset
    from chainshock.queries.scenario import DEFAULT_SCENARIO

    form = format_of(format_, output)
    with progress("measuring moves"):
        data = open_dataset(store, empty=empty)
        table = data.mitigate(entity, budget, scenario or DEFAULT_SCENARIO, **given)
    warn(table.run)
    table = table.first(TABLE_TOP if top is None and form == "table" else top)
    if form == "json":
        write_text(to_json(table.to_payload()), output)
    elif form == "csv":
        write_text(to_csv(table.columns, table.to_flat_dicts(), table.run if header else None), output)
    else:
        write_text(table.to_text(terminal_width()), output)
