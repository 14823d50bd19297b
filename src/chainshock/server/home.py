"""Say where a server of one's own keeps what: its folder, password, ports and process id."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

import platformdirs

from chainshock.errors import StoreUnavailable

__all__ = ["Home", "Ports", "exclusive"]

FOLDERS = ("conf", "data", "import", "licenses", "logs", "plugins", "run")
USUAL_PORTS = 7687, 7474
PASSWORD_BYTES = 24


@dataclass(frozen=True)
class Ports:
    """Where a server listens on loopback."""

    bolt: int
    http: int


@dataclass(frozen=True)
class Home:
    """The folder of one server. Only its owner can enter it."""

    path: Path

    @classmethod
    def at(cls, folder: str | Path | None = None) -> Home:
        """Give the home in a folder, by default CHAINSHOCK_NEO4J, else one in the user's data folder."""
        folder = folder or os.environ.get("CHAINSHOCK_NEO4J") or None
        usual = Path(platformdirs.user_data_dir("chainshock")) / "neo4j"
        return cls(usual if folder is None else Path(os.path.abspath(folder)))  # noqa: PTH100 - links stay links

    @property
    def conf(self) -> Path:
        """The configuration file."""
        return self.path / "conf" / "neo4j.conf"

    @property
    def password_file(self) -> Path:
        """The file that holds the password of the user neo4j."""
        return self.path / "password"

    @property
    def pid_file(self) -> Path:
        """The file that the server's process writes its number into."""
        return self.path / "run" / "server.pid"

    @property
    def logs(self) -> Path:
        """The folder of logs."""
        return self.path / "logs"

    @property
    def has_data(self) -> bool:
        """Whether a server has run here before."""
        return (self.path / "data" / "databases").is_dir()

    def prepare(self) -> None:
        """Make the folders that are missing.

        Raises
        ------
        StoreUnavailable
            They cannot be made.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in FOLDERS:
                (self.path / name).mkdir(exist_ok=True)
        except OSError as exc:
            raise StoreUnavailable(
                f"{self.path}: found {exc.strerror}, expected a folder that can be written"
            ) from exc

    def password(self) -> str:
        """Read the password.

        Raises
        ------
        StoreUnavailable
            There is none, or it cannot be read.
        """
        try:
            return self.password_file.read_text("utf-8").strip()
        except OSError as exc:
            raise StoreUnavailable(
                f"{self.password_file}: found {exc.strerror}, expected the password of the data beside it"
            ) from exc

    def new_password(self) -> str:
        """Make a password, in a file that only its owner can read."""
        text = secrets.token_urlsafe(PASSWORD_BYTES)
        write_secret(self.password_file, text + "\n")
        return text

    def ports(self) -> Ports | None:
        """Read the ports that the server was last started on; None if it never was."""
        try:
            lines = self.conf.read_text("utf-8").splitlines()
        except OSError:
            return None
        values = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        try:
            bolt, http = (
                int(values[f"server.{kind}.listen_address"].rpartition(":")[2]) for kind in ("bolt", "http")
            )
        except (KeyError, ValueError):
            return None
        return Ports(bolt, http)

    def free_ports(self, *, usual: bool = True) -> Ports:
        """Choose ports that nobody listens on: those of the last start, Neo4j's own, or any."""
        wanted = [self.ports(), Ports(*USUAL_PORTS)] if usual else []
        for ports in wanted:
            if ports is not None and _is_free(ports.bolt) and _is_free(ports.http):
                return ports
        with ExitStack() as stack:
            bolt, http = (stack.enter_context(_bound(0)).getsockname()[1] for _ in range(2))
        return Ports(bolt, http)

    def write_conf(self, ports: Ports, settings: Mapping[str, str]) -> None:
        """Write the configuration for these ports, and further settings that go before."""
        text = resources.files(__package__).joinpath("neo4j.conf").read_text("utf-8")
        lines = Template(text).substitute(bolt=ports.bolt, http=ports.http).splitlines()
        kept = [line for line in lines if line.split("=", 1)[0] not in settings]
        more = [f"{name}={value}" for name, value in settings.items()]
        self.conf.write_text("\n".join([*kept, *more]) + "\n", "utf-8")


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file; others who want it wait. The lock ends with the process, the file stays."""
    try:
        import fcntl  # noqa: PLC0415 - not there on Windows
    except ImportError as exc:
        raise StoreUnavailable(
            "found Windows, expected Linux or macOS; on Windows use compose.yaml with Docker, or WSL"
        ) from exc
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as exc:
        raise StoreUnavailable(
            f"{path.parent}: found {exc.strerror}, expected a folder that can be written"
        ) from exc
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        yield listener


def _is_free(port: int) -> bool:
    try:
        with _bound(port):
            return True
    except OSError:
        return False
