"""List what a table of the user's own can say: the fields of each kind, from which all else follows.

Mapping files are checked against these, templates and the reference page are made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from chainshock.graph.schema import read_schema

__all__ = ["KINDS", "FieldType", "TableField", "kinds"]

FieldType = Literal["text", "number", "share", "date", "year", "good", "country", "unit", "choice"]
KINDS = ("suppliers", "bill-of-materials", "facilities", "stocks")


@dataclass(frozen=True)
class TableField:
    """One thing that a row says: its type, what it means, and what it may be."""

    name: str
    type: FieldType
    doc: str
    required: bool = False
    choices: tuple[str, ...] = ()


@cache
def kinds() -> dict[str, dict[str, TableField]]:
    """Give the fields of each kind by name."""
    listed = (_SUPPLIERS, _MATERIALS, _facilities(), _STOCKS)
    return {kind: {f.name: f for f in fields} for kind, fields in zip(KINDS, listed, strict=True)}


def _choices(name: str, prop: str) -> tuple[str, ...]:
    return read_schema().properties(name)[prop].choices


_NOTE = TableField("note", "text", "anything worth keeping; it is shown with the fact")
_SUPPLIERS = (
    TableField("supplier", "text", "who supplies: a company's name", required=True),
    TableField("good", "good", "what is supplied", required=True),
    TableField("country", "country", "where the good is made; it decides which measures reach it"),
    TableField("share", "share", "share of all that the customer buys of the good"),
    TableField(
        "volume", "number", "quantity a year, above 0; where no row of a good gives a share, shares follow"
    ),
    TableField("unit", "unit", "unit of `volume`: a year unless it says otherwise (`kg/month`)"),
    TableField("customer", "text", "who is supplied, if it is not your company"),
    TableField("plant", "text", "the supplier's plant: id or exact name of a facility in the store"),
    TableField("head_office", "country", "where the supplier has its head office; tells namesakes apart"),
    TableField("valid_from", "date", "first day of the contract"),
    TableField("valid_to", "date", "last day of the contract"),
    TableField(
        "status",
        "choice",
        "whether goods flow; `active` unless given",
        choices=_choices("SUPPLIES", "status"),
    ),
    TableField("lei", "text", "LEI of the supplier"),
    TableField("isin", "text", "ISIN of the supplier"),
    TableField("ticker", "text", "ticker of the supplier, which counts only with `mic`"),
    TableField("mic", "text", "ISO 10383 code of the ticker's market"),
    _NOTE,
)
_MATERIALS = (
    TableField(
        "product", "text", "what is made: a product of `[products]`, or a good of `[goods.new]`", True
    ),
    TableField("input", "good", "what one unit of it needs", required=True),
    TableField("amount", "number", "how much of it, above 0, for one unit of the product", required=True),
    TableField("unit", "unit", "unit of `amount`", required=True),
    TableField("line", "text", "variant of the product that needs the input; blank: all of it"),
    TableField("line_share", "share", "share of the product's output that is of this variant"),
    TableField("criticality", "share", "output lost if the input is missing: 1 all, 0 none; 1 unless given"),
    TableField(
        "group", "text", "inputs of one group can stand in for one another; kept, not yet computed with"
    ),
    TableField(
        "requalification_weeks", "number", "weeks to qualify a substitute; kept, not yet computed with"
    ),
    _NOTE,
)
_STOCKS = (
    TableField("good", "good", "what is held", required=True),
    TableField("weeks", "number", "weeks of the holder's own need that the stock covers"),
    TableField("amount", "number", "quantity held, instead of `weeks`"),
    TableField("unit", "unit", "unit of `amount`"),
    TableField("holder", "text", "who holds it, if it is not your company"),
    TableField("facility", "text", "plant that holds it: id or exact name of a facility in the store"),
    TableField("date", "date", "day of the count; the date of the file unless given"),
    _NOTE,
)


def _facilities() -> tuple[TableField, ...]:
    stages, states = _choices("Facility", "stage"), _choices("Facility", "status")
    return (
        TableField("facility", "text", "name of the plant", required=True),
        TableField("country", "country", "where it stands", required=True),
        TableField("stage", "choice", "what is made there", required=True, choices=stages),
        TableField("status", "choice", "whether it runs", required=True, choices=states),
        TableField("company", "text", "who runs it, if it is not your company"),
        TableField("stake", "share", "the company's stake in it"),
        TableField("product", "good", "a good that it makes, or a product of your own in the store"),
        TableField("output", "number", "quantity made in `year`"),
        TableField("capacity", "number", "quantity that it could make in a year"),
        TableField("unit", "unit", "unit of `output` and `capacity`, a year unless it says otherwise"),
        TableField("year", "year", "year of the figures; that of the file's date unless given"),
        TableField("start_year", "year", "first year of production, past or planned"),
        _NOTE,
    )
