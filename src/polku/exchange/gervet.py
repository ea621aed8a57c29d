"""Response logs in the preprocessing of Gervet, Koedinger, Schneider & Mitchell (2020).

*When is deep learning the best approach to knowledge tracing?*, Journal of Educational Data Mining 12(3). A folder
holds ``responses.csv``, TAB separated ``user_id item_id timestamp correct skill_id``, rows in time order, and
``q_mat.npz``, a sparse matrix of items by skills. The times themselves are often blanked, and ``skill_id`` numbers
*combinations* of skills; so this reader takes the order of rows as an order without a clock, and the skills from the
matrix.

========= ==========================================================================================
learner   ``u12`` for user 12
item      ``i345`` for item 345
skill     ``kc6`` for column 6 of the matrix; ``combo6`` for skill_id 6 when there is no matrix
response  ``u12-0`` for the user's first row in the file, refused ones counted
========= ==========================================================================================
"""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.errors import InputError
from polku.exchange import headers
from polku.exchange.delimited import read_delimited
from polku.exchange.ids import pair, prefixed
from polku.exchange.raw import RawTable
from polku.exchange.reading import Reading, check
from polku.exchange.text import peek_header
from polku.records import DenyRules, Items

NAMES = {
    "response_id": "user_id",
    "learner_id": "user_id",
    "item_id": "item_id",
    "skill_ids": "skill_id",
    "answered_at": "timestamp",
    "correct": "correct",
}
COLUMNS = ("user_id", "item_id", "timestamp", "correct", "skill_id")
RESPONSES, MATRIX = "responses.csv", "q_mat.npz"


def fits_gervet(path: Path) -> bool:
    """Tell whether a folder or file is of this format."""
    file = path / RESPONSES if path.is_dir() else path
    return file.is_file() and {"user_id", "item_id"} <= set(peek_header(file, "\t"))


def read_gervet(path: Path, deny: DenyRules, items: Items | None = None) -> Reading:
    """Read a folder, or its ``responses.csv``.

    Parameters
    ----------
    path : Path
        Folder or file.
    deny : DenyRules
        What may never be kept.
    items : Items, optional
        Gives the skills of items that have none in the matrix.

    Returns
    -------
    Reading
        Responses without a clock; `answered_at` numbers a learner's rows from 0.

    Raises
    ------
    InputError
        If a file is missing, columns are, or the matrix cannot be read.
    """
    file = path / RESPONSES if path.is_dir() else path
    if not file.is_file():
        raise InputError(f"{path.name} holds no {RESPONSES}", hint="give the folder with the responses, or the file")
    raw = read_delimited(file, deny, "\t")
    found = [*raw.table.column_names, *raw.denied]
    headers.require(file, found, ("user_id", "item_id", "correct", "skill_id"), deny)
    matrix = file.with_name(MATRIX)
    skills = _from_matrix(raw, matrix) if matrix.is_file() else prefixed("combo", raw.column("skill_id"))
    note = f"skills come from {MATRIX}" if matrix.is_file() else f"no {MATRIX}: skill_id, one per combination, is used"
    place = _places(raw)
    learner = prefixed("u", raw.column("user_id"))
    columns = {
        "response_id": pair(learner, pa.array(place)),
        "learner_id": learner,
        "item_id": prefixed("i", raw.column("item_id")),
        "skill_ids": skills,
        "answered_at": pa.array(place),
        "correct": raw.column("correct"),
    }
    notes = (note, "rows are in time order; the order is used, timestamps are not", *raw.notes)
    notes += headers.ignored_note(found, COLUMNS, deny)
    return check(replace(raw.add(learner_id=learner), notes=notes), columns, deny, items, NAMES)


def _places(raw: RawTable) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return each row's place among the rows of its user, from 0."""
    user = raw.column("user_id").dictionary_encode().indices.to_numpy()
    order = np.argsort(user, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(user))))
    place = np.empty(len(user), np.int64)
    place[order] = np.arange(len(user)) - starts[user[order]]
    return place


def _from_matrix(raw: RawTable, path: Path) -> pa.Array:
    """Return each row's skills by its item, joined by ``;``; empty for items that the matrix does not know."""
    import scipy.sparse  # takes megabytes that no service needs

    try:
        with path.open("rb") as file:
            matrix = scipy.sparse.csr_matrix(scipy.sparse.load_npz(file))
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile) as error:
        hint = "give a sparse matrix of items by skills, saved by scipy"
        raise InputError(f"{path.name} cannot be read as a matrix", got=error, hint=hint) from error
    matrix.eliminate_zeros()
    known = [";".join(f"kc{skill}" for skill in sorted(row)) for row in np.split(matrix.indices, matrix.indptr[1:-1])]
    skills = pa.array([*known, ""], pa.string())
    items = raw.column("item_id")
    whole = pc.match_substring_regex(items, "^[0-9]{1,9}$")
    number = pc.if_else(whole, items, str(len(known))).cast(pa.int64())
    return skills.take(pc.min_element_wise(number, len(known)))
