"""Which tasks to do on a skill: as hard as helps, not met before, and nobody's tasks before another's.

Among tasks that fit equally well each has the same chance, whoever provides it, so that over many offers each vendor is
shown in proportion to what it has to offer. The draw hangs on the seed and the task's id alone: not on a vendor's name,
its price, the order of its catalogue or who joined first.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

Purpose = Literal["step", "check", "diagnostic"]
FITS: Final = 0.05
"""Expected success by which two tasks fit equally well: less than an estimate of either can tell."""
_EDGE: Final = 0.01
"""Success is expected no more surely than this, either way."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task that may be offered.

    Parameters
    ----------
    vendor, item_id : str
        Whose, which.
    language : str
        Its language; empty where it has no words.
    difficulty : float or None
        In log-odds; None is taken for the skill's typical one.
    """

    vendor: str
    item_id: str
    language: str = ""
    difficulty: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A task that was chosen.

    Parameters
    ----------
    task : Task
        Which.
    expected : float
        Success that is expected of this learner on it.
    met : bool
        Whether the learner met it before.
    had : mapping of str to int
        How many tasks each vendor had that fitted as well, this one among them.
    """

    task: Task
    expected: float
    met: bool
    had: Mapping[str, int]


def choose(
    tasks: Iterable[Task],
    *,
    mastery: float,
    aim: float | None,
    seed: str,
    met: Collection[str] = (),
    language: str = "fi",
    many: int = 1,
) -> list[Choice]:
    """Return tasks on one skill for one learner, a pure function.

    Parameters
    ----------
    tasks : iterable of Task
        All that there are on the skill, in any order.
    mastery : float
        Success expected on the skill's typical task, 0 to 1.
    aim : float or None
        Success at which practice helps most; None asks for the typical task, which says most plainly whether the
        skill is there.
    seed : str
        The same seed gives the same tasks.
    met : collection of str
        Ids of items that were answered before; they come last.
    language : str
        Tasks in other languages are left out.
    many : int
        At most so many.

    Returns
    -------
    list of Choice
        Best first; fewer than `many` where there are no more.

    Examples
    --------
    >>> easy, hard = Task("a", "a1", difficulty=-2.0), Task("b", "b1", difficulty=2.0)
    >>> [one.task.item_id for one in choose([hard, easy], mastery=0.4, aim=0.6, seed="s", many=2)]
    ['a1', 'b1']
    >>> [one.task.item_id for one in choose([hard, easy], mastery=0.4, aim=0.6, seed="s", met={"a1"})]
    ['b1']
    """
    fitting = [one for one in tasks if one.language in {"", language}]
    typical = _typical(fitting)
    wanted = _clipped(mastery if aim is None else aim)
    left = [(one, expected_success(mastery, one.difficulty, typical)) for one in fitting]
    chosen: list[Choice] = []
    for old in (False, True):
        pool = [(one, success) for one, success in left if (one.item_id in met) is old]
        while pool and len(chosen) < many:
            made = _drawn(pool, wanted, seed, met=old)
            chosen.append(made)
            pool = [(one, success) for one, success in pool if one.item_id != made.task.item_id]
    return chosen


def expected_success(mastery: float, difficulty: float | None, typical: float) -> float:
    """Return the success expected on a task, given that on a typical one (Rasch 1960).

    Parameters
    ----------
    mastery : float
        Success expected on a task of typical difficulty.
    difficulty : float or None
        The task's; None is taken for typical.
    typical : float
        Difficulty of the skill's typical task.

    Examples
    --------
    >>> expected_success(0.5, None, 0.3), round(expected_success(0.5, 1.3, 0.3), 3)
    (0.5, 0.269)
    """
    known = _clipped(mastery)
    harder = 0.0 if difficulty is None else difficulty - typical
    return 1.0 / (1.0 + math.exp(harder - math.log(known / (1.0 - known))))


def _typical(tasks: Iterable[Task]) -> float:
    """Return the median difficulty of the tasks that say theirs."""
    said = [one.difficulty for one in tasks if one.difficulty is not None]
    return median(said) if said else 0.0


def _drawn(pool: list[tuple[Task, float]], wanted: float, seed: str, *, met: bool) -> Choice:
    """Draw one of the tasks that come nearest to what is wanted, each with the same chance."""
    nearest = min(abs(success - wanted) for _, success in pool)
    equal = [(one, success) for one, success in pool if abs(success - wanted) <= nearest + FITS]
    task, success = min(equal, key=lambda one: _lot(seed, one[0].item_id))
    return Choice(task, success, met, dict(Counter(one.vendor for one, _ in equal)))


def _lot(seed: str, item_id: str) -> bytes:
    """Return a task's lot: as good as drawn, and the same whatever else there is (Thaler & Ravishankar 1998)."""
    return hashlib.blake2b(f"{seed}\x1f{item_id}".encode(), digest_size=16).digest()


def _clipped(share: float) -> float:
    return min(max(share, _EDGE), 1.0 - _EDGE)
