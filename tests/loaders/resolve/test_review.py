"""Decisions on who is who: read, honoured, added to, written the same way every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders.resolve.companies import Candidate, Candidates, Match
from chainshock.loaders.resolve.review import Review

HEADER = "source,identifier,name,country,candidate,candidate_name,score,decision\n"
NAMES = {"kia": "Kia", "ford": "Ford Motor"}
KIA = Candidates((Candidate("kia", "Kia", 91.5), Candidate("ford", "Ford Motor", 88.0)))


def read(path: Path, text: str | None = None) -> Review:
    if text is not None:
        path.write_text(HEADER + text, encoding="utf-8")
    return Review.read(path, "gleif", NAMES)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "decisions.csv"


def test_file_that_does_not_exist_holds_no_decision(file: Path) -> None:
    assert read(file).settle(KIA, identifier="LEI-1", name="Kia Europe") == KIA


def test_yes_makes_a_match_with_its_score(file: Path) -> None:
    review = read(file, "gleif,LEI-1,Kia Europe,,kia,Kia,91.5,yes\n")
    assert review.settle(None, identifier="LEI-1", name="whatever") == Match("kia", "decision", 91.5)


def test_yes_goes_before_what_was_found(file: Path) -> None:
    review = read(file, "gleif,LEI-1,Kia Europe,,kia,Kia,91.5,Yes\n")
    assert review.settle(Match("ford", "name"), identifier="LEI-1") == Match("kia", "decision", 91.5)


def test_no_takes_a_candidate_away_for_good(file: Path) -> None:
    review = read(file, "gleif,LEI-1,Kia Europe,,kia,Kia,91.5,no\n")
    assert review.settle(KIA, identifier="LEI-1", name="Kia") == Candidates(KIA.pairs[1:])
    assert [pair.candidate for pair in review.waiting] == ["ford"]


def test_no_undoes_a_match_by_name(file: Path) -> None:
    review = read(file, "gleif,LEI-1,Kia Europe,,kia,Kia,100,no\n")
    assert review.settle(Match("kia", "name"), identifier="LEI-1") is None


def test_decision_of_another_source_or_row_does_not_count(file: Path) -> None:
    review = read(file, "sec,LEI-1,Kia Europe,,kia,Kia,91.5,yes\ngleif,LEI-2,Kia Europe,,kia,Kia,91.5,yes\n")
    assert review.settle(None, identifier="LEI-1", name="Kia Europe") is None


def test_row_without_identifier_is_known_by_its_name(file: Path) -> None:
    review = read(file, "gleif,,KIA EUROPE GmbH,,kia,Kia,91.5,yes\n")
    assert review.settle(None, name="Kia Europe") == Match("kia", "decision", 91.5)


def test_new_pairs_are_written_in_order_beside_those_that_were_there(file: Path) -> None:
    review = read(file, "sec,CIK-1,Zeta,,ford,Ford Motor,90,no\n")
    review.settle(KIA, identifier="LEI-1", name="=Kia, Europe", country="DEU")
    review.write(file)
    assert file.read_text("utf-8") == (
        f"{HEADER}"
        'gleif,LEI-1,"\'=Kia, Europe",DEU,ford,Ford Motor,88,\n'
        'gleif,LEI-1,"\'=Kia, Europe",DEU,kia,Kia,91.5,\n'
        "sec,CIK-1,Zeta,,ford,Ford Motor,90,no\n"
    )


def test_file_is_the_same_after_the_same_rows_again(file: Path) -> None:
    contents = []
    for other in ("LEI-2", "LEI-2", "LEI-3"):
        review = read(file)
        review.settle(KIA, identifier="LEI-1", name="'t Kia")
        review.settle(KIA, identifier=other, name="Kia")
        review.write(file)
        contents.append(file.read_text("utf-8"))
    assert contents[0] == contents[1]
    assert contents[2].startswith(contents[0])


def test_file_without_news_keeps_its_bytes_as_its_owner_wrote_them(file: Path) -> None:
    text = "gleif,LEI-1,Kia,,kia,Kia,91.5,no\r\n\nGLEIF,x,y,,ford,F,1,\n"
    review = read(file, text)
    review.write(file)
    assert file.read_text("utf-8") == (HEADER + text).replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("gleif,LEI-1,Kia,,kia,Kia,91.5,maybe", "2: column decision: found 'maybe'"),
        ("gleif,LEI-1,Kia,,kio,Kia,91.5,yes", "2: column candidate: found 'kio'"),
        ("gleif,LEI-1,Kia,,kia,Kia,many,yes", "2: column score: found 'many'"),
        ("gleif,LEI-1,Kia,,kia,Kia,nan,yes", "2: column score: found 'nan'"),
        ("gleif,,,,kia,Kia,91.5,yes", "2: column name"),
        ("gleif,LEI-1", "2: found 2 cells, expected 8 cells"),
        (
            "gleif,L,K,,kia,K,1,yes\ngleif,L,K,,ford,F,1,yes",
            "3: column decision: found yes to ford after yes to kia",
        ),
    ],
)
def test_row_that_does_not_fit_is_named_by_its_line(file: Path, row: str, problem: str) -> None:
    with pytest.raises(InvalidRecord, match=rf"decisions\.csv:{problem}"):
        read(file, row + "\n")


def test_all_rows_that_do_not_fit_are_named(file: Path) -> None:
    with pytest.raises(InvalidRecord) as error:
        read(file, "a,b,c,,d,e,1,x\na,b,c,,d,e,1,y\n")
    assert [problem.row for problem in error.value.all] == [2, 3]


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"\xff\xfe", HEADER.encode() + b"a\0", HEADER.encode() + b'"a']
)
def test_file_that_is_no_table_of_decisions_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises((FileProblem, InvalidRecord), match=r"decisions\.csv"):
        read(file)


def test_nothing_that_waits_makes_no_file(file: Path) -> None:
    read(file).write(file)
    assert not file.exists()


def test_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="expected a table with columns"):
        read(tmp_path)
