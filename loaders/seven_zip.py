"""Read members of 7z archives while they are unpacked; needs py7zr, the extra `archives`."""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import py7zr
from py7zr.io import Py7zIO, WriterFactory

from chainshock.errors import FileProblem
from chainshock.loaders.archives import WHOLE, Member, check_size, choose_members, label_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["find_members", "open_member"]

BLOCK_BYTES = 1 << 18
BLOCKS_AHEAD = 16  # unpacked before anybody asks for them


def find_members(path: Path, suffixes: tuple[str, ...]) -> list[Member]:
    """List the members with one of the suffixes; see `chainshock.loaders.archives.find_members`."""
    with _translated(str(path)), py7zr.SevenZipFile(path) as archive:
        if archive.needs_password():
            raise FileProblem(str(path), "an archive locked with a password", "one that is not")
        infos = [info for info in archive.list() if not info.is_directory]
        wanted = choose_members([info.filename for info in infos], suffixes, str(path))
    taken = [info for info in infos if info.filename in wanted]
    packed = path.stat().st_size
    check_size(sum(info.uncompressed for info in taken), packed, str(path))
    return [Member(info.filename, label_of(info.filename), packed) for info in taken]


@contextmanager
def open_member(file: IO[bytes], member: str, name: str) -> Iterator[io.RawIOBase]:
    """Open a member of an archive; a thread unpacks it a little ahead of the reader.

    Raises
    ------
    FileProblem
        The archive is damaged; also while it is read.
    """
    pipe = _Pipe(name)
    thread = threading.Thread(target=_unpack, args=(file, member, pipe), daemon=True)
    thread.start()
    try:
        yield pipe
    finally:
        pipe.stop()
        thread.join()


class _Stopped(Exception):
    """No error: the reader wants no more."""


class _Pipe(io.RawIOBase):
    """What the thread writes, the reader reads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._blocks: queue.Queue[bytes | Exception | None] = queue.Queue(BLOCKS_AHEAD)
        self._rest = memoryview(b"")
        self._is_over = False
        self._is_stopped = threading.Event()

    def put(self, block: bytes | Exception | None) -> None:
        """Hand on a block, the error that ended the work, or None at its end."""
        while not self._is_stopped.is_set():
            try:
                self._blocks.put(block, timeout=0.1)
            except queue.Full:
                continue
            return
        raise _Stopped

    def stop(self) -> None:
        """Let the thread end."""
        self._is_stopped.set()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if not self._rest and not self._is_over:
            block = self._blocks.get()
            self._is_over = not isinstance(block, bytes)
            if isinstance(block, Exception):
                with _translated(self._name):
                    raise block
            self._rest = memoryview(block or b"")
        with memoryview(buffer) as view:
            size = min(len(view), len(self._rest))
            view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


class _Writer(Py7zIO):
    """Takes what py7zr unpacks."""

    def __init__(self, pipe: _Pipe) -> None:
        self._pipe = pipe
        self._size = 0

    def write(self, s: bytes | bytearray) -> int:
        for start in range(0, len(s), BLOCK_BYTES):
            self._pipe.put(bytes(s[start : start + BLOCK_BYTES]))
        self._size += len(s)
        return len(s)

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def flush(self) -> None:
        pass

    def size(self) -> int:
        return self._size


class _Factory(WriterFactory):
    """Gives py7zr the one writer."""

    def __init__(self, pipe: _Pipe) -> None:
        self._pipe = pipe

    def create(self, filename: str) -> Py7zIO:
        return _Writer(self._pipe)


def _unpack(file: IO[bytes], member: str, pipe: _Pipe) -> None:
    try:
        try:
            with py7zr.SevenZipFile(file) as archive:
                archive.extract(targets=[member], factory=_Factory(pipe))
            pipe.put(None)
        except _Stopped:
            raise
        except Exception as error:
            pipe.put(error)
    except _Stopped:
        return


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Say in our own words what is wrong; on damaged bytes py7zr raises errors of any kind."""
    try:
        yield
    except FileProblem:
        raise
    except py7zr.exceptions.PasswordRequired as error:
        raise FileProblem(name, "an archive locked with a password", "one that is not") from error
    except OSError as error:
        raise FileProblem(name, str(error.strerror or error), "a file that can be read") from error
    except Exception as error:
        found = f"a damaged archive, or one cut short ({error or type(error).__name__})"
        raise FileProblem(name, found, WHOLE) from error
