"""Looks for words in everything that a home, its stores and its service give away, whatever they are wrapped in."""

from __future__ import annotations

import gzip
import io
import re
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from village import Answer, TestClient

Found = dict[str, set[str]]
"""Words found, by place."""
SQLITE, GZIP, PARQUET = b"SQLite format 3\x00", b"\x1f\x8b", b"PAR1"


def found_in(places: Iterator[tuple[str, str]], words: re.Pattern[str]) -> Found:
    """Return the words found in each place; places without any are left out."""
    found = {place: set(words.findall(text)) for place, text in places}
    return {place: hits for place, hits in found.items() if hits}


def files_under(root: Path, *, without: frozenset[Path] = frozenset()) -> Iterator[tuple[str, str]]:
    """Yield name and text of every file, databases table by table."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and path not in without:
            name = str(path.relative_to(root))
            yield name, name + text_of(path.read_bytes())
            if path.read_bytes().startswith(SQLITE):
                yield from tables_of(path, name)


def tables_of(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """Yield every table of an SQLite file as text."""
    with closing(sqlite3.connect(path)) as file:
        tables = [table for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = file.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 - our own tables
            cells = (text_of(cell) if isinstance(cell, bytes) else str(cell) for row in rows for cell in row)
            yield f"{name}: {table}", "\n".join(cells)


def text_of(raw: bytes) -> str:
    """Return the text in some bytes: as they are, unpacked, or read as a table."""
    if raw.startswith(PARQUET):
        return str(pd.read_parquet(io.BytesIO(raw)).to_csv())
    if raw.startswith(GZIP):
        raw += gzip.decompress(raw)
    elif raw[:1] == b"\x78":
        raw += _inflated(raw)
    return raw.decode("utf-8", "ignore") + raw.decode("utf-16-le", "ignore")


def _inflated(raw: bytes) -> bytes:
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return b""  # it only begins like a packed one


def answers_of(client: TestClient, ids: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield address and text of every GET in the interface, with every id that is known of each parameter.

    A parameter without ids is an error: whoever adds an endpoint says here what to ask it.
    """
    document = client.get("/openapi.json").json()
    for address, verbs in document["paths"].items():
        if "get" in verbs:
            for filled in _filled(address, ids):
                yield filled, told(client.get(filled))
                if explains(verbs["get"]):
                    yield f"{filled}?explain=true", told(client.get(filled, params={"explain": "true"}))


def explains(operation: Mapping[str, object]) -> bool:
    """Return whether an endpoint can be asked for more."""
    parameters = operation.get("parameters")
    return isinstance(parameters, list) and any(one["name"] == "explain" for one in parameters)


def told(answer: Answer) -> str:
    """Return all that an answer says, headers included."""
    return f"{answer.status_code} {dict(answer.headers)} {answer.text}"


def _filled(address: str, ids: Mapping[str, list[str]]) -> Iterator[str]:
    names = re.findall(r"{(\w+)}", address)
    if not names:
        yield address
        return
    (name,) = names
    for one in ids[name]:
        yield address.replace(f"{{{name}}}", quote(one, safe=""))
