"""Open the files that a user names: plain or compressed, and the members of archives, read in place.

Nothing is unpacked to disk, no name inside an archive is ever used as a path, and what comes out of an
archive is limited in size and in ratio to what went in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from chainshock.errors import FileProblem

__all__ = ["Input", "find_inputs"]


@dataclass(frozen=True)
class Input:
    """One stream of bytes: a file, or a member of an archive.

    `name` is what messages call it: the path, or `archive.zip!member.csv`. `base` is the file's own name.
    """

    name: str
    base: str
    path: Path

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open it for reading, from its beginning.

        Raises
        ------
        FileProblem
            It cannot be opened, is damaged, or unpacks to more than is allowed.
        """
        try:
            with self.path.open("rb") as file:
                yield file
        except OSError as error:
            raise FileProblem(self.name, str(error.strerror or error), "a file that can be read") from error

    def digest(self) -> str:
        """Give the SHA-256 of the file as it lies on disk."""
        with self.path.open("rb") as file:
            digest = sha256()
            while block := file.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()


def find_inputs(paths: Sequence[str | Path], suffixes: Sequence[str]) -> list[Input]:
    """List what paths (files, or folders of files with one of the suffixes) hold, each once.

    Raises
    ------
    FileProblem
        A path does not exist, is neither file nor folder, or is a folder without such files.
    """
    kinds = " or ".join(suffix.removeprefix(".").upper() for suffix in suffixes)
    expected = f"a {kinds} table or a folder of them"
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        try:
            if path.is_dir():
                inside = sorted(
                    p for p in path.iterdir() if p.name.lower().endswith(tuple(suffixes)) and p.name[0] != "."
                )
                if not inside:
                    raise FileProblem(
                        str(path), f"a folder without {kinds} files", "a folder of tables, or a table"
                    )
                found.update(dict.fromkeys(inside))
            elif path.is_file():
                found[path] = None
            elif path.exists():
                raise FileProblem(str(path), "neither a file nor a folder", expected)
            else:
                raise FileProblem(str(path), "no such file", expected)
        except (OSError, ValueError) as error:
            raise FileProblem(str(path), str(error), expected) from error
    return [Input(str(path), path.name, path) for path in found]
