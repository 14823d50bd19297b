"""Start and stop a server of one's own, and tell whether it runs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chainshock.errors import StoreUnavailable
from chainshock.server.admin import JAVA_OPTIONS, set_password
from chainshock.server.home import Home, Ports, exclusive
from chainshock.server.install import fetch_jars, find_java

__all__ = ["Server", "down", "running", "up"]

USER = "neo4j"
MAIN = "org.neo4j.server.CommunityEntryPoint"
START_SECONDS = 120.0  # 5 when idle, some 20 on a busy machine
STOP_SECONDS = 30.0
KILL_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.1
# The process writes its own number before it becomes the server, so that no kill can leave it unknown.
LAUNCH = 'echo $$ > "$0" && exec "$@"'

Say = Callable[[str], None]

_children: dict[int, subprocess.Popen[bytes]] = {}  # servers that this process started


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    home: Home
    ports: Ports
    pid: int

    @property
    def uri(self) -> str:
        """Where drivers connect."""
        return f"bolt://127.0.0.1:{self.ports.bolt}"

    @property
    def browser(self) -> str:
        """The address of Neo4j Browser."""
        return f"http://127.0.0.1:{self.ports.http}/browser/?connectURL={self.uri}"

    @property
    def user(self) -> str:
        """The user whose password is in the home's file."""
        return USER


def up(
    home: Home,
    *,
    settings: Mapping[str, str] | None = None,
    usual_ports: bool = True,
    say: Say = lambda text: None,
) -> Server:
    """Start the server, or give the one that runs.

    Parameters
    ----------
    home
        Its folder; made if it is not there.
    settings
        Further lines of neo4j.conf, by name; taken up only by a server that is started.
    usual_ports
        Prefer the ports of the last start and those that Neo4j usually has.
    say
        Told what is going on.

    Raises
    ------
    StoreUnavailable
        Java or Maven is missing, the folder cannot be written or its password is lost, or the server does
        not come up; says where its log is.
    """
    with exclusive(home.path / "lock"):
        server = running(home)
        if server is None:
            server = _start(home, settings or {}, usual_ports=usual_ports, say=say)
        return server


def running(home: Home) -> Server | None:
    """Give the server of a home if it runs: the process of its number must be that very server."""
    ports = home.ports()
    try:
        pid = int(home.pid_file.read_text("ascii"))
    except (OSError, ValueError):
        return None
    if ports is None or not _is_server(pid, home):
        return None
    return Server(home, ports, pid)


def down(home: Home) -> bool:
    """Stop the server, and tell whether there was one. A number left by a server that is gone is removed.

    One that does not stop in time, for instance on a full disk, is killed; its log brings its data back.

    Raises
    ------
    StoreUnavailable
        It is not ours to stop, or did not even end when killed.
    """
    if not home.path.is_dir():
        return False
    with exclusive(home.path / "lock"):
        server = running(home)
        if server is None:
            home.pid_file.unlink(missing_ok=True)
            return False
        try:
            os.kill(server.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        except PermissionError as exc:
            raise StoreUnavailable(
                f"process {server.pid}: found another user's, expected a server of one's own"
            ) from exc
        if not _waited(lambda: not _is_server(server.pid, home), STOP_SECONDS):
            os.kill(server.pid, signal.SIGKILL)
        if not _waited(lambda: not _is_server(server.pid, home), KILL_SECONDS):
            raise StoreUnavailable(f"process {server.pid}: found it at work after a kill, expected its end")
        if (child := _children.pop(server.pid, None)) is not None:
            child.wait()
        home.pid_file.unlink(missing_ok=True)
        return True


def _start(home: Home, settings: Mapping[str, str], *, usual_ports: bool, say: Say) -> Server:
    java = find_java()
    jars = fetch_jars(say)
    home.prepare()
    ports = home.free_ports(usual=usual_ports)
    home.write_conf(ports, settings)
    if home.has_data:
        home.password()  # lost: better said before the start
    else:
        say("setting a password")
        set_password(home, home.new_password())
    home.pid_file.unlink(missing_ok=True)
    say("starting Neo4j")
    command = [java, "-cp", f"{home.path}/plugins/*:{home.path}/conf/*:{jars}/lib/*", *_heap(home)]
    command += [*JAVA_OPTIONS, MAIN, f"--home-dir={home.path}", f"--config-dir={home.conf.parent}"]
    with (home.logs / "console.log").open("ab") as console:
        child = subprocess.Popen(  # noqa: S603 - the user's own Java
            ["/bin/sh", "-c", LAUNCH, str(home.pid_file), *command],
            cwd=home.path,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
        )
    try:
        _wait_ready(child, ports, home)
    except BaseException:
        child.terminate()
        child.wait(STOP_SECONDS)
        raise
    _children[child.pid] = child
    return Server(home, ports, child.pid)


def _heap(home: Home) -> list[str]:
    """Read the sizes of the heap from the configuration: Java wants them as options of its own."""
    lines = home.conf.read_text("utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if line.startswith("server.memory.heap."))
    return [
        f"-Xms{values['server.memory.heap.initial_size']}",
        f"-Xmx{values['server.memory.heap.max_size']}",
    ]


def _wait_ready(child: subprocess.Popen[bytes], ports: Ports, home: Home) -> None:
    """Wait until HTTP answers, which is after Bolt does."""
    _waited(lambda: child.poll() is not None or _answers(ports.http), START_SECONDS)
    if child.poll() is not None:
        found = f"the end of the server ({_last_error(home)})"
    elif not _answers(ports.http):
        found = f"no answer after {START_SECONDS:.0f} s"
    else:
        return
    raise StoreUnavailable(
        f"{home.path}: found {found}, expected Neo4j to start; see {home.logs / 'neo4j.log'} and console.log"
    )


def _answers(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _last_error(home: Home) -> str:
    for name in ("neo4j.log", "console.log"):
        with contextlib.suppress(OSError):
            lines = (home.logs / name).read_text("utf-8", "replace").splitlines()
            errors = [line for line in lines if "ERROR" in line or "Error" in line]
            if errors:
                return errors[-1].strip()[:300]
    return "nothing in its log"


def _waited(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is so; tell whether it came to be in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_AGAIN_SECONDS)
    return True


def _is_server(pid: int, home: Home) -> bool:
    """Tell whether a process is the server of this home, and not another that got its number."""
    return MAIN in (words := _words_of(pid)) and f"--home-dir={home.path}" in words


def _words_of(pid: int) -> list[str]:
    """Give the command line of a process; none if it is gone."""
    proc = Path("/proc") / str(pid) / "cmdline"
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().decode("utf-8", "surrogateescape").split("\0")
        except OSError:
            return []
    shown = subprocess.run(  # noqa: S603 - a number
        ["ps", "-ww", "-o", "args=", "-p", str(pid)],  # noqa: S607 - macOS has it in /bin
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.split()
