"""Fits every experiment on the same folds and sets it against the model as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from polku.errors import InputError
from polku.fairness.arrays import Bools, Floats, Ints, Texts
from polku.fairness.attributes import LONG, labels, long_form
from polku.fairness.measures import Measured
from polku.fairness.method import definition_hash
from polku.fairness.mitigation.fold import Fold, Setting
from polku.fairness.mitigation.front import pareto
from polku.fairness.mitigation.judging import ACCURACY, Found, look
from polku.fairness.mitigation.methods import METHODS
from polku.fairness.mitigation.result import Comparison, Figure, Gap, Tried
from polku.fairness.resample import by_unit
from polku.home import digest
from polku.records import Responses
from polku.schemas.experiment import Experiment
from polku.training.evaluation import predictions_frame
from polku.training.split import learner_folds
from polku.training.twins import near_twins, twin_groups

OnStep = Callable[[int, int], None]
FOLDS: Final = 5
PLAIN: Final = Experiment(name="none", method="none")
"""The model as it is: what every other experiment is set against."""
_HALF: Final = float(ndtri(0.975))


def compare_experiments(
    experiments: Sequence[Experiment],
    setting: Setting,
    responses: Responses,
    background: pd.DataFrame,
    *,
    folds: int = FOLDS,
    withheld: frozenset[str] = frozenset(),
    on_step: OnStep | None = None,
) -> Comparison:
    """Predict every answer from fits that have not seen its learner, experiment by experiment, and compare.

    Parameters
    ----------
    experiments : sequence of Experiment
        What is tried; the model as it is always stands first.
    setting : Setting
        The model, the definitions, and where error rates are taken.
    responses : Responses
        All answers.
    background : DataFrame
        ``learner_id`` and a column an attribute, or ``learner_id, attribute, value``.
    folds : int
        Folds of learners; near-twins stay together. With the seed and number of `polku train` they are the same.
    withheld : frozenset of str
        Attributes that are evened out where asked, but of which no figure comes out.
    on_step : callable, optional
        Called with (done, total) fits.

    Returns
    -------
    Comparison
        Figures over groups; nothing that was fitted is kept.

    Raises
    ------
    InputError
        If an experiment names an attribute that is not compared, or no answer is left to judge.
    """
    plain = [one for one in experiments if one.method == "none"] or [PLAIN]
    ordered = [*plain, *(one for one in experiments if one.method != "none")]
    table = long_form(background)
    groups = labels(table, responses.learners, setting.slices.model_copy(update={"depth": 1}))
    _refuse_unknown(ordered, groups)
    predicted = _predicted(ordered, setting, responses, groups, folds, on_step)
    judged: Bools = np.asarray(np.isfinite(np.stack(list(predicted.values()))).all(axis=0))
    if not judged.any():
        raise InputError("every answer is to an item that an experiment leaves out", got=f"{len(responses)} answers")
    shown = {name: values for name, values in groups.items() if name not in withheld}
    found = {name: _look(values, responses, judged, shown, setting) for name, values in predicted.items()}
    first = found[ordered[0].name]
    return Comparison(
        model=setting.spec.name,
        learners=len(first.unit),
        answers=int(judged.sum()),
        folds=folds,
        threshold=setting.threshold,
        tried=_with_front([_tried(one, found[one.name], first) for one in ordered]),
        suppressed={"groups": first.hidden, "k": setting.slices.disclosure.outside},
        notes=tuple(_notes(ordered, first, judged)),
        seed=setting.seed,
        hashes={
            "answers": responses.hash,
            "background": digest(table.sort_values(list(LONG)).to_csv(index=False)),
            "slices": definition_hash(setting.slices),
        },
    )


def _predicted(
    ordered: Sequence[Experiment],
    setting: Setting,
    responses: Responses,
    groups: Mapping[str, Texts],
    k: int,
    on_step: OnStep | None,
) -> dict[str, Floats]:
    """Return the out-of-fold predictions of each experiment; NaN where it leaves an item out."""
    twins = twin_groups(responses, near_twins(responses))
    fold_of = learner_folds(responses, k, setting.seed, groups=twins)
    predicted = {one.name: np.full(len(responses), np.nan) for one in ordered}
    for number in range(k):
        inside = fold_of == number
        fold = Fold(
            setting,
            train=responses.of_learners(~inside),
            test=responses.of_learners(inside),
            twins=np.unique(twins[~inside], return_inverse=True)[1].astype(np.int32),
            labels={name: values[~inside] for name, values in groups.items()},
        )
        for done, one in enumerate(ordered, start=number * len(ordered) + 1):
            predicted[one.name][inside[responses.learner]] = METHODS[one.method](one, fold)
            if on_step is not None:
                on_step(done, k * len(ordered))
    return predicted


def _refuse_unknown(experiments: Sequence[Experiment], groups: Mapping[str, Texts]) -> None:
    for one in experiments:
        if one.attribute is not None and one.attribute not in groups:
            raise InputError(
                f"experiment {one.name} is about an attribute that is not compared",
                got=one.attribute,
                hint=f"known: {', '.join(sorted(groups))}",
            )


def _look(values: Floats, responses: Responses, judged: Bools, groups: Mapping[str, Texts], setting: Setting) -> Found:
    """Measure predictions over the answers that every experiment judges."""
    present = np.zeros(len(responses.learners), dtype=np.bool_)
    present[responses.learner[judged]] = True
    order = np.argsort(responses.learners[present].astype(str), kind="stable")
    sorted_groups = {name: labelled[present][order] for name, labelled in groups.items()}
    frame = predictions_frame(responses, values)[judged]
    return look(frame, sorted_groups, setting.slices, setting.threshold)


def _tried(one: Experiment, found: Found, plain: Found) -> Tried:
    """Set the figures of one experiment against those of the model as it is."""
    gaps = tuple(
        Gap(*cell, plain.sizes[cell.attribute, cell.group], _figure(measured, plain.gaps[cell], found.unit))
        for cell, measured in found.gaps.items()
    )
    return Tried(
        name=one.name,
        method=one.method,
        attribute=one.attribute,
        accuracy={name: _figure(found.accuracy[name], plain.accuracy[name], found.unit) for name in ACCURACY},
        gaps=gaps,
        largest=max(gaps, key=lambda gap: gap.size, default=None),
        front=False,
    )


def _figure(measured: Measured, plain: Measured, unit: Ints) -> Figure:
    """Return a figure with its change: the learners are the same, so what they share cancels."""
    moved = by_unit(measured.influence - plain.influence, unit)
    n = len(moved)
    half = _HALF * float(np.sqrt((moved**2).sum() * n / max(n - 1, 1)))
    change = measured.estimate - plain.estimate
    return Figure(_six(measured.estimate), _six(change), (_six(change - half), _six(change + half)))


def _six(value: float) -> float:
    return round(value, 6) + 0.0  # no minus before a zero


def _with_front(tried: list[Tried]) -> tuple[Tried, ...]:
    """Mark the experiments that no other betters."""
    costs = np.array([[one.accuracy["log_loss"].value, one.largest.size if one.largest else np.nan] for one in tried])
    return tuple(replace(one, front=bool(on)) for one, on in zip(tried, pareto(costs), strict=True))


def _notes(ordered: Sequence[Experiment], found: Found, judged: Bools) -> Iterator[str]:
    if any(one.method == "without_flagged_items" for one in ordered):
        left = int((~judged).sum())
        yield (
            f"{left} answers to flagged items are judged in no experiment, so that all are judged on the same answers"
            if left
            else "no item was flagged by any fold's training learners: leaving flagged items out changes nothing"
        )
    if found.unjudged:
        yield f"{found.unjudged} groups are too small to be judged, and are in no gap"
    if len(np.unique(found.unit)) == len(found.unit):
        yield "learners are taken one by one: likeness within a school, if any, is not in the intervals"
