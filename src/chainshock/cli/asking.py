"""What rank, explain and compare share: their options as types, the shock asked for, the rows shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar

import click

from chainshock.cli.output import progress, terminal_width, to_csv, to_json, write_bytes, write_text
from chainshock.errors import FileProblem
from chainshock.plots.figures import is_drawing

if TYPE_CHECKING:
    from chainshock.api import Dataset
    from chainshock.queries.compare import CompareTable
    from chainshock.queries.premium import PremiumTable
    from chainshock.queries.rank import RankTable
    from chainshock.shock import Shock

__all__ = [
    "DEFAULT_SCENARIO",
    "KINDS",
    "ExplainArguments",
    "RankArguments",
    "SampleArguments",
    "ShockArguments",
    "apply_threshold",
    "check_order",
    "extras_of",
    "open_shock",
    "sampling_of",
    "show",
    "warn",
]

KINDS = ("companies", "countries", "facilities", "end-uses", "commodities")
DEFAULT_SCENARIO = "october-2025-controls"
TABLE_TOP = 10
EXIT_THRESHOLD = 3
T = TypeVar("T", "RankTable", "CompareTable", "PremiumTable")


class ShockArguments(TypedDict):
    """Values of the shared options that say which shock is meant."""

    control: str | None
    severity: float | None
    as_of: date | None
    facts: Literal["known", "latest"] | None
    rationing: str | None
    substitution: str | None
    store: str | None
    empty: bool


class RowArguments(TypedDict):
    """Values of the shared options that say which rows to show, and how."""

    by: Literal["loss", "first-week", "survive", "usd"]
    order: Literal["harm", "gain", "size"]
    top: int | None
    only: str | None
    fail_above: float | None
    format_: str | None
    header: bool
    output: str


class SampleArguments(TypedDict):
    """Values of the options that say how samples are taken."""

    samples: int
    seed: int
    jobs: int
    why_uncertain: bool


class ExplainArguments(ShockArguments):
    """Values of the options of `explain` that say which shock is meant."""

    horizon: int | None
    static: bool


class RankArguments(ExplainArguments, RowArguments):
    """Values of all options of `rank` and `compare`."""

    samples: int | None
    seed: int | None
    jobs: int | None
    why_uncertain: bool


def show(
    table: T,
    form: str,
    given: RankArguments,
    finish: Callable[[T], T] | None = None,
    by_week: Shock | None = None,
) -> T:
    """Write the rows that the options choose, and give them.

    `finish` adds to what is to be written; `by_week` draws what the rows lose of it by week.
    """
    table = table.select(
        by=given["by"], order=given["order"], top=_top(given["top"], form), only=_watchlist(given["only"])
    )
    warn(table.run)
    if finish is not None:
        table = finish(table)
    if given["why_uncertain"]:
        with progress("looking for what moves the rows"):
            table = table.with_why()
    if is_drawing(form) and by_week is not None:
        from chainshock.plots.weeks import draw_weeks
        from chainshock.weekly import weekly_losses

        write_bytes(draw_weeks(weekly_losses(by_week, table), form), given["output"])
    elif is_drawing(form):
        from chainshock.plots.bars import draw_bars

        write_bytes(draw_bars(table, form), given["output"])
    elif form == "json":
        write_text(to_json({"run": table.run, "rows": table.to_dicts()}), given["output"])
    elif form == "csv":
        write_text(
            to_csv(table.columns, table.to_flat_dicts(), table.run if given["header"] else None),
            given["output"],
        )
    else:
        write_text(table.to_text(terminal_width()), given["output"])
    return table


def open_shock(
    scenario: str | None,
    given: Mapping[str, Any],
    horizon: int | Literal["scenario"] | None,
    like: Shock | None = None,
    data: Dataset | None = None,
) -> Shock:
    """Open the facts and set up the shock that the options describe."""
    from chainshock.api import open_dataset

    control, severity = given["control"], given["severity"]
    if control is not None and scenario is not None:
        raise click.UsageError("give --scenario or --control, not both")
    if severity is not None and control is None:
        raise click.UsageError("--severity goes with --control; a scenario's severities stand in its file")
    if data is None:
        data = like.dataset if like is not None else open_dataset(given["store"], empty=given["empty"])
    chosen: Any = scenario or DEFAULT_SCENARIO  # a name, a path or a scenario made of --control
    if control is not None:
        from chainshock.queries.scenario import control_scenario, scenario_text

        stopped = 1.0 if severity is None else severity
        chosen = control_scenario(control, stopped, as_of=given["as_of"])
        click.echo(f"# the same as a scenario file:\n{scenario_text(chosen)}", err=True)
    return data.shock(
        chosen,
        as_of=given["as_of"],
        facts=given["facts"],
        rationing=given["rationing"],
        substitution=given["substitution"],
        horizon=horizon,
    )


def extras_of(form: str, by: str) -> tuple[Literal["bounds", "survive"], ...]:
    """Say what rows hold that takes a run of its own: all for programs, what is shown for people."""
    if form in {"json", "csv"}:
        return ("bounds", "survive")
    return ("survive",) if by == "survive" else ()


def check_order(given: RankArguments) -> None:
    """Refuse orders that make no sense before anything is computed."""
    if given["by"] not in {"first-week", "survive"}:
        return
    if given["static"]:
        raise click.UsageError(
            f"found --by {given['by']} with --static, expected loss or usd: a static run has no weeks"
        )
    if given["order"] != "harm":
        raise click.UsageError(
            f"found --order {given['order']} with --by {given['by']}, expected no order: earliest comes first"
        )


def sampling_of(given: RankArguments) -> SampleArguments | None:
    """Give what the options say of samples; None where none are wanted."""
    samples, seed, jobs, why = given["samples"], given["seed"], given["jobs"], given["why_uncertain"]
    if samples is None:
        if seed is not None or jobs is not None or why:
            raise click.UsageError("--seed, --jobs and --why-uncertain go with --samples")
        return None
    if why:
        from chainshock.queries.uncertainty.sensitivity import check_ready

        check_ready(samples)
    return {"samples": samples, "seed": seed or 0, "jobs": jobs or os.cpu_count() or 1, "why_uncertain": why}


def _top(top: int | None, form: str) -> int | None:
    return TABLE_TOP if top is None and form in {"table", "png", "svg"} else top


def _watchlist(path: str | None) -> list[str] | None:
    """Read names, one a line; blank lines and lines that start with # do not count."""
    if path is None:
        return None
    expected = "a text file in UTF-8 with one name, ticker or LEI a line"
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as exc:
        raise FileProblem(path, (exc.strerror or str(exc)).lower(), expected) from exc
    except UnicodeDecodeError as exc:
        raise FileProblem(path, f"bytes that are not UTF-8 at offset {exc.start}", expected) from exc
    names = [line.strip() for line in text.splitlines()]
    names = [name for name in names if name and not name.startswith("#")]
    if not names:
        raise FileProblem(path, "no names", expected)
    return names


def warn(run: Mapping[str, Any]) -> None:
    """Say on stderr where the facts asked for lie outside what the data describe."""
    for side in (run["before"], run["after"]) if "before" in run else (run,):
        for warning in side["warnings"]:
            click.echo(f"warning: {warning}", err=True)
    for entry in run.get("unmatched", ()):
        click.echo(f"not matched: {entry}", err=True)


def apply_threshold(exposures: list[float], fail_above: float | None) -> None:
    """Leave with exit code 3 when a row shown loses more than the share allowed."""
    if fail_above is None:
        return
    over = sum(-exposure > fail_above for exposure in exposures)
    if over:
        click.echo(
            f"{over} of {len(exposures)} rows lose more than {fail_above:.4g} (--fail-above)", err=True
        )
        click.get_current_context().exit(EXIT_THRESHOLD)
