"""Open a Spark session for cascades, keep its noise in a log, and tell its errors in a line.

What Java prints goes to a log file: the errors of a cluster fill screens, and say in one line what happened.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from chainshock.errors import QueryError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["SETTINGS", "clear_errors", "open_session", "small_table", "with_settings"]

# what the plans of sweeps rest on: partitions stay where they are put, and joins find them there
SETTINGS = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.requireAllClusterKeysForCoPartition": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.ansi.enabled": "false",
}
LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
CONNECT_SECONDS = 10.0
LOG4J = """\
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {log}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n%ex
"""


@contextmanager
def open_session(master: str, log: Path, conf: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """Start a session on a master and stop it afterwards.

    Parameters
    ----------
    master
        As for spark-submit: `local[*]`, `local-cluster[2,1,1024]`, `spark://HOST:PORT`, `yarn`, `k8s://...`.
    log
        File to which Java's output is added.
    conf
        Settings of Spark, before those that sweeps rest on.

    Raises
    ------
    QueryError
        Java is missing, the master is malformed or does not answer, or the session does not start.
    """
    _check_master(master)
    log.parent.mkdir(parents=True, exist_ok=True)
    logging = log.with_suffix(".log4j2.properties")
    logging.write_text(LOG4J.format(log=log.as_posix()), encoding="utf-8")
    is_here = master.startswith("local")
    chosen = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.cleaner.referenceTracking.cleanCheckpoints": "true",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={logging.as_uri()}",
        **(LOOPBACK if is_here else {}),
        **(conf or {}),
        **SETTINGS,
    }
    if is_here:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master(master).appName("chainshock")
    for name, value in chosen.items():
        builder = builder.config(name, value)
    with clear_errors(log, f"master {master}"), _stderr_to(log):
        session = builder.getOrCreate()
    try:
        yield session
    finally:
        with _stderr_to(log):
            session.stop()


@contextmanager
def with_settings(spark: SparkSession) -> Iterator[None]:
    """Set what sweeps rest on in a session of someone else's, and set it back."""
    before = {name: spark.conf.get(name, None) for name in SETTINGS}
    for name, value in SETTINGS.items():
        spark.conf.set(name, value)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, old)


@contextmanager
def clear_errors(log: Path | None, what: str) -> Iterator[None]:
    """Turn an error of Spark or Java into one line; the whole of it goes to the log.

    Raises
    ------
    QueryError
        Whatever Spark raised.
    """
    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as exc:
        where = ""
        if log is not None:
            with log.open("a", encoding="utf-8") as file:
                file.write("".join(traceback.format_exception(exc)))
                file.write(f"{getattr(exc, '_stackTrace', None) or ''}\n")  # of Java, where Spark keeps it
            where = f"; the whole of it: {log}"
        raise QueryError(f"{what}: found {_in_a_line(exc)}, expected Spark to answer{where}") from None


def small_table(spark: SparkSession, rows: Sequence[tuple[Any, ...]], schema: str) -> DataFrame:
    """Make a table of a few rows, such as "name string, place int".

    The rows travel as one text that Java reads: `createDataFrame` would start Python on every executor.
    """
    names = [part.split()[0] for part in schema.split(",")]
    text = json.dumps([dict(zip(names, row, strict=True)) for row in rows])
    return spark.range(1).select(F.inline(F.from_json(F.lit(text), f"array<struct<{_fields(schema)}>>")))


def _fields(schema: str) -> str:
    return ", ".join(f"{name}: {kind}" for name, kind in (part.split() for part in schema.split(",")))


def _check_master(master: str) -> None:
    """Ask a standalone master whether it is there: Spark itself asks for minutes."""
    known = ("local", "spark://", "yarn", "k8s://")
    if not master.startswith(known):
        expected = "local[N], local-cluster[N,CORES,MB], spark://HOST:PORT, yarn or k8s://..."
        raise QueryError(f"--master: found {master!r}, expected {expected}")
    if not master.startswith("spark://"):
        return
    errors = []
    for place in master.removeprefix("spark://").split(","):
        try:
            parts = urlsplit(f"//{place}")
            address = (parts.hostname or "", parts.port or 0)
            with socket.create_connection(address, timeout=CONNECT_SECONDS):
                return
        except (OSError, ValueError) as exc:
            errors.append(f"{place}: {exc}".lower())
    raise QueryError(
        f"--master {master}: found nobody who answers ({'; '.join(errors)}), expected a Spark master"
    )


@contextmanager
def _stderr_to(log: Path) -> Iterator[None]:
    """Let what a child process inherits as its stderr be the log."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _in_a_line(exc: BaseException) -> str:
    """Give what an error of Java says first, or the cause that says more."""
    lines = [line.strip() for line in str(exc).splitlines() if line.strip()]
    told = [
        line
        for line in lines
        if not line.startswith(("at ", "...", "JVM stacktrace", "==", "An error occurred"))
    ]
    causes = [line for line in lines if line.startswith("Caused by:")]
    text = causes[-1].removeprefix("Caused by:").strip() if causes else (told or [type(exc).__name__])[0]
    return text.lstrip(": ")[:300]
