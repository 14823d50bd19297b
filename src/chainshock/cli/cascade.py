"""The command that runs the ESRI family on anyone's network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chainshock.cli.options import format_of, output_options
from chainshock.cli.output import row_progress, terminal_width, to_csv, to_json, write_text

if TYPE_CHECKING:
    from chainshock.queries.propagation.cascade.reference import Model

__all__ = ["cascade"]

COLUMNS = ["scenario", "esri", "esri_down", "esri_up", "iterations", "stop"]


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
    "--eps", type=click.FloatRange(0, 1), default=0.01, show_default=True, help="Where sweeps stop."
)
@click.option("--losses", metavar="FILE", help="Also write what each node loses, as CSV.")
@output_options
def cascade(
    network_dir: str, shocks: str | None, each_node: bool, model: Model, replaceability: str,
    eps: float, losses: str | None, format_: str | None, header: bool, output: str,
) -> None:  # fmt: skip
    """Run the ESRI cascade on a network of your own.

    The folder holds nodes, edges and, for generalized-leontief, essentiality, as CSV or Parquet.

    \b
    Example:
        chainshock cascade my-network --shocks shocks.csv
    """
    if (shocks is None) == (not each_node):
        raise click.UsageError("expected either --shocks FILE or --each-node")
    import numpy as np

    from chainshock.graph.network.bare import read_network, read_shocks
    from chainshock.queries.propagation.cascade.reference import compile_cascade, run_cascade
    from chainshock.queries.tables import Column, draw_table

    form = format_of(format_, output)
    network = read_network(network_dir, essentiality=model == "generalized-leontief")
    compiled = compile_cascade(network, model, replaceability=replaceability == "market-share")
    given = read_shocks(shocks, network) if shocks else None
    names = list(given) if given is not None else list(network.ids)
    rows: list[dict[str, object]] = []
    lost: list[dict[str, object]] = []
    with row_progress("cascade") as tick:
        for number, name in enumerate(names):
            loss = given[name] if given is not None else np.eye(1, len(network.ids), number)[0]
            found = run_cascade(compiled, loss, eps=eps)
            rows.append({"scenario": name, **{column: getattr(found, column) for column in COLUMNS[1:]}})
            if losses:
                lost += [
                    {"scenario": name, "node": node, "loss_down": float(1 - hd), "loss_up": float(1 - hu)}
                    for node, hd, hu in zip(network.ids, found.hd, found.hu, strict=True)
                ]
            if tick:
                tick(number + 1, len(names))
    run = {"model": model, "replaceability": replaceability, "stop": f"eps={eps:g}", "kernel": "reference"}
    if losses:
        write_text(to_csv(["scenario", "node", "loss_down", "loss_up"], lost), losses)
    if form == "json":
        write_text(to_json({"run": run, "rows": rows}), output)
    elif form == "csv":
        write_text(to_csv(COLUMNS, rows, run if header else None), output)
    else:
        cells = [
            [f"{v:.6f}" if isinstance(v, float) else str(v) for v in (row[c] for c in COLUMNS)]
            for row in rows
        ]
        columns = [Column(name, 12) for name in COLUMNS[1:]]
        write_text(draw_table([Column("scenario", 30), *columns], cells, terminal_width()), output)
