"""Options that several commands share, as decorators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from pathlib import PurePath
from typing import Any, Literal, TypeVar

import click

__all__ = [
    "DATE",
    "FEWEST_SAMPLES",
    "SHARE",
    "WEEKS",
    "by_option",
    "fact_options",
    "format_of",
    "horizon_of",
    "horizon_option",
    "known_option",
    "output_options",
    "row_options",
    "sample_options",
    "shock_options",
    "store_options",
    "substitution_option",
]

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("table", "json", "csv")
MOST_WEEKS = 520
FEWEST_SAMPLES = 20  # fewer say nothing of a 5 to 95 % interval
DRAWINGS = {".png": "png", ".svg": "svg"}
OTHER_DRAWINGS = (".pdf", ".html", ".jpg", ".jpeg")


class _Date(click.ParamType[date]):
    """A calendar date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"found {value!r}, expected a date such as 2025-11-08", param, ctx)


class _Weeks(click.ParamType[int]):
    """A number of weeks, written 26w or 26."""

    name = "weeks"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        digits = str(value).strip().removesuffix("w")
        if not digits.isdecimal() or not 1 <= int(digits) <= MOST_WEEKS:
            self.fail(f"found {value!r}, expected 1 to {MOST_WEEKS} weeks, such as 26w", param, ctx)
        return int(digits)


class _Share(click.ParamType[float]):
    """A share between 0 and 1, also written as a percentage."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            text = str(value).strip()
            share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(f"found {value!r}, expected a share from 0 to 1, such as 0.8 or 80%", param, ctx)
        return share


DATE = _Date()
WEEKS = _Weeks()
SHARE = _Share()


def _stack(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Make one decorator of several, so that help lists them in this order."""
    return lambda function: reduce(lambda f, option: option(f), reversed(options), function)


def store_options(function: F) -> F:
    """Add the options that say which facts to use."""
    return _stack(
        click.option(
            "--store",
            metavar="FILE",
            envvar="CHAINSHOCK_STORE",
            help="Use the facts in this store instead of the reference data alone.",
        ),
        click.option("--empty", is_flag=True, help="Leave the reference data out; needs --store."),
    )(function)


def known_option(day: str) -> Callable[[F], F]:
    """Add the options that say what is known, and on which day; `day` says what it is for."""

    def add(function: F) -> F:
        return _stack(
            click.option("--as-of", type=DATE, help=f"{day} [default: the data edition's]"),
            click.option(
                "--facts",
                type=click.Choice(["known", "latest"]),
                default="latest",
                show_default=True,
                help="What had been published by that day, or all that is known.",
            ),
        )(function)

    return add


def fact_options(function: F) -> F:
    """Add the options that say on which date, and with which vintage of the facts."""
    return _stack(
        click.option("--as-of", type=DATE, help="Date of the facts. [default: the scenario's]"),
        click.option(
            "--facts",
            type=click.Choice(["known", "latest"]),
            help="Facts published by that date, or the latest on it. [default: the scenario's]",
        ),
    )(function)


def substitution_option(function: F) -> F:
    """Add the option that says whether others may stand in."""
    return click.option(
        "--substitution",
        type=click.Choice(["capacity", "none"]),
        help="What may replace lost deliveries. [default: capacity]",
    )(function)


def shock_options(function: F) -> F:
    """Add the options that say which shock, on which facts, under which rules."""
    return _stack(
        click.option(
            "--control",
            metavar="ISSUER:GOODS:TO",
            help="What-if without a file, e.g. CHN:Dy,Tb:USA; prints the same as a scenario file on stderr.",
        ),
        click.option("--severity", type=SHARE, help="Share of the flows stopped by --control. [default: 1]"),
        fact_options,
        click.option(
            "--rationing",
            type=click.Choice(["proportional", "value", "priority"]),
            help="Who gets scarce goods: all in proportion, most value per input first, or "
            "military uses first (priority). [default: proportional]",
        ),
        substitution_option,
        store_options,
    )(function)


