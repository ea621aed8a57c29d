"""Finnish school terms, and the learners who were there in each of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

MOST_TERMS = 6
HALF = 0.5
"""Share of the last term's learners who must be in every term shown; earlier terms are left out for it."""


def term_of(at: pd.Series) -> pd.Series:
    """Return the Finnish school term of each moment: autumn from August to December, spring from January to July.

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2025-08-12", "2026-01-08", "2026-06-05"], utc=True))
    >>> term_of(days).tolist()
    ['2025-autumn', '2026-spring', '2026-spring']
    """
    local = at.dt.tz_convert("Europe/Helsinki")
    half = np.where(local.dt.month >= 8, "-autumn", "-spring")
    return pd.Series(local.dt.year.astype(str) + half)


def same_learners(terms: pd.Series, learners: pd.Series) -> tuple[list[str], frozenset[str]]:
    """Return the latest terms that share most of their learners, oldest first, and the learners in each of them.

    Parameters
    ----------
    terms, learners : Series of str
        Term and learner of each answer.

    Returns
    -------
    list of str
        At least the last term; earlier ones while half of its learners have answers in all.
    frozenset of str

    Examples
    --------
    >>> terms, learners = pd.Series(["2025-autumn", "2026-spring", "2026-spring"]), pd.Series(["a", "a", "b"])
    >>> found, panel = same_learners(terms, learners)
    >>> found, sorted(panel)
    (['2025-autumn', '2026-spring'], ['a'])
    """
    sets = {str(term): frozenset(part) for term, part in learners.groupby(terms)}
    last, *earlier = sorted(sets, key=in_time, reverse=True)
    kept, panel = [last], sets[last]
    for term in earlier[: MOST_TERMS - 1]:
        smaller = panel & sets[term]
        if len(smaller) < HALF * len(sets[last]):
            break
        kept, panel = [term, *kept], smaller
    return kept, panel


def in_time(term: str) -> tuple[str, bool]:
    """Return what sorts terms in the order of time: of one calendar year spring comes first.

    Examples
    --------
    >>> sorted(["2025-autumn", "2026-spring", "2025-spring"], key=in_time)
    ['2025-spring', '2025-autumn', '2026-spring']
    """
    year, half = term.split("-")
    return year, half == "autumn"
