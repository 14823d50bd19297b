"""Write an explanation as text: parts, flows, what softens them, paths with their facts, sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chainshock.queries.rank_columns import usd_millions
from chainshock.queries.ranking import percent, severity_text, without_brackets, wrap
from chainshock.queries.tables import Column, draw_table

if TYPE_CHECKING:
    from chainshock.explanation import EntityExplanation

__all__ = ["write_explanation"]

MOST_FLOWS = 12  # shown in text; JSON and CSV have all
MOST_RELIEFS = 6
SMALLEST = 5e-7  # share: less prints as zero
PATHLESS = frozenset({"gain", "derived_orders", "price_sold", "price_bought"})  # told flow by flow
MOST_BEHIND = 5
PART_TITLES = {
    "input": "input not delivered",
    "orders_lost": "orders lost",
    "gain": "lost deliveries taken over",
    "derived_orders": "orders from those who take over",
    "price_sold": "price of what it sells",
    "price_bought": "price of what it buys",
}
KIND_TITLES = {
    "restriction": "what measures stop",
    "stock": "what stocks give back",
    "catch-up": "deliveries above baseline",
    "thrift": "need saved",
}


def write_explanation(told: EntityExplanation, width: int) -> str:
    """Write an explanation for a terminal of a width in characters."""
    return _Page(told).text(width)


class _Page:
    """Sections of the text."""

    def __init__(self, told: EntityExplanation) -> None:
        self.told, self.run, self.row = told, told.run, told.row

    def text(self, width: int) -> str:
        """Put the sections together."""
        row, run = self.row, self.run
        usd = "" if row.exposure_usd is None else f", USD {usd_millions(row.exposure_usd)} m a year"
        bounds = row.bounds or (row.exposure, row.exposure)
        head = [
            f"{row.name} ({row.id}): {percent(row.exposure)}{usd} under {run['scenario']}",
            self._run_text(),
            f"facts of {run['as_of']} ({run['facts']}) · data edition {run['data_edition']}",
            f"mean severity: {severity_text(run)}",
            _basis_text(row.basis),
            *([self._times_text()] if run["horizon"] and row.basis != "project" else []),
            f"{percent(row.unknown_share, 0, sign=False)} of its supply is of unknown origin; "
            f"if all of that came from the issuer: {percent(bounds[0])}, if none: {percent(bounds[1])}",
        ]
        lines = [line for text in head for line in wrap(text, width)]
        lines += ["", *self._part_lines(), ""]
        for section in (self._flow_lines, self._relief_lines, self._path_lines, self._behind_lines):
            lines += section(width)
        return "\n".join([*lines, *self._source_lines(width)]) + "\n"

    def _run_text(self) -> str:
        """Say which run it is and how it stopped."""
        run = self.run
        kind = "" if run["horizon"] else "static run, without stocks and without end: "
        return f"{kind}{run['stop']} · rationing {run['rationing']} · substitution {run['substitution']}"

    def _times_text(self) -> str:
        """Say when it is hit, and how long what is in stock keeps it whole."""
        times = self.row.timing
        if times.first_week is None:
            return "output is above 99 % in every week"
        stop = "" if times.first_stop is None else f", first archetype stops in week {times.first_stop}"
        survive = "all weeks" if times.time_to_survive is None else f"{times.time_to_survive} weeks"
        text = f"output is below 99 % from week {times.first_week} on{stop}"
        return f"{text}; with nothing restricted arriving, whole for {survive}"

    def _part_lines(self) -> Iterator[str]:
        yield "Parts"
        for part, kinds in self.told.made_of.items():
            if abs(self.row.parts.get(part, 0.0)) < SMALLEST:
                continue
            yield f"  {PART_TITLES[part]:<34}{percent(self.row.parts.get(part, 0.0), 4):>14}"
            for kind, share in kinds.items() if len(kinds) > 1 else ():
                if abs(share) >= SMALLEST:
                    yield f"    {KIND_TITLES[kind]:<32}{percent(share, 4):>14}"
        yield f"  {'sum':<34}{percent(sum(self.row.parts.values()), 4):>14}"
        yield f"  (largest share of a part that the split below misses: {self.told.residual:.1e})"

    def _flow_lines(self, width: int) -> list[str]:
        flows = [flow for flow in self.told.flows if flow["kind"] == "restriction"]
        if not flows:
            return ["No restricted flow reaches it.", ""]
        columns = [
            Column("part", 14),
            Column("exposure", 12, "right"),
            Column("good", None, least=16),
            Column("from", 4),
            Column("to", 4),
            Column("measure", 16),
            Column("in weeks", 8, drop=1),
        ]
        rows = [
            [
                flow["part"].replace("_", " "),
                percent(flow["exposure"], 4),
                without_brackets(flow["good_name"]),
                flow["origin"],
                flow["destination"],
                flow["measure"],
                "" if flow["first_week"] is None else f"{flow['first_week']}-{flow['last_week']}",
            ]
            for flow in flows[:MOST_FLOWS]
        ]
        if not self.run["horizon"]:
            columns, rows = columns[:-1], [row[:-1] for row in rows]
        rest = sum(flow["exposure"] for flow in flows[MOST_FLOWS:])
        if len(flows) > MOST_FLOWS:
            last = [f"{len(flows) - MOST_FLOWS} others", percent(rest, 4)]
            rows.append(last + [""] * (len(columns) - len(last)))
        return ["Restricted flows it comes from", draw_table(columns, rows, width)]

    def _relief_lines(self, width: int) -> list[str]:
        reliefs = [flow for flow in self.told.flows if flow["kind"] != "restriction"]
        if not reliefs:
            return []
        columns = [
            Column("part", 14),
            Column("exposure", 12, "right"),
            Column("what", 26),
            Column("good", None, least=16),
            Column("held in", 7),
        ]
        rows = [
            [
                flow["part"].replace("_", " "),
                percent(flow["exposure"], 4),
                KIND_TITLES[flow["kind"]],
                without_brackets(flow["good_name"]),
                flow["destination"],
            ]
            for flow in reliefs[:MOST_RELIEFS]
        ]
        rest = sum(flow["exposure"] for flow in reliefs[MOST_RELIEFS:])
        if len(reliefs) > MOST_RELIEFS:
            rows.append([f"{len(reliefs) - MOST_RELIEFS} others", percent(rest, 4), "", "", ""])
        return ["What softens it", draw_table(columns, rows, width)]

    def _path_lines(self, width: int) -> Iterator[str]:
        if not self.told.paths:
            return
        softened = any(flow["kind"] != "restriction" for flow in self.told.flows)
        yield "Strongest paths" + (", before what softens it" if softened else "")
        seen: set[str] = set()
        for number, path in enumerate(self.told.paths, 1):
            text = f"{percent(path['exposure'], 4)} ({path['part'].replace('_', ' ')})  {path['route']}"
            yield from _indented(f"{number}. {text}{_timing_text(path)}", width, 1)
            for step in path["steps"]:
                yield from _indented(f"{step['node']}", width, 4)
                if "evidence" in step:
                    cut = (
                        ""
                        if step["let_through"] >= 1
                        else f", lets through {100 * step['let_through']:.1f} %"
                    )
                    text = f"<- weight {step['weight']:.3f} by {step['evidence']}{cut}"
                    yield from _indented(text, width, 6)
                yield from self._facts_once(step["facts"], seen, width)
        for part, share in self.told.other_paths.items():
            yield f" all other paths: {percent(share, 4)} ({part.replace('_', ' ')})"
        yield ""

    def _behind_lines(self, width: int) -> Iterator[str]:
        """Name the facts of the strongest flows of parts that have no paths: gains and prices."""
        flows = [
            flow
            for flow in self.told.flows
            if flow["kind"] == "restriction"
            and flow["part"] in PATHLESS
            and abs(flow["exposure"]) >= SMALLEST
        ]
        seen: set[str] = set()
        if flows:
            yield "Facts behind gains and prices"
        for flow in flows[:MOST_BEHIND]:
            text = f"{percent(flow['exposure'], 4)} ({flow['part'].replace('_', ' ')})  "
            text += f"{without_brackets(flow['good_name'])}, {flow['origin']} -> {flow['destination']}, "
            yield from _indented(text + flow["measure"], width, 1)
            yield from self._facts_once(flow["facts"], seen, width)
        if flows:
            yield ""

    def _facts_once(self, keys: Sequence[str], seen: set[str], width: int) -> Iterator[str]:
        """Tell facts that were not told yet, and count those that were."""
        for key in keys:
            if key not in seen:
                yield from _indented(self._fact_text(key), width, 8)
        told = sum(key in seen for key in keys)
        if told:
            yield f"        - {told} fact{'s' * (told > 1)} told above"
        seen.update(keys)

    def _fact_text(self, key: str) -> str:
        fact = self.told.facts.get(key)
        if fact is None:
            return f"- {key}"
        if "as_of" not in fact:
            return f"- {fact['text']}"
        yours = ", yours" if fact["origin"] != "reference" else ""
        return (
            f"- {fact['text']} [{fact['as_of']}, {fact['confidence']}{yours}: {', '.join(fact['sources'])}]"
        )

    def _source_lines(self, width: int) -> Iterator[str]:
        if self.told.sources:
            yield "Sources"
        for key, title in self.told.sources.items():
            yield from _indented(f"{key}: {title}", width, 2)


def _basis_text(basis: str) -> str:
    if basis == "project":
        return "a project: price effect on what it is to make, discounted; no baseline to lose"
    return f"basis: {basis}"


def _timing_text(path: Mapping[str, Any]) -> str:
    """Say from which week a path is felt, and what delayed it."""
    if "first_week" not in path:
        return ""
    if path["first_week"] == path["cut_week"]:
        return f", from week {path['first_week']}"
    why = [f"less arrives from week {path['cut_week']}"]
    if path["stock_weeks"]:
        why.append(f"stocks lasted {path['stock_weeks']} weeks")
    if path["transit_weeks"]:
        why.append(f"{path['transit_weeks']} weeks under way")
    return f", from week {path['first_week']} ({', '.join(why)})"


def _indented(text: str, width: int, depth: int) -> list[str]:
    return [" " * depth + line for line in wrap(text, width - depth)]
