"""Read plants: rows of a user's table become Facility nodes, with their place, operator and output."""

from __future__ import annotations

from collections.abc import Iterator

from chainshock.errors import InvalidRecord
from chainshock.graph.cells import quote
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.sources import Item
from chainshock.loaders.tabular_cells import Cells
from chainshock.loaders.tabular_companies import Life, Said, slug
from chainshock.loaders.tabular_job import Job
from chainshock.loaders.tabular_repeats import Repeats

__all__ = ["read_facilities"]


def read_facilities(job: Job, rows: Iterator[Cells]) -> Iterator[Item]:
    """Read plants; a plant that makes several goods has a row for each."""
    repeats, plants = Repeats("facility", "plant, product and year"), _Plants()
    for cells in rows:
        found = _read(job, cells, plants)
        if isinstance(found, InvalidRecord):
            yield found
            continue
        key, facts = found
        again = repeats.check(cells, key)
        yield job.taken(facts, cells) if again is None else again


class _Plants:
    """What earlier rows said of each plant: two rows of one plant must agree."""

    def __init__(self) -> None:
        self._said: dict[str, dict[str, Value]] = {}

    def agreed(self, cells: Cells, key: str, said: Said) -> dict[str, Value]:
        """Note what a row says by field, and give all that is known; what differs is a problem of the row."""
        given = {name: value for name, value in said.items() if value not in (None, "")}
        known = self._said.get(key, {})
        for name, value in given.items():
            before = known.get(name, value)
            if value != before:
                cells.problem(name, quote(str(value)), f"{before}, as in an earlier row of this plant")
        if not cells.problems:
            self._said[key] = known = {**given, **known}
        return known


def _read(job: Job, cells: Cells, plants: _Plants) -> tuple[object, list[Fact]] | InvalidRecord:
    name, country = cells.text("facility"), cells.country("country")
    stage, status = cells.choice("stage"), cells.choice("status")
    stake, start = cells.share("stake"), cells.year("start_year")
    product = _product(job, cells)
    output, capacity = cells.number("output"), cells.number("capacity")
    unit, year = cells.unit("unit", a_year=True), cells.year("year") or job.as_of.year
    note = Life(note=cells.text("note"))
    if not cells.raw("product") and (output is not None or capacity is not None):
        cells.problem("product", "a figure without a product", "the good that it is a figure of")
    figures = {}
    for basis, amount in (("output", output), ("capacity", capacity)):
        if amount is not None and product is not None:
            figures[basis] = job.to_unit(cells, "unit", amount, unit, product.key)
    if not cells:
        return cells.error()
    company, facts = job.company_of(cells, "company")
    key, is_known = _key(job, name, company)
    node = NodeRef("Facility", key)
    told: Said = {"facility": name, "country": country, "stage": stage, "status": status, "start_year": start}
    plant = {} if is_known else plants.agreed(cells, key, told)
    held = plants.agreed(cells, f"{company} {key}", {"stake": stake})
    if not cells:
        return cells.error()
    if not is_known:
        said: Said = {"name": name, "stage": stage, "status": status, "start_year": plant.get("start_year")}
        facts.append(job.fact("Facility", node, None, said, note))
        facts.append(job.fact("LOCATED_IN", node, NodeRef("Country", country), {}))
    facts.append(job.fact("OPERATES", NodeRef("Company", company), node, held))
    for basis, quantity in figures.items():
        made: Said = {"year": year, "basis": basis, "output": quantity}
        facts.append(job.fact("PRODUCES", node, product, made))
    return (key, product, year), facts


def _product(job: Job, cells: Cells) -> NodeRef | None:
    """Give the good that a plant makes, or the product of the user's own."""
    text = cells.text("product")
    if not text:
        return None
    own = NodeRef("EndUse", job.product_id(text))
    if own in job.end_uses:
        return own
    good = cells.good("product")
    return NodeRef("Commodity", good) if good else None


def _key(job: Job, name: str, company: str) -> tuple[str, bool]:
    """Give the key of a plant, and whether other data describe it."""
    known = job.facilities.get(name) or job.facilities.get(name.casefold(), [])
    if len(known) == 1 and known[0] in job.foreign_facilities:
        return known[0], True
    key = slug(name)
    return (key if key.startswith(company) else f"{company}-{key}"), False
