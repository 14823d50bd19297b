"""Read Cypher questions: one file each, with its title, what it answers, and its parameters with defaults.

A file starts with comments: the title, `Folder:` and `Answers:` lines, then a line `name: meaning` for each
parameter. `:param name => default;` lines follow, and one statement. Neo4j Browser takes the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

from chainshock.errors import FileProblem, QueryError, UnknownName
from chainshock.queries.cypher_values import TYPES, Parameter, literal, read_literal, read_value

__all__ = ["SUFFIX", "QueryFile", "find_query", "parse_query", "query_pack"]

SUFFIX = ".cypher"
COMMENT = "//"
PARAM = re.compile(r":param\s+(?P<name>[A-Za-z_]\w*)\s*=>\s*(?P<default>.+?)\s*;?\s*")
HEAD = re.compile(r"(?P<key>[A-Za-z_]\w*):\s+(?P<text>.+)")
# what may hold a $ that is no parameter comes first, so that it is passed over
TOKEN = re.compile(
    r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`|//[^\n]*|/\*.*?\*/|\$(?P<name>[A-Za-z_]\w*)", re.DOTALL
)
EXPECTED = f"the name of a query (chainshock query --list) or a file ending in {SUFFIX}"


@dataclass(frozen=True)
class QueryFile:
    """One question.

    `cypher` is the statement alone, `parameters` its parameters in order. `folder`, `answers` and the
    meanings of parameters are empty where a file does not say.
    """

    name: str
    path: str
    title: str
    folder: str
    answers: str
    parameters: Mapping[str, Parameter]
    cypher: str

    @cached_property
    def returns_paths(self) -> bool:
        """Tell whether it answers with paths, which Neo4j Browser draws."""
        return re.search(r"\bRETURN\s+p\b", self.cypher) is not None

    @property
    def values(self) -> dict[str, object]:
        """Give the defaults of its parameters."""
        return {entry.name: entry.default for entry in self.parameters.values()}

    @property
    def ready(self) -> str:
        """Give the statement with the defaults written into it, for programs that keep no parameters.

        Nothing but the defaults of the file itself ever gets there.
        """

        def put(match: re.Match[str]) -> str:
            name = match["name"]
            return match[0] if name is None else literal(self.parameters[name].default)

        return TOKEN.sub(put, self.cypher)

    def fill(self, given: Mapping[str, str]) -> dict[str, object]:
        """Give the values of all parameters: those given as text, read as their defaults' types, else these.

        Raises
        ------
        QueryError
            The file has no parameter of a name, or a value is not of its type.
        """
        values = self.values
        for name, text in given.items():
            entry = self.parameters.get(name)
            if entry is None:
                known = ", ".join(self.parameters) or "none: it has no parameters"
                raise QueryError(f"{self.path}: found parameter {name!r}, expected one of {known}")
            try:
                values[name] = read_value(text, entry.type)
            except ValueError as exc:
                wanted = f"{TYPES[entry.type]}, as its default {literal(entry.default)}"
                raise QueryError(f"{self.path}: parameter {name}: found {text!r}, expected {wanted}") from exc
        return values


def query_pack() -> list[QueryFile]:
    """Give the questions that come with chainshock, by name.

    Examples
    --------
    >>> from chainshock.queries.cypher_files import query_pack
    >>> {"chinese-dysprosium", "winners"} <= {query.name for query in query_pack()}
    True
    """
    return [_shipped(name) for name in _names()]


def find_query(wanted: str) -> QueryFile:
    """Give a question of the pack by name, or one in a file.

    Raises
    ------
    UnknownName
        No question of the pack has the name, and there is no such file.
    FileProblem
        The file cannot be read, or is not one question.
    """
    if wanted in _names():
        return _shipped(wanted)
    if not wanted.endswith(SUFFIX):
        raise UnknownName("query", wanted, (*_names(), f"a file ending in {SUFFIX}"))
    path = Path(wanted)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as exc:
        raise FileProblem(wanted, (exc.strerror or str(exc)).lower(), EXPECTED) from exc
    except UnicodeDecodeError as exc:
        raise FileProblem(wanted, f"bytes that are not UTF-8 at offset {exc.start}", "text in UTF-8") from exc
    return parse_query(path.stem, wanted, text)


def parse_query(name: str, path: str, text: str) -> QueryFile:
    """Read a question from the text of its file.

    Raises
    ------
    FileProblem
        It holds no statement or several, a `:param` line that cannot be read, a parameter without a default,
        or a default that nothing uses.
    """
    comments, params, lines = _split(path, text)
    cypher = "\n".join(lines).strip().removesuffix(";").strip()
    bare = TOKEN.sub(lambda match: match["name"] or "", cypher)
    if not bare.strip():
        raise FileProblem(path, "no statement", "one Cypher statement")
    if ";" in bare:
        raise FileProblem(path, "several statements", "one Cypher statement")
    used = {match["name"] for match in TOKEN.finditer(cypher)} - {None}
    if used != set(params):
        wrong = sorted(used ^ set(params))[0]
        found = (
            f"${wrong} without a default" if wrong in used else f"a default for {wrong}, which nothing uses"
        )
        raise FileProblem(path, found, "a line `:param name => default;` for each parameter")
    head = dict(_head(comments[1:], params))
    return QueryFile(
        name=name,
        path=path,
        title=comments[0] if comments else name,
        folder=head.get("Folder", ""),
        answers=head.get("Answers", ""),
        parameters={key: Parameter(key, default, head.get(key, "")) for key, default in params.items()},
        cypher=cypher,
    )


def _split(path: str, text: str) -> tuple[list[str], dict[str, object], list[str]]:
    """Tell the comments at the head, the parameters and the statement's lines apart."""
    comments: list[str] = []
    params: dict[str, object] = {}
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if lines or not bare:
            lines += [line] if lines else []
        elif bare.startswith(COMMENT) and not params:
            comments.append(bare.removeprefix(COMMENT).strip())
        elif bare.startswith(":"):
            name, default = _param(bare, f"{path}:{number}")
            if name in params:
                raise FileProblem(f"{path}:{number}", f"a second default for {name}", "one of each parameter")
            params[name] = default
        else:
            lines.append(line)
    return comments, params, lines


def _param(line: str, place: str) -> tuple[str, object]:
    """Read a `:param` line."""
    match = PARAM.fullmatch(line)
    try:
        default = None if match is None else read_literal(match["default"])
    except ValueError:
        default = None
    if match is None or default is None:
        wanted = ":param name => default; with a text, number, true, false, date('2025-11-08') or list"
        raise FileProblem(place, repr(line[:80]), wanted)
    return match["name"], default


def _head(comments: list[str], params: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Read `key: text` comments; a comment without a key goes on with the one before."""
    key, words = "", ""
    for comment in comments:
        match = HEAD.fullmatch(comment)
        if match and match["key"] in {"Folder", "Answers", *params}:
            yield key, words
            key, words = match["key"], match["text"]
        else:
            words = f"{words} {comment}".strip()
    yield key, words


def _names() -> list[str]:
    folder = resources.files("chainshock.queries") / "cypher"
    return sorted(entry.name[: -len(SUFFIX)] for entry in folder.iterdir() if entry.name.endswith(SUFFIX))


def _shipped(name: str) -> QueryFile:
    entry = resources.files("chainshock.queries") / "cypher" / f"{name}{SUFFIX}"
    return parse_query(name, f"queries/cypher/{name}{SUFFIX}", entry.read_text("utf-8"))
