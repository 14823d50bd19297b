"""Anyone's network, read from tables or taken from a graph."""

import csv

import networkx as nx
import numpy as np
import polars as pl
import pytest

from chainshock.errors import ChainshockError, FileProblem, InvalidRecord, QueryError
from chainshock.graph.network.bare import from_graph, read_network, read_shocks
from chainshock.graph.network.synthetic import make_network

NODES = "id,sector\na,steel\nb,cars\nc,cars\n"
EDGES = "supplier,customer,weight\na,b,1.5\nb,c,2\na,b,0.5\n"
CLASSES = "supplier_sector,customer_sector,class\nsteel,cars,2\ncars,cars,1\n"


def write(folder, **files):
    texts = {"nodes": NODES, "edges": EDGES, "essentiality": CLASSES, **files}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_tables_become_arrays(tmp_path):
    network = read_network(write(tmp_path))
    assert list(network.ids) == ["a", "b", "c"]
    assert list(network.sectors) == ["cars", "steel"]
    assert network.sector.tolist() == [1, 0, 0]
    assert network.supplier.tolist() == [0, 1, 0]
    assert network.customer.tolist() == [1, 2, 1]
    assert network.weight.tolist() == [1.5, 2.0, 0.5]
    assert network.essentiality[1, 0] == 2
    assert network.revenue is None


def test_numbers_of_parquet_files_match_as_numbers_or_as_text(tmp_path):
    write(tmp_path)
    pl.DataFrame({"id": [10, 20], "sector": [1, 2], "cost": [3.0, 4.0]}).write_parquet(
        tmp_path / "nodes.parquet"
    )
    pl.DataFrame({"supplier": ["10"], "customer": ["20"], "weight": [1]}).write_parquet(
        tmp_path / "edges.parquet"
    )
    for name in ("nodes", "edges"):
        (tmp_path / f"{name}.csv").unlink()
    network = read_network(tmp_path, essentiality=False)
    assert (network.supplier.tolist(), network.customer.tolist()) == ([0], [1])
    assert network.cost.tolist() == [3.0, 4.0]


@pytest.mark.parametrize(
    ("name", "text", "line", "found"),
    [
        ("nodes", NODES + "\n\na,steel\n", 7, "'a'"),
        ("nodes", 'id,sector\n"a\nb",steel\n,cars\n', 4, "nothing"),
        ("nodes", NODES + "d,steel,9\n", 5, "3 cells"),
        ("edges", EDGES + "a,b\n", 5, "nothing"),
        ("nodes", f"id,sector,note\na,steel,{'x' * 200_000}\nb,cars,\nc,cars,\na,cars,\n", 5, "'a'"),
        ("edges", EDGES + "a,b,-1\n", 5, "'-1'"),
        ("edges", EDGES + "a,b,NaN\n", 5, "'NaN'"),
        ("edges", EDGES + "a,b,inf\n", 5, "'inf'"),
        ("edges", EDGES + "a,b,many\n", 5, "'many'"),
        ("edges", EDGES + "a,b,\n", 5, "nothing"),
        ("edges", EDGES + "a,nowhere,1\n", 5, "'nowhere'"),
        ("edges", EDGES + ",b,1\n", 5, "nothing"),
        ("essentiality", CLASSES + "steel,cars,1\n", 4, "steel, cars again"),
        ("essentiality", CLASSES + "steel,steel,3\n", 4, "'3'"),
    ],
)
def test_what_does_not_fit_is_named_by_line(tmp_path, name, text, line, found):
    with pytest.raises(InvalidRecord) as caught:
        read_network(write(tmp_path, **{name: text}))
    assert (caught.value.row, caught.value.found) == (line, found)
    assert caught.value.path.endswith(f"{name}.csv")


@pytest.mark.parametrize(
    "odd",
    [
        pl.Series("id", [b"\xff", b"a"]),
        pl.Series("sector", [["steel"], ["cars"]]),
        pl.Series("cost", [[1.0], [2.0]]),
        pl.Series("id", [None, None]),
    ],
)
def test_columns_that_hold_neither_text_nor_numbers_are_refused(tmp_path, odd):
    write(tmp_path)
    (tmp_path / "nodes.csv").unlink()
    plain = pl.DataFrame({"id": ["a", "b"], "sector": ["steel", "cars"], "note": [[1], [2]]})
    plain.with_columns(odd).write_parquet(tmp_path / "nodes.parquet")
    with pytest.raises(FileProblem, match=rf"nodes\.parquet: found column {odd.name} of type"):
        read_network(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [("edges", "supplier,customer,weight\na,b,0\n"), ("nodes", "id,sector,weight\na,steel,0\nb,cars,0\n")],
)
def test_weights_that_are_all_0_are_refused(tmp_path, name, text):
    with pytest.raises(InvalidRecord, match=rf"{name}\.csv: column weight: found 0 in every row"):
        read_network(write(tmp_path, **{name: text}))


