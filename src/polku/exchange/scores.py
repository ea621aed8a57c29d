"""Scores on another scale, brought to 0 to 1."""

from __future__ import annotations

import pyarrow as pa

from polku.records.rules import NUMBER


def scaled(column: pa.Array, top: float) -> pa.Array:
    """Divide a column of texts by the highest score; what is no number stays, for the rules to judge.

    Parameters
    ----------
    column : Arrow string array of n values
        Scores from 0 to `top`.
    top : float
        The highest score.

    Returns
    -------
    Arrow string array of n values

    Examples
    --------
    >>> scaled(pa.array(["78", "", "120", "absent"]), 100).to_pylist()
    ['0.78', '', '1.2', 'absent']
    """
    encoded = column.dictionary_encode()
    words = [_scaled(word, top) for word in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)


def _scaled(text: str, top: float) -> str:
    return repr(float(text) / top) if NUMBER.fullmatch(text.strip(" ")) else text
