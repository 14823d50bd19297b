"""Networks kept compiled, by their content."""

import numpy as np
import polars as pl
import pytest

from chainshock.graph.network.synthetic import make_network
from chainshock.queries import cascades
from chainshock.queries.cascades import open_network
from chainshock.queries.propagation.cascade.run import Cascade


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cascades, "WORTH_KEEPING", 1)
    network = make_network(200)
    write(tmp_path / "network", network)
    return tmp_path / "network"


def write(folder, network):
    folder.mkdir(exist_ok=True)
    names = [f"firm {i}" for i in network.ids]
    sectors = [f"s{q}" for q in network.sectors]
    pl.DataFrame({"id": names, "sector": [sectors[q] for q in network.sector]}).write_parquet(
        folder / "nodes.parquet"
    )
    ends = {name: [names[i] for i in getattr(network, name)] for name in ("supplier", "customer")}
    pl.DataFrame({**ends, "weight": network.weight}).write_parquet(folder / "edges.parquet")
    rows, columns = np.indices(network.essentiality.shape)
    pairs = {"supplier_sector": rows.ravel(), "customer_sector": columns.ravel()}
    named = {name: [sectors[q] for q in place] for name, place in pairs.items()}
    classes = {**named, "class": network.essentiality.ravel()}
    pl.DataFrame(classes).write_parquet(folder / "essentiality.parquet")


def scores(found):
    engine = Cascade(found.arrays)
    return [score.esri for score in engine.run_many(engine.each_node(found.ids), kernel="reference")]


def test_second_time_the_compiled_network_is_taken_and_gives_the_same(folder, tmp_path):
    first, second = (open_network(folder, "generalized-leontief", cache=tmp_path / "kept") for _ in range(2))
    assert (first.is_cached, second.is_cached) == (False, True)
    assert list(first.ids) == list(second.ids)
    assert scores(first) == scores(second)
    assert second.arrays.replaceable is True


def test_other_content_or_other_options_are_compiled_anew(folder, tmp_path):
    open_network(folder, "generalized-leontief", cache=tmp_path / "kept")
    assert not open_network(folder, "linear", cache=tmp_path / "kept").is_cached
    other = open_network(folder, "generalized-leontief", replaceability=False, cache=tmp_path / "kept")
    assert not other.is_cached
    edges = pl.read_parquet(folder / "edges.parquet")
    edges.with_columns(pl.col("weight") * 2).write_parquet(folder / "edges.parquet")
    assert not open_network(folder, "generalized-leontief", cache=tmp_path / "kept").is_cached


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: data[::-1]]
)
def test_damaged_cache_is_compiled_anew(folder, tmp_path, damage):
    expected = scores(open_network(folder, "generalized-leontief", cache=tmp_path / "kept"))
    (path,) = (tmp_path / "kept").glob("*.npz")
    path.write_bytes(damage(path.read_bytes()))
    found = open_network(folder, "generalized-leontief", cache=tmp_path / "kept")
    assert not found.is_cached
    assert scores(found) == expected


def test_any_flipped_bit_is_found(folder, tmp_path):
    expected = open_network(folder, "generalized-leontief", cache=tmp_path / "kept")
    (path,) = (tmp_path / "kept").glob("*.npz")
    whole = path.read_bytes()
    starts = [at for mark in (b"PK", b"NUMPY") for at in range(len(whole)) if whole.startswith(mark, at)]
    for place in range(0, 60, 7):
        for start in starts:
            damaged = bytearray(whole)
            damaged[min(start + place, len(whole) - 1)] ^= 1 << place % 8
            path.write_bytes(damaged)
            found = open_network(folder, "generalized-leontief", cache=tmp_path / "kept")
            assert list(found.ids) == list(expected.ids)
            for name in ("sector", "strength", "node_weight", "shared_customer"):
                assert np.array_equal(getattr(found.arrays, name), getattr(expected.arrays, name))


def test_cache_that_can_only_be_read_is_used(folder, tmp_path, monkeypatch):
    def refuse(self):
        raise PermissionError(1, "Operation not permitted")

    open_network(folder, "generalized-leontief", cache=tmp_path / "kept")
    monkeypatch.setattr("pathlib.Path.touch", refuse)
    assert open_network(folder, "generalized-leontief", cache=tmp_path / "kept").is_cached


def test_cache_that_cannot_be_written_is_no_error(folder, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    assert not open_network(folder, "generalized-leontief", cache=blocked).is_cached
    assert blocked.read_text(encoding="utf-8") == "in the way"


def test_only_the_newest_networks_are_kept(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(cascades, "MOST_KEPT", 1)
    for model in ("linear", "leontief"):
        open_network(folder, model, cache=tmp_path / "kept")
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 1
