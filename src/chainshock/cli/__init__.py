"""The command line: one file per command family; commands parse, call the library, print."""

from __future__ import annotations

import importlib
import logging
import os
import sys

import click

from chainshock import __version__
from chainshock.errors import ChainshockError, FileProblem

__all__ = ["COMMANDS", "main"]

# name: module of the command, help line shown by `chainshock --help` (the first sentence of the command's
# own)
COMMANDS = {
    "backtest": ("backtest", "Hold the model to what happened in recorded episodes."),
    "cascade": ("cascade", "Run the ESRI cascade on a network of your own."),
    "check": ("facts", "Check the facts and show what the supply of each good rests on."),
    "chokepoints": ("chokepoints", "Find what the rest of the network cannot do without."),
    "compare": ("compare", "Compare two scenarios: who gains and who loses from A to B."),
    "doctor": ("doctor", "Show versions, data and folders, and whether anything is broken."),
    "explain": ("shock", "Explain the exposure of one company, country, facility or end use."),
    "export": ("facts", "Write the facts to a file for other programs."),
    "load": ("load", "Load files of facts into a store."),
    "neo4j": ("neo4j", "Keep the graph in Neo4j: a server, push and pull."),
    "rank": ("shock", "Rank who is harmed and who is favoured by a scenario."),
    "scenario": ("scenario", "List, show and check scenarios."),
    "view": ("view", "Write the picture: one HTML file that explains an exposure, offline."),
}
EXIT_INTERRUPTED = 130


class _LateGroup(click.Group):
    """A group that imports a command's module when the command is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"chainshock.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; the one place where errors become messages and exit codes."""
        try:
            result: object = super().invoke(ctx)
            sys.stdout.flush()
        except ChainshockError as exc:
            raise click.ClickException(str(exc)) from exc
        except BrokenPipeError:
            _silence_stdout()
            ctx.exit(0)
        except KeyboardInterrupt:
            ctx.exit(EXIT_INTERRUPTED)
        except OSError as exc:
            raise click.ClickException(str(_file_problem(exc))) from exc
        return result


@click.command(cls=_LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="chainshock")
@click.option("-v", "--verbose", count=True, help="Say more on stderr; twice for debugging.")
def main(verbose: int) -> None:
    """Say whom an export control harms or favours, how strongly, through which path, on whose word.

    Without further options commands run on the shipped reference data; nothing needs to be set up.

    \b
    Example:
        chainshock rank companies --scenario april-2025 --top 15
    """
    level = {0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG)
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)


def _silence_stdout() -> None:
    """Point stdout at nothing, so that the flush at exit cannot fail on the closed pipe."""
    try:
        number = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, number)
    os.close(nothing)


def _file_problem(exc: OSError) -> FileProblem:
    found = exc.strerror or type(exc).__name__
    return FileProblem(str(exc.filename or "file"), found.lower(), "a file that can be read or written")
