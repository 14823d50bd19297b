"""Read what moves cost, from the user's own table; nobody else can know it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.queries.mitigation.moves import KINDS, Kind, Move

__all__ = ["COLUMNS", "Cost", "Costs", "read_costs"]

COLUMNS = ("move", "good", "currency", "fixed_cost", "unit_cost")
WEEKS_A_YEAR = 52


@dataclass(frozen=True)
class Cost:
    """What a move costs: once (`fixed`), and per unit (`per_unit`): a tonne of stock, else a tonne a year."""

    fixed: float
    per_unit: float


@dataclass(frozen=True)
class Costs:
    """Costs by kind of move and good; blank for every good."""

    currency: str
    entries: Mapping[tuple[Kind, str], Cost]

    def of(self, move: Move, good: str) -> Cost | None:
        """Give the cost of a move in its own unit; None where the table says nothing.

        A week of stock is need / 52 tonnes, a share of need that share of the need a year.
        """
        entry = self.entries.get((move.kind, good)) or self.entries.get((move.kind, ""))
        if entry is None:
            return None
        tonnes = {"weeks": move.need / WEEKS_A_YEAR, "share of need": move.need, "t a year": 1.0}[move.unit]
        return Cost(entry.fixed, entry.per_unit * tonnes)


def read_costs(path: str | Path, currency: str, goods: Iterable[str]) -> Costs:
    """Read a table of costs in CSV with the columns move, good, currency, fixed_cost, unit_cost.

    Parameters
    ----------
    currency
        Currency of the budget, in which all costs must be.
    goods
        Ids of goods that there are.

    Raises
    ------
    FileProblem
        The file cannot be read, or its columns are not those.
    InvalidRecord
        A cell does not fit; `others` holds every further problem.
    """
    known, entries, problems = set(goods), dict[tuple[Kind, str], Cost](), list[InvalidRecord]()
    for line, cells in _rows(Path(path)):
        if len(cells) != len(COLUMNS):
            problems.append(
                InvalidRecord(str(path), line, None, f"{len(cells)} cells", f"{len(COLUMNS)} cells")
            )
            continue
        row = dict(zip(COLUMNS, cells, strict=True))
        checks = {
            "move": row["move"] in KINDS or f"one of {', '.join(KINDS)}",
            "good": row["good"] in {"", *known} or "the id of a good, or nothing for every good",
            "currency": row["currency"] == currency or f"{currency}, the budget's currency",
            "fixed_cost": _amount(row["fixed_cost"]) is not None or "a number of at least 0",
            "unit_cost": _amount(row["unit_cost"]) is not None or "a number of at least 0",
        }
        wrong = [(column, str(fit)) for column, fit in checks.items() if fit is not True]
        problems += [
            InvalidRecord(str(path), line, column, repr(row[column]), expected) for column, expected in wrong
        ]
        if wrong:
            continue
        kind = next(kind for kind in KINDS if kind == row["move"])
        if (kind, row["good"]) in entries:
            found = f"{row['move']} of {row['good'] or 'every good'} a second time"
            problems.append(InvalidRecord(str(path), line, "move", found, "each move and good once"))
        entries[kind, row["good"]] = Cost(_amount(row["fixed_cost"]) or 0.0, _amount(row["unit_cost"]) or 0.0)
    if problems:
        first, *others = problems
        first.others = tuple(others)
        raise first
    if not entries:
        raise FileProblem(str(path), "no costs", "a row for at least one move")
    return Costs(currency, entries)


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Give the rows below the header with their lines, cells stripped, in the order of `COLUMNS`."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as exc:
        found = f"bytes that are not UTF-8 at offset {exc.start}"
        raise FileProblem(str(path), found, "a table of costs in UTF-8") from exc
    except (OSError, ValueError) as exc:
        found = getattr(exc, "strerror", None) or str(exc)
        raise FileProblem(str(path), found.lower(), "a table of costs in CSV") from exc
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as exc:
        raise FileProblem(f"{path}:{reader.line_num}", str(exc), "a table of costs in CSV") from exc
    rows = [(line, cells) for line, cells in rows if any(cells)]
    header = rows[0][1] if rows else []
    expected = f"the columns {', '.join(COLUMNS)}"
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise FileProblem(f"{path}:1", f"no column {', '.join(map(repr, missing))}", expected)
    extra = [column for column in header if column not in COLUMNS]
    if extra or len(header) != len(COLUMNS):
        found = f"a column {extra[0]!r}" if extra else "a column twice"
        raise FileProblem(f"{path}:1", found, expected)
    place = [header.index(column) for column in COLUMNS]
    return [
        (line, [cells[i] for i in place] if len(cells) == len(header) else cells) for line, cells in rows[1:]
    ]


def _amount(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0.0 else None
