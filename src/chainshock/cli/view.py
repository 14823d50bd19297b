"""The command that writes the picture: one HTML file that explains an exposure without a server."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Unpack

import click

from chainshock.cli.asking import DEFAULT_SCENARIO, ExplainArguments, open_shock, warn
from chainshock.cli.neo4j_options import connection_of, connection_options
from chainshock.cli.options import FEWEST_SAMPLES, horizon_of, horizon_option, shock_options
from chainshock.cli.output import progress, row_progress, write_text
from chainshock.errors import FileProblem, StoreUnavailable

if TYPE_CHECKING:
    from chainshock.api import Dataset
    from chainshock.graph.view.drawing import Drawing
    from chainshock.picture.assemble import Wanted

__all__ = ["view"]

STAGES = ("mine", "concentrate", "separation", "metal", "magnet", "component", "end-use", "company")


@click.command(short_help="Write the picture: one HTML file that explains an exposure, offline.")
@click.argument("out", metavar="OUT.html")
@click.option("--scenario", metavar="NAME|FILE", help=f"Scenario to show. [default: {DEFAULT_SCENARIO}]")
@click.option(
    "--compare", metavar="NAME|FILE", help="A second scenario: the page shows both and the difference."
)
@click.option("--focus", metavar="ENTITY", help="Company, country, facility, end use or good to open on.")
@click.option(
    "--top",
    type=click.IntRange(min=1, max=50),
    default=6,
    show_default=True,
    help="Companies of each end of the ranking, and largest in USD, that stand by themselves; they and as "
    "many end uses are explained path by path.",
)
@click.option(
    "--stage",
    "stages",
    type=click.Choice(STAGES),
    multiple=True,
    help="Draw only this stage of the chain; give several times. [default: all]",
)
@click.option("--neighbourhood", metavar="ENTITY", help="Draw only what is a few links up or down from this.")
@click.option("--steps", type=click.IntRange(min=1, max=20), help="Links for --neighbourhood. [default: 2]")
@click.option(
    "--blocks",
    type=click.IntRange(min=50, max=20_000),
    default=1500,
    show_default=True,
    help="Blocks drawn at the widest detail; the rest stays in groups that open.",
)
@click.option("--svg", metavar="FILE", help="Write the same picture as SVG too.")
@click.option(
    "--samples",
    type=click.IntRange(min=FEWEST_SAMPLES),
    metavar="N",
    help="Run N times with assumptions drawn from their ranges; companies and end uses show intervals.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, metavar="N", help="Seed of the samples.")
@click.option(
    "--from-neo4j", is_flag=True, help="Take the facts from a Neo4j server, as `neo4j push` left them."
)
@connection_options
@click.option("--graph", metavar="NAME", help="Name of the graph there. [default: chainshock]")
@horizon_option
@shock_options
def view(
    out: str,
    scenario: str | None,
    compare: str | None,
    focus: str | None,
    top: int,
    stages: tuple[str, ...],
    neighbourhood: str | None,
    steps: int | None,
    blocks: int,
    svg: str | None,
    samples: int | None,
    seed: int,
    from_neo4j: bool,
    uri: str | None,
    user: str | None,
    graph: str | None,
    **given: Unpack[ExplainArguments],
) -> None:
    """Write the picture: one HTML file that explains an exposure, offline.

    The file needs nothing but a browser and asks nothing of any network: mine to company from left to right,
    sentences, facts and sources for each block, weeks to play, a ranking beside it.

    \b
    Example:
        chainshock view picture.html --scenario october-2025-controls --focus "Ford Motor"
        chainshock view both.html --compare october-2025-truce --svg both.svg
    """
    from chainshock.picture.assemble import Wanted

    _check_names(out, svg, neighbourhood, steps)
    wanted = Wanted(
        top=top,
        focus=focus or "",
        stages=stages,
        around=neighbourhood or "",
        steps=steps or 2,
        samples=samples or 0,
        seed=seed,
        jobs=os.cpu_count() or 1,
    )
    if not from_neo4j and (uri or user or graph):
        raise click.UsageError("--uri, --user and --graph go with --from-neo4j")
    if from_neo4j and (given["store"] or given["empty"]):
        raise click.UsageError(
            "found --store or --empty beside --from-neo4j, expected one origin of the facts"
        )
    data = _from_neo4j(uri, user, graph) if from_neo4j else None
    drawing = _draw(scenario, compare, wanted, blocks, given, data)
    from chainshock.graph.view.page import page_of

    text = page_of(drawing)
    if svg is not None:
        from chainshock.graph.view.svg import svg_of

        write_text(svg_of(drawing), svg)
    write_text(text, out)
    count = len(drawing.drawn)
    whole = sum(not drawing.tree.children.get(block) for block in drawing.order)
    click.echo(
        f"{out}: {count} blocks and {len(drawing.links)} links drawn of {whole} and "
        f"{len(drawing.picture.links)}, {len(text.encode()) / 1e6:.1f} MB",
        err=True,
    )


def _check_names(out: str, svg: str | None, neighbourhood: str | None, steps: int | None) -> None:
    """Refuse what makes no sense before anything is computed."""
    suffix = PurePath(out).suffix.lower()
    if out != "-" and suffix not in {".html", ".htm"}:
        hint = "; --svg FILE writes the picture as SVG" if suffix == ".svg" else ""
        raise click.UsageError(f"found {out!r}, expected a name ending in .html{hint}")
    if svg is not None and svg != "-" and PurePath(svg).suffix.lower() != ".svg":
        raise click.UsageError(f"--svg: found {svg!r}, expected a name ending in .svg")
    if out == "-" and svg == "-":
        raise click.UsageError("found - for both the page and --svg, expected a file for one of them")
    for name in (out, svg):
        folder = PurePath(name or "-").parent
        if not Path(folder).is_dir():
            raise FileProblem(str(folder), "no such folder", "a folder to write to")
    if steps is not None and neighbourhood is None:
        raise click.UsageError("--steps goes with --neighbourhood")


def _draw(
    scenario: str | None,
    compare: str | None,
    wanted: Wanted,
    blocks: int,
    given: ExplainArguments,
    data: Dataset | None,
) -> Drawing:
    """Compute, explain, assemble and place."""
    from chainshock.graph.view.drawing import draw
    from chainshock.picture.assemble import assemble

    horizon = horizon_of(given)
    with progress("working out exposures"):
        shocks = [open_shock(scenario, given, horizon, data=data)]
        if compare is not None:
            like = {**given, "control": None, "severity": None}
            shocks.append(open_shock(compare, like, horizon, like=shocks[0]))
        for shock in shocks:
            warn(shock.run)
    with row_progress("explaining", "entities") as tick:
        picture = assemble(shocks, wanted, tick)
    return draw(picture, blocks)


def _from_neo4j(uri: str | None, user: str | None, graph: str | None) -> Dataset:
    """Take the facts of a graph that was pushed to a Neo4j server.

    Raises
    ------
    StoreUnavailable
        There is no server, or no such graph on it.
    """
    from chainshock.api import Dataset
    from chainshock.graph.stores.neo4j import Neo4jStore
    from chainshock.graph.stores.neo4j_shape import GRAPH

    found = connection_of(uri, user)
    name = graph or GRAPH
    with progress("reading from Neo4j"), Neo4jStore(found.uri, found.user, found.password, name) as store:
        if store.size() is None:
            wanted = "one: `chainshock neo4j push` brings it there"
            raise StoreUnavailable(f"{found.uri}: found no graph {name!r}, expected {wanted}")
        return Dataset(store.view().facts())
