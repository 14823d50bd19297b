"""The command that runs the ESRI family on anyone's network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack

import click

from chainshock.cli.cascade_spark import SparkArguments, given_spark_options, spark_options, spark_scores
from chainshock.cli.options import format_of, output_options
from chainshock.cli.output import csv_lines, row_progress, status_line, terminal_width, to_json, write_text

if TYPE_CHECKING:
    from chainshock.graph.network.bare import Names, NodeLosses
    from chainshock.queries.propagation.cascade.arrays import Model
    from chainshock.queries.propagation.cascade.run import Cascade, Kernel, Stop

__all__ = ["cascade"]

COLUMNS = ["scenario", "esri", "esri_down", "esri_up", "iterations", "stop"]
LOSS_COLUMNS = ["scenario", "node", "loss_down", "loss_up"]


class CascadeArguments(SparkArguments):
    """Values of the options of `cascade`."""

    engine: Literal["local", "spark"]
    shocks: str | None
    each_node: bool
    model: Model
    replaceability: str
    stop: Stop
    eps: float
    kernel: Kernel
    losses: str | None
    cache: bool
    format_: str | None
    header: bool
    output: str


@click.command(short_help="Run the ESRI cascade on a network of your own.")
@click.argument("network_dir", metavar="NETWORK_DIR")
@click.option("--shocks", metavar="FILE", help="Losses: scenario, node, loss (CSV or Parquet).")
@click.option("--each-node", is_flag=True, help="Close each node in turn.")
@click.option(
    "--model",
    type=click.Choice(["linear", "leontief", "generalized-leontief"]),
    default="generalized-leontief",
    show_default=True,
    help="How inputs combine.",
)
@click.option(
    "--replaceability",
    type=click.Choice(["market-share", "none"]),
    default="market-share",
    show_default=True,
    help="Whether others of the sector can stand in.",
)
@click.option(
    "--stop",
    type=click.Choice(["eps", "fixed-point"]),
    default="eps",
    show_default=True,
    help="Stop when no node falls by more than eps in a sweep, as published, or go to the fixed point, "
    "whatever eps and kernel are.",
)
@click.option(
    "--eps",
    type=click.FloatRange(0, 1),
    default=0.01,
    show_default=True,
    help="Where sweeps stop; part of the model.",
)
@click.option(
    "--kernel",
    type=click.Choice(["auto", "reference", "packed", "frontier", "columns"]),
    default="auto",
    show_default=True,
    help="How sweeps are computed; all give the same. All but reference need the extra 'fast'.",
)
@click.option("--losses", metavar="FILE", help="Also write what each node loses, as CSV.")
@click.option("--cache/--no-cache", default=True, help="Keep large networks compiled. [default: cache]")
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="Where it runs; spark needs the extra 'spark' and Java 17, and answers the same.",
)
@spark_options
@output_options
def cascade(network_dir: str, **given: Unpack[CascadeArguments]) -> None:
    """Run the ESRI cascade on a network of your own.

    The folder holds nodes, edges and, for generalized-leontief, essentiality, as CSV or Parquet. CSV rows are
    written as they are found. With --engine spark it may be a URI or table:SCHEMA, and --losses is a folder
    of Parquet.

    \b
    Example:
        chainshock cascade my-network --shocks shocks.csv
        chainshock cascade my-network --each-node --stop fixed-point -o scores.csv
        chainshock cascade my-network --engine spark --shocks shocks.parquet --losses lost.parquet
    """
    if (given["shocks"] is None) == (not given["each_node"]):
        raise click.UsageError("expected either --shocks FILE or --each-node")
    if given["losses"] and given["kernel"] == "columns":
        raise click.UsageError("--kernel columns gives scores alone; --losses takes another kernel")
    if given["losses"] and _same(given["losses"], given["output"]):
        raise click.UsageError("found one place for --losses and -o, expected two")
    if math.isnan(given["eps"]):
        raise click.UsageError("--eps: found nan, expected a number from 0 to 1")
    if given["engine"] == "spark":
        _on_spark(network_dir, given)
        return
    if foreign := given_spark_options(given):
        raise click.UsageError(f"{', '.join(foreign)}: found --engine local, expected --engine spark")
    from chainshock.graph.network.bare import read_shocks
    from chainshock.queries.propagation.cascade.run import Cascade

    form = format_of(given["format_"], given["output"])
    with status_line() as say:
        ids, arrays = _open(network_dir, given, say)
        engine = Cascade(arrays)
        chosen = read_shocks(given["shocks"], ids) if given["shocks"] else None
    total = len(ids) if chosen is None else len(chosen)
    shocks = engine.each_node(ids) if chosen is None else iter(chosen)
    with ExitStack() as stack:
        tick = stack.enter_context(row_progress("cascade"))
        scores = _scores(stack, engine, ids, shocks, given, single=total == 1)
        rows = _counted((asdict(score) for score in scores), total, tick)
        _write(rows, form, given, _run(engine, given, many=total > 1))


def _on_spark(source: str, given: CascadeArguments) -> None:
    """Run on Spark; nodes and edges stay with the executors."""
    if given["each_node"]:
        raise click.UsageError("--each-node: found --engine spark, expected --shocks FILE or --engine local")
    if given["kernel"] != "auto":
        raise click.UsageError(f"--kernel {given['kernel']}: found --engine spark, which has one of its own")
    if given["transactions"] != (given["network_out"] is not None):
        raise click.UsageError("expected --transactions and --network-out together, or neither")
    form = format_of(given["format_"], given["output"])
    stop: Stop = given["stop"]
    with ExitStack() as stack:
        sizes, scores = spark_scores(
            stack, source, str(given["shocks"]), given,
            model=given["model"], replaceability=given["replaceability"] == "market-share",
            stop=stop, eps=given["eps"], losses=given["losses"],
        )  # fmt: skip
        rows = [asdict(score) for score in scores]
    run = {
        "model": given["model"],
        "replaceability": given["replaceability"],
        "stop": "fixed-point" if stop == "fixed-point" else f"eps={given['eps']:.12g}",
        "kernel": "spark",
        **sizes,
    }
    if given["format_"] is None and given["output"].endswith(".parquet"):
        _write_parquet(rows, given["output"])
        return
    _write(rows, form, given, run)


def _write_parquet(rows: list[dict[str, object]], output: str) -> None:
    import polars as pl

    from chainshock.graph.exports.base import open_whole

    with open_whole(output) as file:
        pl.DataFrame({column: [row[column] for row in rows] for column in COLUMNS}).write_parquet(file)


def _same(one: str, other: str) -> bool:
    return one == other or ("-" not in (one, other) and Path(one).resolve() == Path(other).resolve())


def _open(folder: str, given: CascadeArguments, say: Callable[[str], None]) -> tuple[Names, Any]:
    import platformdirs

    from chainshock.queries.cascades import open_network

    say("reading and compiling the network")
    cache = Path(platformdirs.user_cache_dir("chainshock")) / "networks" if given["cache"] else None
    replaceability = given["replaceability"] == "market-share"
    found = open_network(folder, given["model"], replaceability=replaceability, cache=cache)
    return found.ids, found.arrays


def _scores(
    stack: ExitStack,
    engine: Cascade,
    ids: Names,
    shocks: Iterator[NodeLosses],
    given: CascadeArguments,
    *,
    single: bool,
) -> Iterator[Any]:
    """Give scores one by one; write the losses of nodes beside them where asked for."""
    stop, eps, kernel = given["stop"], given["eps"], given["kernel"]
    if given["losses"] is None and not (single and kernel != "columns"):
        yield from engine.run_many(shocks, stop=stop, eps=eps, kernel=kernel)
        return
    write = None
    if given["losses"] is not None:
        from chainshock.graph.exports.base import open_whole

        file = stack.enter_context(open_whole(given["losses"]))
        write = file.write
        write(next(csv_lines(LOSS_COLUMNS, ())).encode())
    with status_line() as say:
        for shock in shocks:

            def tick(sweeps: int, moved: float) -> None:
                say(f"sweep {sweeps}, largest fall {moved:.2g}; stops at {eps:g} {_bar(moved, eps)}")

            found = engine.run(shock, stop=stop, eps=eps, kernel=kernel, tick=tick if single else None)
            if write is not None:
                left = zip(ids, found.hd, found.hu, strict=True)
                lost = ((shock.name, str(node), float(1 - hd), float(1 - hu)) for node, hd, hu in left)
                rows = (dict(zip(LOSS_COLUMNS, row, strict=True)) for row in lost)
                for line in csv_lines(LOSS_COLUMNS, rows, heading=False):
                    write(line.encode())
            yield found.score


def _run(engine: Cascade, given: CascadeArguments, *, many: bool) -> dict[str, object]:
    fixed = given["stop"] == "fixed-point"
    wanted: Kernel = "reference" if fixed else given["kernel"]
    return {
        "model": given["model"],
        "replaceability": given["replaceability"],
        "stop": "fixed-point" if fixed else f"eps={given['eps']:.12g}",
        "kernel": engine.chosen(wanted, many=many and not given["losses"]),
        "nodes": engine.arrays.n,
        "edges": engine.arrays.edges,
    }


def _write(
    rows: Iterable[dict[str, object]], form: str, given: CascadeArguments, run: dict[str, object]
) -> None:
    output = given["output"]
    if form == "json":
        write_text(to_json({"run": run, "rows": list(rows)}), output)
    elif form == "csv":
        from chainshock.graph.exports.base import open_whole

        with open_whole(output) as file:
            for line in csv_lines(COLUMNS, rows, run if given["header"] else None):
                file.write(line.encode())
    else:
        from chainshock.queries.tables import Column, draw_table

        cells = [
            [f"{v:.6f}" if isinstance(v, float) else str(v) for v in (row[c] for c in COLUMNS)]
            for row in rows
        ]
        columns = [Column(name, 12) for name in COLUMNS[1:]]
        write_text(draw_table([Column("scenario", 30), *columns], cells, terminal_width()), output)


def _counted(
    rows: Iterable[dict[str, object]], total: int, tick: Callable[[int, int], None] | None
) -> Iterator[dict[str, object]]:
    for number, row in enumerate(rows, 1):
        yield row
        if tick and total > 1:
            tick(number, total)


def _bar(moved: float, eps: float) -> str:
    """Draw how far the largest fall has come from 1 to eps, on a logarithmic scale."""
    if moved <= eps or eps <= 0.0:
        return ""
    share = min(max(math.log(max(moved, eps)) / math.log(eps), 0.0), 1.0) if eps < 1.0 else 1.0
    filled = round(20 * share)
    return f"[{'#' * filled}{'.' * (20 - filled)}]"