def test_quote_that_is_never_closed_is_a_problem_of_the_file(tmp_path):
    write(tmp_path, edges=EDGES + '"a,b,1\n' + "a,b,1\n" * 30_000)
    with pytest.raises(ChainshockError, match=r"edges\.csv"):
        read_network(tmp_path)


def test_bytes_that_are_not_text_are_named_by_line(tmp_path):
    write(tmp_path)
    (tmp_path / "edges.csv").write_bytes(EDGES.encode() + b"a,\xff,1\n")
    with pytest.raises(InvalidRecord, match=r"edges\.csv:5: found byte 0xff"):
        read_network(tmp_path)


def test_a_pair_of_sectors_without_class_names_the_edge_that_needs_it(tmp_path):
    with pytest.raises(InvalidRecord, match=r"cars, cars.*line 3 of edges\.csv"):
        read_network(write(tmp_path, essentiality="supplier_sector,customer_sector,class\nsteel,cars,2\n"))


def test_shocks_keep_the_order_of_scenarios(tmp_path):
    ids = read_network(write(tmp_path)).ids
    path = tmp_path / "shocks.csv"
    path.write_text("scenario,node,loss\nz,c,1\ny,a,0.5\nz,b,0.25\n", encoding="utf-8")
    first, second = read_shocks(path, ids)
    assert (first.name, first.dense(3).tolist()) == ("z", [0.0, 0.25, 1.0])
    assert (second.name, second.dense(3).tolist()) == ("y", [0.5, 0.0, 0.0])


@pytest.mark.parametrize("row", ["z,a,1.01", "z,a,-0.1", "z,nobody,1", "z,c,1", ",a,1", "z,a,nan"])
def test_shocks_that_do_not_fit_are_named_by_line(tmp_path, row):
    ids = read_network(write(tmp_path)).ids
    path = tmp_path / "shocks.csv"
    path.write_text(f"scenario,node,loss\nz,c,1\n{row}\n", encoding="utf-8")
    with pytest.raises(InvalidRecord, match=r"shocks\.csv:3:"):
        read_shocks(path, ids)


def test_a_graph_gives_what_its_tables_give(tmp_path):
    graph = nx.MultiDiGraph()
    graph.add_node("a", sector="steel")
    graph.add_nodes_from("bc", sector="cars")
    graph.add_weighted_edges_from([("a", "b", 1.5), ("b", "c", 2.0), ("a", "b", 0.5)])
    network, expected = from_graph(graph), read_network(write(tmp_path), essentiality=False)
    assert network.ids == tuple(expected.ids)
    assert network.sectors == tuple(expected.sectors)
    assert (network.sector == expected.sector).all()
    flows = zip(network.supplier.tolist(), network.customer.tolist(), network.weight.tolist(), strict=True)
    assert sorted(flows) == [(0, 1, 0.5), (0, 1, 1.5), (1, 2, 2.0)]


@pytest.mark.parametrize("weight", [-1.0, np.nan, None])
def test_a_graph_with_a_flow_that_does_not_fit_is_refused(weight):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from("ab", sector="steel")
    graph.add_edge("a", "b", weight=weight)
    with pytest.raises(QueryError, match="'a' to 'b'"):
        from_graph(graph)


def test_a_graph_with_a_node_without_sector_is_refused():
    graph = nx.MultiDiGraph()
    graph.add_node("a")
    with pytest.raises(QueryError, match="'a'"):
        from_graph(graph)


def test_a_graph_without_directions_or_of_mixed_sectors_is_refused():
    graph = nx.Graph()
    graph.add_nodes_from("ab", sector="steel")
    graph.add_edge("b", "a", weight=1.0)
    with pytest.raises(QueryError, match="undirected"):
        from_graph(graph)
    mixed = nx.DiGraph()
    mixed.add_node("a", sector=1)
    mixed.add_node("b", sector="steel")
    with pytest.raises(QueryError, match="several types"):
        from_graph(mixed)


def test_a_graph_whose_flows_are_words_is_refused():
    graph = nx.DiGraph()
    graph.add_nodes_from("ab", sector="steel")
    graph.add_edge("a", "b", weight="many")
    with pytest.raises(QueryError, match=r"'weight'.*many"):
        from_graph(graph)


def test_a_synthetic_network_needs_a_node_in_each_sector():
    with pytest.raises(QueryError, match="5 nodes for 100 sectors"):
        make_network(5)


def test_reading_a_network_leaves_the_limits_of_other_readers_alone(tmp_path):
    usual = csv.field_size_limit()
    with pytest.raises(InvalidRecord):
        read_network(write(tmp_path, edges=EDGES + "a,b,-1\n"))
    with pytest.raises(InvalidRecord):
        read_network(write(tmp_path, edges=EDGES + "a,b,1,1\n"))
    assert csv.field_size_limit() == usual
