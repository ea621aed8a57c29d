"""The outcome of a decision: a gain on a later, separate check, never the next answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from polku.errors import InputError
from polku.paths.evaluation.decisions import HORIZONS, Decision
from polku.paths.standing import DAY
from polku.profiles.replaced import named_now
from polku.records import Responses


@dataclass(frozen=True, slots=True)
class Check:
    """Which later answers count as the check of a decision.

    Parameters
    ----------
    after_days : float
        Days after the decision (the last one, of several in a row) from which answers count: what is only just
        practised is not yet learned.
    within_days : float
        Days after the decision from which answers no longer count.
    items : collection of str, optional
        Items of a check that everybody takes; else any item that the learner has not answered before.
    replaced_by : mapping of str to tuple of str
        Skills of an earlier curriculum and what replaces them: steps and answers from before it are read in its skills.

    Raises
    ------
    InputError
        If the window is empty.

    Examples
    --------
    >>> Check().after_days
    7.0
    """

    after_days: float = 7.0
    within_days: float = 60.0
    items: frozenset[str] | None = None
    replaced_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuse an empty window."""
        if not 0.0 <= self.after_days < self.within_days:
            got = f"from {self.after_days:g} to {self.within_days:g} days"
            raise InputError("the check has no time", got=got, hint="let the window end after it begins")


class _Answer(NamedTuple):
    at: int
    item: str
    skills: frozenset[str]
    correct: float


def with_gains(decisions: Iterable[Decision], responses: Responses, check: Check) -> list[Decision]:
    """Return the decisions with their gains, by learner and time.

    The gain of a decision is the mean, over the skills that were considered at that moment and that the check asks
    for, of the share of right answers in the check less the estimate at the decision. The skills are the same
    whatever was suggested, so that suggesting what is easy gains nothing. Items answered before the check begins are
    no check. For two and three decisions in a row the check comes after the last, the estimate before the first.

    Parameters
    ----------
    decisions : iterable of Decision
        From the log.
    responses : Responses
        With a clock; all answers of the same learners.
    check : Check
        Which answers count.

    Returns
    -------
    list of Decision
        Sorted by learner and time; `gains` has one entry per horizon, None where the check has no answer.

    Raises
    ------
    InputError
        If the answers carry order numbers in place of times.
    """
    if not responses.clock:
        raise InputError(
            "a later check needs answers with times", got="order numbers", hint="evaluate a log of dated answers"
        )
    answers, rows = _answers(responses, check.replaced_by), _by_learner(decisions)
    return [
        replace(decision, gains=_gains(own, place, answers.get(learner, ()), check))
        for learner, own in rows.items()
        for place, decision in enumerate(own)
    ]


def _by_learner(decisions: Iterable[Decision]) -> Mapping[str, list[Decision]]:
    found: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in sorted(decisions, key=lambda one: (one.learner_id, one.at)):
        found[decision.learner_id].append(decision)
    return found


def _answers(responses: Responses, replaced: Mapping[str, tuple[str, ...]]) -> Mapping[str, list[_Answer]]:
    found: defaultdict[str, list[_Answer]] = defaultdict(list)
    for one in responses:
        found[one.learner_id].append(
            _Answer(one.answered_at, one.item_id, named_now(one.skill_ids, replaced), one.correct)
        )
    return found


def _gains(own: Sequence[Decision], place: int, answers: Sequence[_Answer], check: Check) -> tuple[float | None, ...]:
    ends = [own[place + horizon - 1].at if place + horizon <= len(own) else None for horizon in HORIZONS]
    return tuple(None if end is None else _gain(own[place], answers, end, check) for end in ends)


def _gain(decision: Decision, answers: Sequence[_Answer], end: int, check: Check) -> float | None:
    """Return the gain on the check that follows the moment `end`."""
    first, last = end + check.after_days * DAY, end + check.within_days * DAY
    seen = {answer.item for answer in answers if answer.at < first}
    before = _before(decision, check.replaced_by)
    shown: defaultdict[str, list[float]] = defaultdict(list)
    for answer in answers:
        counts = answer.item not in seen if check.items is None else answer.item in check.items
        if first <= answer.at < last and counts:
            for skill in before.keys() & answer.skills:
                shown[skill].append(answer.correct)
    if not shown:
        return None
    return float(np.mean([np.mean(shown[skill]) - before[skill] for skill in sorted(shown)]))


def _before(decision: Decision, replaced: Mapping[str, tuple[str, ...]]) -> Mapping[str, float]:
    """Return the estimate of each skill at the decision; of one that several became, their mean."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for one in decision.alternatives:
        if one.p is not None:
            for skill in named_now([one.skill_id], replaced):
                found[skill].append(one.p)
    return {skill: float(np.mean(estimates)) for skill, estimates in found.items()}
