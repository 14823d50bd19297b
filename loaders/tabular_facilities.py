"""Read plants: rows of a user's table become Facility nodes, with their place, operator and output."""

from __future__ import annotations

from collections.abc import Iterator

from chainshock.errors import InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.loaders.sources import Item
from chainshock.loaders.tabular_cells import Cells
from chainshock.loaders.tabular_companies import Life, Said, slug
from chainshock.loaders.tabular_job import Job
from chainshock.loaders.tabular_repeats import Repeats

__all__ = ["read_facilities"]


def read_facilities(job: Job, rows: Iterator[Cells]) -> Iterator[Item]:
    """Read plants; a plant that makes several goods has a row for each."""
    repeats = Repeats("facility", "plant, product and year")
    for cells in rows:
        found = _read(job, cells)
        if isinstance(found, InvalidRecord):
            yield found
            continue
        key, facts = found
        again = repeats.check(cells, key)
        yield job.taken(facts, cells) if again is None else again


def _read(job: Job, cells: Cells) -> tuple[object, list[Fact]] | InvalidRecord:
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
    if not is_known:
        said: Said = {"name": name, "stage": stage, "status": status, "start_year": start}
        facts.append(job.fact("Facility", node, None, said, note))
        facts.append(job.fact("LOCATED_IN", node, NodeRef("Country", country), {}))
    facts.append(job.fact("OPERATES", NodeRef("Company", company), node, {"stake": stake}))
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
