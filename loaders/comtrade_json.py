"""Read the JSON of the UN Comtrade API: the records of a result, and what the API says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders.inputs import Input

__all__ = ["read_records"]

MOST_BYTES = 512 << 20  # the API gives at most 250,000 records, of 1 to 1.5 kB
EXPECTED = "a result of the API, {elapsedTime, count, data, error}"


def read_records(
    source: Input, required: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str]] | InvalidRecord]:
    """Iterate over the records of a result as texts by field, each with its number; null is a blank.

    Raises
    ------
    FileProblem
        It is no result of the API, an error, empty, or cut short.
    """
    for number, record in enumerate(_data(source), 1):
        if not isinstance(record, dict):
            yield InvalidRecord(source.name, number, None, f"{record!r:.80}", "a record with fields")
            continue
        missing = [field for field in required if field not in record]
        if missing:
            yield InvalidRecord(
                source.name, number, missing[0], "no such field", f"fields {', '.join(required)}"
            )
        else:
            yield number, {field: _text(value) for field, value in record.items()}


def _data(source: Input) -> list[Any]:
    """Give the records, once they are known to be all."""
    result = _parse(source)
    if not isinstance(result, dict) or "data" not in result:
        raise FileProblem(source.name, "JSON of another shape", EXPECTED)
    if result.get("error"):
        raise FileProblem(source.name, f"the API's error {_text(result['error'])!r:.200}", "a result")
    data, count = result["data"], result.get("count")
    if data is not None and not isinstance(data, list):
        raise FileProblem(source.name, "data that are no list", EXPECTED)
    if not data:
        raise FileProblem(
            source.name,
            "an empty result (count 0)",
            "records; the query matches none, or the period is not out",
        )
    if count != len(data):
        found = f"{len(data)} records where count says {_text(count) or 'nothing'}"
        raise FileProblem(source.name, found, "as many as count says: the result seems cut short")
    return data


def _parse(source: Input) -> Any:  # Any: what JSON holds
    with source.open() as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileProblem(source.name, f"more than {MOST_BYTES >> 20} MiB of JSON", "so much as CSV")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileProblem(source.name, f"byte {error.start} that is not UTF-8", EXPECTED) from error
    except json.JSONDecodeError as error:
        found = f"broken JSON at line {error.lineno} ({error.msg})"
        raise FileProblem(source.name, found, f"{EXPECTED}, whole") from error
    except (RecursionError, ValueError) as error:
        raise FileProblem(source.name, f"JSON that cannot be read ({error!s:.80})", EXPECTED) from error


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
