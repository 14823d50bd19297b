"""The commands that look at what facts record over time, and at how the licence shape fits it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Unpack

import click

from chainshock.cli.asking import DEFAULT_SCENARIO, ShockArguments, open_shock, warn
from chainshock.cli.options import (
    DATE,
    WEEKS,
    format_of,
    known_option,
    output_options,
    shock_options,
    store_options,
)
from chainshock.cli.output import progress, terminal_width, to_csv, to_json, write_bytes, write_text
from chainshock.plots.figures import is_drawing

__all__ = ["fit", "prices", "signals"]

KINDS = ("exports", "prices", "stocks", "licences")


@click.command("signals")
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.option("--good", metavar="ID", help="Only this good: its id, a HS code, or the id of a measure.")
@click.option("--country", metavar="ISO3", help="Only this destination, market, holder or place of licences.")
@click.option("--from", "first", type=DATE, help="Only statements on this day or later.")
@click.option("--to", "last", type=DATE, help="Only statements on this day or earlier.")
@known_option("Day on which facts are known.")
@store_options
@output_options
def signals(
    *,
    kind: Literal["exports", "prices", "stocks", "licences"] | None,
    good: str | None,
    country: str | None,
    first: date | None,
    last: date | None,
    as_of: date | None,
    facts: Literal["known", "latest"],
    store: str | None,
    empty: bool,
    format_: str | None,
    header: bool,
    output: str,
) -> None:
    """Show what the facts record over time: monthly exports, prices, stocks, licences.

    Every statement is shown as it was made, with its source. Gaps stay gaps, and where two sources differ
    both are shown. `chainshock load tables` adds more: files named EXPORTS, PRICED_IN, HOLDS_STOCK or
    LICENSES.

    \b
    Example:
        chainshock scenario signals
        chainshock scenario signals exports --good 85051110 --country WLD --from 2025-01-01 -o magnets.svg
        chainshock scenario signals licences --format csv
    """
    from chainshock.api import open_dataset
    from chainshock.queries.signals.table import choose, select_signals

    form = format_of(format_, output, draws=True)
    if first is not None and last is not None and last < first:
        raise click.UsageError(f"found --to {last} before --from {first}, expected a later day")
    table = open_dataset(store, empty=empty).signals(
        None if kind is None else [kind], as_of=as_of, facts=facts
    )
    chosen = choose(table.series, good=good, country=country, first=first, last=last)
    table = select_signals(table, chosen, brief=kind is None and good is None and country is None)
    if is_drawing(form):
        from chainshock.plots.signals import draw_signals

        write_bytes(draw_signals(table, form), output)
    else:
        _write(table, form, output, header=header)


@click.command("fit")
@click.option("--from", "first", type=DATE, help="First month, by any day of it. [default: March 2025]")
@click.option("--to", "last", type=DATE, help="Last month, by any day of it. [default: September 2025]")
@click.option(
    "--baseline",
    type=click.FloatRange(min=0, min_open=True),
    metavar="T",
    help="Tonnes a month that count as 1. [default: 4842, the mean of 2024]",
)
@known_option("Day on which facts are known.")
@store_options
@output_options
def fit(
    *,
    first: date | None,
    last: date | None,
    baseline: float | None,
    as_of: date | None,
    facts: Literal["known", "latest"],
    store: str | None,
    empty: bool,
    format_: str | None,
    header: bool,
    output: str,
) -> None:
    """Fit the licence shape to recorded magnet exports and approval rates of 2025.

    Prints the shipped shape and the fitted one beside the record, month by month, with 90 % intervals and
    what the points do not settle. It changes nothing: the fitted figures are printed as assumptions of a
    scenario.

    \b
    Example:
        chainshock scenario fit
        chainshock scenario fit --to 2025-12-31 -o fit.svg
    """
    from chainshock.api import open_dataset
    from chainshock.queries.signals.evidence import FIRST_MONTH, LAST_MONTH

    form = format_of(format_, output, draws=True)
    months = (first or FIRST_MONTH, last or LAST_MONTH)
    if months[1] < months[0]:
        raise click.UsageError(f"found --to {months[1]} before --from {months[0]}, expected a later day")
    data = open_dataset(store, empty=empty)
    with progress("fitting"):
        table = data.fit_licence(as_of=as_of, facts=facts, months=months, baseline=baseline)
    if is_drawing(form):
        from chainshock.plots.fit import draw_fit

        write_bytes(draw_fit(table, form), output)
    else:
        _write(table, form, output, header=header)


@click.command("prices")
@click.argument("good")
@click.option("--scenario", metavar="NAME|FILE", help=f"Scenario to run. [default: {DEFAULT_SCENARIO}]")
@click.option(
    "--horizon",
    type=WEEKS,
    metavar="26w",
    help="Weeks to run. [default: the scenario's, 26w if none]",
)
@shock_options
@output_options
def prices(
    good: str,
    scenario: str | None,
    horizon: int | None,
    format_: str | None,
    header: bool,
    output: str,
    **given: Unpack[ShockArguments],
) -> None:
    """Show what a good costs outside and inside the issuer, week by week, beside the prices on record.

    The model's prices are multiples of those before; recorded ones stay in their own unit. Not a forecast.

    \b
    Example:
        chainshock scenario prices OX_DY --scenario april-2025
        chainshock scenario prices OX_DY --scenario april-2025 -o dysprosium.svg
    """
    form = format_of(format_, output, draws=True)
    with progress("working out prices"):
        table = open_shock(scenario, given, horizon or "scenario").prices(good)
    warn(table.run)
    if is_drawing(form):
        from chainshock.plots.prices import draw_prices

        write_bytes(draw_prices(table, form), output)
    else:
        _write(table, form, output, header=header)


def _write(table: Any, form: str, output: str, *, header: bool) -> None:  # Any: tables with a payload
    """Write a table as text, JSON or CSV."""
    if form == "json":
        write_text(to_json(table.to_payload()), output)
    elif form == "csv":
        write_text(to_csv(table.columns, table.to_flat_dicts(), table.run if header else None), output)
    else:
        write_text(table.to_text(terminal_width()), output)
