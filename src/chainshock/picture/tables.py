"""Tell what stands beside a picture: rankings, facts and sources, the headline, notes on the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from chainshock.graph.facts import NodeRef
from chainshock.queries.names import LABELS, fact_of
from chainshock.queries.rank import RankRow, RankTable
from chainshock.queries.ranking import DENOMINATORS, percent
from chainshock.telling import Teller

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["facts_of", "lead_of", "notes_of", "rank_all", "told_rows"]

SAMPLED = ("companies", "end-uses")  # kinds whose intervals are worth their time
NAMED_IN_LEAD = 3


def rank_all(shock: Shock, samples: int = 0, seed: int = 0, jobs: int = 1) -> dict[str, RankTable]:
    """Rank every kind of entity; with samples, companies and end uses carry intervals."""
    extras: tuple[Literal["bounds"]] = ("bounds",)
    return {
        kind: shock.rank(kind, extras=extras, samples=samples if kind in SAMPLED else 0, seed=seed, jobs=jobs)
        for kind in LABELS
    }


def told_rows(table: RankTable) -> list[dict[str, Any]]:
    """Give the rows of a ranking as the page has them."""
    return [_row(row, table) for row in table.rows]


def _row(row: RankRow, table: RankTable) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": row.id,
        "name": row.name,
        "exposure": _short(row.exposure),
        "usd": None if row.exposure_usd is None else _short(row.exposure_usd),
        "first": row.timing.first_week,
        "confidence": row.confidence,
        "basis": row.basis,
        "reason": row.reason,
        "unknown": None if row.unknown_share is None else _short(row.unknown_share),
        "parts": {part: _short(share) for part, share in row.parts.items() if abs(share) >= 5e-7},
    }
    if row.bounds is not None:
        told["bounds"] = [_short(bound) for bound in row.bounds]
    if table.samples is not None:
        interval = table.samples.intervals[row.id]
        told["interval"] = [_short(interval.exposure_low), _short(interval.exposure_high)]
        told["ranks"] = [interval.rank_low, interval.rank_high]
    return told


def facts_of(shock: Shock, wanted: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tell facts and the sources that state them, by id."""
    teller = Teller(shock)
    facts: dict[str, Any] = {}
    sources: dict[str, Any] = {}
    for key in sorted(set(wanted)):
        told = teller.fact(key)
        facts[key] = {
            name: told[name] for name in ("text", "as_of", "confidence", "sources", "note") if told.get(name)
        }
        if told.get("origin", "reference") != "reference":
            facts[key]["yours"] = True
        for source in told.get("sources", ()):
            sources.setdefault(source, _source(shock, source))
    return facts, sources


def _source(shock: Shock, key: str) -> dict[str, str]:
    fact = fact_of(shock.graph, NodeRef("Source", key))
    if fact is None:
        return {"title": key}
    return {
        name: str(fact.properties[name])
        for name in ("title", "url", "published", "licence")
        if fact.properties.get(name)
    }


def lead_of(shock: Shock, tables: Mapping[str, RankTable]) -> str:
    """Say in two sentences who is harmed and who is favoured most."""
    rows = tables["companies"].rows
    hit = [row for row in rows if abs(row.exposure) >= 5e-5]
    words = [f"{len(hit)} of {len(rows)} companies are exposed."]
    producers = [row for row in rows if "project" not in row.basis]
    worst = [row for row in producers if row.exposure < -5e-5][:NAMED_IN_LEAD]
    best = [row for row in reversed(producers) if row.exposure > 5e-5][:NAMED_IN_LEAD]
    for text, named in (("Most harmed", worst), ("Most favoured of those that produce", best)):
        if named:
            listed = ", ".join(f"{row.name} ({_percent(row.exposure)})" for row in named)
            words.append(f"{text}: {listed}.")
    return " ".join(words)


def _percent(share: float) -> str:
    """Write a share with a true minus sign."""
    return percent(share, 1).replace("-", "\u2212")


def notes_of(shock: Shock) -> dict[str, Any]:
    """Say what was computed, on which facts."""
    run = shock.run
    measures = {key: _measure(shock, key) for key in run["severities"]}
    return {
        "name": run["scenario"],
        "title": run["title"],
        "as_of": run["as_of"],
        "horizon": shock.choices.horizon or 0,
        "rationing": run["rationing"],
        "substitution": run["substitution"],
        "stop": run["stop"],
        "version": run["version"],
        "edition": run["data_edition"],
        "coverage": run["coverage"],
        "facts": run["facts"],
        "warnings": list(run["warnings"]),
        "measures": measures,
        "shares": dict(DENOMINATORS),
    }


def _measure(shock: Shock, key: str) -> dict[str, str]:
    fact = fact_of(shock.graph, NodeRef("Measure", key))
    if fact is None:
        return {"title": key}
    told = {"title": str(fact.properties.get("title", key))}
    for name in ("kind", "announced", "effective"):
        if fact.properties.get(name):
            told[name] = str(fact.properties[name])
    told["sources"] = "; ".join(fact.provenance.sources)
    return told


def _short(value: float) -> float:
    return float(f"{value:.6g}") + 0.0
