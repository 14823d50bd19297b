"""The commands that ask what a scenario does: rank and explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from chainshock.cli.asking import (
    DEFAULT_SCENARIO,
    KINDS,
    ExplainArguments,
    RankArguments,
    apply_threshold,
    check_order,
    extras_of,
    open_shock,
    sampling_of,
    show,
    warn,
)
from chainshock.cli.options import (
    by_option,
    format_of,
    horizon_of,
    horizon_option,
    output_options,
    row_options,
    sample_options,
    shock_options,
)
from chainshock.cli.output import (
    progress,
    row_progress,
    terminal_width,
    to_csv,
    to_json,
    write_bytes,
    write_text,
)
from chainshock.plots.figures import is_drawing

if TYPE_CHECKING:
    from chainshock.plots.figures import Drawing
    from chainshock.shock import Shock

__all__ = ["explain", "rank"]


@click.command(short_help="Rank who is harmed and who is favoured by a scenario.")
@click.argument("kind", type=click.Choice(KINDS), default="companies")
@click.option("--scenario", metavar="NAME|FILE", help=f"Scenario to run. [default: {DEFAULT_SCENARIO}]")
@horizon_option
@shock_options
@sample_options
@by_option("loss", "first-week", "survive", "usd")
@row_options
@click.option(
    "--plot",
    type=click.Choice(["bars", "weeks"]),
    default="bars",
    show_default=True,
    help="What -o x.png or x.svg draws: exposures as bars, or output lost by week.",
)
@output_options
def rank(kind: str, scenario: str | None, plot: str, **given: Unpack[RankArguments]) -> None:
    """Rank who is harmed and who is favoured by a scenario.

    Exposure is signed: below zero harmed, above zero favoured. A company's is a share of its whole revenue;
    that of a country, facility, end use or commodity is a share of its baseline value in the graph. It is a
    mean over the weeks of the run; --static ranks dependence instead, without stocks and without end.

    \b
    Example:
        chainshock rank companies --scenario april-2025 --top 15
        chainshock rank --control CHN:Dy,Tb:USA --severity 0.8 --only watchlist.txt
        chainshock rank end-uses --scenario april-2025 --plot weeks -o weeks.svg
    """
    form = format_of(given["format_"], given["output"], draws=True)
    if plot == "weeks":
        _check_weeks(form, given)
    horizon = horizon_of(given)
    check_order(given)
    sampling, extras = sampling_of(given), extras_of(form, given["by"])
    with progress("working out exposures"):
        shock = open_shock(scenario, given, horizon)
        table = shock.rank(kind, extras=extras)
    if sampling:
        with row_progress("sampling", "samples") as tick:
            table = shock.rank(kind, extras=extras, **sampling, tick=tick)
    table = show(table, form, given, by_week=shock if plot == "weeks" else None)
    apply_threshold([row.exposure for row in table.rows], given["fail_above"])


@click.command(short_help="Explain the exposure of one company, country, facility or end use.")
@click.argument("entity")
@click.option("--scenario", metavar="NAME|FILE", help=f"Scenario to run. [default: {DEFAULT_SCENARIO}]")
@horizon_option
@shock_options
@output_options
def explain(
    entity: str,
    scenario: str | None,
    format_: str | None,
    header: bool,
    output: str,
    **given: Unpack[ExplainArguments],
) -> None:
    """Explain the exposure of one company, country, facility or end use.

    Shows the parts and the paths that sum to the exposure, and for each step its facts, dates and sources;
    over weeks also when each path is felt, and what stocks give back. --static explains the run of
    rank --static instead. -o x.png or x.svg draws the output it loses by week, in all and by good.
    ENTITY is an id, a name, a ticker (F or F.XNYS) or a country code; Label:key settles an ambiguous one.

    \b
    Example:
        chainshock explain ford-motor --scenario october-2025-controls
        chainshock explain DEU --scenario april-2025 --horizon 13w
        chainshock explain DEU --scenario april-2025 -o weeks.svg
    """
    form = format_of(format_, output, draws=True)
    horizon = horizon_of(given)
    if is_drawing(form):
        _draw_weeks(entity, form, output, open_shock(scenario, given, horizon), static=given["static"])
        return
    with progress("explaining"):
        explanation = open_shock(scenario, given, horizon).explain(entity)
    warn(explanation.run)
    if form == "json":
        write_text(to_json(explanation.to_dict()), output)
    elif form == "csv":
        run = explanation.run if header else None
        write_text(to_csv(explanation.columns, explanation.to_flat_dicts(), run), output)
    else:
        write_text(explanation.to_text(terminal_width()), output)


def _check_weeks(form: str, given: RankArguments) -> None:
    """Refuse weeks that cannot be drawn before anything is computed."""
    if not is_drawing(form):
        raise click.UsageError(f"found --plot weeks with {form}, expected -o with a name in .png or .svg")
    if given["static"]:
        raise click.UsageError("found --plot weeks with --static, expected one of them: static has no weeks")


def _draw_weeks(entity: str, form: Drawing, output: str, shock: Shock, *, static: bool) -> None:
    """Draw the output that an entity loses by week."""
    if static:
        raise click.UsageError("found a drawing with --static, expected .json, .csv or .txt: it has no weeks")
    from chainshock.plots.weeks import draw_weeks
    from chainshock.weekly import entity_losses

    with progress("working out weeks"):
        losses = entity_losses(shock, entity)
    warn(losses.run)
    write_bytes(draw_weeks(losses, form), output)
