"""Files with an index that holds the SHA-256 of each, so that whatever differs can be named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from polku.errors import InputError


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def canonical_json(value: object) -> bytes:
    """Return JSON that is the same for the same value: keys sorted, no NaN.

    Examples
    --------
    >>> canonical_json({"b": 1, "a": "å"}).decode()
    '{"a": "å", "b": 1}'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()


def sums(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file, sorted by name."""
    return {name: sha256(content) for name, content in sorted(files.items())}


def verify(files: Mapping[str, bytes], index: str, kind: str, version: int, needed: Collection[str] = ()) -> None:
    """Check files against their index.

    Parameters
    ----------
    files : mapping of str to bytes
        All files, the index among them.
    index : str
        Name of the index: JSON with "format" and "files" (name to SHA-256).
    kind : str
        What the files are, for errors.
    version : int
        The format that is expected.
    needed : collection of str
        Files that must be there.

    Raises
    ------
    InputError
        If the index is missing, cannot be read or is of another format, or a file is missing, not listed or differs;
        names the file.
    """
    if index not in files:
        raise InputError(f"this is no {kind}: no {index}", got=", ".join(sorted(files)) or "no files")
    expected = _expected(files[index], index, kind, version)
    for name in sorted((expected.keys() ^ (files.keys() - {index})) | (set(needed) - expected.keys())):
        raise InputError(f"{kind} file {name} is {f'not in {index}' if name in files else 'missing'}")
    for name, wanted in expected.items():
        found = sha256(files[name])
        if found != wanted:
            raise InputError(f"{kind} file {name} differs from its hash", got=found, hint=f"expected {wanted}")


def _expected(text: bytes, index: str, kind: str, version: int) -> dict[str, str]:
    """Return the hashes an index lists."""
    try:
        content: Any = json.loads(text)
        if content["format"] != version:
            raise InputError(f"the {kind} is of another format", got=content["format"], hint=f"this reads {version}")
        return dict(content["files"])
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{index} cannot be read", got=error, hint=f"fetch the {kind} again") from error
