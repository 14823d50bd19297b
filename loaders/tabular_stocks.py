"""Read who holds how much of which good: rows of a user's table become HOLDS_STOCK facts."""

from __future__ import annotations

from collections.abc import Iterator

from chainshock.errors import InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.loaders.resolve.names import is_collective
from chainshock.loaders.sources import Item, LeftOut
from chainshock.loaders.tabular_cells import Cells
from chainshock.loaders.tabular_companies import Life, Said
from chainshock.loaders.tabular_job import Job
from chainshock.loaders.tabular_repeats import Repeats

__all__ = ["read_stocks"]

COLLECTIVE = "holders that are no single company"


def read_stocks(job: Job, rows: Iterator[Cells]) -> Iterator[Item]:
    """Read stocks: weeks of the holder's own need, or a quantity."""
    repeats = Repeats("good", "holder, plant, good and day")
    for cells in rows:
        holder = cells.raw("holder")
        if holder and is_collective(holder):
            yield LeftOut(COLLECTIVE)
            continue
        found = _read(job, cells)
        if isinstance(found, InvalidRecord):
            yield found
            continue
        facts = found
        last = facts[-1]
        again = repeats.check(cells, (last.source, last.target, last.provenance.as_of))
        yield job.taken(facts, cells) if again is None else again


def _read(job: Job, cells: Cells) -> list[Fact] | InvalidRecord:
    good, facility = cells.good("good"), job.find_facility(cells, "facility")
    weeks = cells.number("weeks", above_zero=False)
    amount, unit = cells.number("amount", above_zero=False), cells.unit("unit")
    quantity = job.to_unit(cells, "unit", amount, unit, good) if weeks is None else None
    if cells and (weeks is None) == (amount is None):
        found = "neither weeks nor an amount" if weeks is None else "weeks and an amount"
        cells.problem("weeks", found, "one of the two")
    if cells and job.parts_of(good) and amount is not None:
        found = f"an amount of {good}, under which several goods are published"
        cells.problem("good", found, f"one of {', '.join(job.parts_of(good))}")
    life = Life(note=cells.text("note"), as_of=cells.day("date"))
    if life.as_of and life.as_of > job.edition.published:
        found = f"{life.as_of}, after the table was published"
        cells.problem("date", found, f"a day up to {job.edition.published}")
    if not cells:
        return cells.error()
    company, facts = job.company_of(cells, "holder")
    holder = NodeRef("Facility", facility) if facility else NodeRef("Company", company)
    said: Said = {
        "weeks": weeks,
        "amount": quantity,
        "unit": job.unit_of(good) if quantity is not None else None,
    }
    return [*facts, job.fact("HOLDS_STOCK", holder, NodeRef("Commodity", good), said, life)]
