"""Whether predictions stay as they are when everybody's group is exchanged for another.

A model that takes no group cannot tell the difference. That is not believed but tried: everything is computed again
beside a background in which no learner keeps a value that another could have, and compared bit for bit. Kusner and
others (2017) ask the same of a model that knows what causes what; without such a model the flip shows one thing only,
that membership itself is not used. What goes along with membership, the other metrics show.
"""

from __future__ import annotations

import pandas as pd

FLIPPED = "y_prob_flipped"
"""Optional column of plain predictions: `y_prob` again, scored with the learner's group flipped."""


def unchanged(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return what share of each learner's predictions is unchanged, bit for bit.

    Parameters
    ----------
    predictions : DataFrame
        ``learner_id, y_prob, y_prob_flipped``; rows that were not scored again are left out.

    Returns
    -------
    DataFrame
        ``learner_id, unchanged`` (0-1).

    Examples
    --------
    >>> table = pd.DataFrame({"learner_id": ["a", "a"], "y_prob": [0.5, 0.6], "y_prob_flipped": [0.5, 0.7]})
    >>> unchanged(table).to_dict("records")
    [{'learner_id': 'a', 'unchanged': 0.5}]
    """
    scored = predictions.dropna(subset=[FLIPPED])
    same = (scored["y_prob"] == scored[FLIPPED]).astype("float64")
    return same.groupby(scored["learner_id"].astype(str)).mean().rename("unchanged").reset_index()


def exchanged(background: pd.DataFrame) -> pd.DataFrame:
    """Return a background in which each learner has, in every attribute, another value than before.

    Parameters
    ----------
    background : DataFrame
        ``learner_id`` and a column an attribute.

    Returns
    -------
    DataFrame
        The same learners and attributes; each value is replaced by the next of those found, in order of name, the
        last by the first, and an attribute of which one value alone is found by nothing. Learners without a value get
        the first.

    Examples
    --------
    >>> exchanged(pd.DataFrame({"learner_id": ["a", "b", "c"], "gender": ["boy", "girl", None]})).gender.tolist()
    ['girl', 'boy', 'boy']
    """
    after = background.copy()
    for name in background.columns.drop("learner_id"):
        after[name] = _next(background[name])
    return after


def _next(values: pd.Series) -> list[str | None]:
    found = sorted(values.dropna().unique().tolist())
    after: dict[str, str | None] = dict(zip(found, [*found[1:], found[0]], strict=True)) if len(found) > 1 else {}
    first = found[0] if found else None
    return [first if pd.isna(value) else after.get(value) for value in values]