def horizon_option(function: F) -> F:
    """Add the options that choose a run over weeks, and how many, or the static one."""
    return _stack(
        click.option(
            "--horizon",
            type=WEEKS,
            metavar="26w",
            help="Weeks to run, with stocks and licences. [default: the scenario's, 26w if none]",
        ),
        click.option("--static", is_flag=True, help="No weeks: no stocks and no end of time."),
    )(function)


def horizon_of(given: Mapping[str, Any]) -> int | Literal["scenario"] | None:
    """Choose the weeks to run from the values of `horizon_option`; None for a static run.

    Raises
    ------
    click.UsageError
        Both a number of weeks and a static run are asked for.
    """
    if given["static"] and given["horizon"] is not None:
        raise click.UsageError("found --horizon and --static, expected one of them: static has no weeks")
    return None if given["static"] else given["horizon"] or "scenario"


def by_option(*figures: str) -> Callable[[F], F]:
    """Add the option that says by which figure to order rows; the first is the default."""
    words = {
        "loss": "exposure as a share",
        "usd": "the same in USD",
        "first-week": "weeks to impact",
        "survive": "weeks of full output without the restricted input",
    }
    listed = ", ".join(f"{words[figure]} ({figure})" for figure in figures)
    return click.option(
        "--by",
        type=click.Choice(figures),
        default=figures[0],
        show_default=True,
        help=f"Order rows by: {listed}.",
    )


def sample_options(function: F) -> F:
    """Add the options that say how sure a ranking is."""
    return _stack(
        click.option(
            "--samples",
            type=click.IntRange(min=FEWEST_SAMPLES),
            metavar="N",
            help="Run N times with assumptions drawn from their ranges; adds intervals of exposure and rank.",
        ),
        click.option(
            "--seed", type=click.IntRange(min=0), metavar="N", help="Seed of the samples. [default: 0]"
        ),
        click.option(
            "--jobs",
            type=click.IntRange(min=1),
            metavar="N",
            help="Processes to run samples in; the result is the same. [default: one per processor]",
        ),
        click.option(
            "--why-uncertain",
            is_flag=True,
            help="Say which assumptions move the rows shown most; needs 100 samples and the extra "
            "`uncertainty`.",
        ),
    )(function)


def row_options(function: F) -> F:
    """Add the options that say which rows of a ranking to show."""
    return _stack(
        click.option(
            "--order",
            type=click.Choice(["harm", "gain", "size"]),
            default="harm",
            show_default=True,
            help="Most harmed first, most favoured first, or largest of either sign first.",
        ),
        click.option(
            "--top",
            type=click.IntRange(min=1),
            metavar="N",
            help="Show N rows of each tail. [default: 10 in a table, else all]",
        ),
        click.option(
            "--only",
            metavar="WATCHLIST",
            help="Only the names, tickers, LEI or ids in this file, one a line; - reads stdin.",
        ),
        click.option(
            "--fail-above",
            type=SHARE,
            metavar="X",
            help="Exit with 3 if a row shown loses more than the share X.",
        ),
    )(function)


def output_options(function: F) -> F:
    """Add the options that say how and where to write."""
    return _stack(
        click.option(
            "--format",
            "format_",
            type=click.Choice(FORMATS),
            help="Form of the output. [default: by the suffix of -o, else table]",
        ),
        click.option("--header", is_flag=True, help="Start CSV with '# key: value' lines about the run."),
        click.option(
            "-o", "--output", metavar="FILE", default="-", help="Write to FILE, whole or not at all."
        ),
    )(function)


def format_of(format_: str | None, output: str, *, draws: bool = False) -> str:
    """Choose the form: as asked, else by the suffix of the file, else a table.

    A command that `draws` takes .png and .svg too.

    Raises
    ------
    click.UsageError
        The suffix asks for a drawing that the command does not make.
    """
    suffix = PurePath(output).suffix.lower()
    if format_ is None and draws and suffix in DRAWINGS:
        return DRAWINGS[suffix]
    if format_ is None and suffix in (*DRAWINGS, *OTHER_DRAWINGS):
        pictures = ".png, .svg, " if draws else ""
        raise click.UsageError(
            f"cannot draw: found {output!r}, expected a name ending in {pictures}.json, .csv or .txt"
        )
    if format_ is not None:
        return format_
    return {".json": "json", ".csv": "csv"}.get(suffix, "table")
