"""The command that looks after the installation."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import click

from chainshock.cli.options import format_of, output_options
from chainshock.cli.output import to_csv, to_json, write_text
from chainshock.errors import ChainshockError

__all__ = ["doctor"]

PACKAGES = (
    *("click", "jinja2", "neo4j", "networkx", "numpy", "platformdirs", "polars"),
    *("pycountry", "pydantic", "pyvis", "rapidfuzz", "rich", "scipy"),
)
Finding = tuple[str, str, bool]


@click.command(short_help="Show versions, data and folders, and whether anything is broken.")
@output_options
def doctor(format_: str | None, header: bool, output: str) -> None:
    """Show versions, data and folders, and whether anything is broken.

    Exits with 1 when something is.

    \b
    Example:
        chainshock doctor
    """
    findings = [finding for part in (_versions, _data, _folders) for finding in _try(part)]
    rows = [{"item": item, "value": value, "ok": good} for item, value, good in findings]
    form = format_of(format_, output)
    if form == "json":
        write_text(to_json({"run": {}, "rows": rows}), output)
    elif form == "csv":
        write_text(to_csv(["item", "value", "ok"], rows, {} if header else None), output)
    else:
        width = max(len(item) for item, _, _ in findings)
        lines = [f"{'ok ' if good else 'BAD'}  {item:<{width}}  {value}" for item, value, good in findings]
        write_text("\n".join(lines) + "\n", output)
    broken = [item for item, _, good in findings if not good]
    if broken:
        raise click.ClickException(f"broken: {', '.join(broken)}")


def _try(part: Callable[[], list[Finding]]) -> list[Finding]:
    """Run one part; its failure is a finding, so that the others still show."""
    try:
        return part()
    except (ChainshockError, ImportError, OSError) as exc:
        return [(part.__name__.strip("_"), str(exc), False)]


def _versions() -> list[Finding]:
    import sqlite3
    from importlib.metadata import PackageNotFoundError, version

    from chainshock import __version__

    found = [
        ("chainshock", __version__, True),
        ("python", platform.python_version(), sys.version_info >= (3, 11)),
        ("sqlite", sqlite3.sqlite_version, sqlite3.sqlite_version_info >= (3, 24)),
    ]
    for package in PACKAGES:
        try:
            found.append((package, version(package), True))
        except PackageNotFoundError:
            found.append((package, "not installed", False))
    return found


def _data() -> list[Finding]:
    from chainshock.api import reference
    from chainshock.graph.parameters import read_parameters
    from chainshock.graph.schema import read_schema
    from chainshock.queries.scenario import list_scenarios

    data = reference()
    counts = data.counts()
    kinds = [name for name in read_schema().labels if counts.get(name)]
    found: list[Finding] = [
        ("data edition", data.edition, True),
        ("facts", f"{sum(counts.values()):,}", sum(counts.values()) > 0),
    ]
    found += [
        (f"facts: {name}", f"{counts[name]:,}", True) for name in [*kinds, *sorted(set(counts) - set(kinds))]
    ]
    parameters = len(read_parameters())
    scenarios = len(list_scenarios())
    return [
        *found,
        ("parameters", str(parameters), parameters > 0),
        ("scenarios", str(scenarios), scenarios > 0),
    ]


def _folders() -> list[Finding]:
    import platformdirs

    found = []
    for item, path in [
        ("cache folder", Path(platformdirs.user_cache_dir("chainshock"))),
        ("data folder", Path(platformdirs.user_data_dir("chainshock"))),
    ]:
        nearest = next(folder for folder in [path, *path.parents] if folder.exists())
        good = nearest.is_dir() and os.access(nearest, os.W_OK)
        found.append((item, f"{path} ({'can be written' if good else 'cannot be written'})", good))
    return found
