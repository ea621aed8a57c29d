"""Screens all items over all groups: matching, purification, correction, judgement, disclosure, in that order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from polku.fairness.arrays import Bools, Texts
from polku.fairness.attributes import labels, long_form, order_of
from polku.fairness.background import Background
from polku.fairness.chance import benjamini_hochberg
from polku.fairness.disclosure import suppressed_groups
from polku.fairness.items.answers import Answers
from polku.fairness.items.audit import ItemAudit
from polku.fairness.items.cell import ItemCell
from polku.fairness.items.classes import PUBLISHED
from polku.fairness.items.judging import Correction, judged
from polku.fairness.items.matching import Matching, matching_of
from polku.fairness.items.purify import Purified, compare_items
from polku.fairness.method import definition_hash
from polku.home import digest
from polku.schemas.item_limits import ItemLimits
from polku.schemas.settings import Settings
from polku.schemas.slices import Slices

VERSION = 2
"""Raised when the same answers and definitions would give other figures."""
_WORDS = {
    "matching": "number right within a form, or ability over the items met; the item itself included",
    "purified": "items whose uncorrected test stands out leave the matching variable, round by round",
    "uniform": "Mantel-Haenszel with continuity correction; D-DIF = -2.35 ln(odds ratio); ETS classes A, B, C",
    "non_uniform": "logistic regression on standing, group and their product; likelihood-ratio test of the product; "
    "distance of the curves over true standing, by KR-20 or marginal reliability",
    "tail": "p-values under 0.001 are held to exact ones, given the right answers of every stratum; the larger counts",
    "p_adjusted": "Benjamini-Hochberg over items, groups, attributes and both kinds, one family",
    "concern": "class C by corrected p-values: absolute D-DIF `large` and above `watched` by a test, or curves "
    "`large_curves` apart; see limits",
    "rows": "first answers, one a learner and item",
}


class _Contrast(NamedTuple):
    """One group against the rest."""

    attribute: str
    group: str
    found: Purified


def screen_items(
    answers: Answers,
    background: pd.DataFrame,
    slices: Slices,
    *,
    limits: ItemLimits = PUBLISHED,
    out: Collection[str] = (),
    how: str = "auto",
) -> ItemAudit:
    """Look for items that are harder, or tell learners apart otherwise, for a group at equal standing.

    Parameters
    ----------
    answers : Answers
        First answers.
    background : DataFrame
        ``learner_id`` and a column an attribute, or ``learner_id, attribute, value``.
    slices : Slices
        The attributes compared, and the limits on small numbers.
    limits : ItemLimits
        How large a difference is large; of a home, those of its gates.
    out : collection of str
        Items already under review: tested, but never part of the matching variable.
    how : {"auto", "score", "ability"}
        Matching, see :mod:`polku.fairness.items.matching`.

    Returns
    -------
    ItemAudit
        Of two groups one is compared with the other; of more, each with all the others.

    Raises
    ------
    InputError
        If the background or `how` cannot be used.

    Examples
    --------
    >>> from polku.fairness import load_slices
    >>> from polku.home import Home
    >>> rng = np.random.default_rng(3)
    >>> able, girl = rng.normal(size=1200), np.arange(1200) % 2 == 0
    >>> hard = np.linspace(-1, 1, 12) + np.zeros((1200, 1))
    >>> hard[girl, 5] += 1.2
    >>> right = rng.random((1200, 12)) < 1 / (1 + np.exp(hard - able[:, None]))
    >>> test = pd.DataFrame(right.astype(int), columns=[f"item {number:02d}" for number in range(12)])
    >>> test["learner_id"] = [f"{number:04d}" for number in range(1200)]
    >>> background = pd.DataFrame({"learner_id": test["learner_id"], "gender": np.where(girl, "girl", "boy")})
    >>> audit = screen_items(Answers.from_matrix(test), background, load_slices(Home.find()))
    >>> list(audit.flagged)
    ['item 05']
    """
    table = long_form(background)
    groups = labels(table, answers.learners, slices.model_copy(update={"depth": 1}))
    matching = matching_of(answers, how)
    kept_out = np.isin(answers.items, list(out))
    found = list(_contrasts(answers, matching, groups, slices, kept_out))
    cells = _judged(found, answers, slices.inference.alpha, limits)
    hidden = _hidden(answers, groups, slices.disclosure.outside)
    k = slices.disclosure.outside
    shown = tuple(cell.hidden(k) if (cell.attribute, cell.group, cell.item_id) in hidden else cell for cell in cells)
    return ItemAudit(
        cells=shown,
        suppressed={"cells": sum(cell.n is None for cell in shown), "k": k},
        notes=_notes(found, answers, slices),
        method=_method(found, matching, answers, slices) | {"limits": limits.model_dump()},
        hashes={
            "answers": answers.hash,
            "background": digest(table.sort_values(list(table.columns)).to_csv(index=False)),
            "slices": definition_hash(slices),
        },
    )


def screen_enclave(
    settings: Settings,
    answers: Answers,
    slices: Slices,
    *,
    purpose: str,
    limits: ItemLimits = PUBLISHED,
    out: Collection[str] = (),
) -> ItemAudit:
    """Screen items over the groups kept in the enclave; no learner's attribute leaves.

    Parameters
    ----------
    settings : Settings
        Whose enclave, and where it is.
    answers, slices, limits, out
        As for :func:`screen_items`.
    purpose : str
        Why the background is read; logged with the read.

    Raises
    ------
    InputError
        If no purpose is given.
    """
    with Background.open(settings.background, settings.provider_id) as background:
        frame = background.read(purpose)
    return screen_items(answers, frame, slices, limits=limits, out=out)


def _contrasts(
    answers: Answers, matching: Matching, groups: Mapping[str, Texts], slices: Slices, out: Bools
) -> Iterator[_Contrast]:
    """Compare the groups of every attribute; of two, the second is the first seen from the other side."""
    for attribute, label in groups.items():
        present = order_of(attribute, label, slices.attributes)
        for group in present[:1] if len(present) == 2 else present if len(present) > 2 else []:
            members: Bools = label == group
            yield _Contrast(attribute, group, compare_items(answers, matching, members, slices.inference, out=out))


def _judged(found: list[_Contrast], answers: Answers, alpha: float, limits: ItemLimits) -> list[ItemCell]:
    """Correct all p-values as one family, and judge every cell."""
    tests = [
        (item.uniform.p, item.curves.p_non_uniform) if item.uniform and item.curves else (np.nan, np.nan)
        for one in found
        for item in one.found.items
    ]
    p = np.array(tests).reshape(-1)
    tested = np.isfinite(p)
    corrected = np.full(len(p), np.nan)
    corrected[tested] = benjamini_hochberg(p[tested])
    critical = float(ndtri(1 - alpha / (2 * max(1, int(tested.sum())))))
    corrections = (Correction(float(one), float(two), critical, limits) for one, two in corrected.reshape(-1, 2))
    return [
        judged(item, one.attribute, one.group, answers.items[item.item], next(corrections))
        for one in found
        for item in one.found.items
    ]


def _hidden(answers: Answers, groups: Mapping[str, Texts], k: int) -> set[tuple[str, str, str]]:
    """Return the cells (attribute, group, item) under `k` learners, or that would give such away."""
    found = set()
    for attribute, label in groups.items():
        code, names = pd.factorize(label, sort=True)
        counts = np.zeros((len(answers.items), len(names)), dtype=np.int64)
        np.add.at(counts, (answers.item, code[answers.learner]), 1)
        for item in np.flatnonzero((counts < k).any(axis=1)):
            sizes = {str(name): int(n) for name, n in zip(names, counts[item], strict=True) if n}
            found |= {(attribute, group, answers.items[item]) for group in suppressed_groups(sizes, k)}
    return found


def _notes(found: list[_Contrast], answers: Answers, slices: Slices) -> tuple[str, ...]:
    notes = []
    if answers.repeated:
        notes.append(f"{answers.repeated} answers left out: not the first of a learner to an item")
    if answers.schools < slices.inference.schools:
        notes.append(
            f"likeness within schools is not in the p-values: {answers.schools} schools are known, "
            f"{slices.inference.schools} are needed"
        )
    notes += [
        f"{one.attribute} {one.group}: purification did not settle; read its cells with care"
        for one in found
        if not one.found.settled
    ]
    return tuple(notes)


def _method(found: list[_Contrast], matching: Matching, answers: Answers, slices: Slices) -> dict[str, Any]:
    anchors = {
        f"{one.attribute} {one.group}": {"anchors": one.found.anchors, "rounds": one.found.rounds} for one in found
    }
    sizes = {"learners": len(answers.learners), "items": len(answers.items), "answers": len(answers)}
    numbers = slices.inference.model_dump(include={"learners", "positives", "negatives", "alpha", "schools"})
    return {
        "version": VERSION,
        **_WORDS,
        "inference": numbers,
        **sizes,
        "standing": matching.name,
        "contrasts": anchors,
    }
