"""JSON documents of publishers: what is read, and what is refused in one line."""

from __future__ import annotations

import pytest

from chainshock.errors import FileProblem
from chainshock.loaders import documents
from chainshock.loaders.documents import as_number, is_json, read_document
from chainshock.loaders.inputs import Input
from tests.loaders.statistics_files import write


@pytest.fixture
def source(tmp_path):
    def make(data: bytes) -> Input:
        path = tmp_path / "x.json"
        path.write_bytes(data)
        return Input(str(path), path.name, path)

    return make


def test_byte_order_mark_is_passed_over(source):
    item = source(b'\xef\xbb\xbf {"a": 1}')
    assert is_json(item)
    assert read_document(item) == {"a": 1}


def test_table_is_no_document(tmp_path):
    path = write(tmp_path / "x.csv", "a,b\n")
    assert not is_json(Input(str(path), path.name, path))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "Expecting value at line 1"),
        (b'{"a": \n}', "at line 2"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b"9" * 5000, "a number too long"),
    ],
)
def test_broken_document_is_refused_with_its_place(source, data, found):
    with pytest.raises(FileProblem, match=found):
        read_document(source(data))


def test_document_above_the_limit_is_refused(source, monkeypatch):
    monkeypatch.setattr(documents, "MOST_BYTES", 10)
    with pytest.raises(FileProblem, match="a smaller one"):
        read_document(source(b"[1, 2, 3, 4, 5, 6]"))


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), float("inf"), 10**400, [1]])
def test_what_is_no_finite_number_is_none(value):
    assert as_number(value) is None
