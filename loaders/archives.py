"""Unpack compressed files and members of archives while they are read, within limits."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from chainshock.errors import FileProblem

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["COMPRESSED", "Member", "Meter", "check_size", "find_members", "label_of", "open_packed"]

LARGEST_UNPACKED = 16 << 30  # bytes of one stream, and of all members of an archive that are read
HIGHEST_RATIO = 200  # bytes out for a byte in
FREE_OF_RATIO = 1 << 20  # bytes out that no ratio is asked of
MOST_MEMBERS = 10_000
UNPACKERS: dict[str, Callable[[IO[bytes]], Any]] = {  # Any: binary streams of unrelated classes
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}
COMPRESSED = tuple(UNPACKERS)
NESTED = (*COMPRESSED, ".zip", ".7z", ".tar", ".tgz", ".rar", ".zst")
LONGEST_LABEL = 200
WHOLE = "a whole archive; get the file again"

_DAMAGE = (  # what the standard library raises on bytes that are wrong
    EOFError,
    KeyError,
    OverflowError,
    ValueError,
    gzip.BadGzipFile,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass
class Meter:
    """How many bytes of a file on disk there are to read, and how many have been."""

    total: int = 0
    done: int = 0


class Member(NamedTuple):
    """A file in an archive: its name there, the name to show, its packed size."""

    name: str
    label: str
    size: int


def find_members(path: Path, suffixes: tuple[str, ...]) -> list[Member]:
    """List the members of an archive that have one of the suffixes, in its order.

    Raises
    ------
    FileProblem
        It is damaged, locked with a password, holds an archive itself, or unpacks to more than is allowed.
    """
    if path.name.lower().endswith(".7z"):
        found: list[Member] = _seven_zip(path).find_members(path, suffixes)
        return found
    with _translated(str(path)), zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        wanted = choose_members([info.filename for info in infos], suffixes, str(path))
        taken = [info for info in infos if info.filename in wanted]
    for info in taken:
        if info.flag_bits & 1:
            raise FileProblem(str(path), "an archive locked with a password", "one that is not")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileProblem(str(path), "an archive packed in an unusual way", "a ZIP file that is deflated")
    check_size(sum(info.file_size for info in taken), path.stat().st_size, str(path))
    return [Member(info.filename, label_of(info.filename), info.compress_size) for info in taken]


def choose_members(names: Sequence[str], suffixes: tuple[str, ...], path: str) -> set[str]:
    """Choose among the names in an archive.

    Raises
    ------
    FileProblem
        One is an archive itself, one stands there twice, or there are too many.
    """
    for name in names:
        if name.lower().endswith(NESTED):
            found = f"an archive within the archive, {label_of(name)!r}"
            raise FileProblem(path, found, "an archive of tables; unpack it first")
    wanted = [
        name
        for name in names
        if name.lower().endswith(suffixes) and not name.rpartition("/")[2].startswith(".")
    ]
    wanted = [name for name in wanted if not name.startswith("__MACOSX/")]
    if len(wanted) > MOST_MEMBERS:
        raise FileProblem(path, f"an archive of {len(wanted):,} files", f"at most {MOST_MEMBERS:,}")
    if len(set(wanted)) < len(wanted):
        raise FileProblem(path, "an archive that holds one name twice", "each name once")
    return set(wanted)


def open_packed(path: Path, member: str | None, name: str, meter: Meter, stack: ExitStack) -> io.RawIOBase:
    """Open a file, or a member of an archive, as a raw stream of what is inside.

    Parameters
    ----------
    name
        What messages call it.
    meter
        Counts the bytes taken from the disk.
    stack
        Closes what is opened.

    Raises
    ------
    FileProblem
        It cannot be opened; also, while it is read: it is damaged, or unpacks to more than is allowed.
    """
    with _translated(name):
        file = stack.enter_context(path.open("rb"))
        size = meter.total or path.stat().st_size
        counted = io.BufferedReader(_Counted(file, meter), buffer_size=1 << 16)
        unpack = UNPACKERS.get(path.suffix.lower())
        if member is None and unpack is None:
            return _Counted(file, meter, name)
        if unpack is not None:
            inner = unpack(counted)
        elif path.name.lower().endswith(".7z"):
            inner = _seven_zip(path).open_member(counted, member, name)
        else:
            inner = stack.enter_context(zipfile.ZipFile(counted)).open(str(member))
        return _Unpacked(stack.enter_context(inner), size, name)


def check_size(unpacked: int, packed: int, name: str) -> None:
    """Refuse what unpacks to more than is allowed.

    Raises
    ------
    FileProblem
        It is too much in all, or for its packed size.
    """
    if unpacked > LARGEST_UNPACKED:
        found = f"an archive that unpacks to more than {LARGEST_UNPACKED >> 30} GiB"
        raise FileProblem(name, found, "less; unpack it by hand if you trust it")
    if unpacked > FREE_OF_RATIO and unpacked > HIGHEST_RATIO * packed:
        found = f"an archive that unpacks to more than {HIGHEST_RATIO} times its size"
        raise FileProblem(name, found, "less; unpack it by hand if you trust it")


def label_of(name: str) -> str:
    """Make the name of a member fit to be shown: one line, not too long."""
    text = "".join(c if c.isprintable() else "?" for c in name.replace("\\", "/"))
    return text if len(text) <= LONGEST_LABEL else f"…{text[-LONGEST_LABEL:]}"


class _Counted(io.RawIOBase):
    """Counts what is read of a file."""

    def __init__(self, file: io.BufferedReader, meter: Meter, name: str | None = None) -> None:
        self._file = file
        self._meter = meter
        self._name = name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self._name is None:
            size = self._file.readinto(buffer)
        else:
            with _translated(self._name):
                size = self._file.readinto(buffer)
        self._meter.done += size
        return size


class _Unpacked(io.RawIOBase):
    """Watches over what comes out of an archive."""

    def __init__(self, inner: IO[bytes], packed: int, name: str) -> None:
        self._inner = inner
        self._packed = packed
        self._name = name
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        with memoryview(buffer) as view, _translated(self._name):
            data = self._inner.read(len(view))
            view[: len(data)] = data
        self._given += len(data)
        check_size(self._given, self._packed, self._name)
        return len(data)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Say in our own words what is wrong with a file or an archive."""
    try:
        yield
    except _DAMAGE as error:
        raise FileProblem(name, f"a damaged archive, or one cut short ({error})", WHOLE) from error
    except NotImplementedError as error:
        raise FileProblem(name, f"an archive of an unknown kind ({error})", WHOLE) from error
    except RuntimeError as error:  # zipfile's word for it
        raise FileProblem(name, "an archive locked with a password", "one that is not") from error
    except OSError as error:
        raise FileProblem(name, str(error.strerror or error), "a file that can be read") from error


def _seven_zip(path: Path) -> ModuleType:
    """Give the reader of 7z archives, which needs a package that not everybody installs."""
    try:
        return import_module("chainshock.loaders.seven_zip")
    except ImportError as error:
        found, expected = "a 7z archive, and no py7zr to read it", "pip install 'chainshock[archives]'"
        raise FileProblem(str(path), found, expected) from error
