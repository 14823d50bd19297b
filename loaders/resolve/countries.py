"""Tell which country a publisher means: exact aliases first, then exact names of ISO 3166, never a guess."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib import resources

from chainshock.graph.facts import Fact, NodeRef, Provenance

__all__ = ["country_fact", "country_name", "find_country", "is_aggregate"]

_AGGREGATE = re.compile(
    r"world|total|other countr|other asia|\bnes\b|n\.e\.s|not specified|unspecified|areas, |\bothers?\b"
    r"|bunkers|free zones|neutral zone|special categories|undisclosed|european union|\beu\b|\beu ?27"
    r"|\b(ex|in)tra-eu",
    re.IGNORECASE,
)


def is_aggregate(name: str) -> bool:
    """Tell whether a name stands for several countries, or for none in particular.

    Examples
    --------
    >>> [is_aggregate(name) for name in ("World total (rounded)", "Other Asia, nes", "Chad")]
    [True, True, False]
    """
    return _AGGREGATE.search(name) is not None


def find_country(name: str) -> str | None:
    """Give the ISO 3166 alpha-3 code of a country named or coded exactly; None where nothing answers.

    Codes of two or three letters and numeric codes are taken as ISO 3166.

    Examples
    --------
    >>> [find_country(name) for name in ("Congo (Kinshasa)", "Republic of Korea", "842", "Atlantis")]
    ['COD', 'KOR', 'USA', None]
    """
    folded = _fold(name)
    known = _aliases().get(folded)
    if known is not None:
        return known
    if not folded or is_aggregate(name):
        return None
    import pycountry  # noqa: PLC0415 - slow to import

    try:
        return str(pycountry.countries.lookup(name.strip()).alpha_3)
    except LookupError:
        return None


def country_name(iso3: str) -> str:
    """Give the short English name of a country by its code."""
    import pycountry  # noqa: PLC0415 - slow to import

    found = pycountry.countries.get(alpha_3=iso3)
    return iso3 if found is None else str(getattr(found, "common_name", found.name))


def country_fact(iso3: str, said: Provenance, origin: str) -> Fact:
    """Describe a country that a store does not hold yet, on the word of those who name it."""
    return Fact("Country", NodeRef("Country", iso3), None, {"name": country_name(iso3)}, said, origin)


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


@cache
def _aliases() -> dict[str, str]:
    text = resources.files("chainshock.loaders.resolve").joinpath("country_aliases.csv").read_text("utf-8")
    return {_fold(row["alias"]): row["iso3"] for row in csv.DictReader(text.splitlines())}
