"""Ids made from the numbers of research sets, which count learners, items and skills each from their own zero."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def prefixed(prefix: str, column: pa.Array) -> pa.Array:
    """Return whole numbers with a prefix; other texts stay, for the rules to judge.

    Examples
    --------
    >>> prefixed("u", pa.array([" 7", "", "x", None])).to_pylist()
    ['u7', '', 'x', None]
    """
    column = pc.utf8_trim(column, " ")
    whole = pc.match_substring_regex(column, "^[0-9]+$")
    return pc.if_else(whole, pc.binary_join_element_wise(prefix, column, ""), column)


def pair(first: pa.Array, second: pa.Array) -> pa.Array:
    """Return ids of two parts, as ``u7-q3``.

    Examples
    --------
    >>> pair(pa.array(["u7"]), pa.array([3])).to_pylist()
    ['u7-3']
    """
    return pc.binary_join_element_wise(first, second.cast(pa.string()), "-")
