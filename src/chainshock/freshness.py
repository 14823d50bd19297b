"""Tell of each source and data set: its edition, age and licence, and what in a ranking rests on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from chainshock import __version__
from chainshock.graph.facts import Fact
from chainshock.graph.network.compile import compile_network
from chainshock.queries.freshness import Reliance, reliance_on_origins, reliance_on_sources
from chainshock.queries.ranking import wrap
from chainshock.queries.tables import Column, draw_table

if TYPE_CHECKING:
    from chainshock.api import Dataset

__all__ = ["SourceSheet", "describe_sources"]

MOST_SOURCES = 20  # in text; JSON and CSV have all
COLUMNS = [
    *("kind", "id", "title", "described", "edition", "published", "age_days", "licence", "url"),
    *("facts", "stale", "edges", "supply", "companies", "value"),
    *("loader", "files", "read", "taken", "left_out", "quarantined", "left_out_reasons"),
]
COUNTS = ("read", "taken", "left_out", "quarantined")
LOAD = ("loader", *COUNTS, "left_out_reasons")


@dataclass(frozen=True)
class SourceSheet:
    """One row for each data set and each source: data sets first, then what most rests on."""

    run: Mapping[str, Any]  # Any: what JSON holds
    rows: list[dict[str, Any]]

    @property
    def columns(self) -> list[str]:
        """Columns in CSV."""
        return COLUMNS

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters."""
        return "\n".join(self._lines(width)) + "\n"

    def _lines(self, width: int) -> Iterator[str]:
        yield from wrap(
            f"On {self.run['as_of']}: facts that hold, those of them that describe a date more than a year "
            "earlier (stale), and what rests on them: of what buyers draw, goods weighing equally (supply), "
            "and of companies' business in the graph (value). What rests on two sources counts for both",
            width,
        )
        sets = [row for row in self.rows if row["kind"] == "dataset"]
        sources = [row for row in self.rows if row["kind"] == "source"]
        yield ""
        yield draw_table(_columns("data set"), [_cells(row) for row in sets], width).rstrip("\n")
        for row in sets:
            for load in row["loads"]:
                yield from wrap(_account(row["id"], load), width)
        yield ""
        shown = sources[:MOST_SOURCES]
        yield draw_table(_columns("source"), [_cells(row) for row in shown], width).rstrip("\n")
        if len(sources) > len(shown):
            yield f"... and {len(sources) - len(shown):,} more (--format json lists all)"
        unknown = [row["id"] for row in sources if not row["described"]]
        if unknown:
            yield from wrap(f"Named by facts and described by no Source: {', '.join(unknown)}", width)


def _columns(first: str) -> list[Column]:
    return [
        Column(first, None, least=20),
        Column("published", 10),
        Column("days old", 8, "right"),
        Column("licence", 18, drop=2),
        Column("facts", 7, "right"),
        Column("stale", 7, "right", drop=1),
        Column("supply", 7, "right"),
        Column("companies", 9, "right", drop=3),
        Column("value", 7, "right"),
    ]


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [
        row["title"],
        row["published"],
        f"{row['age_days']:,}",
        row["licence"],
        f"{row['facts']:,}",
        f"{row['stale']:,}",
        f"{100 * row['supply']:.1f} %",
        f"{row['companies']:,}",
        f"{100 * row['value']:.1f} %",
    ]


def _account(name: str, load: Mapping[str, Any]) -> str:
    """Say what became of the rows of a data set's files."""
    counts = ", ".join(f"{load[name]:,} {name.replace('_', ' ')}" for name in COUNTS)
    why = f" ({load['left_out_reasons']})" if load["left_out_reasons"] else ""
    return f"{name}: `{load['loader']}` of {', '.join(load['edition'])}: rows {counts}{why}"


