"""The command that hands Neo4j Browser its guide, style and favourites."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chainshock.cli.output import write_bytes
from chainshock.errors import FileProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["guide"]


@click.command(short_help="Give Neo4j Browser a guide, a style and favourites.")
@click.option("--out", metavar="DIR", help="Write the files to a folder instead of serving them.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="Port on loopback. [default: a free one]",
)
def guide(out: str | None, port: int) -> None:
    """Give Neo4j Browser a guide, a style and favourites.

    Serves them on loopback until it is interrupted, and says what to type in the Browser. The guide is a
    first walk from the shape of the graph to who is exposed and why. The server that `chainshock neo4j up`
    starts lets the Browser read from there; another one needs 127.0.0.1 in its setting
    browser.remote_content_hostname_whitelist.

    \b
    Example:
        chainshock neo4j guide
        chainshock neo4j guide --out browser
    """
    if out is not None:
        from chainshock.queries.browser import browser_files

        _write(browser_files(), Path(out))
        return
    from chainshock.server.guide import guide_server

    with guide_server(port) as server:
        click.echo(f"guide       :play {server.url}/guide.html")
        click.echo(f"style       :style {server.url}/style.grass")
        click.echo(f"favourites  {server.url}/favourites.zip, to be dropped on the Browser")
        click.echo("serving on loopback; end with Ctrl-C", err=True)
        server.wait()


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise FileProblem(str(folder), (exc.strerror or str(exc)).lower(), "a folder to write to") from exc
    for name, data in files.items():
        write_bytes(data, str(folder / name))
        click.echo(folder / name)
