"""Tell what the checks find, and what the supply of each good rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from chainshock import __version__
from chainshock.graph.checks import CHECKS, run_checks
from chainshock.graph.coverage import BASES, CoverageRow, coverage, covered_share
from chainshock.graph.network.compile import compile_network
from chainshock.queries.ranking import wrap
from chainshock.queries.tables import Column, draw_table

if TYPE_CHECKING:
    from chainshock.api import Dataset

__all__ = ["CheckSheet", "check_dataset"]

MOST_FINDINGS = 5  # of each check, in text; JSON and CSV have all


@dataclass(frozen=True)
class CheckSheet:
    """Findings of the checks, and coverage by good and country."""

    run: Mapping[str, Any]  # Any: what JSON holds
    findings: list[dict[str, Any]]
    coverage: list[dict[str, Any]]

    @property
    def columns(self) -> list[str]:
        """Columns of the findings in CSV."""
        return ["check", "severity", "subject", "found", "expected", "facts"]

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters."""
        return "\n".join([*self._finding_lines(width), "", *self._coverage_lines(width)]) + "\n"

    def _finding_lines(self, width: int) -> Iterator[str]:
        counts = Counter((finding["check"], finding["severity"]) for finding in self.findings)
        yield f"{self.run['facts']:,} facts, {len(CHECKS)} checks"
        for name in CHECKS:
            found = {
                severity: counts[name, severity]
                for severity in ("error", "warning")
                if counts[name, severity]
            }
            if found:
                yield f"{name}: " + ", ".join(
                    f"{n:,} {severity}{'s' * (n > 1)}" for severity, n in found.items()
                )
                listed = [finding for finding in self.findings if finding["check"] == name]
                for entry in listed[:MOST_FINDINGS]:
                    text = f"{entry['subject']}: found {entry['found']}, expected {entry['expected']}"
                    yield from ("    " + line for line in wrap(text, width - 4))
                if len(listed) > MOST_FINDINGS:
                    yield f"    ... and {len(listed) - MOST_FINDINGS:,} more (--format json lists all)"
        clean = [name for name in CHECKS if not (counts[name, "error"] or counts[name, "warning"])]
        yield from wrap(f"nothing found by: {', '.join(clean) or 'none'}", width)

    def _coverage_lines(self, width: int) -> Iterator[str]:
        yield from wrap(
            f"Coverage on {self.run['as_of']}: of what buyers draw, the share that rests on named plants and "
            "contracts, bilateral trade, national output, what other countries can spare, assumptions, "
            "nothing; countries weighted by need",
            width,
        )
        goods: dict[str, list[dict[str, Any]]] = {}
        for row in self.coverage:
            goods.setdefault(row["commodity"], []).append(row)
        columns = [Column("good", None, least=14), Column("countries", 9, "right")]
        columns += [Column(basis, 9, "right") for basis in BASES]
        cells = []
        for good, rows in goods.items():
            need = sum(row["need"] for row in rows)
            weights = [row["need"] / need if need > 0 else 1 / len(rows) for row in rows]
            means = [sum(w * row[basis] for w, row in zip(weights, rows, strict=True)) for basis in BASES]
            cells.append([good, str(len(rows)), *(f"{100 * mean:.0f} %" for mean in means)])
        yield draw_table(columns, cells, width).rstrip("\n")
        share = self.run["coverage"]
        if share is not None:
            yield f"Supply that rests on evidence, goods weighing equally: {100 * share:.0f} %"


def check_dataset(dataset: Dataset, as_of: date, strict: Sequence[str]) -> CheckSheet:
    """Run the checks on all facts, and take coverage from the network of a date, with all that is known."""
    findings = run_checks(dataset.knowledge, strict=strict)
    graph = dataset.graph(as_of, "latest")
    rows = coverage(compile_network(graph, dataset.knowledge.all("Company"), baseline_year=as_of.year - 1))
    share = covered_share(rows) if rows else float("nan")
    run = {
        "as_of": as_of.isoformat(),
        "version": __version__,
        "data_edition": dataset.edition,
        "facts": len(dataset.facts),
        "errors": sum(finding.severity == "error" for finding in findings),
        "warnings": sum(finding.severity == "warning" for finding in findings),
        "coverage": None if share != share else share,  # noqa: PLR0124 - NaN is not equal to itself
    }
    return CheckSheet(run, [_plain(asdict(entry)) for entry in findings], [_row(row) for row in rows])


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "facts": list(entry["facts"])}


def _row(row: CoverageRow) -> dict[str, Any]:
    return asdict(row)
