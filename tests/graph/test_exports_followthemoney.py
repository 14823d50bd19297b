"""FollowTheMoney out: entities, properties and values that its schema knows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from chainshock.graph.exports import exporter
from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.stores.base import Store
from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.reference import load_reference
from tests.loaders.resolve.worlds import company, identifies, said, sits_in, store_of

# Names as in the schemas of these names in the package followthemoney 4.11.2 (MIT licence)
INTERVAL = {"status", "summary", "startDate", "endDate", "date"}
PROPERTIES = {
    "Company": {"name", "alias", "country", "ticker", "sector", "leiCode", "isinCode", "cikCode"},
    "Ownership": {"owner", "asset", "percentage", "ownershipType", *INTERVAL},
    "UnknownLink": {"subject", "object", "role", *INTERVAL},
}
REQUIRED = {"Company": {"name"}, "Ownership": {"owner", "asset"}, "UnknownLink": {"subject", "object"}}


def export(store: Store, folder: Path) -> list[dict[str, object]]:
    path = folder / "out.json"
    exporter("ftm").write(store.view(), path)
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def owns(stake: float, known_from: date = date(2025, 1, 31)) -> Fact:
    about = Provenance(("test",), date(2024, 12, 31), known_from, "A", date(2020, 1, 1))
    ends = NodeRef("Company", "parent"), NodeRef("Company", "child")
    return Fact("OWNS", *ends, {"stake": stake, "relation": "controlling", "status": "active"}, about)


def test_company_carries_names_country_and_verified_identifiers_only(tmp_path: Path) -> None:
    store = store_of(
        company("ford", "Ford Motor", aliases=("Ford",), ticker="F", mic="XNYS", lei="RECALLED"),
        sits_in("ford", "USA"),
        Fact(
            "Country",
            NodeRef("Country", "USA"),
            None,
            {"name": "United States", "iso2": "US"},
            said("B"),
            "mine",
        ),
        identifies("CIK-0000037996", "ford"),
    )
    assert export(store, tmp_path) == [
        {
            "id": "chainshock-ford",
            "schema": "Company",
            "properties": {
                "alias": ["Ford"],
                "cikCode": ["0000037996"],
                "country": ["us"],
                "name": ["Ford Motor"],
                "ticker": ["F"],
            },
        }
    ]


def test_stake_becomes_an_ownership_in_percent(tmp_path: Path) -> None:
    store = store_of(company("parent", "Parent"), company("child", "Child"), owns(0.55))
    link = export(store, tmp_path)[-1]
    assert link["schema"] == "Ownership"
    assert link["properties"] == {
        "asset": ["chainshock-child"],
        "date": ["2024-12-31"],
        "owner": ["chainshock-parent"],
        "ownershipType": ["controlling"],
        "percentage": ["55"],
        "startDate": ["2020-01-01"],
        "status": ["active"],
    }


def test_of_two_vintages_the_later_is_written_under_the_same_id(tmp_path: Path) -> None:
    world = (company("parent", "Parent"), company("child", "Child"), owns(0.55))
    before = export(store_of(*world), tmp_path)[-1]
    after = export(store_of(*world, owns(0.6, date(2026, 1, 31))), tmp_path)
    assert [link["schema"] for link in after].count("Ownership") == 1
    assert after[-1]["id"] == before["id"]
    assert after[-1]["properties"]["percentage"] == ["60"]  # type: ignore[index]


def test_shipped_data_is_written_in_names_that_the_format_knows(tmp_path: Path) -> None:
    store = MemoryStore()
    load_reference(store)
    entities = export(store, tmp_path)
    ids = {entity["id"] for entity in entities}
    assert len(ids) == len(entities)
    for entity in entities:
        schema, properties = str(entity["schema"]), entity["properties"]
        assert isinstance(properties, dict)
        assert REQUIRED[schema] <= set(properties) <= PROPERTIES[schema]
        ends = [properties.get(name, []) for name in ("owner", "asset", "subject", "object")]
        assert {end for values in ends for end in values} <= ids
    assert {str(entity["schema"]) for entity in entities} == set(PROPERTIES)


def test_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    store = store_of(company("parent", "Parent"), company("child", "Child"), owns(0.55))
    first = (export(store, tmp_path), (tmp_path / "out.json").read_bytes())
    assert (export(store, tmp_path), (tmp_path / "out.json").read_bytes()) == first
