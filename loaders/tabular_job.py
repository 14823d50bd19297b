"""Hold what the rows of a user's tables share: the mapping, the company, who and what is known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import cast

from chainshock.errors import InvalidRecord
from chainshock.graph.cells import quote
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.resolve.goods import GoodIndex
from chainshock.loaders.sources import Context, Edition, Taken
from chainshock.loaders.tabular_cells import Cells
from chainshock.loaders.tabular_companies import Companies, Life, Said, slug
from chainshock.loaders.tabular_map import TableMap
from chainshock.loaders.tabular_units import Unit, base_of

__all__ = ["Job", "Life", "Said", "slug"]


class Job:
    """One load under one mapping.

    Raises
    ------
    FileProblem
        Nothing tells when the table was published.
    InvalidRecord
        The mapping points to something that the store does not hold.
    """

    def __init__(self, mapping: TableMap, context: Context, path: str) -> None:
        self.mapping, self.context = mapping, context
        self.goods = GoodIndex(context.commodities)
        self._problems: list[InvalidRecord] = []
        published = (
            context.published
            or mapping.published
            or context.published_or_fail(path, "no `published` in [source] of the mapping")
        )
        self.as_of = mapping.as_of or published
        self.companies = Companies(mapping, context)
        self.company = self.companies.own
        self.edition = context.use(
            Edition(f"{slug(self.company)}-{mapping.kind}-{published}", mapping.title, published)
        )
        self._pending = self.companies.own_facts(self.fact) + self._new_goods()
        self._check_goods()
        self._check_products()
        problems = [*self.companies.problems, *self._problems]
        if problems:
            first, *others = problems
            first.others = tuple(others)
            raise first

    def fact(
        self,
        name: str,
        source: NodeRef,
        target: NodeRef | None,
        properties: Said,
        life: Life | None = None,
    ) -> Fact:
        """State a fact on the word of the table; properties that are None or blank are left out."""
        life = life or Life()
        said = self.edition.said(
            life.as_of or self.as_of,
            self.mapping.confidence,
            valid_from=life.valid_from,
            valid_to=life.valid_to,
            note=life.note,
        )
        given = {key: value for key, value in properties.items() if value not in (None, "", ())}
        return Fact(name, source, target, cast("Mapping[str, Value]", given), said, self.context.origin)

    def taken(self, facts: list[Fact], cells: Cells) -> Taken:
        """Make facts of a row; the first row also carries what the mapping itself says."""
        first, self._pending = self._pending, []
        return Taken((*first, *facts), cells.path, cells.line)

    def taken_alone(self) -> Taken:
        """Make facts of what the mapping says, where no row of the table is needed for it."""
        first, self._pending = self._pending, []
        return Taken(tuple(first), self.mapping.path, self.mapping.line("products"))

    def promise(self, facts: list[Fact]) -> None:
        """Add facts that the next row that is taken carries with it."""
        self._pending += facts

    def company_of(
        self, cells: Cells, name: str, head_office: str = "", **known: str
    ) -> tuple[str, list[Fact]]:
        """Give the key of a company that a row names, and the facts on it if the store does not hold it."""
        text = cells.text(name)
        return self.companies.named(self.fact, text, head_office, known) if text else (self.company, [])

    def to_unit(
        self, cells: Cells, name: str, amount: float | None, unit: Unit | None, good: str
    ) -> float | None:
        """Convert an amount to the unit in which the graph counts a good."""
        if amount is None or not good:
            return None
        base = self.unit_of(good)
        if unit is None:
            if not cells.raw(name):
                cells.problem(name, "an amount without a unit", f"a unit of {base}")
            return None
        if unit.base != base:
            found = f"{quote(cells.raw(name))}, which counts in {unit.base}"
            expected = f"a unit of {base}, in which {good} is counted, or a line for it in [units]"
            cells.problem(name, found, expected)
            return None
        return amount * unit.factor

    def unit_of(self, good: str) -> str:
        """Give the unit in which the graph counts a good."""
        new = self.mapping.new_goods.get(good)
        if new is not None:
            return new.unit
        held = self.context.commodities.get(good)
        unit = self.end_uses[NodeRef("EndUse", good)] if held is None else str(held.properties["unit"])
        return base_of(unit).base

    def parts_of(self, good: str) -> list[str]:
        """List the goods that are published under a good and split off it."""
        goods = self.context.commodities
        return [key for key, f in goods.items() if good and f.properties.get("split_of") == good]

    def product_id(self, name: str) -> str:
        """Give the key of a product of the user's own company, or of the end use that it stands for."""
        known = self.mapping.products.get(name)
        if known is not None and known.end_use:
            return known.end_use
        return f"{self.company}-{slug(name)}"

    def find_facility(self, cells: Cells, name: str) -> str:
        """Give the key of a facility in the store, by id or exact name; blank where none answers."""
        text = cells.text(name)
        if not text:
            return ""
        found = self.facilities.get(text) or self.facilities.get(text.casefold(), [])
        if len(found) == 1:
            return found[0]
        if found:
            cells.problem(name, f"{quote(text)}, which names {', '.join(found)}", "one of these ids")
        else:
            cells.problem(
                name, quote(text), "id or exact name of a facility in the store; load facilities first"
            )
        return ""

    @cached_property
    def facilities(self) -> dict[str, list[str]]:
        """Facilities of the store by id, and by name in lower case."""
        found: dict[str, list[str]] = {}
        for fact in self.context.view.facts("Facility"):
            for text in (fact.source.key, str(fact.properties["name"]).casefold()):
                keys = found.setdefault(text, [])
                if fact.source.key not in keys:
                    keys.append(fact.source.key)
        return found

    @cached_property
    def foreign_facilities(self) -> set[str]:
        """Facilities that other data sets describe."""
        origin = self.context.origin
        return {f.source.key for f in self.context.view.facts("Facility") if f.origin != origin}

    @cached_property
    def end_uses(self) -> dict[NodeRef, str]:
        """End uses of the store, with their units."""
        return {f.source: str(f.properties["unit"]) for f in self.context.view.facts("EndUse")}

    def _new_goods(self) -> list[Fact]:
        """Describe the goods that the mapping adds."""
        facts = []
        for key, good in self.mapping.new_goods.items():
            held = self.context.commodities.get(key)
            if held is not None and held.origin == "reference":
                self._refuse(("goods", "new", key), f"{key}, which the graph holds", "an id that is free")
            self.goods.add(key, good.name)
            said: Said = {
                "name": good.name,
                "stage": good.stage,
                "unit": good.unit,
                "hs_codes": good.hs_codes,
            }
            facts.append(self.fact("Commodity", NodeRef("Commodity", key), None, said))
        return facts

    def _check_goods(self) -> None:
        for name, meant in self.mapping.goods.items():
            if isinstance(self.goods.find(meant), tuple):
                self._refuse(("goods", name), quote(meant), self.goods.expected(meant))

    def _check_products(self) -> None:
        names: dict[str, str] = {}
        for name, product in self.mapping.products.items():
            if product.end_use and NodeRef("EndUse", product.end_use) not in self.end_uses:
                known = ", ".join(sorted(use.key for use in self.end_uses))
                self._refuse(("products", name, "end_use"), quote(product.end_use), f"one of {known}")
            other = names.setdefault(self.product_id(name), name)
            if other != name:
                self._refuse(
                    ("products", name), f"{name!r}, too like {other!r}", "names that differ in letters"
                )

    def _refuse(self, where: tuple[str, ...], found: str, expected: str) -> None:
        line = self.mapping.line(*where)
        self._problems.append(InvalidRecord(self.mapping.path, line, ".".join(where), found, expected))
