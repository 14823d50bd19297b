"""Assemble the picture of one or two scenarios: what `chainshock view` writes, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chainshock.errors import QueryError
from chainshock.graph.facts import NodeRef
from chainshock.graph.view.fold import Tree, with_rests
from chainshock.graph.view.picture import Block, Link, Picture
from chainshock.picture.blocks import make_blocks
from chainshock.picture.leaves import Blocks
from chainshock.picture.links import SMALLEST_SHARE, make_links
from chainshock.picture.parts import keep_leaves, leaves_around, leaves_at
from chainshock.picture.stages import STAGES
from chainshock.picture.stories import Tick, tell_stories
from chainshock.picture.tables import facts_of, lead_of, notes_of, rank_all, told_rows
from chainshock.picture.values import block_values
from chainshock.picture.weights import contrasts, weigh
from chainshock.queries.names import LABELS

if TYPE_CHECKING:
    from chainshock.queries.rank import RankTable
    from chainshock.shock import Shock

__all__ = ["DEFAULT_TOP", "Wanted", "assemble"]

DEFAULT_TOP = 6  # companies of each tail, and largest in USD, that stand by themselves


@dataclass(frozen=True)
class Wanted:
    """What to show.

    Attributes
    ----------
    top
        Companies of each tail, and of the largest in USD, that stand by themselves; they and as many end uses
        are explained.
    focus
        An entity that the page opens on; blank for none.
    stages
        Keys of `STAGES` to keep; empty for all.
    around, steps
        Keep only what is at most so many links up or down from an entity; blank for all.
    explains
        Whether entities are explained path by path, which takes most of the time.
    samples, seed, jobs
        As for `Shock.rank`, for the intervals of companies and end uses.
    """

    top: int = DEFAULT_TOP
    focus: str = ""
    stages: tuple[str, ...] = ()
    around: str = ""
    steps: int = 2
    explains: bool = True
    samples: int = 0
    seed: int = 0
    jobs: int = 1


def assemble(shocks: Sequence[Shock], wanted: Wanted | None = None, tick: Tick | None = None) -> Picture:
    """Assemble the picture of a scenario, and of a second one to compare it with.

    Parameters
    ----------
    shocks
        One shock, or two on the same facts.
    wanted
        What to show.
    tick
        Called with entities explained and entities in all.

    Raises
    ------
    UnknownName, AmbiguousName
        No entity, or several, answer to a name.
    QueryError
        The networks of the two differ, or an entity that is asked for has nothing to draw.
    """
    first = shocks[0]
    for other in shocks[1:]:
        if other.network.ids != first.network.ids or other.choices.horizon != first.choices.horizon:
            raise QueryError(
                f"found other producers or weeks under {other.scenario.name} than under "
                f"{first.scenario.name}, expected the same for both (--as-of, --facts, --horizon)"
            )
    return _Assembly(shocks, wanted or Wanted(), tick).picture()


class _Assembly:
    """Steps on the way to one picture; each is done once."""

    def __init__(self, shocks: Sequence[Shock], wanted: Wanted, tick: Tick | None) -> None:
        self.shocks, self.wanted, self.tick = shocks, wanted, tick
        self.first = shocks[0]
        self.asked = {  # wrong names are told before anything takes time
            name: self.first.names.find(name) for name in (wanted.focus, wanted.around) if name
        }

    def picture(self) -> Picture:
        """Put the steps together."""
        tree = self.tree
        stories, named = self._stories()
        keys = {fact for link in self.links for fact in link.more.get("facts", ())} | named
        facts, sources = facts_of(self.first, keys)
        scenarios = [self._scenario(place, told) for place, told in enumerate(stories)]
        return Picture(
            title=str(scenarios[0]["title"]),
            lead=lead_of(self.first, self.tables[0]),
            stages=tuple(STAGES.values()),
            bands=self._bands(),
            blocks=tuple(self._told(block) for block in tree.blocks.values()),
            links=tuple(self.links),
            scenarios=tuple(scenarios),
            pinned=self.pinned,
            focus=self.focus,
            page={"facts": facts, "sources": sources, "notes": self._notes()},
        )

    @cached_property
    def tables(self) -> list[dict[str, RankTable]]:
        """Rankings of every kind, by scenario."""
        wanted = self.wanted
        return [rank_all(shock, wanted.samples, wanted.seed, wanted.jobs) for shock in self.shocks]

    @cached_property
    def entities(self) -> list[tuple[str, str]]:
        """Kind and id of what is explained: the focus, then the ends of the rankings."""
        kinds = {label: kind for kind, label in LABELS.items()}
        found = [(kinds[node.label], node.key) for node in self.asked.values()]
        for table in self.tables:
            for kind in ("companies", "end-uses"):
                rows = [row for row in table[kind].rows if abs(row.exposure) >= 5e-5]
                tails = rows[: self.wanted.top] + rows[max(0, len(rows) - self.wanted.top) :]
                large = sorted(rows, key=lambda row: (-abs(row.exposure_usd or 0.0), row.id))
                found += [(kind, row.id) for row in (*tails, *large[: self.wanted.top])]
        return list(dict.fromkeys(found))

    @cached_property
    def issuers(self) -> list[str]:
        """Countries whose measures act."""
        return sorted(
            {s.network.countries[place] for s in self.shocks for place in s.routes.issuers.values()}
        )

    @cached_property
    def found(self) -> Blocks:
        """Blocks of the whole network."""
        apart = {key for kind, key in self.entities if kind == "companies"}
        return make_blocks(self.first, self.issuers, apart)

    @cached_property
    def _all_links(self) -> tuple[list[Link], int]:
        return make_links(self.first, self.found, list(self.shocks[1:]))

    @cached_property
    def _kept(self) -> tuple[list[Block], list[Link]]:
        """Blocks and links of the stages and the neighbourhood that are wanted."""
        blocks, links = list(self.found.blocks.values()), self._all_links[0]
        if self.wanted.around:
            start = self._leaves_of(self.asked[self.wanted.around], Tree(blocks))
            blocks, links = keep_leaves(blocks, links, leaves_around(links, start, self.wanted.steps))
        if self.wanted.stages:
            columns = {list(STAGES).index(stage) for stage in self.wanted.stages}
            blocks, links = keep_leaves(blocks, links, leaves_at(Tree(blocks), columns))
        if not blocks:
            raise QueryError("found nothing to draw, expected blocks in the stages asked for")
        return blocks, links

    @property
    def links(self) -> list[Link]:
        """Links that are kept."""
        return self._kept[1]

    @cached_property
    def focus(self) -> str:
        """The block that the page opens on; blank for none."""
        if not self.wanted.focus:
            return ""
        leaves = self._leaves_of(self.asked[self.wanted.focus], Tree(self._kept[0]))
        kept = {block.id for block in self._kept[0]}
        return next((leaf for leaf in sorted(leaves) if leaf in kept), "")

    @cached_property
    def pinned(self) -> frozenset[str]:
        """Blocks that stand by themselves."""
        kept = {block.id for block in self._kept[0]}
        companies = {f"company:{key}" for kind, key in self.entities if kind == "companies"}
        return frozenset({self.focus, *companies} & kept)

    @cached_property
    def tree(self) -> Tree:
        """Blocks with their weights, the light ones of large families in groups."""
        blocks, links = self._kept
        tree = Tree(blocks)
        weight = weigh(tree, links, self.found, self.shocks)
        contrast = contrasts(tree, [self._values(place, tree) for place in range(len(self.shocks))])
        weighed = [replace(b, weight=weight[b.id], contrast=contrast[b.id]) for b in blocks]
        return Tree(with_rests(weighed, self.pinned))

    def _values(self, place: int, tree: Tree) -> dict[str, dict[str, Any]]:
        """Tell the blocks of a tree under one of the scenarios."""
        shock = self.shocks[place]
        known = {
            f"company:{entity.id}": entity.value or 0.0
            for entity in shock.aggregate("companies", shock.exposures)
        }
        return block_values(shock, self.found, tree, known)

    def _leaves_of(self, node: NodeRef, tree: Tree) -> set[str]:
        """Give the leaves that stand for an entity.

        Raises
        ------
        QueryError
            There are none.
        """
        kind = next(kind for kind, label in LABELS.items() if label == node.label)
        found: set[str] = set()
        if kind == "countries":
            found = {b.id for b in tree.blocks.values() if b.more.get("country") == node.key}
        for block, entity in self.found.entity_of.items():
            if entity == (kind, node.key) and block in tree.blocks:
                found.update(tree.leaves(block))
        if kind in ("commodities", "end-uses"):
            found |= {b.id for b in tree.blocks.values() if b.more.get("good") == node.key}
        found = {block for block in found if not tree.children.get(block)}
        if not found:
            raise QueryError(f"{node}: found nothing of it in the picture, expected an activity to draw")
        return found

    def _stories(self) -> tuple[list[dict[str, dict[str, Any]]], set[str]]:
        stories, facts = [], set[str]()
        wanted = self.entities if self.wanted.explains else []
        whole = len(self.entities) * len(self.shocks)
        for place, shock in enumerate(self.shocks):
            done = place * len(self.entities)
            told, named = tell_stories(shock, self.found, wanted, self._tick_from(done, whole))
            stories.append(told)
            facts |= named
        return stories, facts

    def _tick_from(self, done: int, whole: int) -> Tick | None:
        tick = self.tick
        return None if tick is None else lambda here, _: tick(done + here, whole)

    def _scenario(self, place: int, stories: Mapping[str, Any]) -> dict[str, Any]:
        shock, tables = self.shocks[place], self.tables[place]
        return {
            **notes_of(shock),
            "lead": lead_of(shock, tables),
            "blocks": self._values(place, self.tree),
            "tables": {kind: told_rows(table) for kind, table in tables.items()},
            "stories": dict(stories),
        }

    def _told(self, block: Block) -> Block:
        entity = self.found.entity_of.get(block.id)
        return block if entity is None else replace(block, more={**block.more, "entity": list(entity)})

    def _bands(self) -> tuple[str, ...]:
        if not self.issuers:
            return ("All countries",)
        names = [self.first.names.title(NodeRef("Country", iso)) for iso in self.issuers]
        return (", ".join(names), "Elsewhere")

    def _notes(self) -> list[str]:
        """Say what the picture leaves out."""
        thin = self._all_links[1]
        notes = [f"{thin:,} links under {SMALLEST_SHARE:.1%} of what the buyer needs of a good are left out."]
        if self.wanted.around:
            name = self.first.names.title(self.asked[self.wanted.around])
            notes.append(f"Shown is what is at most {self.wanted.steps} links up or down from {name}.")
        if self.wanted.stages:
            notes.append(f"Shown are the stages {', '.join(STAGES[stage] for stage in self.wanted.stages)}.")
        return notes
