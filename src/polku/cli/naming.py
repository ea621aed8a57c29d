"""Where the platform's own files still name a provider: settings, registrations, what a deployment is made of.

These files are the operator's. They are looked at and said, by file and key and never with a value, but not edited.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from polku.home import OVERRIDES, Home
from polku.schemas.provider import OID

Kind = Literal["sender", "sign_in", "registration", "default", "elsewhere"]
ENVIRONMENT: Final = "environment"
WORD: Final = "provider"
"""A plain id is a word like others; it names a provider where key or line speak of one."""
READ: Final = {".toml", ".json", ".yaml", ".yml", ".env", ""}
"""Endings of the files that are looked at; `.env` itself has none."""
ROOMS: Final = ("serve", "models", "features")
VARIABLE: Final = re.compile(r"\s*(?:export\s+)?([A-Z][A-Z0-9_]+)\s*=")


class Named(NamedTuple):
    """One place that names a provider."""

    file: str
    """Seen from the home; `environment` for a variable of this process."""
    key: str
    """Dotted key of a TOML file, name of a variable, or `line N` of another file."""
    kind: Kind
    """What it is, by which texts say what to do."""


def naming(home: Home, provider_id: str) -> tuple[Named, ...]:
    """Return every place of a platform's home that names a provider, outside its own folder; read anew each time."""
    found = [
        Named(path.relative_to(home.root).as_posix(), key, _kind(path, key))
        for path in _files(home, provider_id)
        for key in _keys(path, provider_id)
    ]
    variable = OVERRIDES["provider_id"]
    if os.environ.get(variable) == provider_id:
        found.append(Named(ENVIRONMENT, variable, "default"))
    return tuple(found)


def _files(home: Home, provider_id: str) -> Iterator[Path]:
    own = home.providers_folder / provider_id
    for room in ROOMS:
        for path in sorted((home.root / room).rglob("*")):
            if path.suffix in READ and path.is_file() and not path.is_relative_to(own):
                yield path


def _keys(path: Path, provider_id: str) -> list[str]:
    """Return the keys, or else the lines, of one file that name a provider."""
    text = path.read_text(encoding="utf-8", errors="replace")
    whole = re.compile(rf"(?<![\w.-]){re.escape(provider_id)}(?![\w-]|\.\w)")
    if whole.search(text) is None:
        return []
    places = _flat(text) if path.suffix == ".toml" else _lines(text)
    unique = OID.fullmatch(provider_id) is not None
    return [key for key, said in places if whole.search(said) and (unique or WORD in f"{key} {said}".lower())]


def _flat(text: str) -> Iterator[tuple[str, str]]:
    """Yield each dotted key of a TOML text with all that it says; its lines where it is none."""
    try:
        left: list[tuple[tuple[str, ...], Any]] = [((), tomllib.loads(text))]
    except tomllib.TOMLDecodeError:
        yield from _lines(text)
        return
    while left:
        keys, value = left.pop()
        if isinstance(value, dict):
            left += [((*keys, name), one) for name, one in reversed(value.items())]
        else:
            yield ".".join(keys), " ".join([*keys, str(value)])


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        variable = VARIABLE.match(line)
        yield variable[1] if variable else f"line {number}", line


def _kind(path: Path, key: str) -> Kind:
    if key.startswith("access.senders."):
        return "sender"
    if key.startswith("access.mpassid.providers."):
        return "sign_in"
    if path.parent.name == "lti":
        return "registration"
    return "default" if key in {"provider_id", OVERRIDES["provider_id"]} else "elsewhere"
