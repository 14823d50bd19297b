"""Make pydantic models from the schema: the validator for Python callers and JSON.

The models check typed values on their own (pydantic's types, ranges and choices); the table reader checks
text. A test holds the two to the same verdict on the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

from chainshock.errors import InvalidRecord
from chainshock.graph.cells import LARGEST_INTEGER, CellError, read_text
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.records import end_columns, life_error, make_provenance, read_end
from chainshock.graph.schema import Property, Value, read_schema

__all__ = ["Record", "fact_from", "make_model"]


class Record(BaseModel):
    """Base of the models: strict types, no extra fields, no changes; what is absent is left out or null."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="after")
    def _check_life(self) -> Self:
        wrong = life_error(self.__dict__)
        if wrong is not None:
            raise ValueError(f"{wrong[0]}: found {wrong[1]}, expected {wrong[2]}")
        return self


@cache
def make_model(name: str) -> type[Record]:
    """Make the model of a label's or relationship's record.

    Raises
    ------
    UnknownName
        Neither a label nor a relationship has that name.
    """
    schema = read_schema()
    ends = {column: (_end_type(labels), ...) for column, labels in end_columns(schema, name).items()}
    properties = {**schema.properties(name), **schema.provenance}
    fields: dict[str, Any] = {**ends, **{p.name: _field(p) for p in properties.values()}}
    return cast("type[Record]", create_model(f"{name}Record", __base__=Record, **fields))


def fact_from(name: str, values: Mapping[str, object], *, origin: str = "reference") -> Fact:
    """Make a fact of typed values by column name; None, blank text and empty lists are absent.

    Raises
    ------
    InvalidRecord
        The values do not fit; `others` holds every further problem.
    """
    given = {column: value for column, value in values.items() if not _is_blank(value)}
    try:
        record = make_model(name).model_validate(given)
    except ValidationError as error:
        raise _translate(name, error) from error
    schema = read_schema()
    found: dict[str, Value] = {key: value for key, value in record.__dict__.items() if value is not None}
    refs: list[NodeRef] = [
        read_end(cast(str, found[column]), labels) for column, labels in end_columns(schema, name).items()
    ]
    properties = {key: found[key] for key in schema.properties(name) if key in found}
    return Fact(name, refs[0], refs[1] if len(refs) > 1 else None, properties, make_provenance(found), origin)


def _field(prop: Property) -> tuple[Any, Any]:
    kind = _value_type(prop)
    return (kind, ...) if prop.required else (kind | None, None)


def _value_type(prop: Property) -> Any:  # a type made at run time has no narrower type
    low, high = prop.minimum, prop.maximum
    if prop.type == "number":
        return Annotated[float, Field(ge=low, le=high, allow_inf_nan=False)]
    if prop.type == "integer":
        least = -LARGEST_INTEGER if low is None else int(low)
        return Annotated[int, Field(ge=least, le=LARGEST_INTEGER if high is None else int(high))]
    if prop.type == "choice":
        return Literal[prop.choices]
    return _PLAIN_TYPES[prop.type]


def _is_blank(value: object) -> bool:
    return value is None or value in ((), []) or (isinstance(value, str) and not value.strip())


def _text(value: str) -> str:
    text = read_text(value.strip())
    if not text:
        raise CellError(repr(value), "text that is not blank")
    return text


def _item(value: str) -> str:
    text = _text(value)
    if ";" in text:
        raise CellError(repr(value), "a value without ';', which separates values in a table")
    return text


_PLAIN_TYPES: dict[str, Any] = {
    "boolean": bool,
    "date": date,
    "list": tuple[Annotated[str, AfterValidator(_item)], ...],
    "text": Annotated[str, AfterValidator(_text)],
}


def _end_type(labels: tuple[str, ...]) -> Any:  # as above
    def check(value: str) -> str:
        text = value.strip()
        read_end(text, labels)
        return text

    return Annotated[str, AfterValidator(check)]


def _translate(name: str, error: ValidationError) -> InvalidRecord:
    problems = [
        InvalidRecord(
            name, None, ".".join(map(str, item["loc"])) or None, repr(item["input"])[:80], item["msg"]
        )
        for item in error.errors()
    ]
    first, *others = problems
    first.others = tuple(others)
    return first
