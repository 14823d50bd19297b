"""Files as users have them: plain, compressed, in archives, damaged, or made to do harm."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import FileProblem
from chainshock.loaders import archives
from chainshock.loaders.inputs import Input, find_inputs

TEXT = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(500))


def read(item: Input) -> bytes:
    with item.open() as stream:
        return stream.read()


def read_all(path: Path) -> dict[str, bytes]:
    return {item.name.removeprefix(str(path)): read(item) for item in find_inputs([path], [".csv"])}


def zipped(path: Path, kind: int = zipfile.ZIP_DEFLATED, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def seven_zipped(path: Path, password: str | None = None, **members: bytes) -> Path:
    with py7zr.SevenZipFile(path, "w", password=password) as archive:
        for name, data in members.items():
            archive.writestr(data, name)
    return path


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


@pytest.mark.parametrize("suffix", PACKERS)
def test_compressed_file_is_read_unpacked_under_its_own_name(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t.csv{suffix}"
    path.write_bytes(PACKERS[suffix](TEXT))
    [item] = find_inputs([path], [".csv"])
    assert (item.base, read(item)) == ("t.csv", TEXT)


@pytest.mark.parametrize("make", [zipped, seven_zipped])
def test_archive_gives_its_tables_in_order_and_passes_over_the_rest(
    tmp_path: Path, make: Callable[..., Path]
) -> None:
    path = make(
        tmp_path / f"t.{'zip' if make is zipped else '7z'}", **{"d/b.CSV": TEXT, "r.txt": b"", "a.csv": b"x"}
    )
    assert read_all(path) == {"!d/b.CSV": TEXT, "!a.csv": b"x"}


@pytest.mark.parametrize("make", [zipped, seven_zipped])
def test_archive_can_be_left_before_its_end(tmp_path: Path, make: Callable[..., Path]) -> None:
    data = random.Random(1).randbytes(8 << 20)  # noqa: S311 - no secret
    path = make(tmp_path / f"t.{'zip' if make is zipped else '7z'}", **{"a.csv": data})
    [item] = find_inputs([path], [".csv"])
    with item.open() as stream:
        assert stream.read(10) == data[:10]


def test_folder_gives_plain_and_compressed_tables_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"b"))
    (tmp_path / "a.csv").write_bytes(b"a")
    zipped(tmp_path / "c.zip", **{"a.csv": b"c"})
    assert read_all(tmp_path) == {"/a.csv": b"a", "/b.csv.gz": b"b"}


def test_names_in_an_archive_are_labels_and_never_paths(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"../../etc/pass\nwd.csv": b"x"})
    [item] = find_inputs([path], [".csv"])
    assert (item.name, item.base) == (f"{path}!../../etc/pass?wd.csv", "pass?wd.csv")
    assert read(item) == b"x"


def test_digest_is_of_the_file_on_disk_and_the_same_for_all_members(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"a.csv": b"a", "b.csv": b"b"})
    assert len({item.digest() for item in find_inputs([path], [".csv"])}) == 1
    plain = tmp_path / "t.csv"
    plain.write_bytes(b"abc")
    [item] = find_inputs([plain], [".csv"])
    assert item.digest().startswith("ba7816bf8f01cfea")
    plain.write_bytes(b"abcd")
    assert item.digest().startswith("88d4266fd4e6338d")


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.zip", "t.7z"])
def test_meter_counts_from_nothing_to_all_bytes_on_disk(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("zip"):
        zipped(path, **{"a.csv": TEXT})
    elif name.endswith("7z"):
        seven_zipped(path, **{"a.csv": TEXT})
    else:
        path.write_bytes(gzip.compress(TEXT) if name.endswith("gz") else TEXT)
    [item] = find_inputs([path], [".csv"])
    assert (item.meter.done, item.meter.total > 0) == (0, True)
    read(item)
    assert item.meter.done >= item.meter.total


def locked(path: Path) -> Path:
    data = bytearray(zipped(path, **{"a.csv": TEXT}).read_bytes())
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        data[data.index(start) + (6 if start[2] == 3 else 8)] |= 1
    path.write_bytes(data)
    return path


def cut(path: Path, size: int) -> Path:
    path.write_bytes(path.read_bytes()[:size])
    return path


def packed(path: Path, data: bytes) -> Path:
    path.write_bytes(PACKERS[path.suffix](data))
    return path


BOMB = bytes(10 << 20)
BAD_ARCHIVES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no tables": (lambda f: zipped(f / "t.zip", **{"r.txt": b""}), "an archive without CSV files"),
    "path out of it": (lambda f: zipped(f / "t.zip", **{"../../etc/passwd": b""}), "an archive without CSV"),
    "nested": (lambda f: zipped(f / "t.zip", **{"b.zip": b""}), "an archive within the archive, 'b.zip'"),
    "nested, 7z": (lambda f: seven_zipped(f / "t.7z", **{"b.csv.gz": b"1"}), "an archive within the archive"),
    "locked": (lambda f: locked(f / "t.zip"), "an archive locked with a password"),
    "locked, 7z": (lambda f: seven_zipped(f / "t.7z", "x", **{"a.csv": TEXT}), "locked with a password"),
    "unusual": (lambda f: zipped(f / "t.zip", zipfile.ZIP_LZMA, **{"a.csv": TEXT}), "an unusual way"),
    "no archive": (lambda f: cut(zipped(f / "t.zip", **{"a.csv": TEXT}), 50), "a damaged archive"),
    "no archive, 7z": (lambda f: cut(seven_zipped(f / "t.7z", **{"a.csv": TEXT}), 50), "a damaged archive"),
    "bomb": (lambda f: zipped(f / "t.zip", **{"a.csv": BOMB}), "more than 200 times its size"),
    "bomb, 7z": (lambda f: seven_zipped(f / "t.7z", **{"a.csv": BOMB}), "more than 200 times its size"),
    "bomb, gz": (lambda f: packed(f / "t.csv.gz", BOMB), "more than 200 times its size"),
    "bomb, bz2": (lambda f: packed(f / "t.csv.bz2", BOMB), "more than 200 times its size"),
    "bomb, xz": (lambda f: packed(f / "t.csv.xz", BOMB), "more than 200 times its size"),
    "cut, gz": (lambda f: cut(packed(f / "t.csv.gz", TEXT), 500), "a damaged archive, or one cut short"),
    "cut, bz2": (lambda f: cut(packed(f / "t.csv.bz2", TEXT), 500), "a damaged archive, or one cut short"),
    "cut, xz": (lambda f: cut(packed(f / "t.csv.xz", TEXT), 500), "a damaged archive, or one cut short"),
}


@pytest.mark.parametrize(("make", "found"), BAD_ARCHIVES.values(), ids=list(BAD_ARCHIVES))
def test_archive_that_cannot_be_trusted_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], found: str
) -> None:
    path = make(tmp_path)
    with pytest.raises(FileProblem) as caught:
        read_all(path)
    assert found in str(caught.value)


def test_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_UNPACKED", 1000)
    for path in (zipped(tmp_path / "t.zip", **{"a.csv": TEXT}), packed(tmp_path / "t.csv.gz", TEXT)):
        with pytest.raises(FileProblem, match="an archive that unpacks to more than"):
            read_all(path)


def test_seven_zip_without_its_reader_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = seven_zipped(tmp_path / "t.7z", **{"a.csv": TEXT})
    monkeypatch.setitem(sys.modules, "chainshock.loaders.seven_zip", None)
    with pytest.raises(FileProblem, match=r"pip install 'chainshock\[archives\]'"):
        read_all(path)


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(["t.zip", "t.7z", "t.csv.gz", "t.csv.bz2", "t.csv.xz"]),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_damaged_archive_gives_bytes_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, changes: list[tuple[float, int]]
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    make = {".zip": zipped, ".7z": seven_zipped}.get(path.suffix)
    if make is None:
        packed(path, TEXT)
    else:
        make(path, **{"a.csv": TEXT, "b.csv": b"x"})
    data = bytearray(path.read_bytes())
    for place, value in changes:
        data[int(place * len(data))] = value
    path.write_bytes(data)
    try:
        read_all(path)
    except FileProblem:
        return
