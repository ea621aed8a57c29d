"""Which syllabus of upper-secondary mathematics a learner is in, and which skills that leaves out.

The service keeps to the learner's syllabus and never suggests leaving it. What the learner is in is stated
by whoever asks, or follows from the goal, or from what the learner has already answered.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from polku.paths.standing import Standing
from polku.paths.terrain import SYLLABI, Mask, Terrain, positions


def kept_syllabus(standing: Standing, stated: str | None, goal: str | None) -> str | None:
    """Return the syllabus to keep to, None where nothing says which.

    `stated` comes before the goal's own syllabus, and both before the learner's answers, counted by skill; a
    tie keeps the long one, since leaving it is what we never suggest.
    """
    if stated in SYLLABI:
        return stated
    terrain = standing.terrain
    if goal is not None and (own := terrain.skills[terrain.index[goal]].syllabus) in SYLLABI:
        return own
    met = {name: int(np.count_nonzero(standing.answers[only])) for name, only in terrain.syllabi.items()}
    return max(SYLLABI, key=lambda name: met[name]) if any(met.values()) else None


def left_out(standing: Standing, syllabus: str | None) -> Mask:
    """Return the skills of another syllabus; with none known, both choices, while common skills lead on.

    When nothing common is left to show at the learner's grade or above, neither choice is left out: what
    the learner has chosen is then asked for openly.
    """
    only = standing.terrain.syllabi
    either: Mask = only["long"] | only["short"]
    if syllabus is not None:
        return either & ~only[syllabus]
    ahead = standing.open if standing.grade is None else standing.open & standing.lifts
    return either if (ahead & ~either).any() else np.zeros_like(either)


def undecided(terrain: Terrain, decided: Collection[str] | None) -> Mask:
    """Return the skills that a decided adapted syllabus leaves out: neither in it nor beneath it; none without one."""
    if decided is None:
        return np.zeros(len(terrain), dtype=np.bool_)
    left = np.ones(len(terrain), dtype=np.bool_)
    left[positions(terrain.with_beneath(np.flatnonzero(terrain.mask(decided)).tolist()))] = False
    return left
