"""Run `cascade` on Apache Spark: its options, and the way from them to scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from chainshock.cli.output import status_line
from chainshock.errors import QueryError

if TYPE_CHECKING:
    from chainshock.queries.propagation.cascade.arrays import Model
    from chainshock.queries.propagation.cascade.run import CascadeScore, Stop

__all__ = ["SparkArguments", "given_spark_options", "spark_options", "spark_scores"]

F = TypeVar("F", bound=Callable[..., object])
ONLY = "with --engine spark: "


class SparkArguments(TypedDict):
    """Values of the options that only the Spark engine takes."""

    master: str | None
    conf: tuple[str, ...]
    partitions: int | None
    checkpoint_dir: str | None
    at_once: int | None
    transactions: bool
    network_out: str | None
    neo4j_files: str | None


def spark_options(function: F) -> F:
    """Add the options of the Spark engine."""
    options = [
        click.option(
            "--master", metavar="URL", help=ONLY + "its master, as for spark-submit. [default: local[*]]"
        ),
        click.option("--conf", metavar="KEY=VALUE", multiple=True, help=ONLY + "a setting of Spark."),
        click.option(
            "--partitions",
            type=click.IntRange(min=1),
            metavar="N",
            help=ONLY + "partitions. [default: 2 a core]",
        ),
        click.option("--checkpoint-dir", metavar="URI", help=ONLY + "a folder that all executors reach."),
        click.option(
            "--at-once",
            type=click.IntRange(min=1),
            metavar="N",
            help=ONLY + "shocks of one pass. [default: 16]",
        ),
        click.option(
            "--transactions", is_flag=True, help=ONLY + "NETWORK_DIR holds transactions and firms to add up."
        ),
        click.option("--network-out", metavar="DIR", help="With --transactions: where the network goes."),
        click.option("--neo4j-files", metavar="DIR", help=ONLY + "also write files for neo4j-admin import."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def given_spark_options(given: SparkArguments) -> list[str]:
    """Name the options of the Spark engine that were given."""
    return [f"--{name.replace('_', '-')}" for name in SparkArguments.__annotations__ if given[name]]  # type: ignore[literal-required]


def spark_scores(
    stack: ExitStack,
    source: str,
    shocks: str,
    given: SparkArguments,
    *,
    model: Model,
    replaceability: bool,
    stop: Stop,
    eps: float,
    losses: str | None,
) -> tuple[dict[str, Any], Iterator[CascadeScore]]:  # Any: what JSON holds
    """Open the network on Spark; give what was opened, and the scores as they come.

    Raises
    ------
    QueryError
        Spark is missing, does not start, or fails.
    FileProblem, InvalidRecord, InvalidReference
        A table is missing or does not fit.
    """
    import platformdirs

    try:
        from chainshock.queries.propagation.spark.session import clear_errors, open_session
    except ImportError as exc:
        found = "found no pyspark, expected it; pip install 'chainshock[spark]'"
        raise QueryError(f"--engine spark: {found}") from exc

    log = Path(platformdirs.user_log_dir("chainshock")) / "spark.log"
    conf = dict(_setting(text) for text in given["conf"])
    say = stack.enter_context(status_line())
    say("starting Spark")
    spark = stack.enter_context(open_session(given["master"] or "local[*]", log, conf))
    stack.enter_context(clear_errors(log, "Spark"))
    from chainshock.queries.propagation.spark.import_files import write_import_files
    from chainshock.queries.propagation.spark.job import AT_ONCE, LossFiles, open_cascade
    from chainshock.queries.propagation.spark.transactions import add_up

    if given["transactions"]:
        say("adding up transactions")
        tally = add_up(spark, source, str(given["network_out"]))
        click.echo(str(tally), err=True)
        source = str(given["network_out"])
    say("reading and laying out the network")
    opened = stack.enter_context(
        open_cascade(
            spark, source, model,
            replaceability=replaceability, partitions=given["partitions"],
            checkpoints=given["checkpoint_dir"],
        )
    )  # fmt: skip
    files = None if losses is None else LossFiles(spark, losses)
    if files is not None:
        stack.callback(files.drop)

    def tick(what: str, sweeps: int, fall: float) -> None:
        say(f"{what}: sweep {sweeps}, largest fall {fall:.2g}; stops at {eps:g}")

    def scores() -> Iterator[CascadeScore]:
        at_once = given["at_once"] or AT_ONCE
        yield from opened.run(shocks, stop=stop, eps=eps, at_once=at_once, losses=files, tick=tick)
        if files is not None:
            files.finish()
        if given["neo4j_files"]:
            say("writing files for Neo4j")
            click.echo(write_import_files(spark, opened.tables, given["neo4j_files"], losses), err=True)

    layout = opened.layout
    run = {"partitions": layout.partitions, "nodes": layout.node_count, "edges": layout.edge_count}
    return run, scores()


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.startswith("spark."):
        raise click.UsageError(f"--conf: found {text!r}, expected spark.KEY=VALUE")
    return name, value
