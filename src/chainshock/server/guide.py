"""Serve a few files to Neo4j Browser on loopback, with the headers that let its page read them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from chainshock.errors import StoreUnavailable
from chainshock.queries.browser import FILES, browser_files

__all__ = ["GuideServer", "guide_server"]

HOST = "127.0.0.1"


@dataclass(frozen=True)
class GuideServer:
    """A server that runs."""

    url: str
    thread: threading.Thread

    def wait(self) -> None:
        """Wait until someone interrupts."""
        with contextlib.suppress(KeyboardInterrupt):
            self.thread.join()


@contextlib.contextmanager
def guide_server(port: int = 0) -> Iterator[GuideServer]:
    """Serve what Neo4j Browser takes, until left.

    Parameters
    ----------
    port
        Port on loopback; 0 takes a free one.

    Raises
    ------
    StoreUnavailable
        The port is taken.
    """
    try:
        server = ThreadingHTTPServer((HOST, port), _Handler)
    except OSError as exc:
        found = (exc.strerror or str(exc)).lower()
        raise StoreUnavailable(f"{HOST}:{port}: found {found}, expected a free port (--port)") from exc
    server.daemon_threads = True
    url = f"http://{HOST}:{server.server_port}"
    server.RequestHandlerClass = type("_Files", (_Handler,), {"files": browser_files(url)})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield GuideServer(url, thread)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers with one of the files; the Browser's page comes from another port, so it must be let in."""

    files: Mapping[str, bytes]

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_OPTIONS(self) -> None:
        self.send_response(HTTPStatus.NO_CONTENT)
        self._let_in()
        self.end_headers()

    def _answer(self, *, body: bool) -> None:
        name = self.path.split("?")[0].removeprefix("/")
        data = self.files.get(name)
        self.send_response(HTTPStatus.NOT_FOUND if data is None else HTTPStatus.OK)
        self._let_in()
        data = b"no such file\n" if data is None else data
        kind = FILES.get(name, "text/plain")
        charset = "" if kind == "application/zip" else "; charset=utf-8"
        self.send_header("Content-Type", kind + charset)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)

    def _let_in(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
        self.send_header("Access-Control-Allow-Headers", "*")
        self.send_header("Access-Control-Allow-Private-Network", "true")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: stderr is for people."""
