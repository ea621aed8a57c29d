"""Who the learners of a set are, apart from what they answered: for the enclave of the audit and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from polku.exchange.raw import RawTable
from polku.records import DenyRules, Responses
from polku.records.rules import is_missing


def background(
    learner: pa.Array, attributes: Mapping[str, pa.Array], responses: Responses, deny: DenyRules
) -> pd.DataFrame:
    """Return one row a learner who has responses.

    Parameters
    ----------
    learner : Arrow string array of n values
        Learner ids, as in `responses`; a learner may stand in several rows.
    attributes : mapping of str to Arrow string array of n values
        Attribute → values of the same rows. Of several values of one learner the first that is given stays.
    responses : Responses
        Who is kept: nobody is known by background alone.
    deny : DenyRules
        What may never be kept.

    Returns
    -------
    DataFrame
        ``learner_id`` and a column an attribute, all text; missing where nothing is known, which is never "no".
    """
    frame = pd.DataFrame({"learner_id": learner.to_pylist()}, dtype="str")
    for name, values in attributes.items():
        frame[name] = pd.Series([_kept(value, deny) for value in values.to_pylist()], dtype="str")
    known = frame[frame["learner_id"].isin(responses.learners)]
    return known.groupby("learner_id", sort=True).first().reset_index()


def attributes_of(raw: RawTable, names: Mapping[str, str]) -> dict[str, pa.Array]:
    """Return the columns of a file that are attributes and there, under the names they get here."""
    return {to: raw.column(name) for name, to in names.items() if raw.has(name)}


def no_background(file: Path) -> str:
    """Say that there is no background, and why."""
    return f"no {file.name}: no background"


def recoded(column: pa.Array, meaning: Mapping[str, str]) -> pa.Array:
    """Return what the codes of a column mean; a code without a meaning is a missing value.

    Examples
    --------
    >>> recoded(pa.array(["1.0", "", "0.0"]), {"1.0": "yes", "0.0": "no"}).to_pylist()
    ['yes', None, 'no']
    """
    encoded = column.dictionary_encode()
    words = [meaning.get(word.strip(" ")) for word in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)


def _kept(value: str | None, deny: DenyRules) -> str | None:
    """Return a value that is one and may be kept."""
    return None if value is None or is_missing(value) or deny.holds(value) else value.strip(" ")
