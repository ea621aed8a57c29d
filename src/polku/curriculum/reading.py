"""From a file's bytes to values, refusing what is no curriculum and saying why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from polku.curriculum.checks import first_few
from polku.curriculum.document import content_of
from polku.curriculum.first_form import FirstForm, short_form
from polku.curriculum.schema import Document, ShortDocument
from polku.curriculum.values import LANGUAGES, Content
from polku.errors import DefinitionError, InputError, nearest

SHORTEST = '{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}]}'
LONGEST = 60
PLAIN_WORDS = {
    "model_type": "this should be an object with keys",
    "string_pattern_mismatch": "this is blank",
    "string_type": "this should be text in quotes",
    "too_short": "this should not be empty",
    "tuple_type": "this should be a list",
}
"""What the schema library says about Python types, said about JSON."""

Schema = TypeVar("Schema", bound=BaseModel)


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    InputError
        If it cannot be read, is empty, or is not UTF-8.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"{path} is not there", hint="give the path of a curriculum file") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read", got=error.strerror, hint="give the path of a JSON file") from error
    except UnicodeDecodeError as error:
        byte = f"byte 0x{error.object[error.start]:02x} at position {error.start}"
        raise InputError(f"{path} is not UTF-8", got=byte, hint="save the file as UTF-8") from error
    if not text.strip():
        raise InputError(f"{path} is empty", got=f"{path.stat().st_size} bytes", hint=f"the shortest is {SHORTEST}")
    return text


def parse(text: str, where: str) -> Content:
    """Turn JSON text of any of the three forms into values.

    Parameters
    ----------
    text : str
        The full form, the short form, or the first form.
    where : str
        Name of the source.

    Raises
    ------
    InputError
        If it is not JSON, or no JSON object.
    DefinitionError
        If keys are unknown, missing or wrong.
    """
    raw = _json(text, where)
    if "nodes" in raw:
        return content_of(short_form(_validated(raw, FirstForm, where)))
    if "format" in raw:
        return content_of(_validated(raw, Document, where))
    return content_of(_validated(raw, ShortDocument, where))


def _json(text: str, where: str) -> dict[str, Any]:
    """Parse a JSON object, refusing keys that repeat."""
    try:
        raw = json.loads(text, object_pairs_hook=_unique)
    except _RepeatedKeyError as error:
        raise InputError(f"{where}: a key repeats", got=str(error), hint="keep one of them") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not valid JSON", got=error, hint="check commas, quotes and brackets") from error
    if not isinstance(raw, dict):
        got = f"a JSON {type(raw).__name__}"
        raise InputError(f"{where} holds no curriculum", got=got, hint=f"the shortest is {SHORTEST}")
    try:
        json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise InputError(
            f"{where}: half of a character", got=half, hint="write both halves, or the character"
        ) from error
    return raw


class _RepeatedKeyError(Exception):
    """Carries the key that an object states twice, out of the JSON parser."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for key, value in pairs:
        if key in keys:
            raise _RepeatedKeyError(key)
        keys[key] = value
    return keys


def _validated(raw: Mapping[str, Any], schema: type[Schema], where: str) -> Schema:
    """Check against a schema; an error lists all problems of one class, unknown keys before others."""
    try:
        return schema.model_validate(raw)
    except ValidationError as error:
        problems = sorted(error.errors(include_url=False), key=lambda problem: problem["type"] != "extra_forbidden")
    kind, message = problems[0]["type"], problems[0]["msg"]
    same = [problem for problem in problems if (problem["type"], problem["msg"]) == (kind, message)]
    places = [_place(raw, problem["loc"]) for problem in same]
    last = str(same[0]["loc"][-1])
    if kind == "extra_forbidden":
        hint = f"for {last!r}: {nearest(last, _keys(schema))}"
        raise DefinitionError(f"{where}: unknown keys", got=first_few(places), hint=hint)
    if kind == "missing":
        hint = "titles are needed in fi, sv and en" if last in LANGUAGES else f"add {last!r}"
        raise DefinitionError(f"{where}: missing keys", got=first_few(places), hint=hint)
    got = [f"{place} = {_short(problem)}" for place, problem in zip(places, same, strict=True)]
    what = PLAIN_WORDS.get(kind, message.removeprefix("Value error, ").replace("Input", "this", 1))
    raise DefinitionError(f"{where}: {what}", got=first_few(got), hint="see docs/reference/curriculum.md")


def _place(raw: Any, loc: tuple[int | str, ...]) -> str:
    """Write a location with the id of the entry it is in, as ``skills[MA12.S2.01].title.sv``."""
    text = ""
    for part in loc:
        raw = _member(raw, part)
        if isinstance(part, str):
            text += f".{part}"
        else:
            text += f"[{raw.get('id', raw.get('code', part)) if isinstance(raw, dict) else part}]"
    return text.lstrip(".")


def _member(raw: Any, part: int | str) -> Any:
    """Return a member of a JSON object or list, None where there is none."""
    if isinstance(part, str):
        return raw.get(part) if isinstance(raw, dict) else None
    return raw[part] if isinstance(raw, list) and part < len(raw) else None


def _short(problem: ErrorDetails) -> str:
    """Return the offending value, cut to a readable length."""
    text = repr(problem["input"])
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _keys(schema: type[BaseModel]) -> Iterator[str]:
    """Yield the keys of a schema and of the schemas in it."""
    document = schema.model_json_schema()
    for part in (document, *document.get("$defs", {}).values()):
        yield from part.get("properties", {})
