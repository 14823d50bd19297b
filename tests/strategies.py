"""Draw random facts that fit the schema."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.schema import Property, Value, read_schema

SOME_KEYS = ("a", "b", "c")  # few, so that vintages of one subject turn up
SOME_ORIGINS = ("reference", "mine.csv", "ours")
SOME_DATES = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def plain_text() -> st.SearchStrategy[str]:
    """Draw text as a careful person writes it: no control characters, no `;`, not blank, no outer blanks."""
    letters = st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters=";\u2028\u2029"
    )
    return st.text(letters, min_size=1, max_size=8).map(str.strip).filter(bool)


def any_text() -> st.SearchStrategy[str]:
    """Draw any Unicode text, with control characters, or none at all."""
    return st.text(st.characters(exclude_categories=("Cs",)), max_size=8)


def values_strategy(entry: Property, text: st.SearchStrategy[str]) -> st.SearchStrategy[Value]:
    """Draw values of a property, of its type and within its bounds."""
    low, high = entry.minimum, entry.maximum
    by_type: dict[str, st.SearchStrategy[Value]] = {
        "text": text,
        "choice": st.sampled_from(entry.choices or ("",)),
        "boolean": st.booleans(),
        "date": SOME_DATES,
        "list": st.lists(text, min_size=1, max_size=3).map(tuple),
        "integer": st.integers(-(10**6) if low is None else int(low), 10**6 if high is None else int(high)),
        "number": st.floats(-1e12 if low is None else low, 1e12 if high is None else high),
    }
    return by_type[entry.type]


def properties_strategy(name: str, text: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Value]]:
    """Draw the properties of a label or relationship: the required ones and any of the others."""
    entries = read_schema().properties(name).values()
    drawn = {entry.name: values_strategy(entry, text) for entry in entries}
    required = {entry.name for entry in entries if entry.required}
    return st.fixed_dictionaries(
        {name: value for name, value in drawn.items() if name in required},
        optional={name: value for name, value in drawn.items() if name not in required},
    )


@st.composite
def provenance_strategy(draw: st.DrawFn, text: st.SearchStrategy[str] | None = None) -> Provenance:
    """Draw provenance with its dates in order."""
    text = plain_text() if text is None else text
    as_of, known_from = sorted((draw(SOME_DATES), draw(SOME_DATES)))
    life = draw(st.tuples(SOME_DATES, SOME_DATES).map(sorted))
    return Provenance(
        sources=tuple(draw(st.lists(text, min_size=1, max_size=3))),
        as_of=as_of,
        known_from=known_from,
        confidence=draw(st.sampled_from(["A", "B", "C"])),
        valid_from=draw(st.sampled_from([None, life[0]])),
        valid_to=draw(st.sampled_from([None, life[1]])),
        note=draw(st.just("") | text),
    )


@st.composite
def facts_strategy(
    draw: st.DrawFn, names: tuple[str, ...] | None = None, text: st.SearchStrategy[str] | None = None
) -> Fact:
    """Draw a fact of any (or a named) label or relationship, on a few nodes."""
    text = plain_text() if text is None else text
    schema = read_schema()
    name = draw(st.sampled_from(names or (*schema.labels, *schema.relationships)))
    keys = st.sampled_from(SOME_KEYS)
    if name in schema.labels:
        source, target = NodeRef(name, draw(keys)), None
    else:
        ends = schema.relationships[name]
        source = NodeRef(draw(st.sampled_from(ends.source)), draw(keys))
        target = NodeRef(draw(st.sampled_from(ends.target)), draw(keys))
    properties = draw(properties_strategy(name, text))
    said = draw(provenance_strategy(text))
    return Fact(name, source, target, properties, said, draw(st.sampled_from(SOME_ORIGINS)))


@st.composite
def fact_sets(draw: st.DrawFn, max_size: int = 6, text: st.SearchStrategy[str] | None = None) -> list[Fact]:
    """Draw facts in which each end of a relationship has a node fact, in any order."""
    text = plain_text() if text is None else text
    facts = draw(st.lists(facts_strategy(text=text), max_size=max_size))
    described = {fact.source for fact in facts if not fact.is_edge}
    ends = {end for fact in facts if fact.target is not None for end in (fact.source, fact.target)}
    said = Provenance(("s",), date(2015, 1, 1), date(2015, 1, 1), "C")
    for end in sorted(ends - described):
        required = {e.name: e for e in read_schema().labels[end.label].properties.values() if e.required}
        values = {name: draw(values_strategy(entry, text)) for name, entry in required.items()}
        facts.append(Fact(end.label, end, None, values, said))
    return draw(st.permutations(facts))
