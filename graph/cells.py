"""Turn the text of a table cell into a typed value, and back.

The rules are the same for every table: one ISO form of dates, plain numbers without separators, `true` and
`false`, lists separated by `;`. A blank cell means "absent" and never reaches these functions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from chainshock.graph.schema import Property, Value

__all__ = [
    "LARGEST_INTEGER",
    "CellError",
    "converter",
    "key_error",
    "quote",
    "read_list",
    "read_text",
    "write_value",
]

LARGEST_INTEGER = 10**18 - 1  # fits the integers of every store
LONGEST_KEY = 200  # characters
LONGEST_FOUND = 80  # characters of a bad cell repeated in a message
KEY_FORMS = {"Country": (re.compile(r"[A-Z]{3}"), "an ISO 3166 alpha-3 code in capitals")}

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_SEPARATED = re.compile(r"[+-]?[0-9]{1,3}(?:[, '_\u00a0\u202f][0-9]{3})+(?:\.[0-9]+)?|[+-]?[0-9]+,[0-9]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Control characters other than tab and line ends; lone surrogates, which no UTF-8 file can hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BOOLEANS = {"true": True, "false": False}


class CellError(ValueError):
    """A cell that does not fit: what was found, what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"found {found}, expected {expected}")
        self.found = found
        self.expected = expected


def quote(cell: object) -> str:
    """Repeat a bad value in a message, shortened and without control characters."""
    text = str(cell)
    if len(text) > LONGEST_FOUND:
        text = text[: LONGEST_FOUND - 1] + "…"
    return repr(text)


def read_text(cell: str) -> str:
    """Read free text.

    Raises
    ------
    CellError
        It holds control characters.
    """
    if cell.isprintable():
        return cell
    bad = _FORBIDDEN.search(cell)
    if bad is not None:
        raise CellError(f"control character U+{ord(bad.group()):04X} in {quote(cell)}", "plain text")
    return cell


@lru_cache(maxsize=4096)
def read_list(cell: str) -> tuple[str, ...]:
    """Read values separated by semicolons.

    Raises
    ------
    CellError
        A value is blank or holds control characters.
    """
    items = tuple(item.strip() for item in read_text(cell).split(";"))
    if not all(items):
        raise CellError(quote(cell), "values separated by ';', none of them blank")
    return items


@lru_cache(maxsize=4096)
def read_date(cell: str) -> date:
    """Read an ISO date.

    Raises
    ------
    CellError
        It has another form, or no calendar has that day.
    """
    if _DATE.fullmatch(cell) is None:
        raise CellError(quote(cell), "a date as YYYY-MM-DD")
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise CellError(quote(cell), "a date that exists, as YYYY-MM-DD") from None


def read_boolean(cell: str) -> bool:
    """Read `true` or `false`, in either case."""
    value = _BOOLEANS.get(cell.lower())
    if value is None:
        raise CellError(quote(cell), "true or false")
    return value


def key_error(label: str, key: str) -> str | None:
    """Say what is expected of a node's key that does not fit its label; None if it fits."""
    form = KEY_FORMS.get(label)
    if form is not None:
        return None if form[0].fullmatch(key) else form[1]
    if not key.isprintable() or key != key.strip():
        return f"a {label} key without control characters"
    if not key or ":" in key or ";" in key:
        return f"a plain {label} key without ':' and ';'"
    return None if len(key) <= LONGEST_KEY else f"a {label} key of at most {LONGEST_KEY} characters"


def converter(prop: Property) -> Callable[[str], Value]:
    """Make the function that reads a cell of one property.

    Raises
    ------
    CellError
        By the function made: the cell does not fit the property's type, range or choices.
    """
    return _MAKERS[prop.type](prop)


def write_value(value: Value | None) -> str:
    """Write a value as the text of a cell; the inverse of reading it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case date():
            return value.isoformat()
        case tuple():
            return ";".join(value)
        case _:
            return str(value)


def _number(prop: Property) -> Callable[[str], Value]:
    low = -math.inf if prop.minimum is None else prop.minimum
    high = math.inf if prop.maximum is None else prop.maximum

    def read(cell: str) -> Value:
        if _NUMBER.fullmatch(cell) is None:
            separated = _SEPARATED.fullmatch(cell)
            raise CellError(quote(cell), "a number without separators" if separated else "a number")
        value = float(cell) + 0.0  # no negative zero
        if not low <= value <= high:
            raise CellError(quote(cell), _range(prop))
        if math.isinf(value):
            raise CellError(quote(cell), "a finite number")
        return value

    return read


def _integer(prop: Property) -> Callable[[str], Value]:
    low = -LARGEST_INTEGER if prop.minimum is None else prop.minimum
    high = LARGEST_INTEGER if prop.maximum is None else prop.maximum

    def read(cell: str) -> Value:
        if _INTEGER.fullmatch(cell) is None:
            separated = _SEPARATED.fullmatch(cell)
            raise CellError(
                quote(cell), "a whole number without separators" if separated else "a whole number"
            )
        value = int(cell)
        if not low <= value <= high:
            raise CellError(quote(cell), _range(prop))
        return value

    return read


def _choice(prop: Property) -> Callable[[str], Value]:
    known = {choice: choice for choice in prop.choices}

    def read(cell: str) -> Value:
        value = known.get(cell)
        if value is None:
            raise CellError(quote(cell), f"one of {', '.join(prop.choices)}")
        return value

    return read


def _range(prop: Property) -> str:
    low = None if prop.minimum is None else f"{prop.minimum:g}"
    high = None if prop.maximum is None else f"{prop.maximum:g}"
    kind = "a whole number" if prop.type == "integer" else "a number"
    if low is not None and high is not None:
        return f"{kind} from {low} to {high}"
    return f"{kind} of at least {low}" if high is None else f"{kind} of at most {high}"


_MAKERS: dict[str, Callable[[Property], Callable[[str], Value]]] = {
    "number": _number,
    "integer": _integer,
    "choice": _choice,
    "date": lambda _: read_date,
    "boolean": lambda _: read_boolean,
    "list": lambda _: read_list,
    "text": lambda _: read_text,
}
