"""JSON as it is stored: one text for one value."""

from __future__ import annotations

import json
from typing import Any

from polku.errors import InputError


def canonical(value: object) -> str:
    """Return `value` as JSON text: sorted keys, no spaces, no NaN.

    Raises
    ------
    InputError
        If JSON cannot hold the value.

    Examples
    --------
    >>> canonical({"b": 1, "a": "ä"})
    '{"a":"ä","b":1}'
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(
            "this cannot be stored as JSON", got=error, hint="give numbers, texts, lists, mappings"
        ) from error


def parse(text: str) -> Any:
    """Return the value that `text` holds."""
    return json.loads(text)
