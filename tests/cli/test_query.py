"""The command `query`: finding a question, its parameters, its forms of output, its refusals."""

import csv
import io
import json
from itertools import pairwise

import pytest

from chainshock.queries.cypher_answers import Answer
from chainshock.queries.cypher_files import parse_query, query_pack
from tests.cli.worlds import invoke

HERE = "queries/cypher/import-dependence.cypher"


@pytest.fixture(autouse=True)
def no_server(monkeypatch, tmp_path):
    for name in ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def server(neo4j_alone, monkeypatch):
    monkeypatch.setenv("NEO4J_URI", neo4j_alone.uri)
    monkeypatch.setenv("NEO4J_USER", neo4j_alone.user)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_alone.password)
    return neo4j_alone


def write(path, text):
    path.write_text(text, "utf-8")
    return path


def test_without_a_server_the_message_says_how_to_get_one():
    result = invoke("query", "concentration")
    assert result.exit_code == 1
    assert "chainshock neo4j up" in result.stderr


def test_list_names_every_question_and_its_parameters():
    rows = json.loads(invoke("query", "--list", "--format", "json").stdout)["rows"]
    assert [row["name"] for row in rows] == [query.name for query in query_pack()]
    text = invoke("query", "--list").stdout
    assert all(query.name in text for query in query_pack())
    assert "share of the world's output" in invoke("query", "--list", "supply-chain").stdout
    table = list(csv.DictReader(io.StringIO(invoke("query", "--list", "--format", "csv").stdout)))
    assert len(table) == len(rows)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "--list"),
        (("no-such-question",), 1, "expected one of affiliates"),
        (("import-dependence", "-P", "origin"), 2, "KEY=VALUE"),
        (("import-dependence", "-P", "code=1", "-P", "code=2"), 2, "twice"),
        (
            ("import-dependence", "-P", "nation=CHN"),
            1,
            f"{HERE}: found parameter 'nation', expected one of origin",
        ),
        (("chinese-dysprosium", "-P", "steps=two"), 1, "steps: found 'two', expected a whole number"),
        (("concentration", "-P", "covered=half"), 1, "covered: found 'half', expected a number"),
        (("measures-in-force", "-P", "day=27.10.2025"), 1, "day: found '27.10.2025', expected a date"),
        (("concentration", "-o", "x.png"), 2, "cannot draw"),
        (("missing.cypher",), 1, "missing.cypher: found no such file"),
        ((".",), 1, "unknown query"),
    ],
)
def test_bad_request_is_refused_before_a_server_is_sought(arguments, code, said):
    result = invoke("query", *arguments)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no statement"),
        ("// only a comment", "no statement"),
        ("RETURN 1; RETURN 2", "several statements"),
        ("RETURN $x", "$x without a default"),
        (":param x => 1;\nRETURN 1", "a default for x, which nothing uses"),
        (":param x => [1, {a: 2}];\nRETURN $x", "own.cypher:1: found"),
        (":param x => 1;\n:param x => 2;\nRETURN $x", "own.cypher:2: found a second default"),
        (":play movies\nRETURN 1", "own.cypher:1: found ':play movies'"),
        (":param x => date('2025-02-30');\nRETURN $x", "own.cypher:1: found"),
    ],
)
def test_file_that_is_no_single_question_is_refused_with_its_place(tmp_path, text, said):
    result = invoke("query", write(tmp_path / "own.cypher", text))
    assert result.exit_code == 1
    assert said in result.stderr


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "own.cypher"
    path.write_bytes(b"RETURN \xff")
    assert "not UTF-8 at offset 7" in invoke("query", path).stderr


def test_dollars_in_texts_and_comments_are_no_parameters():
    text = "// t\n:param x => 'a';\nRETURN $x, '$y; it\\'s', `$z` // $w; no\n"
    query = parse_query("t", "t.cypher", text)
    assert query.ready == "RETURN 'a', '$y; it\\'s', `$z` // $w; no"


