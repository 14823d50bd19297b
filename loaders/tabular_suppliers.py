"""Read who supplies whom with what: rows of a user's table become SUPPLIES facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from chainshock.errors import InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.loaders.resolve.names import is_collective
from chainshock.loaders.sources import Item, LeftOut
from chainshock.loaders.tabular_cells import Cells
from chainshock.loaders.tabular_companies import Life, Said
from chainshock.loaders.tabular_job import Job
from chainshock.loaders.tabular_repeats import Repeats

__all__ = ["read_suppliers"]

COLLECTIVE = "suppliers that are no single company"
OWN = "deliveries of a company to itself"
FROM_VOLUMES = "share of the volumes in the table"
ROUNDING = 1e-6  # by which shares may pass 1
Purchase = tuple[str, str, str]  # customer, good, and whether past, current or to come


@dataclass
class Delivery:
    """One row that fits: who delivers what to whom."""

    cells: Cells
    seller: NodeRef
    customer: str
    good: str
    country: str
    share: float | None
    volume: float | None
    unit: str
    life: Life
    status: str
    described: list[Fact]
    as_of: date

    @property
    def purchase(self) -> Purchase:
        """What its share is a share of."""
        starts, ends = self.life.valid_from or date.min, self.life.valid_to or date.max
        phase = "past" if ends < self.as_of else "to come" if starts > self.as_of else "current"
        return (self.customer, self.good, phase)


def read_suppliers(job: Job, rows: Iterator[Cells]) -> Iterator[Item]:
    """Read suppliers; shares that are not stated follow from volumes."""
    deliveries: list[Delivery] = []
    repeats = Repeats("supplier", "supplier, customer, good and country at a time")
    for cells in rows:
        found = _read(job, cells)
        if isinstance(found, Delivery):
            key = (found.seller, found.customer, found.good, found.country)
            again = repeats.check(cells, key, (found.life.valid_from, found.life.valid_to))
            if again is not None:
                yield again
            else:
                deliveries.append(found)
        else:
            yield found
    yield from _with_shares(job, deliveries)


def _read(job: Job, cells: Cells) -> Delivery | LeftOut | InvalidRecord:
    supplier = cells.text("supplier")
    if supplier and is_collective(supplier):
        return LeftOut(COLLECTIVE)
    good, country, head_office = cells.good("good"), cells.country("country"), cells.country("head_office")
    unit, volume = cells.unit("unit", a_year=True), cells.number("volume")
    amount = job.to_unit(cells, "unit", volume, unit, good)
    share = cells.share("share")
    starts, ends = cells.day("valid_from"), cells.day("valid_to")
    life = Life(starts, ends, cells.text("note"), min(job.as_of, ends or job.as_of))
    if life.valid_from and life.valid_to and life.valid_to < life.valid_from:
        cells.problem("valid_to", life.valid_to.isoformat(), f"a day not before {life.valid_from}")
    status, plant = cells.choice("status", "active"), job.find_facility(cells, "plant")
    known = {name: cells.text(name) for name in ("lei", "isin", "ticker", "mic")}
    if not cells:
        return cells.error()
    seller, described = job.company_of(cells, "supplier", head_office, **known)
    customer, more = job.company_of(cells, "customer")
    if seller == customer:
        return LeftOut(OWN)
    if not country and not plant and not head_office and not job.context.companies.countries.get(seller):
        cells.problem("country", "no country", "the country where the good is made")
        return cells.error()
    return Delivery(
        cells,
        NodeRef("Facility", plant) if plant else NodeRef("Company", seller),
        customer,
        good,
        country,
        share,
        amount,
        "" if amount is None else f"{job.unit_of(good)}/y",
        life,
        status,
        described + more,
        job.as_of,
    )


def _with_shares(job: Job, deliveries: list[Delivery]) -> Iterator[Item]:
    """Give the facts of deliveries, with the shares that follow from volumes; refuse shares beyond all."""
    stated: dict[Purchase, float] = defaultdict(float)
    volumes: dict[Purchase, float] = defaultdict(float)
    has_share = {d.purchase for d in deliveries if d.share is not None}
    for delivery in deliveries:
        if delivery.status == "active":
            volumes[delivery.purchase] += delivery.volume or 0.0
    for delivery in deliveries:
        share, life, purchase = delivery.share, delivery.life, delivery.purchase
        if share is not None and delivery.status == "active":
            total = stated[purchase] + share
            if total > 1 + ROUNDING:
                found = f"{share:g}, which brings the shares of {delivery.good} to {total:g}"
                delivery.cells.problem(
                    "share", found, f"shares that sum to at most 1 for {delivery.customer}"
                )
                yield delivery.cells.error()
                continue
            stated[purchase] = total
        elif purchase not in has_share and delivery.volume and volumes[purchase] > 0:
            share = delivery.volume / volumes[purchase]
            note = f"{FROM_VOLUMES}; {life.note}" if life.note else FROM_VOLUMES
            life = replace(life, note=note)
        yield job.taken([*delivery.described, _fact(job, delivery, share, life)], delivery.cells)


def _fact(job: Job, delivery: Delivery, share: float | None, life: Life) -> Fact:
    said: Said = {
        "commodity": delivery.good,
        "country": delivery.country,
        "share": share,
        "volume": delivery.volume,
        "volume_unit": delivery.unit,
        "status": delivery.status,
    }
    return job.fact("SUPPLIES", delivery.seller, NodeRef("Company", delivery.customer), said, life)
