"""Files made to break a reader: one clear message each, soon and in little memory."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile

import pytest

from tests.cli.worlds import PROVENANCE, SAID, make_store
from tests.faults import MEASURED, content

HEADER = f"iso3,name,{PROVENANCE}\n".encode()
CHINA = f"CHN,China,{SAID}\n".encode()
MOST_SECONDS = 20.0  # of the processor; interpreter and imports take about one
MOST_MEGABYTES = 400


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store that no test here may change."""
    return make_store(tmp_path_factory.mktemp("store"))


def one_line_of_a_gigabyte(folder):
    path = folder / "Country.csv"
    with path.open("wb") as file:
        file.write(HEADER + b"x" * (40 << 20))
        file.truncate(1 << 30)
    return path


def one_quoted_cell_of_a_gigabyte(folder):
    path = folder / "Country.csv"
    with path.open("wb") as file:
        file.write(HEADER + b'CHN,"' + b"line\n" * (8 << 20))
        file.truncate(1 << 30)
    return path


def hole_of_a_gigabyte(folder):
    path = folder / "Country.csv"
    with path.open("wb") as file:
        file.write(HEADER + CHINA)
        file.truncate(1 << 30)
    return path


def written(data, name="Country.csv"):
    def make(folder):
        (folder / name).write_bytes(data)
        return folder / name

    return make


def zipped(name, data):
    def make(folder):
        with zipfile.ZipFile(folder / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        return folder / "t.zip"

    return make


GZIPPED = gzip.compress(HEADER + b"".join(b"%03d,x,%s\n" % (n, SAID.encode()) for n in range(999)))
COLUMNS = b",".join(b"c%d" % n for n in range(10_000))
HOSTILE = {
    "1 GB line": (one_line_of_a_gigabyte, "a row of more than 16 MiB at line 2"),
    "1 GB quoted cell": (one_quoted_cell_of_a_gigabyte, "a row of more than 16 MiB at line 2"),
    "1 GB hole": (hole_of_a_gigabyte, "a NUL byte at line 3"),
    "NUL byte": (written(HEADER + b"CHN,Chi\0na\n"), "a NUL byte at line 2"),
    "UTF-16 mark": (written((HEADER + CHINA).decode().encode("utf-16")), "UTF-16 text"),
    "UTF-32 mark": (written((HEADER + CHINA).decode().encode("utf-32")), "UTF-16 text"),
    "wrong delimiter": (written((HEADER + CHINA).replace(b",", b";")), "unknown column 'iso3;name"),
    "duplicate header": (written(HEADER.replace(b"iso3", b"iso3,iso3") + CHINA), "column 'iso3' twice"),
    "10,000 columns": (written(COLUMNS + b"\n1\n"), "unknown column 'c0'"),
    "zip bomb": (zipped("Country.csv", bytes(8 << 20)), "more than 200 times its size"),
    "gz bomb": (written(gzip.compress(bytes(8 << 20)), "Country.csv.gz"), "a NUL byte at line 1"),
    "bomb of lines": (
        written(gzip.compress(HEADER + b"\n" * (8 << 20)), "Country.csv.gz"),
        "more than 200 times its size",
    ),
    "path out of an archive": (zipped("../../etc/passwd", b"root"), "an archive without CSV files"),
    "absolute path in an archive": (zipped("/etc/Country.csv", b"x\n"), "unknown column 'x'"),
    "archive in an archive": (zipped("t.zip", b"PK"), "an archive within the archive"),
    "truncated gz": (written(GZIPPED[:300], "Country.csv.gz"), "a damaged archive, or one cut short"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_file_is_refused_soon_in_little_memory_and_changes_nothing(case, store, tmp_path):
    make, said = HOSTILE[case]
    path = make(tmp_path)
    before = content(store)
    command = [sys.executable, "-c", MEASURED, "load", path, "--store", store, "--origin", "hostile"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    path.unlink()

    *message, used = result.stderr.splitlines()
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert sum(line.startswith("Error: ") for line in message) == 1
    assert said in result.stderr
    seconds, megabytes = json.loads(used)
    assert seconds < MOST_SECONDS
    assert megabytes < MOST_MEGABYTES
    assert content(store) == before


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("mark", b"\xef\xbb\xbf" + HEADER + CHINA),
        ("mixed line ends", HEADER.replace(b"\n", b"\r\n") + CHINA.replace(b"\n", b"\r") + b"\r\n\n" + CHINA),
        ("no last line end", HEADER + CHINA.rstrip()),
    ],
)
def test_file_that_is_only_odd_loads(name, data, store, tmp_path):
    path = written(data)(tmp_path)
    command = [sys.executable, "-m", "chainshock", "load", path, "--store", store, "--dry-run"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert all("superseded" in line for line in result.stderr.splitlines())  # a later fact is there
    assert "0 quarantined" in result.stdout
