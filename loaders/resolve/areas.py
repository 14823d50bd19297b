"""Tell what a code of an area in trade statistics stands for: a country, several, or one that is no more.

Statistical offices number their partners by ISO 3166 and add codes of their own, for groups of countries, for
ships' stores, for trade that must not be told. `areas.csv` lists those of the United Nations (`un`) and of
Eurostat's geonomenclature (`eu`).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

from chainshock.loaders.resolve.countries import find_country, is_aggregate

__all__ = ["Area", "find_area"]

System = Literal["un", "eu"]
Kind = Literal["country", "aggregate", "former"]

# groups by the form of their code: W00, S19, R20, X1, E19 of the UN; QP to QZ and EU27_2020_EXTRA of Eurostat
_GROUPS = {
    "un": re.compile(r"[A-Z][0-9]{1,2}"),
    "eu": re.compile(r"Q[M-Z]|.*(EXTRA|INTRA|EXT_|INT_).*|(EU|EA)[0-9]+(_[0-9]{4})?"),
}


@dataclass(frozen=True, slots=True)
class Area:
    """What a code stands for; `iso3` is blank unless that is one country of today."""

    kind: Kind
    iso3: str = ""
    name: str = ""

    @property
    def reason(self) -> str:
        """Say why trade with an area that is no country is left out."""
        return "a country that is no more" if self.kind == "former" else "an aggregate and no country"


@lru_cache(maxsize=4096)
def find_area(system: System, *codes: str, name: str = "") -> Area | None:
    """Give the area that codes of a publisher stand for, the most telling first; None where nothing answers.

    Parameters
    ----------
    system
        Whose codes beside those of ISO 3166: `un` or `eu`.
    codes
        Codes of one area: alpha-3, alpha-2 or numeric, with or without leading zeros.
    name
        What the publisher calls it, where it says so; an aggregate is known by its name as well.

    Examples
    --------
    >>> [area and area.iso3 for area in (find_area("un", "842"), find_area("un", "4"), find_area("eu", "QA"))]
    ['USA', 'AFG', 'QAT']
    >>> find_area("un", "S19", "490").kind, find_area("un", "999")
    ('aggregate', None)
    """
    if is_aggregate(name):
        return Area("aggregate", name=name)
    for code in (code.strip().upper() for code in codes):
        known = _areas().get((system, code.lstrip("0") or code[-1:]))
        if known is not None:
            return known
        if _GROUPS[system].fullmatch(code):
            return Area("aggregate", name=name or code)
        iso3 = find_country(code.zfill(3) if code.isdecimal() else code)
        if iso3 is not None:
            return Area("country", iso3, name)
    return None


@cache
def _areas() -> dict[tuple[str, str], Area]:
    text = resources.files("chainshock.loaders.resolve").joinpath("areas.csv").read_text("utf-8")
    return {
        (row["system"], row["code"]): Area(row["kind"], row["iso3"], row["name"])  # type: ignore[arg-type]
        for row in csv.DictReader(text.splitlines())
    }
