"""Open the files that a user names: plain or compressed, and the members of archives, read in place.

Nothing is unpacked to disk, no name inside an archive is ever used as a path, and what comes out of an
archive is limited in size and in ratio to what went in.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import IO

from chainshock.errors import FileProblem
from chainshock.loaders.archives import COMPRESSED, Meter, find_members, open_packed

__all__ = ["Input", "find_inputs"]

ARCHIVES = (".zip", ".7z")


@dataclass(frozen=True)
class Input:
    """One stream of bytes: a file, or a member of an archive.

    `name` is what messages call it: the path, or `archive.zip!member.csv`. `base` is the file's own name,
    without the suffix of a compression. `member` is the full name inside the archive, which is never used as
    a path. `meter` tells how far it has been read.
    """

    name: str
    base: str
    path: Path
    member: str | None = None
    meter: Meter = field(default_factory=Meter, compare=False, repr=False)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open it for reading, from its beginning.

        Raises
        ------
        FileProblem
            It cannot be opened, is damaged, or unpacks to more than is allowed; also while it is read.
        """
        self.meter.done = 0
        with ExitStack() as stack:
            yield io.BufferedReader(
                open_packed(self.path, self.member, self.name, self.meter, stack), buffer_size=1 << 18
            )

    def digest(self) -> str:
        """Give the SHA-256 of the file as it lies on disk.

        Raises
        ------
        FileProblem
            It cannot be read.
        """
        try:
            about = self.path.stat()
            return _digest(self.path, about.st_size, about.st_mtime_ns)
        except OSError as error:
            raise FileProblem(self.name, str(error.strerror or error), "a file that can be read") from error


def find_inputs(paths: Sequence[str | Path], suffixes: Sequence[str]) -> list[Input]:
    """List what paths hold, each once: files, members of archives, and files in folders.

    Of an archive and of a folder, what has one of the suffixes is taken; in a folder it may be compressed.
    Archives in a folder are passed over.

    Raises
    ------
    FileProblem
        A path does not exist, is neither file nor folder, or is a folder or an archive without such files;
        an archive is damaged, locked with a password, or holds another one.
    """
    kinds = " or ".join(suffix.removeprefix(".").upper() for suffix in suffixes)
    expected = f"a {kinds} table or a folder of them"
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        try:
            if path.is_dir():
                found.update(dict.fromkeys(_inside(path, suffixes, kinds)))
            elif path.is_file():
                found[path] = None
            elif path.exists():
                raise FileProblem(str(path), "neither a file nor a folder", expected)
            else:
                raise FileProblem(str(path), "no such file", expected)
        except (OSError, ValueError) as error:
            raise FileProblem(str(path), str(error), expected) from error
    return [item for path in found for item in _inputs_of(path, suffixes, kinds)]


def _inside(folder: Path, suffixes: Sequence[str], kinds: str) -> list[Path]:
    """List the files of a folder that can be read, by name."""
    endings = (*suffixes, *(suffix + packed for suffix in suffixes for packed in COMPRESSED))
    found = sorted(p for p in folder.iterdir() if p.name.lower().endswith(endings) and p.name[0] != ".")
    if not found:
        raise FileProblem(str(folder), f"a folder without {kinds} files", "a folder of tables, or a table")
    return found


def _inputs_of(path: Path, suffixes: Sequence[str], kinds: str) -> list[Input]:
    """Give a file as one input, an archive as its members."""
    lowered = path.name.lower()
    if not lowered.endswith(ARCHIVES) or lowered.endswith(tuple(suffixes)):
        base = path.name
        for suffix in COMPRESSED:
            base = base[: -len(suffix)] if base.lower().endswith(suffix) else base
        return [Input(str(path), base, path, None, Meter(path.stat().st_size))]
    members = find_members(path, tuple(suffixes))
    if not members:
        raise FileProblem(str(path), f"an archive without {kinds} files", "an archive of tables")
    return [
        Input(
            f"{path}!{member.label}", member.label.rpartition("/")[2], path, member.name, Meter(member.size)
        )
        for member in members
    ]


@lru_cache(maxsize=64)
def _digest(path: Path, size: int, changed: int) -> str:
    """Hash a file once; its size and its time of change tell versions of it apart."""
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
