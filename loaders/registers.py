"""What loaders of registers share: who may be identified by whom, and the facts that say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

from chainshock.graph.facts import Confidence, Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.resolve.companies import Candidate, Candidates, Found, Match, Scheme, identifier_key
from chainshock.loaders.sources import Context, Edition

__all__ = ["UNKNOWN", "WAITS", "identified_by", "keep_unique", "left_out"]

UNKNOWN = "company that the graph does not hold"
WAITS = "company that may be one of the graph's: waits for a decision (--review FILE)"

Key = TypeVar("Key", bound=Hashable)


def left_out(found: Found) -> str:
    """Word why a row that gave no match is left out."""
    return UNKNOWN if found is None else WAITS


def keep_unique(found: Mapping[Key, Found], context: Context, scheme: Scheme) -> dict[Key, Found]:
    """Turn matches by name into candidates where the register has several rows for one company.

    A company that is recognised by its identifier, here or before, or by a person, is taken: others of the
    same name are candidates.
    """
    rows = Counter(match.company_id for match in found.values() if isinstance(match, Match))
    taken = context.review.chosen | set(context.companies.identified(scheme).values())
    taken |= {m.company_id for m in found.values() if isinstance(m, Match) and m.method != "name"}
    result: dict[Key, Found] = {}
    for key, match in found.items():
        if (
            isinstance(match, Match)
            and match.method == "name"
            and (rows[match.company_id] > 1 or match.company_id in taken)
        ):
            name = context.companies.names[match.company_id]
            result[key] = Candidates((Candidate(match.company_id, name, match.score),))
        else:
            result[key] = match
    return result


def identified_by(
    scheme: Scheme, value: str, match: Match, edition: Edition, origin: str, **said_there: str
) -> tuple[Fact, Fact]:
    """State an identifier and whose it is.

    Parameters
    ----------
    said_there
        Further properties of IDENTIFIES as the register gives them; blank ones are left out.
    """
    node = NodeRef("Identifier", identifier_key(scheme, value))
    about: dict[str, Value] = {"scheme": scheme, "value": node.key.partition("-")[2]}
    how: dict[str, Value] = {"method": match.method}
    how.update((name, text) for name, text in said_there.items() if text)
    if match.method == "decision":
        how["score"] = match.score
    confidence: Confidence = "A" if match.method == "identifier" else "B"
    return (
        Fact("Identifier", node, None, about, edition.said(edition.published), origin),
        Fact(
            "IDENTIFIES",
            node,
            NodeRef("Company", match.company_id),
            how,
            edition.said(edition.published, confidence),
            origin,
        ),
    )
