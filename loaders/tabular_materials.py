"""Read what products are made of: rows of a user's bill of materials become REQUIRES facts.

The products themselves, and the company's revenue from them, come from the mapping's [products].
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from chainshock.errors import InvalidRecord
from chainshock.graph.cells import quote
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.parameters import read_parameters
from chainshock.loaders.sources import Item
from chainshock.loaders.tabular_cells import Cells
from chainshock.loaders.tabular_companies import Life, Said, slug
from chainshock.loaders.tabular_job import Job
from chainshock.loaders.tabular_repeats import Repeats

__all__ = ["read_materials"]

KG = 1000.0  # in a tonne
ROUNDING = 1e-6  # by which shares may pass 1
WITH_MAGNETS = ("magnet", "component")  # stages of inputs that make a product one with magnets


@dataclass
class Need:
    """One row that fits: what a product needs of a good."""

    cells: Cells
    product: NodeRef
    good: str
    amount: float
    line: str
    line_share: float | None
    criticality: float | None
    group: str
    weeks: float | None


def read_materials(job: Job, rows: Iterator[Cells]) -> Iterator[Item]:
    """Read a bill of materials; inputs that would make a circle of goods are set aside."""
    needs: list[Need] = []
    checks = (Repeats("input", "product, input, variant and group"), _Lines(), _Circles(job))
    for cells in rows:
        found = _read(job, cells)
        if isinstance(found, InvalidRecord):
            yield found
            continue
        repeats, lines, circles = checks
        again = repeats.check(cells, (found.product, found.good, found.line, found.group))
        again = again or lines.check(found) or circles.check(found)
        if again is not None:
            yield again
        else:
            needs.append(found)
    job.promise(_product_facts(job, needs))
    for need in needs:
        yield job.taken([_fact(job, need)], need.cells)
    products = job.mapping.products.values()
    if not needs and products and all(product.end_use for product in products):
        yield job.taken_alone()


def _read(job: Job, cells: Cells) -> Need | InvalidRecord:
    product, good = _product(job, cells), cells.good("input")
    parts = job.parts_of(good)
    if parts:
        cells.problem(
            "input", f"{good}, under which several goods are published", f"one of {', '.join(parts)}"
        )
    amount, unit = cells.number("amount"), cells.unit("unit")
    if amount is None and not cells.raw("amount"):
        cells.problem("amount", "a blank cell", "a number above 0")
    if unit is None and not cells.raw("unit"):
        cells.problem("unit", "a blank cell", "the unit of the amount")
    quantity = job.to_unit(cells, "unit", amount, unit, good) if unit else None
    line, line_share = cells.text("line"), cells.share("line_share")
    if bool(line) != (line_share is not None) and not cells.problems:
        cells.problem("line_share", "a line without its share, or the reverse", "both or neither")
    criticality, weeks = cells.share("criticality"), cells.number("requalification_weeks", above_zero=False)
    group, _ = cells.text("group"), cells.text("note")
    if not cells or product is None or quantity is None:
        return cells.error()
    line = slug(line) if line else ""  # as the graph tells lines apart, so that none is taken for another
    return Need(cells, product, good, quantity, line, line_share, criticality, group, weeks)


def _product(job: Job, cells: Cells) -> NodeRef | None:
    """Give the node of the product that a row is about."""
    text = cells.text("product")
    if text in job.mapping.products and job.mapping.products[text].end_use:
        found, expected = f"{quote(text)}, which stands for an end use of the graph", "a product of its own"
        cells.problem("product", found, f"{expected}: the inputs of an end use are those of the graph")
        return None
    if text in job.mapping.products:
        return NodeRef("EndUse", job.product_id(text))
    good = job.goods.find(text)
    if isinstance(good, str) and good in job.mapping.new_goods:
        return NodeRef("Commodity", good)
    if text:
        known = [*job.mapping.products, *job.mapping.new_goods]
        names = f" ({', '.join(known)})" if known else ""
        expected = f"a product of [products] or a good of [goods.new] in the mapping{names}"
        cells.problem("product", quote(text), expected)
    return None


class _Lines:
    """Holds the shares of a product's lines together."""

    def __init__(self) -> None:
        self._shares: dict[NodeRef, dict[str, float]] = defaultdict(dict)

    def check(self, need: Need) -> InvalidRecord | None:
        """Give what is wrong with the share of a row's line, if anything is."""
        if need.line_share is None:
            return None
        known = self._shares[need.product]
        before = known.get(need.line)
        if before is not None and before != need.line_share:
            found, expected = (
                f"{need.line_share:g} for line {need.line!r}",
                f"{before:g}, as in an earlier row",
            )
        elif before is None and (total := sum(known.values()) + need.line_share) > 1 + ROUNDING:
            found, expected = f"shares of lines that sum to {total:g}", "at most 1 for a product"
        else:
            known[need.line] = need.line_share
            return None
        need.cells.problem("line_share", found, expected)
        return need.cells.error()


