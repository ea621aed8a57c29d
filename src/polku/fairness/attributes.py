"""Group attributes as tables: wide or long in, one label a learner out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from polku.errors import InputError, nearest
from polku.fairness.arrays import Texts
from polku.schemas.slices import MISSING, Slice, Slices

LONG = ("learner_id", "attribute", "value")
CROSS = " & "
"""Joins the names and groups of crossed attributes."""
_MANY = 50
"""So many groups are anybody's to compare; of more, each has to hold learners enough to be shown."""
_ABSENT = {"", "nan", "NaN", "None", "NULL", "null", "NA", "<NA>", MISSING}
"""How tables write that a value is absent. Not "none": that is a group, as of support."""


def long_form(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a background table as distinct rows of learner, attribute and value; empty values are dropped.

    Parameters
    ----------
    frame : DataFrame
        ``learner_id`` and a column an attribute, or exactly ``learner_id, attribute, value``.

    Returns
    -------
    DataFrame
        Columns ``learner_id, attribute, value``, all text.

    Raises
    ------
    InputError
        If ``learner_id`` is absent, or a learner has two values of one attribute.

    Examples
    --------
    >>> long_form(pd.DataFrame({"learner_id": [1, 2], "gender": ["girl", ""]})).to_numpy().tolist()
    [['1', 'gender', 'girl']]
    """
    if "learner_id" not in frame.columns:
        hint = nearest("learner_id", map(str, frame.columns))
        raise InputError("the background has no column learner_id", got=", ".join(map(str, frame.columns)), hint=hint)
    if set(frame.columns) != set(LONG):
        frame = frame.melt(id_vars="learner_id", var_name="attribute", value_name="value")
    present = frame.dropna(subset=["learner_id", "attribute", "value"])
    table = pd.DataFrame({name: _text(present[name]) for name in LONG})
    table = table[~table["value"].isin(_ABSENT) & (table["learner_id"] != "")].drop_duplicates()
    twice = table.duplicated(["learner_id", "attribute"]).sum()
    if twice:
        raise InputError(
            "a learner has two values of one attribute", got=f"{twice} such pairs", hint="keep one row a learner"
        )
    return table.reset_index(drop=True)


def declared(table: pd.DataFrame, slices: Slices) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keep what `slices` declares of a long table.

    Returns
    -------
    kept : DataFrame
        Rows whose attribute and value are declared.
    notes : tuple of str
        What was not kept and why, without naming a learner.
    """
    notes = []
    for name in sorted(table["attribute"].unique()):
        if name in slices.denied:
            notes.append(f"column {name!r} was not kept: {slices.denied[name]}")
        elif name not in slices.attributes:
            notes.append(f"column {name!r} was not kept: models/slices.toml declares no such attribute")
    kept = table[table["attribute"].isin(slices.attributes)]
    for name, part in kept.groupby("attribute"):
        unknown = part[~_allowed(part["value"], slices.attributes[str(name)])]
        if len(unknown):
            notes.append(f"{len(unknown)} values of {name!r} were not kept: they are none of its declared groups")
            kept = kept.drop(index=unknown.index)
    return kept.reset_index(drop=True), tuple(notes)


def plain(table: pd.DataFrame, slices: Slices) -> Slices:
    """Return slices for plain files: every attribute found that is not denied, each with the values found.

    An attribute that `slices` declares keeps its question; its groups are those found, since another system's
    file spells them in its own way.

    Raises
    ------
    InputError
        If an attribute has so many values that hardly any group could be shown, as a name or a birthday has.
    """
    found = [name for name in dict.fromkeys(table["attribute"]) if name not in slices.denied]
    for name in found:
        groups, learners = (table.loc[table["attribute"] == name, part].nunique() for part in ("value", "learner_id"))
        if groups > _MANY and learners < groups * slices.disclosure.outside:
            raise InputError(
                f"{name!r} tells learners apart, not groups",
                got=f"{groups} values of {learners} learners",
                hint="leave the column out, or put its values together",
            )
    attributes = {
        name: Slice(question=slices.attributes[name].question if name in slices.attributes else _question(name))
        for name in found
    }
    return slices.model_copy(update={"attributes": attributes})


def denied(table: pd.DataFrame, slices: Slices) -> dict[str, str]:
    """Return the attributes of a long table that are not to be compared, and why.

    Examples
    --------
    >>> table = long_form(pd.DataFrame({"learner_id": [1], "religion": ["any"], "gender": ["girl"]}))
    >>> denied(table, Slices(attributes={}, denied={"religion": "reveals belief"}))
    {'religion': 'reveals belief'}
    """
    return {name: slices.denied[name] for name in dict.fromkeys(table["attribute"]) if name in slices.denied}


def labels(table: pd.DataFrame, learners: Texts, slices: Slices) -> dict[str, Texts]:
    """Return every learner's group in each attribute and in each crossing up to the declared depth.

    Parameters
    ----------
    table : DataFrame
        Long background table.
    learners : ndarray of str, shape (n_learners,)
        Whose labels.
    slices : Slices
        Attributes and depth.

    Returns
    -------
    dict of str to ndarray of str, shape (n_learners,)
        Groups by attribute; "missing" where nothing is known.
    """
    single = {name: _column(table, name, learners) for name in slices.attributes}
    crossed = {
        CROSS.join(names): _join([single[name] for name in names])
        for size in range(2, slices.depth + 1)
        for names in combinations(single, size)
    }
    return {**single, **crossed}


def order_of(attribute: str, found: Texts, declared_slices: Mapping[str, Slice]) -> list[str]:
    """Return the groups present in their declared order, then by name, "missing" last."""
    known = declared_slices[attribute].groups if attribute in declared_slices else None
    rank = {group: place for place, group in enumerate(known or ())}
    return sorted(set(found.tolist()), key=lambda group: (group == MISSING, rank.get(group, len(rank)), group))


def _column(table: pd.DataFrame, name: str, learners: Texts) -> Texts:
    part = table[table["attribute"] == name].set_index("learner_id")["value"]
    return part.reindex(learners).fillna(MISSING).to_numpy(dtype=object)


def _join(parts: list[Texts]) -> Texts:
    return np.array([CROSS.join(groups) for groups in zip(*parts, strict=True)], dtype=object)


def _allowed(values: pd.Series[str], declared_slice: Slice) -> pd.Series[bool]:
    return values.isin(declared_slice.groups) if declared_slice.groups else values.notna()


def _question(name: str) -> str:
    return f"Do the groups of {name} meet the same errors?"


def _text(values: pd.Series) -> pd.Series[str]:
    """Return values as text; whole floats lose their ".0", so that 1.0 and "1" are one group."""
    whole = pd.to_numeric(values, errors="coerce")
    text = values.astype(str).str.strip()
    is_float = np.array([isinstance(value, float) for value in values], dtype=bool) & (whole % 1 == 0).to_numpy()
    return text.where(~is_float, whole.where(is_float, 0).astype("int64").astype(str))
