"""Names of companies in one form."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainshock.loaders.resolve.names import is_collective, is_short, likeness, normalise, normalised

WORDS = [
    *("Siemens", "A.B.", "Co.", "Ltd", "/DE/", "AG", "& Co.", "KGaA", "N V", "the", "S.A.", "O'Neil", "3M"),
    *("Straße", "Ørsted", "株式会社", "日立", "İş", "A/S", "Ltd./ADR", "ooo", "_", "(publ)", "x.y"),
]
names = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join))


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("Apple Inc.", "apple"),
        ("MP Materials Corp. / DE", "mp materials"),
        ("NORTHROP GRUMMAN CORP /DE/", "northrop grumman"),
        ("Midea Group Co., Ltd./ADR", "midea group"),
        ("WOLTERS KLUWER N V /FI", "wolters kluwer"),
        ("Vestas Wind Systems A/S", "vestas wind systems"),
        ("Merck & Co. KGaA", "merck"),
        ("Robert Bosch GmbH", "robert bosch"),
        ("AB Volvo (publ)", "volvo"),
        ("SAS AB", "sas"),
        ("Neorem Magnets Oy", "neorem magnets"),
        ("Shin-Etsu Chemical Co., Ltd.", "shin etsu chemical"),
        ("Sony K.K.", "sony"),
        ("株式会社日立製作所", "日立製作所"),
        ("Citroën S.A.", "citroen"),
        ("Ørsted A/S", "orsted"),
        ("U.S. Steel", "us steel"),
        ("Grupo Bimbo, S.A.B. de C.V.", "grupo bimbo"),
        ("Magneti Ljubljana d.d.", "magneti ljubljana"),
        ("AT&T Inc.", "at and t"),
        ("Company", "company"),
        ("", ""),
        ("?!", ""),
    ],
)
def test_name_loses_case_accents_punctuation_and_legal_form(name: str, normal: str) -> None:
    assert normalise(name) == normal


@given(names)
def test_normal_form_of_a_normal_form_has_no_capitals_or_outer_blanks(name: str) -> None:
    normal = normalise(name)
    assert normal == normal.strip() == " ".join(normal.split())


@given(st.lists(names, max_size=5))
def test_column_of_names_is_normalised_as_one_by_one(column: list[str]) -> None:
    frame = pl.DataFrame({"name": pl.Series(column, dtype=pl.String)})
    assert frame.select(normalised(pl.col("name"))).to_series().to_list() == [normalise(n) for n in column]


def test_names_of_three_letters_are_short() -> None:
    assert [is_short(normalise(name)) for name in ("ABB Ltd", "K+S", "RTX Corp", "KONE Oyj")] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("name", ["Others", "Various", "World total", "OTHER COMPANIES", "n/a"])
def test_name_for_several_is_collective(name: str) -> None:
    assert is_collective(name)


@pytest.mark.parametrize("name", ["TotalEnergies SE", "World Kinect Corp", "Otherlab Inc"])
def test_firm_with_such_a_word_in_its_name_is_not_collective(name: str) -> None:
    assert not is_collective(name)


def test_likeness_does_not_look_at_the_order_of_words() -> None:
    assert likeness("rare earth usa", "usa rare earth") == 100


def test_padding_at_the_end_counts_little_but_something() -> None:
    assert likeness("compass diversified", "compass diversified holdings") == 95
    assert likeness("spar group", "star group") == likeness("spar", "star") < 80


@given(names, names)
def test_likeness_is_the_same_both_ways(one: str, other: str) -> None:
    one, other = normalise(one), normalise(other)
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 100