class _Circles:
    """Knows which goods are made of which, and refuses what would make a good an input of itself."""

    def __init__(self, job: Job) -> None:
        self._inputs: dict[str, set[str]] = defaultdict(set)
        for fact in job.context.view.facts("REQUIRES"):
            if fact.source.label == "Commodity" and fact.target and fact.origin != job.context.origin:
                self._inputs[fact.source.key].add(fact.target.key)

    def check(self, need: Need) -> InvalidRecord | None:
        """Give what is wrong with a row's input, if it closes a circle."""
        if need.product.label != "Commodity":
            return None
        chain = self._path(need.good, need.product.key)
        if chain is None:
            self._inputs[need.product.key].add(need.good)
            return None
        found = " needs ".join([need.product.key, *chain])
        need.cells.problem("input", found, "goods that are not made of themselves")
        return need.cells.error()

    def _path(self, start: str, end: str) -> list[str] | None:
        before: dict[str, str] = {start: ""}
        stack = [start]
        while stack:
            good = stack.pop()
            if good == end:
                chain = [good]
                while before[chain[-1]]:
                    chain.append(before[chain[-1]])
                return chain[::-1]
            for other in sorted(self._inputs[good] - before.keys()):
                before[other] = good
                stack.append(other)
        return None


def _fact(job: Job, need: Need) -> Fact:
    base = job.unit_of(need.good)
    amount, unit = (need.amount * KG, "kg") if base == "t" else (need.amount, base)
    said: Said = {
        "line": f"variant/{need.line}" if need.line else None,
        "line_share": need.line_share,
        "group": need.group,
        "amount": amount,
        "unit": f"{unit}/{_unit_of_product(job, need.product)}",
        "kappa": need.criticality,
        "requalification_weeks": need.weeks,
    }
    life = Life(note=need.cells.text("note"))
    return job.fact("REQUIRES", need.product, NodeRef("Commodity", need.good), said, life)


def _unit_of_product(job: Job, product: NodeRef) -> str:
    if product.label == "Commodity":
        return job.mapping.new_goods[product.key].unit
    return next(p.unit for name, p in job.mapping.products.items() if job.product_id(name) == product.key)


def _product_facts(job: Job, needs: list[Need]) -> list[Fact]:
    """Describe the products, and what the company earns with them where."""
    facts, currency = [], job.mapping.company.currency
    for name, product in job.mapping.products.items():
        node = NodeRef("EndUse", job.product_id(name))
        value, life = None, Life()
        if product.unit_value is not None:
            value = product.unit_value * read_parameters().value(f"fx.{currency}")
            life = Life(note=f"{product.unit_value:g} {currency} at fx.{currency}")
        said: Said = {
            "name": product.name,
            "sector": product.sector,
            "buyer_class": product.buyer_class,
            "unit": product.unit,
            "unit_value": value,
        }
        if not product.end_use:
            facts.append(job.fact("EndUse", node, None, said, life))
        use = product.magnet_use
        if not product.end_use:
            use = "yes" if _has_magnets(job, node, needs) else "no"
        for country, share in sorted(product.countries.items()):
            serves: Said = {
                "revenue_share": product.revenue_share,
                "country": country,
                "country_share": share,
                "magnet_use": use,
            }
            facts.append(job.fact("SERVES", NodeRef("Company", job.company), node, serves))
    return facts


def _has_magnets(job: Job, product: NodeRef, needs: list[Need]) -> bool:
    """Tell whether an input of a product is a magnet or a part with one, as far as its stage tells."""
    stages = {key: str(fact.properties["stage"]) for key, fact in job.context.commodities.items()}
    stages |= {key: good.stage for key, good in job.mapping.new_goods.items()}
    return any(stages[need.good] in WITH_MAGNETS for need in needs if need.product == product)
