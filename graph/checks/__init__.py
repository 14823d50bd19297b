"""Check facts against each other: one function per rule, `check_<what>(knowledge) -> list[Finding]`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from chainshock.errors import UnknownName
from chainshock.graph.checks import codes, dates, quantities, references, shares
from chainshock.graph.checks.base import Finding
from chainshock.graph.knowledge import KnowledgeGraph

__all__ = ["CHECKS", "Check", "Finding", "run_checks"]

Check = Callable[[KnowledgeGraph], list[Finding]]

CHECKS: dict[str, Check] = {
    "endpoints": references.check_endpoints,
    "named-nodes": references.check_named_nodes,
    "sources": references.check_sources,
    "requires-cycles": references.check_requires_cycles,
    "owner-cycles": references.check_owner_cycles,
    "national-shares": shares.check_national_shares,
    "import-shares": shares.check_import_shares,
    "revenue-shares": shares.check_revenue_shares,
    "segment-countries": shares.check_segment_countries,
    "check-digits": codes.check_check_digits,
    "cas": codes.check_cas,
    "hs-codes": codes.check_hs_codes,
    "hs-levels": codes.check_hs_levels,
    "measure-dates": dates.check_measure_dates,
    "publication-dates": dates.check_publication_dates,
    "known-ends": dates.check_known_ends,
    "vintages": dates.check_vintages,
    "units": quantities.check_units,
    "withheld": quantities.check_withheld,
    "ranges": quantities.check_ranges,
    "parameters": quantities.check_parameters,
    "named-parameters": quantities.check_named_parameters,
}


def run_checks(
    knowledge: KnowledgeGraph, *, only: Collection[str] = (), strict: Collection[str] = ()
) -> list[Finding]:
    """Run checks and give their findings, errors first.

    Parameters
    ----------
    only
        Names of the checks to run; empty: all.
    strict
        Names of checks whose warnings count as errors; `all` names every one.

    Raises
    ------
    UnknownName
        No check has one of the names.
    """
    for name in (*only, *strict):
        if name not in CHECKS and not (name == "all" and name in strict):
            raise UnknownName("check", name, tuple(CHECKS))
    found: list[Finding] = []
    for name, check in CHECKS.items():
        if not only or name in only:
            findings = check(knowledge)
            raised = name in strict or "all" in strict
            found += [replace(f, severity="error") for f in findings] if raised else findings
    return sorted(found, key=lambda f: f.severity != "error")
