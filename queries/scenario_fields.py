"""Check the tables and keys of a scenario file, and say on which line a wrong one stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

__all__ = ["ADD_KINDS", "FIELDS", "TABLES", "TOP", "Bad", "Field", "line_of", "read_condition"]

ADD_KINDS = ("ban", "licence", "quota", "content-rule", "entity-list")
BUYERS = ("all", "civil", "military", "listed")


class Bad(Exception):  # caught by the reader of the file, which knows the place
    """A value does not fit: what was found and what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found, expected)
        self.found, self.expected = found, expected


Check = Callable[[Any], Any]  # from what TOML holds to the value kept; raises Bad


@dataclass(frozen=True)
class Field:
    """A key of a table: its check, and whether it must be there."""

    check: Check
    required: bool = False


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Bad(_show(value), "text")
    return value.strip()


def _pattern(pattern: str, expected: str) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise Bad(_show(value), expected)
        return value

    return check


def _choice(*choices: str) -> Check:
    def check(value: Any) -> str:
        if value not in choices:
            raise Bad(_show(value), f"one of {', '.join(choices)}")
        return str(value)

    return check


def _number(low: float, high: float) -> Check:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise Bad(_show(value), f"a number from {low:g} to {high:g}")
        return float(value)

    return check


def _integer(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Bad(_show(value), f"a whole number from {low} to {high}")
        return value

    return check


def _date(value: Any) -> date:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise Bad(_show(value), "a date (YYYY-MM-DD)") from None
    if not isinstance(value, date) or isinstance(value, datetime) or not 1990 <= value.year <= 2100:
        raise Bad(_show(value), "a date (YYYY-MM-DD) from 1990 to 2100")
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Bad(_show(value), "true or false")
    return value


def _list_of(check: Check) -> Check:
    def checked(value: Any) -> tuple[Any, ...]:
        entries = [value] if isinstance(value, str) else value
        if not isinstance(entries, list) or not entries:
            raise Bad(_show(value), "a list of texts")
        return tuple(check(entry) for entry in entries)

    return checked


def _destinations(value: Any) -> str:
    """Give `all`, codes separated by semicolons, or `all-but:` and codes."""
    expected = 'all, ISO alpha-3 codes ("USA" or "USA;JPN" or a list), or "all-but:" and codes'
    text = ";".join(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else value
    if not isinstance(text, str):
        raise Bad(_show(value), expected)
    if text == "all":
        return text
    prefix, codes = ("all-but:", text[8:]) if text.startswith("all-but:") else ("", text)
    parts = [part.strip() for part in re.split("[;,]", codes)]
    if not all(re.fullmatch("[A-Z]{3}", part) for part in parts):
        raise Bad(_show(value), expected)
    return prefix + ";".join(parts)


_ISO3 = _pattern("[A-Z]{3}", "an ISO alpha-3 code such as CHN")
_ID = _pattern(r"[A-Za-z0-9][A-Za-z0-9._-]*", "an id of letters, digits, dots and dashes")
_SHARE = _number(0, 1)

TOP: Mapping[str, Field] = {
    "title": Field(_text, required=True),
    "description": Field(_text),
    "date": Field(_date),
    "start": Field(_text),
    "facts": Field(_choice("known", "latest")),
    "horizon_weeks": Field(_integer(1, 520)),
    "probability": Field(_SHARE),
    "baseline_year": Field(_integer(1990, 2100)),
}

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "add": {
        "id": Field(_ID, required=True),
        "title": Field(_text),
        "issuer": Field(_ISO3, required=True),
        "origin": Field(_ISO3),
        "kind": Field(_choice(*ADD_KINDS), required=True),
        "elements": Field(_list_of(_pattern("[A-Z][a-z]?", "an element symbol such as Dy"))),
        "commodities": Field(_list_of(_ID)),
        "hs_codes": Field(_list_of(_pattern("[0-9]{2,10}", "an HS code of 2 to 10 digits"))),
        "minimum_content": Field(_SHARE),
        "destinations": Field(_destinations),
        "buyers": Field(_list_of(_choice(*BUYERS))),
        "companies": Field(_list_of(_ID)),
        "severity": Field(_SHARE),
        "shape": Field(_ID),
        "effective": Field(_date),
        "ended": Field(_date),
        "content_rule": Field(_SHARE),
        "ownership_rule": Field(_SHARE),
        "reason": Field(_text),
    },
    "suspend": {
        "measure": Field(_ID, required=True),
        "from": Field(_date),
        "to": Field(_date),
        "reason": Field(_text),
    },
    "lift": {
        "measure": Field(_ID, required=True),
        "from": Field(_date),
        "reason": Field(_text),
    },
    "extend": {
        "measure": Field(_ID, required=True),
        "effective": Field(_date),
        "suspended_from": Field(_date),
        "suspended_to": Field(_date),
        "ended": Field(_date),
        "reason": Field(_text),
    },
    "override": {
        "measure": Field(_ID, required=True),
        "severity": Field(_SHARE),
        "shape": Field(_ID),
        "clock": Field(_date),
        "buyers": Field(_list_of(_choice(*BUYERS))),
        "destinations": Field(_destinations),
        "suspended": Field(_boolean),
        "reason": Field(_text, required=True),
    },
    "trigger": {
        "measure": Field(_ID, required=True),
        "action": Field(_choice("resume", "lapse"), required=True),
        "on": Field(_date),
        "when": Field(_ID),
        "reason": Field(_text),
    },
}
TABLES = ("assumptions", "conditions")  # tables beside the arrays of FIELDS


def read_condition(value: Any) -> date | None:
    """Give the day on which a condition is met, None where it is not.

    Raises
    ------
    Bad
        The value is neither a date nor false.
    """
    if value is False:
        return None
    try:
        return _date(value)
    except Bad as bad:
        raise Bad(bad.found, "false, or the date (YYYY-MM-DD) on which the condition is met") from None


def line_of(text: str, table: str = "", index: int = 0, key: str = "") -> int | None:
    r"""Find the line of a key, or of a table's head, in TOML text.

    Parameters
    ----------
    text
        The file.
    table
        Table or array of tables; blank for the head of the file.
    index
        Which table of the array.
    key
        Key in it; blank for the table's own line.

    Returns
    -------
    int or None
        Line, counted from 1; None where the text does not show it.

    Examples
    --------
    >>> line_of('title = "x"\n[[add]]\nid = "y"', "add", 0, "id")
    3
    """
    here, seen, inside = table == "", -1, False
    for number, line in enumerate(text.splitlines(), start=1):
        quotes = line.count('"""') + line.count("'''")
        if inside:
            inside = quotes % 2 == 0
            continue
        inside = quotes % 2 == 1
        head = re.match(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$", line)
        if head:
            name = head[1].strip("\"'")
            seen += name == table
            here = name == table and seen == index
            if (here and not key) or (not table and name == key):
                return number
        elif here and key and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""", line):
            return number
    return None


def _show(value: Any) -> str:
    text = repr(value) if not isinstance(value, date) else value.isoformat()
    return text if len(text) <= 60 else text[:57] + "..."
