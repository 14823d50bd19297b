"""Write the pages that follow from code and data; with `--check`, say whether they are up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import click

from chainshock.cli import main as program
from chainshock.graph.parameters import Parameter, read_parameters
from chainshock.graph.schema import Property, read_schema
from chainshock.loaders.tabular_fields import kinds
from chainshock.loaders.tabular_sections import ENCODINGS
from chainshock.loaders.tabular_units import KNOWN_UNITS, PERIODS
from chainshock.queries.cypher_files import query_pack
from chainshock.queries.cypher_listing import folder_title
from chainshock.queries.cypher_values import TYPES, literal
from chainshock.queries.scenario import list_scenarios, read_scenario
from chainshock.queries.severity import ShapeNumber, read_shapes

PAGES = Path(__file__).parents[1] / "docs"
ASSUMED = "assumption"
SMALL_FAMILY = 3  # parameters; smaller families share a table
FIGURE = ("default", "range", "unit", "basis", "source", "conf.")
MADE = "<!-- Made by tools/make_reference.py; change what it describes instead. -->\n"


def cli_page() -> str:
    """Give every command's help."""
    parts = ["# Command line\n", MADE, "For looking up an option: the help of every command.\n"]
    for words, command in _commands():
        context = click.Context(command, info_name=" ".join(("chainshock", *words)), terminal_width=90)
        parts.append(f"## {' '.join(('chainshock', *words))}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def _commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    with click.Context(program) as context:
        for name in program.list_commands(context):
            command = program.get_command(context, name)
            if command is None:
                continue
            yield (name,), command
            if isinstance(command, click.Group):
                for sub in sorted(command.commands):
                    yield (name, sub), command.commands[sub]


def schema_page() -> str:
    """Give every label and relationship with its properties."""
    schema = read_schema()
    parts = [
        "# Schema\n",
        MADE,
        "For writing tables and Cypher: what the graph may hold. A table is a CSV file",
    ]
    parts[-1] += (
        " named after the label or relationship; its columns are the key or `source` and `target`, the"
    )
    parts[-1] += " properties, and the provenance columns. Neo4j names properties in camelCase.\n"
    parts.append("## Provenance, on everything\n\n" + _property_table(schema.provenance))
    for kind in schema.labels.values():
        parts.append(f"## {kind.name}\n\n{kind.doc} Key: `{kind.key}`.\n\n{_property_table(kind.properties)}")
    for entry in schema.relationships.values():
        ends = f"{', '.join(entry.source)} → {', '.join(entry.target)}"
        told = f" Told apart by {', '.join(f'`{i}`' for i in entry.identity)}." if entry.identity else ""
        parts.append(f"## {entry.name}\n\n{ends}. {entry.doc}{told}\n\n{_property_table(entry.properties)}")
    return "\n".join(parts)


def _property_table(properties: dict[str, Property]) -> str:
    if not properties:
        return "No properties beside provenance.\n"
    rows = ["| property | type | unit | meaning |", "|---|---|---|---|"]
    for entry in properties.values():
        kind = " \\| ".join(entry.choices) if entry.choices else entry.type
        bounds = [] if entry.minimum is None else [f"≥ {entry.minimum:g}"]
        bounds += [] if entry.maximum is None else [f"≤ {entry.maximum:g}"]
        name = f"**{entry.name}**" if entry.required else entry.name
        unit = ", ".join([entry.unit or "", *bounds]).strip(", ")
        rows.append(f"| {name} | {kind} | {unit} | {entry.doc} |")
    return "\n".join(rows) + "\n"


def parameters_page() -> str:
    """Give every assumption with its range and basis, by family of names."""
    entries, numbers = list(read_parameters().values()), list(read_shapes().numbers.values())
    assumed = sum(ASSUMED in (entry.basis + entry.source) for entry in [*entries, *numbers])
    parts = ["# Parameters\n", MADE]
    parts.append(
        "For judging a result: figures that nobody has measured, or that stand in for a series. Each has\n"
        "its default, its range, what it rests on, and a source or the word assumption. None is set for one\n"
        "firm; those fitted on one episode say so. A scenario may replace a value within its range\n"
        f"(`[assumptions]`). Of {len(entries) + len(numbers)} figures {assumed} are assumed in whole or in\n"
        "part. Confidence is A official or filed, B derived or secondary, C weak or recalled.\n\n"
        "`graph/parameters.csv` holds them once; a dotted name is looked up from the special to the general\n"
        "(`cover.magnet.KOR`, then `cover.magnet`).\n"
    )
    families: dict[str, list[Parameter]] = {}
    for entry in entries:
        families.setdefault(entry.name.split(".")[0], []).append(entry)
    small = [entry for family in families.values() if len(family) < SMALL_FAMILY for entry in family]
    for name, family in [*families.items(), ("others", small)]:
        if len(family) >= SMALL_FAMILY:
            cells = [(entry.name, entry.scope, *_figure(entry)) for entry in family]
            parts.append(f"## {name}\n\n" + _table(("name", "meaning", *FIGURE), cells))
    parts.append(
        "## Severity shapes\n\nHow much of a flow a measure stops, week by week; `queries/shapes.toml`"
        " holds them once.\n"
    )
    parts.append(_table(("name", *FIGURE), [(number.name, *_figure(number)) for number in numbers]))
    return "\n".join(parts) + "\n"


def _figure(entry: Parameter | ShapeNumber) -> tuple[str, ...]:
    span = f"{entry.low:g} to {entry.high:g}"
    return f"{entry.default:g}", span, entry.unit, entry.basis, entry.source, entry.confidence


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(titles)
    lines = [titles, ["---"] * len(titles), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def queries_page() -> str:
    """Give the questions of the pack, by folder."""
    parts = [
        "# Questions in Cypher\n",
        MADE,
        "For asking the graph in Neo4j: every question of the pack, with its parameters.\n"
        "`chainshock query NAME` runs one, [Neo4j Browser](../how-to/ask-in-neo4j-browser.md) draws\n"
        "those that answer with paths.\n",
    ]
    pack = sorted(query_pack(), key=lambda query: (query.folder, query.name))
    for folder, entries in groupby(pack, key=lambda query: query.folder):
        parts.append(f"## {folder_title(folder)}\n")
        for query in entries:
            drawn = " Drawn." if query.returns_paths else ""
            parts.append(f"### {query.name}\n\n**{query.title}.** {query.answers}{drawn}\n")
            if query.parameters:
                cells = [
                    (f"`{entry.name}`", f"`{literal(entry.default)}`", TYPES[entry.type], entry.meaning)
                    for entry in query.parameters.values()
                ]
                parts.append(_table(("parameter", "default", "type", "meaning"), cells))
    return "\n".join(parts)


def scenarios_page() -> str:
    """Give the shipped scenarios."""
    parts = [
        "# Scenarios\n",
        MADE,
        "For choosing a scenario: those that are shipped, as files to start from.\n",
    ]
    for name in list_scenarios():
        scenario = read_scenario(str(getattr(name, "name", name)))
        parts.append(
            f"## {scenario.name}\n\n**{scenario.title}.** Week 0 is {scenario.date.isoformat()}, baseline "
            f"year {scenario.baseline}, facts: {scenario.facts}.\n\n{scenario.description.strip()}\n"
        )
    return "\n".join(parts)


MAPPING_KEYS = (  # of a mapping file, beside the fields of its kind
    ("`kind`", "kind of table: " + ", ".join(f"`{kind}`" for kind in kinds()), "required"),
    (
        "`[company]` `name`, `id`",
        "your own company: its name, or the id of one in the store",
        "one of the two",
    ),
    ("`country`", "its head office", "as in the store"),
    (
        "`revenue`, `currency`, `fiscal_year`",
        "revenue in millions of the currency; gives USD",
        "as in the store",
    ),
    ("`[source]` `title`", "what the table is, as it is cited", "required"),
    ("`published`", "its date, from which its facts are known", "`--published`"),
    ("`as_of`", "the day that it describes", "`published`"),
    ("`confidence`", "A from the books, B derived, C a guess", "B"),
    ("`[table]` `encoding`", ", ".join(ENCODINGS), "utf-8"),
    ("`delimiter`", "`,` `;` tab `|`", "`,`"),
    ("`decimal`, `thousands`", "signs in numbers", "`.`, none"),
    ("`dates`", "form of dates: YYYY, MM and DD in any order, with signs between", "YYYY-MM-DD"),
    (
        "`shares`",
        "`fraction` (0.4) or `percent` (40); `40 %` is read in either, as in a cell of Excel",
        "fraction",
    ),
    ("`sheet`", "sheet of a spreadsheet", "the first"),
    ("`[columns]`", "field = column of the table", "the field is blank"),
    ("`[constants]`", "field = value for every row", ""),
    ("`[values.FIELD]`", "word in the table = word that is meant", "as it stands"),
    ("`[goods]`", "word in the table = id, exact name or HS code of a good", "as it stands"),
    ("`[goods.new.ID]`", "a good that the graph does not hold: `name`, `stage`, `unit`, `hs_codes`", ""),
    ("`[units]`", "unit in the table = a known one, or `{ unit, factor }`: so many of one", "known units"),
    (
        "`[products.NAME]`",
        "bill of materials: `sector`, `unit`, `unit_value` in the company's currency, `revenue_share`,"
        " `country` or `countries` with shares, `buyer_class`; or `end_use`, one of the graph, with"
        " `magnet_use`",
        "",
    ),
)


def mapping_page() -> str:
    """Give what a mapping file and the tables under it can say."""
    units, periods = ", ".join(KNOWN_UNITS), ", ".join(f"/{period}" for period in PERIODS)
    parts = ["# Mapping files\n", MADE]
    parts.append(
        "For looking up what a mapping file of `chainshock load tabular` may say.\n"
        "`chainshock load --template KIND` writes one with comments;\n"
        "[how to load your own data](../how-to/load-your-own-data.md) shows how.\n"
    )
    parts.append("## Keys\n\n" + _table(("key", "meaning", "without it"), MAPPING_KEYS))
    parts.append(f"Known units: {units}; where a quantity is one of a year, with {periods} behind it.\n")
    for kind, fields in kinds().items():
        rows = []
        for entry in fields.values():
            name = f"**{entry.name}**" if entry.required else entry.name
            words = f"; one of {', '.join(entry.choices)}" if entry.choices else ""
            rows.append((name, entry.type, entry.doc + words))
        parts.append(
            f"## Fields of {kind}\n\nRequired ones are bold.\n\n{_table(('field', 'type', 'meaning'), rows)}"
        )
    return "\n".join(parts)


PAGE_OF = {
    "reference/mapping.md": mapping_page,
    "reference/cli.md": cli_page,
    "reference/schema.md": schema_page,
    "reference/scenarios.md": scenarios_page,
    "reference/queries.md": queries_page,
    "explanation/parameters.md": parameters_page,
}


def main() -> int:
    """Write or check all pages."""
    check, stale = "--check" in sys.argv[1:], []
    for name, page in PAGE_OF.items():
        text, path = page().rstrip() + "\n", PAGES / name
        if check and (not path.exists() or path.read_text("utf-8") != text):
            stale.append(str(path.relative_to(PAGES.parent)))
        elif not check:
            path.write_text(text, "utf-8")
    if stale:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run `make format`\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
