"""Which country, if any, a code of trade statistics stands for."""

from __future__ import annotations

import pycountry
import pytest

from chainshock.loaders.resolve.areas import find_area


@pytest.mark.parametrize(
    ("codes", "iso3"),
    [
        (("842",), "USA"),
        (("840",), "USA"),
        (("251",), "FRA"),
        (("381",), "ITA"),
        (("579",), "NOR"),
        (("699",), "IND"),
        (("757",), "CHE"),
        (("4",), "AFG"),
        (("004",), "AFG"),
        (("CHN", "156"), "CHN"),
        (("", "156"), "CHN"),
        (("MCO", "492"), "MCO"),  # the number alone is an aggregate of the UN
    ],
)
def test_code_of_the_united_nations_finds_its_country(codes, iso3):
    assert find_area("un", *codes).iso3 == iso3


@pytest.mark.parametrize(
    "codes", [("490",), ("S19", "490"), ("R20",), ("W00",), ("0",), ("_X",), ("X1",), ("899",), ("492",)]
)
def test_group_of_the_united_nations_is_an_aggregate(codes):
    area = find_area("un", *codes)
    assert (area.kind, area.iso3) == ("aggregate", "")


def test_name_of_an_aggregate_outweighs_a_code_that_looks_like_a_country():
    assert find_area("un", "TWN", "490", name="Other Asia, nes").kind == "aggregate"


def test_country_that_is_no_more_is_no_country():
    area = find_area("un", "890")
    assert (area.kind, area.iso3, area.name) == ("former", "", "Fmr Yugoslavia")


@pytest.mark.parametrize(
    ("code", "iso3"),
    [("QA", "QAT"), ("GR", "GRC"), ("EL", "GRC"), ("XK", "XKX"), ("XS", "SRB"), ("XI", "GBR"), ("XC", "ESP")],
)
def test_code_of_eurostat_finds_its_country(code, iso3):
    assert find_area("eu", code).iso3 == iso3


@pytest.mark.parametrize("code", ["QP", "QZ", "QV", "EU27_2020_EXTRA", "EXT_EU27_2020", "EU27_2020", "WORLD"])
def test_group_of_eurostat_is_an_aggregate(code):
    assert find_area("eu", code).kind == "aggregate"


@pytest.mark.parametrize("codes", [("999",), ("",), ("ZZZ",), ()])
def test_code_that_nobody_gives_out_finds_nothing(codes):
    assert find_area("un", *codes) is None


@pytest.mark.parametrize("system", ["un", "eu"])
def test_every_country_of_iso_is_found_by_its_code(system):
    codes = {c.alpha_3: c.alpha_3 if system == "un" else c.alpha_2 for c in pycountry.countries}
    assert {iso3: find_area(system, code).iso3 for iso3, code in codes.items()} == {c: c for c in codes}
