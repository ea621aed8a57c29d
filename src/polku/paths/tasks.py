"""Which tasks to do on a skill: as hard as helps, not met before, and nobody's tasks before another's.

Vendors whose tasks fit equally well take turns in an order drawn anew for each round, and which task of a vendor's is
shown is drawn too. So every vendor that has something fitting has the same chance at each place of a round, however
much more another has: copies in a catalogue gain nothing before everybody was shown. The draw hangs on the seed and on
ids, not on a price, the order of a catalogue or who joined first.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from statistics import median
from typing import Final, Literal

Purpose = Literal["step", "check", "diagnostic"]
NEGLIGIBLE: Final = 1.0 / 2.35
"""Log-odds that make no difference between two tasks: one delta, under which the ETS calls a difference negligible.

A logit is 2.35 deltas (Holland & Thayer 1988; Zieky 1993). Fit is counted in such steps from what is wanted and not
from the task that comes nearest, so that nobody's well-placed difficulty pushes out what fits as well.
"""
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
        The lots of the draw: one for each vendor whose turn it could have been, this one's among them.
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
    wanted = _log_odds(mastery if aim is None else aim)
    grouped: dict[tuple[bool, int], list[tuple[Task, float]]] = defaultdict(list)
    for one in fitting:
        success = expected_success(mastery, one.difficulty, typical)
        away = abs(_log_odds(success) - wanted) / NEGLIGIBLE
        grouped[one.item_id in met, int(away)].append((one, success))
    turns = (
        Choice(task, success, old, had)
        for old, away in sorted(grouped)
        for task, success, had in _in_turns(grouped[old, away], seed)
    )
    return list(islice(turns, many))


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
    harder = 0.0 if difficulty is None else difficulty - typical
    return 1.0 / (1.0 + math.exp(harder - _log_odds(mastery)))


def _typical(tasks: Iterable[Task]) -> float:
    """Return the difficulty of the skill's typical task: the median of vendors' medians, each difficulty said once.

    A vendor has one voice: copies move nothing.
    """
    said: dict[str, set[float]] = defaultdict(set)
    for one in tasks:
        if one.difficulty is not None:
            said[one.vendor].add(one.difficulty)
    return median(median(levels) for levels in said.values()) if said else 0.0


def _in_turns(equal: Iterable[tuple[Task, float]], seed: str) -> Iterator[tuple[Task, float, Mapping[str, int]]]:
    """Yield tasks that fit equally well, one of each vendor a round, with the vendors that the place was drawn from."""
    left: dict[str, list[tuple[Task, float]]] = defaultdict(list)
    for task, success in sorted(equal, key=lambda one: _lot(seed, one[0].item_id), reverse=True):
        left[task.vendor].append((task, success))
    for turn in count():
        waiting = sorted(left, key=lambda vendor: _lot(f"{seed}\x1f{turn}", vendor))
        if not waiting:
            return
        for place, vendor in enumerate(waiting):
            yield *left[vendor].pop(), dict.fromkeys(waiting[place:], 1)
        left = {vendor: tasks for vendor, tasks in left.items() if tasks}


def _lot(seed: str, name: str) -> bytes:
    """Return a lot: as good as drawn, and the same whatever else there is (Thaler & Ravishankar 1998)."""
    return hashlib.blake2b(f"{seed}\x1f{name}".encode(), digest_size=16).digest()


def _log_odds(share: float) -> float:
    known = min(max(share, _EDGE), 1.0 - _EDGE)
    return math.log(known / (1.0 - known))
