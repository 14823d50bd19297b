"""What loaders of registers share: who may be identified by whom, and the facts that say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

from chainshock.graph.facts import Confidence, Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.resolve.companies import Candidate, Candidates, Found, Match, Scheme, identifier_key
from chainshock.loaders.sources import Context, Edition

__all__ = ["KNOWN_STAKE", "UNKNOWN", "WAITS", "identified_by", "keep_unique", "left_out", "stakes_known"]

UNKNOWN = "company that the graph does not hold"
WAITS = "company that may be one of the graph's: it waits for a decision"

KNOWN_STAKE = "owner whose stake the graph knows already"

Key = TypeVar("Key", bound=Hashable)


def left_out(found: Found) -> str:
    """Word why a row that gave no match is left out."""
    return UNKNOWN if found is None else WAITS


def keep_unique(found: Mapping[Key, Found], context: Context, scheme: Scheme | None) -> dict[Key, Found]:
    """Turn matches by name into candidates where the register has several rows for one company.

    A company that is recognised by its identifier, or by a person, is taken: others of the same name are
    candidates. So is one that has an identifier of a scheme in which each company has one.
    """
    rows = Counter(match.company_id for match in found.values() if isinstance(match, Match))
    taken = set(context.review.chosen)
    taken |= set() if scheme is None else set(context.companies.identified(scheme).values())
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


def stakes_known(context: Context) -> set[tuple[str, str]]:
    """Give owner and company of the stakes that other data sets state, so that none is written over."""
    return {
        (fact.source.key, fact.target.key)
        for fact in context.view.facts("OWNS")
        if fact.origin != context.origin and fact.target is not None and "stake" in fact.properties
    }


def identified_by(
    scheme: Scheme,
    value: str,
    match: Match,
    edition: Edition,
    origin: str,
    *,
    best: Confidence = "A",
    **said_there: str,
) -> tuple[Fact, Fact]:
    """State an identifier and whose it is.

    Parameters
    ----------
    best
        Confidence where the company was recognised by an identifier; otherwise it is B.
    said_there
        Further properties of IDENTIFIES as the register gives them; blank ones are left out.
    """
    node = NodeRef("Identifier", identifier_key(scheme, value))
    about: dict[str, Value] = {"scheme": scheme, "value": node.key.partition("-")[2]}
    how: dict[str, Value] = {"method": match.method}
    how.update((name, text) for name, text in said_there.items() if text)
    if match.method == "decision":
        how["score"] = match.score
    confidence: Confidence = best if match.method == "identifier" else "B"
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
