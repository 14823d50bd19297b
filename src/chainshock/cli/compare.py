"""The command that sets scenarios beside each other: the difference of two, or the premium of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

import click

from chainshock.cli.asking import (
    KINDS,
    RankArguments,
    SampleArguments,
    apply_threshold,
    open_shock,
    sampling_of,
    show,
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
from chainshock.cli.output import progress, row_progress

if TYPE_CHECKING:
    from chainshock.queries.compare import CompareTable
    from chainshock.queries.premium import PremiumTable
    from chainshock.queries.rank import RankTable
    from chainshock.shock import Shock

__all__ = ["compare"]


@click.command(short_help="Compare two scenarios: who gains and who loses from A to B.")
@click.argument("scenarios", metavar="[A B]", nargs=-1)
@click.option(
    "--of", "kind", type=click.Choice(KINDS), default="companies", show_default=True, help="What to rank."
)
@click.option(
    "--weights",
    metavar="A=P,B=Q,...",
    help="Instead of A and B: probabilities of scenarios, one of which comes true; the premium is the "
    "exposure weighed by them.",
)
@click.option(
    "--then", metavar="A=P,B=Q,...", help="The probabilities after a headline: rows show what it re-prices."
)
@click.option(
    "--paths",
    type=click.IntRange(min=1),
    metavar="N",
    help="Say of each row what changed: the N largest flows and the paths through them. JSON has all.",
)
@horizon_option
@shock_options
@sample_options
@by_option("loss", "usd")
@row_options
@output_options
def compare(
    scenarios: tuple[str, ...],
    kind: str,
    weights: str | None,
    then: str | None,
    paths: int | None,
    **given: Unpack[RankArguments],
) -> None:
    """Compare two scenarios: who gains and who loses from A to B.

    Both are measured against no measures; the difference is B less A. A scenario is a name, a file, or a day.
    With --weights, scenarios are weighed by their probabilities; a part of a name will do.

    \b
    Example:
        chainshock compare october-2025-controls october-2025-truce --top 10
        chainshock compare --weights controls=.6,truce=.4 --then controls=.1,truce=.9
    """
    if given["control"] is not None or given["severity"] is not None:
        raise click.UsageError(
            "--control and --severity belong to rank and explain; compare takes two scenarios"
        )
    form = format_of(given["format_"], given["output"], draws=True)
    horizon = horizon_of(given)
    sampling = sampling_of(given)
    if weights is not None or then is not None:
        _check_weighed(scenarios, weights, sampling, paths)
        table_of = _premium(kind, str(weights), then, given, horizon)
        shown = show(table_of, form, given)
        apply_threshold([row.figure("loss") or 0.0 for row in shown.rows], given["fail_above"])
        return
    if len(scenarios) != 2:
        raise click.UsageError(f"found {len(scenarios)} scenarios, expected two: A and B, or --weights")
    before, after = scenarios
    with progress("working out exposures"):
        first = open_shock(before, given, horizon)
        second = open_shock(after, given, horizon, like=first)
        table = first.compare(second, kind)
    if sampling:
        with row_progress("sampling", "samples") as tick:
            table = first.compare(second, kind, **sampling, tick=tick)

    def with_changes(chosen: CompareTable) -> CompareTable:
        with row_progress("splitting differences", "rows") as tick:
            return first.changes(second, chosen, paths or 0, tick)

    table = show(table, form, given, None if paths is None else with_changes)
    apply_threshold([row.difference for row in table.rows], given["fail_above"])


def _check_weighed(
    scenarios: tuple[str, ...], weights: str | None, sampling: SampleArguments | None, paths: int | None
) -> None:
    """Refuse what does not go with probabilities."""
    if weights is None:
        raise click.UsageError("--then goes with --weights")
    if scenarios:
        raise click.UsageError("found A and B beside --weights, expected one of the two")
    if sampling:
        raise click.UsageError("--samples does not go with --weights")
    if paths is not None:
        raise click.UsageError("--paths goes with A and B, not with --weights")


def _premium(
    kind: str,
    weights: str,
    then: str | None,
    given: RankArguments,
    horizon: int | Literal["scenario"] | None,
) -> PremiumTable:
    """Rank under every scenario that has a probability, and weigh the rankings."""
    from chainshock.queries.premium import full_names, premium_table, read_weights
    from chainshock.queries.scenario import list_scenarios

    known = list_scenarios()
    now = read_weights(weights, "--weights")
    later = None if then is None else read_weights(then, "--then")
    meanings = full_names(now, known)
    if later is not None:  # a scenario may be called by its whole name here and by a part of it there
        called = {meant: name for name, meant in meanings.items()}
        later = {called.get(meant, name): later[name] for name, meant in full_names(later, known).items()}
    with progress("working out exposures"):
        tables: dict[str, RankTable] = {}
        like: Shock | None = None
        for name, meant in meanings.items():
            like = open_shock(meant, given, horizon, like=like)
            tables[name] = like.rank(kind, extras=())
        return premium_table(tables, now, later)
