"""Problems of the data that make figures look better or worse than they are, each with what to do about it.

Nothing is repaired here and nothing left out: a person decides. Every search is over columns, so that a million
responses take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.records import Responses

Rows = NDArray[np.bool_]
SHOWN: Final = 5
"""Examples that are named."""
OFTEN: Final = 20
"""Answers from which "always right" or "always wrong" says something."""
BURST: Final = 10
"""Answers of one learner with one time that no learner gives."""


@dataclass(frozen=True)
class Problem:
    """One kind of problem, found in some places.

    Parameters
    ----------
    name, what : str
        Its name, and what was found in plain words.
    count : int
        In how many places: responses, items, skills, learners or pairs, as `what` says.
    advice : str
        What to do.
    examples : tuple of str
        The first few items or skills; never learners.
    learners : tuple of str
        Pseudonymous ids of learners about whom a person must act; for the local report only.
    """

    name: str
    what: str
    count: int
    advice: str
    examples: tuple[str, ...] = ()
    learners: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def to_dict(self, *, local: bool = False) -> dict[str, Any]:
        """Return it as plain values; with learners only in the local report."""
        raw = asdict(self) | {"examples": list(self.examples), "learners": list(self.learners)}
        return raw if local else {name: value for name, value in raw.items() if name != "learners"}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_dict` returned."""
        return cls(**{**raw, "examples": tuple(raw["examples"]), "learners": tuple(raw.get("learners", ()))})


def find_problems(
    responses: Responses,
    curriculum: Curriculum,
    *,
    twins: Sequence[tuple[str, str]] = (),
    refused: Mapping[str, int] | None = None,
) -> list[Problem]:
    """Return what is odd about the data, in the order of the list below; an empty list where nothing is.

    Parameters
    ----------
    responses : Responses
        All responses.
    curriculum : Curriculum
        The skills that are known.
    twins : sequence of (str, str)
        What :func:`~polku.training.twins.near_twins` returned.
    refused : mapping of str to int, optional
        Rows in quarantine, by reason.

    Returns
    -------
    list of Problem

    Examples
    --------
    >>> rows = {"response_id": ["1", "2"], "learner_id": ["a", "a"], "item_id": ["i", "i"], "skill_ids": ["s", "t"]}
    >>> twice = Responses.from_columns(rows | {"answered_at": [5, 5], "correct": [1.0, 1.0]})
    >>> [problem.name for problem in find_problems(twice, Curriculum.of_skills(["s", "t"]))]
    ['expanded_skills', 'tags_changed']
    """
    found = [_near_twins(twins), *(search(responses) for search in _SEARCHES), _unknown_skills(responses, curriculum)]
    return [problem for problem in [*found, _refused(refused or {})] if problem is not None]


def _near_twins(twins: Sequence[tuple[str, str]]) -> Problem | None:
    return _problem(
        "near_twins",
        "pairs of learners whose answers are nearly the same: one person under two ids, or copied answers",
        len(twins),
        "join the ids at the source; until then both stand on one side of every split",
        learners=[f"{one} = {other}" for one, other in twins],
    )


def _repeated(responses: Responses) -> Problem | None:
    """Find one answer under several response ids: same learner, item, time, score and skills."""
    rows = _same_moment(responses) & _same_tags(responses) if responses.clock else np.zeros(len(responses), np.bool_)
    return _problem(
        "repeated_answers",
        "responses that repeat another one under a new id: same learner, item, time, score and skills",
        int(rows.sum()),
        "let the source keep one id an answer; what is counted twice looks better predicted than it is",
        _items(responses, rows),
    )


def _expanded(responses: Responses) -> Problem | None:
    """Find one answer written once a skill: the later rows give their own answer away."""
    rows = _same_moment(responses) & ~_same_tags(responses)
    return _problem(
        "expanded_skills",
        "responses that repeat the answer before them for another skill of the item",
        int(rows.sum()),
        "send one response with the list of its skills: the second row is predicted from its own answer",
        _items(responses, rows),
    )


def _same_moment(responses: Responses) -> Rows:
    """Return which rows follow a row of the same learner, item, score and moment (without a clock: directly)."""
    columns: list[NDArray[Any]] = [responses.learner, responses.item, responses.correct]
    columns += [responses.answered_at] if responses.clock else []
    order, same = _beside(responses), np.zeros(len(responses), np.bool_)
    same[order[1:]] = True
    for column in columns:
        same[order[1:]] &= column[order[1:]] == column[order[:-1]]
    return same


def _same_tags(responses: Responses) -> Rows:
    """Return which rows carry the same skills as the row that :func:`_same_moment` compares them with."""
    code, order = _combination(responses), _beside(responses)
    same = np.zeros(len(responses), np.bool_)
    same[order[1:]] = code[order[1:]] == code[order[:-1]]
    return same


def _beside(responses: Responses) -> NDArray[np.intp]:
    """Return the order in which one answer written several times stands side by side; without a clock, as it came."""
    if not responses.clock:
        return np.arange(len(responses))
    keys = (_combination(responses), responses.correct, responses.answered_at, responses.item, responses.learner)
    return np.lexsort(keys)