def describe_sources(dataset: Dataset, as_of: date) -> SourceSheet:
    """Take the network of a date, with all that is known, apart by source and by data set."""
    graph = dataset.graph(as_of, "latest")
    facts = [data["fact"] for _, data in graph.nodes(data=True) if "fact" in data]
    facts += [data["fact"] for *_, data in graph.edges(data=True)]
    network = compile_network(graph, dataset.knowledge.all("Company"), baseline_year=as_of.year - 1)
    used = _with_vintages(facts, network.node_facts, dataset.facts)
    origins = reliance_on_origins(network, used, as_of)
    sources = reliance_on_sources(network, used, as_of)
    loads, nodes = _loads(dataset), _latest(dataset, "Source")
    rows = [_dataset_row(entry, loads.get(name, []), as_of) for name, entry in origins.items()]
    found = [_source_row(entry, nodes.get(name), as_of) for name, entry in sources.items()]
    rows += sorted(found, key=lambda row: (-row["supply"], -row["value"], -row["facts"], row["id"]))
    run = {
        "as_of": as_of.isoformat(),
        "version": __version__,
        "data_edition": dataset.edition,
        "facts": len(used),
        "stale": sum(entry.stale for entry in origins.values()),
        "sources": len(sources),
        "data_sets": len(origins),
    }
    return SourceSheet(run, rows)


def _with_vintages(
    facts: Sequence[Fact], node_facts: Sequence[Sequence[str]], every: Sequence[Fact]
) -> list[Fact]:
    """Add the older vintages that a network goes by all the same: revenues of the baseline year."""
    known = {fact.id for fact in facts}
    wanted = {fact_id for ids in node_facts for fact_id in ids} - known
    older = {fact.id: fact for fact in every if fact.id in wanted}
    return [*facts, *(older[fact_id] for fact_id in sorted(older))]


def _latest(dataset: Dataset, label: str) -> dict[str, Fact]:
    """Give the best vintage of each node that describes a source or data set, by its id."""
    best: dict[str, Fact] = {}
    for fact in dataset.knowledge.all(label):
        best.setdefault(fact.source.key, fact)
    return best


def _loads(dataset: Dataset) -> dict[str, list[Fact]]:
    """Give the loads of each data set, the latest first; of the same files loaded again only the best."""
    found: dict[str, dict[object, Fact]] = {}
    for fact in dataset.knowledge.all("Dataset"):
        found.setdefault(fact.source.key, {}).setdefault(fact.properties.get("files"), fact)
    return {name: list(by_files.values()) for name, by_files in found.items()}


def _dataset_row(entry: Reliance, loads: Sequence[Fact], as_of: date) -> dict[str, Any]:
    """Give a data set as its latest load left it, with all its loads beside."""
    told = [_load(load) for load in loads]
    latest = told[0] if told else dict.fromkeys(LOAD) | {"edition": [], "files": []}
    known = loads[0].properties if loads else {}
    return {
        **_reliance(entry, as_of),
        "kind": "dataset",
        "title": entry.name,
        "described": bool(loads),
        "licence": known.get("licence", ""),
        "url": known.get("url", ""),
        **latest,
        "loads": told,
    }


def _load(fact: Fact) -> dict[str, Any]:
    """Tell one load: its edition and files, and what became of their rows."""
    files = fact.properties.get("files", ())
    return {
        **{name: fact.properties.get(name) for name in LOAD},
        "edition": list(fact.provenance.sources),
        "files": list(files) if isinstance(files, tuple) else [],
    }


def _source_row(entry: Reliance, node: Fact | None, as_of: date) -> dict[str, Any]:
    known = {} if node is None else dict(node.properties)
    row = _reliance(entry, as_of)
    return {
        **row,
        "kind": "source",
        "title": known.get("title", entry.name),
        "described": node is not None,
        "edition": [str(known["published"])] if "published" in known else [],
        "licence": known.get("licence", ""),
        "url": known.get("url", ""),
        **dict.fromkeys(COLUMNS[COLUMNS.index("loader") :]),
        "files": [],
    }


def _reliance(entry: Reliance, as_of: date) -> dict[str, Any]:
    published = entry.known_from or as_of
    return {
        "id": entry.name,
        "published": published.isoformat(),
        "age_days": (as_of - published).days,
        "facts": entry.facts,
        "stale": entry.stale,
        "edges": entry.edges,
        "supply": entry.supply,
        "companies": entry.companies,
        "value": entry.value,
    }
