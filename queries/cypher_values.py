"""Read and write the values of Cypher parameters: text, numbers, booleans, dates and lists of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = ["TYPES", "Parameter", "Type", "literal", "read_literal", "read_value", "type_of"]

Type = Literal["text", "integer", "number", "boolean", "date", "texts", "integers", "numbers"]
TYPES: dict[Type, str] = {
    "text": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date such as 2025-11-08",
    "texts": "texts separated by commas",
    "integers": "whole numbers separated by commas",
    "numbers": "numbers separated by commas",
}
TEXT = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"")
DATE = re.compile(r"date\(\s*(['\"])(\d{4}-\d{2}-\d{2})\1\s*\)")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
ITEM = re.compile(rf"\s*({TEXT.pattern}|[^,]+?)\s*(?:,|$)")
INT64 = 2**63


@dataclass(frozen=True)
class Parameter:
    """A parameter of a query: its default and what it means."""

    name: str
    default: object
    meaning: str = ""

    @property
    def type(self) -> Type:
        """The type of its default, which given values must have too."""
        return type_of(self.default)


def type_of(value: object) -> Type:
    """Tell the type of a value."""
    if isinstance(value, list):
        kinds = {type_of(entry) for entry in value}
        return (
            "integers"
            if kinds == {"integer"}
            else "numbers"
            if kinds and kinds <= {"integer", "number"}
            else "texts"
        )
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, date):
        return "date"
    return "integer" if isinstance(value, int) else "number" if isinstance(value, float) else "text"


def read_literal(text: str) -> object:
    """Read a literal of Cypher: what stands on a `:param` line.

    Raises
    ------
    ValueError
        It is none, or one of another kind.

    Examples
    --------
    >>> from chainshock.queries.cypher_values import read_literal
    >>> [read_literal(text) for text in ("'CHN'", "3", "0.5", "true", "['Dy', 'Tb']", "date('2025-11-08')")]
    ['CHN', 3, 0.5, True, ['Dy', 'Tb'], datetime.date(2025, 11, 8)]
    """
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return _read_list(text[1:-1])
    if match := TEXT.fullmatch(text):
        return re.sub(r"\\(.)", r"\1", match[1] if match[1] is not None else match[2])
    if match := DATE.fullmatch(text):
        return date.fromisoformat(match[2])
    if text in {"true", "false"}:
        return text == "true"
    if match := NUMBER.fullmatch(text):
        return _integer(text) if match[1] is None and match[2] is None else float(text)
    raise ValueError(text)


def literal(value: object) -> str:
    r"""Write a value as a literal of Cypher; `read_literal` gives it back.

    Examples
    --------
    >>> from chainshock.queries.cypher_values import literal
    >>> literal(["it's", 3])
    "['it\\'s', 3]"
    """
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return f"date('{value.isoformat()}')"
    if isinstance(value, int | float):
        return repr(value)
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def read_value(text: str, kind: Type) -> object:
    """Read a value that a person gave, as a type.

    Raises
    ------
    ValueError
        It is not of that type.
    """
    bare = text.strip()
    if kind in {"texts", "integers", "numbers"}:
        one: Type = "text" if kind == "texts" else "integer" if kind == "integers" else "number"
        return [read_value(part.strip(), one) for part in bare.split(",") if part.strip()]
    if kind == "integer":
        return _integer(bare)
    if kind == "number":
        if not NUMBER.fullmatch(bare):
            raise ValueError(text)
        return float(bare)
    if kind == "boolean":
        if bare.lower() not in {"true", "false"}:
            raise ValueError(text)
        return bare.lower() == "true"
    if kind == "date":
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", bare):
            raise ValueError(text)
        return date.fromisoformat(bare)
    return text


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,19}", text) or not -INT64 <= int(text) < INT64:
        raise ValueError(text)
    return int(text)


def _read_list(text: str) -> list[object]:
    found: list[object] = []
    place = 0
    while place < len(text.rstrip()):
        match = ITEM.match(text, place)
        if match is None:
            raise ValueError(text)
        found.append(read_literal(match[1]))
        place = match.end()
    return found
