"""Check digits of LEI and ISIN."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import lei

from chainshock.loaders.resolve.check_digits import are_leis, is_isin, is_lei

LEIS = ["529900T8BM49AURSDO55", "HWUPKR0MPOU8FGXBT394", "213800EC7997ZBLZJH69"]
texts = st.one_of(
    st.sampled_from(LEIS),
    st.text("ABCXYZ019", min_size=18, max_size=18).map(
        lambda start: start + lei.mod_97_10.calc_check_digits(start)
    ),
    st.text("ABCXYZ019", min_size=19, max_size=21),
    st.text(max_size=22),
)


@given(st.lists(texts, max_size=8))
def test_column_of_lei_is_tested_as_one_by_one(column: list[str]) -> None:
    assert are_leis(pl.Series(column, dtype=pl.String)).tolist() == [is_lei(text) for text in column]


@pytest.mark.parametrize("text", LEIS)
def test_lei_as_printed_is_one(text: str) -> None:
    assert is_lei(text)


@pytest.mark.parametrize(
    "text", ["529900T8BM49AURSDO56", "529900t8bm49aursdo55", "5299 00T8BM49AURSDO55", "", "5"]
)
def test_lei_with_a_slip_is_none(text: str) -> None:
    assert not is_lei(text)


def test_isin_with_a_slip_is_none() -> None:
    slips = ["US0378331006", "us0378331005", "US037833100", "ZZ0378331005", "US 0378331005", ""]
    assert is_isin("US0378331005")
    assert not any(map(is_isin, slips))