def _one_sided_items(responses: Responses) -> Problem | None:
    n = np.bincount(responses.item, minlength=len(responses.items))
    right = np.bincount(responses.item, responses.correct, minlength=len(responses.items))
    odd = (n >= OFTEN) & ((right == 0) | (right == n))
    names = [
        f"{responses.items[item]} (n = {n[item]}, always {'right' if right[item] else 'wrong'})"
        for item in np.flatnonzero(odd)[np.argsort(-n[odd], kind="stable")]
    ]
    return _problem(
        "one_sided_items",
        f"items that everybody got right, or everybody wrong, in {OFTEN} answers or more",
        int(odd.sum()),
        "look at the key of each: a wrong key, or a task that asks for nothing",
        names,
    )


def _one_sided_learners(responses: Responses) -> Problem | None:
    n = np.bincount(responses.learner, minlength=len(responses.learners))
    right = np.bincount(responses.learner, responses.correct, minlength=len(responses.learners))
    odd = (n >= OFTEN) & ((right == 0) | (right == n))
    return _problem(
        "one_sided_learners",
        f"learners with {OFTEN} answers or more, all right or all wrong: tests of the system, or lost scores",
        int(odd.sum()),
        "see whether the source sends real answers of these learners",
        learners=responses.learners[odd].tolist(),
    )


def _backwards(responses: Responses) -> Problem | None:
    rows = responses.answered_at > responses.known_at if responses.clock else np.zeros(len(responses), np.bool_)
    return _problem(
        "known_before_answered",
        "responses that were known before they were answered",
        int(rows.sum()),
        "compare the clocks and time zones of the systems",
        _items(responses, rows),
    )


def _out_of_order(responses: Responses) -> Problem | None:
    later = np.zeros(len(responses), np.bool_)
    if responses.clock:
        back = responses.answered_at[1:] < responses.answered_at[:-1]
        later[1:] = back & (responses.learner[1:] == responses.learner[:-1])
    return _problem(
        "late_answers",
        "responses that became known after later answers of the same learner",
        int(later.sum()),
        "nothing, if devices work offline: an answer counts from when it is known; else see how the source sends them",
        _items(responses, later),
    )


def _bursts(responses: Responses) -> Problem | None:
    """Find many answers of one learner at one moment: the order within them is not known."""
    if not responses.clock or not len(responses):
        return None
    order = np.lexsort((responses.answered_at, responses.learner))
    learner, at = responses.learner[order], responses.answered_at[order]
    starts = np.flatnonzero(np.concatenate([[True], (np.diff(learner) != 0) | (np.diff(at) != 0)]))
    size = np.diff(starts, append=len(order))
    return _problem(
        "bursts",
        f"moments at which one learner gave {BURST} answers or more at once: a whole test with one time",
        int((size >= BURST).sum()),
        "send the time of each answer: within such a moment the order, and what was known before, is made up",
        examples=[f"{count} answers at once" for count in np.sort(size[size >= BURST])[::-1][:1]],
    )


def _tags_changed(responses: Responses) -> Problem | None:
    pairs = np.unique(np.column_stack([responses.item, _combination(responses)]), axis=0)
    odd = np.bincount(pairs[:, 0], minlength=len(responses.items)) > 1
    return _problem(
        "tags_changed",
        "items whose skills are not the same in all their responses",
        int(odd.sum()),
        "give an item with other skills a new id: its difficulty is kept under its first skills",
        responses.items[odd].tolist(),
    )


def _unknown_skills(responses: Responses, curriculum: Curriculum) -> Problem | None:
    n = np.bincount(responses.skill, minlength=len(responses.skills))
    unknown = [place for place, skill in enumerate(responses.skills.tolist()) if skill not in curriculum.skills]
    ordered = sorted(unknown, key=lambda place: -n[place])
    return _problem(
        "unknown_skills",
        "skills of responses that the curriculum does not name: no path can lead to them",
        len(unknown),
        "map them to the curriculum, or extend it",
        [f"{responses.skills[place]} (n = {n[place]})" for place in ordered],
    )


def _refused(refused: Mapping[str, int]) -> Problem | None:
    return _problem(
        "refused_rows",
        "rows in quarantine, by reason; repeated ids with other content stand under conflict",
        sum(refused.values()),
        "mend them at the source and ingest again",
        [f"{reason} (n = {count})" for reason, count in sorted(refused.items(), key=lambda one: (-one[1], one[0]))],
    )


_SEARCHES: Final[tuple[Callable[[Responses], Problem | None], ...]] = (
    _repeated,
    _expanded,
    _one_sided_items,
    _one_sided_learners,
    _backwards,
    _out_of_order,
    _bursts,
    _tags_changed,
)


def _problem(
    name: str, what: str, count: int, advice: str, examples: Sequence[str] = (), learners: Iterable[str] = ()
) -> Problem | None:
    """Return a problem that occurs, with the first of its examples."""
    return Problem(name, what, count, advice, tuple(examples[:SHOWN]), tuple(learners)) if count else None


def _items(responses: Responses, rows: Rows) -> list[str]:
    """Return the items of some rows, the most frequent first."""
    n = np.bincount(responses.item[rows], minlength=len(responses.items))
    return [f"{responses.items[item]} (n = {n[item]})" for item in np.argsort(-n, kind="stable")[:SHOWN] if n[item]]


def _combination(responses: Responses) -> NDArray[np.int64]:
    """Return a number for the combination of skills of each row: two sums of random words tell combinations apart."""
    words = np.random.default_rng(0).integers(1, 1 << 62, len(responses.skills), dtype=np.int64)
    total = np.add.reduceat(words[responses.skill], responses.skill_start[:-1]) if len(responses) else words[:0]
    return np.unique(total, return_inverse=True)[1].astype(np.int64)
