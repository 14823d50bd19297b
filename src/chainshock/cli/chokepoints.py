"""The command that finds what a network cannot do without."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import click

from chainshock.cli.options import (
    SHARE,
    fact_options,
    format_of,
    output_options,
    store_options,
    substitution_option,
)
from chainshock.cli.output import progress, terminal_width, to_csv, to_json, write_text

if TYPE_CHECKING:
    from chainshock.chokepoints import Chokepoints
    from chainshock.queries.answer_table import AnswerTable
    from chainshock.queries.assumptions import Substitution

__all__ = ["chokepoints"]

REMOVALS = ("stages", "facilities", "companies", "countries", "nodes", "edges")
OTHERS = ("single-points", "concentration", "supply-risk", "cut")
DEFAULT_SCENARIO = "no-measures"
TABLE_TOP = 10
GOES_WITH = {
    "--below": (*REMOVALS, "single-points"),
    "--good": ("concentration", "supply-risk"),
    "--from": ("cut",),
    "--to": ("cut",),
    "--in": ("cut",),
}


@click.command(short_help="Find what the rest of the network cannot do without.")
@click.argument("what", type=click.Choice([*REMOVALS, *OTHERS]), required=False)
@click.option(
    "--below", type=SHARE, help="An end use left with less than this of its output stops. [default: 0.5]"
)
@click.option(
    "--good",
    metavar="GOOD",
    help="This good (or element, with `supply-risk`), with `concentration` or `supply-risk`.",
)
@click.option("--from", "origin", metavar="COUNTRY", help="Origin to be cut off, with `cut`.")
@click.option("--to", "end_use", metavar="END-USE", help="End use to cut it off from, with `cut`.")
@click.option(
    "--in", "country", metavar="COUNTRY", help="Where that is made, with `cut`. [default: all but the origin]"
)
@click.option(
    "--top", type=click.IntRange(min=1), metavar="N", help="Show N rows. [default: 10 in a table, else all]"
)
@click.option(
    "--scenario", metavar="NAME|FILE", help=f"Measures in force throughout. [default: {DEFAULT_SCENARIO}]"
)
@fact_options
@substitution_option
@store_options
@output_options
def chokepoints(
    what: str | None,
    below: float | None,
    good: str | None,
    origin: str | None,
    end_use: str | None,
    country: str | None,
    top: int | None,
    format_: str | None,
    header: bool,
    output: str,
    **given: Any,
) -> None:
    """Find what the rest of the network cannot do without.

    stages (the default: all makers of one good in one country), facilities, companies, countries, nodes and
    edges are taken away one at a time and ranked by the end-use value that the rest then loses.
    single-points lists what stops an end use; concentration gives the Herfindahl-Hirschman index by good and
    destination; supply-risk shows tables of supply as published, their index and the EU's supply risk; cut
    finds the smallest set between an origin and an end use.

    \b
    Example:
        chainshock chokepoints facilities --top 15
        chainshock chokepoints single-points --below 0.25
        chainshock chokepoints concentration --good MAG_NDFEB_S
        chainshock chokepoints supply-risk --good Nd
        chainshock chokepoints cut --from CHN --to ev_traction_motor --in DEU
    """
    from chainshock.chokepoints import DEFAULT_BELOW

    what = what or ("cut" if origin or end_use else "stages")
    _check(what, {"--below": below, "--good": good, "--from": origin, "--to": end_use, "--in": country})
    form = format_of(format_, output)
    with progress("looking for chokepoints"):
        found = _open(**given)
        table: AnswerTable[Any]
        if what == "single-points":
            table = found.single_points(below=DEFAULT_BELOW if below is None else below)
        elif what == "concentration":
            whole = found.concentration(good)
            table = whole.world() if good is None and form == "table" else whole
        elif what == "supply-risk":
            table = found.supply_risk(good)
        elif what == "cut":
            table = found.cut(str(origin), str(end_use), country)
        else:
            table = found.remove(what, below=DEFAULT_BELOW if below is None else below)
    table = table.first(TABLE_TOP if top is None and form == "table" else top)
    if form == "json":
        write_text(to_json(table.to_payload()), output)
    elif form == "csv":
        write_text(to_csv(table.columns, table.to_flat_dicts(), table.run if header else None), output)
    else:
        write_text(table.to_text(terminal_width()), output)


def _check(what: str, given: Mapping[str, object]) -> None:
    """Refuse options that do not go with what is asked for.

    Raises
    ------
    click.UsageError
        An option belongs to another question, or one is missing.
    """
    for option, value in given.items():
        if value is not None and what not in GOES_WITH[option]:
            raise click.UsageError(f"{option} goes with {', '.join(GOES_WITH[option])}; found {what}")
    if what == "cut" and (given["--from"] is None or given["--to"] is None):
        raise click.UsageError("cut needs --from COUNTRY and --to END-USE")


def _open(
    scenario: str | None,
    as_of: date | None,
    facts: Literal["known", "latest"] | None,
    substitution: Substitution | None,
    store: str | None,
    *,
    empty: bool,
) -> Chokepoints:
    """Open the facts that the options describe."""
    from chainshock.api import open_dataset

    data = open_dataset(store, empty=empty)
    return data.chokepoints(scenario or DEFAULT_SCENARIO, as_of=as_of, facts=facts, substitution=substitution)