def test_value_given_never_becomes_part_of_the_statement(server, tmp_path):
    path = write(tmp_path / "own.cypher", ":param x => 'a';\nRETURN $x AS x;")
    hostile = "' RETURN 1 //"
    rows = json.loads(invoke("query", path, "-P", f"x={hostile}", "--format", "json").stdout)["rows"]
    assert rows == [{"x": hostile}]


def test_values_take_the_types_of_their_defaults(server, tmp_path):
    head = ":param i => 1;\n:param f => 0.5;\n:param b => false;\n"
    head += ":param d => date('2025-01-01');\n:param l => ['a'];"
    path = write(
        tmp_path / "own.cypher",
        f"{head}\nRETURN $i AS i, $f AS f, $b AS b, $d + duration('P1D') AS d, $l AS l",
    )
    given = [part for pair in ("i=7", "f=2", "b=true", "d=2025-12-31", "l=x, y") for part in ("-P", pair)]
    (row,) = json.loads(invoke("query", path, *given, "--format", "json").stdout)["rows"]
    assert row == {"i": 7, "f": 2.0, "b": True, "d": "2026-01-01", "l": ["x", "y"]}


def test_writing_needs_leave(server, neo4j_driver, tmp_path):
    path = write(tmp_path / "own.cypher", "CREATE (n:Mark {id: 'x'}) RETURN n.id AS id")
    refused = invoke("query", path)
    assert refused.exit_code == 1
    assert "own.cypher: found a statement that writes" in refused.stderr
    assert "--write" in refused.stderr
    count = "MATCH (n:Mark) RETURN count(n) AS n"
    assert neo4j_driver.execute_query(count).records[0]["n"] == 0
    assert invoke("query", path, "--write").exit_code == 0
    assert neo4j_driver.execute_query(count).records[0]["n"] == 1


def test_wrong_cypher_names_file_and_place(server, tmp_path):
    result = invoke("query", write(tmp_path / "own.cypher", "MATCH (n RETURN n"))
    assert result.exit_code == 1
    assert "own.cypher: found Statement.SyntaxError" in result.stderr
    assert "Traceback" not in result.output


def test_answers_show_names_in_tables_and_properties_in_json(server, neo4j_driver, tmp_path):
    neo4j_driver.execute_query(
        "CREATE (:Entity:Country {uid: 'Country:A', iso3: 'A', name: '=Aland'})-[:EXPORTS {share: 0.25}]->"
        "(:Entity:Country {uid: 'Country:B', iso3: 'B'})"
    )
    path = write(tmp_path / "own.cypher", "MATCH p = (a)-[r:EXPORTS]->(b) RETURN p, a, r, [a, b] AS both")
    assert "=Aland -EXPORTS-> B" in invoke("query", path).stdout
    (row,) = json.loads(invoke("query", path, "--format", "json").stdout)["rows"]
    assert row["a"]["properties"]["name"] == "=Aland"
    assert (row["r"]["relationship"], row["r"]["properties"]) == ("EXPORTS", {"share": 0.25})
    assert [node["labels"] for node in row["p"]["nodes"]] == [["Country"], ["Country"]]
    (line,) = csv.DictReader(io.StringIO(invoke("query", path, "--format", "csv").stdout))
    assert (line["p"], line["both"]) == ("'=Aland -EXPORTS-> B", "'=Aland; B")


def test_answer_without_rows_says_so(server):
    result = invoke("query", "concentration")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "concentration: no rows\n")


def test_table_keeps_to_its_width():
    row = {"a long name of a column": "word " * 30, "path": "x" * 30, "n": 1234.5, "b": True}
    lines = Answer(tuple(row), (row,)).to_text(80).splitlines()
    assert max(map(len, lines)) <= 80
    assert "1,234" in "".join(lines)
    assert all(len(a) == len(a.rstrip()) for a, _ in pairwise(lines))
