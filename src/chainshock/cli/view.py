"""The command that writes the picture: one HTML file that explains an exposure without a server."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Unpack

import click

from chainshock.cli.asking import DEFAULT_SCENARIO, ExplainArguments, open_shock, warn
from chainshock.cli.options import FEWEST_SAMPLES, horizon_of, horizon_option, shock_options
from chainshock.cli.output import progress, row_progress, write_text
from chainshock.errors import FileProblem

if TYPE_CHECKING:
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
    drawing = _draw(scenario, compare, wanted, blocks, given)
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
    scenario: str | None, compare: str | None, wanted: Wanted, blocks: int, given: ExplainArguments
) -> Drawing:
    """Compute, explain, assemble and place."""
    from chainshock.graph.view.drawing import draw
    from chainshock.picture.assemble import assemble

    horizon = horizon_of(given)
    with progress("working out exposures"):
        shocks = [open_shock(scenario, given, horizon)]
        if compare is not None:
            like = {**given, "control": None, "severity": None}
            shocks.append(open_shock(compare, like, horizon, like=shocks[0]))
        for shock in shocks:
            warn(shock.run)
    with row_progress("explaining", "entities") as tick:
        picture = assemble(shocks, wanted, tick)
    return draw(picture, blocks)
