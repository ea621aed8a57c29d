"""Random numbers that belong to a learner and a moment, not to the order of calls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DRAWS = 5
"""Uniform numbers that one occasion, an answer or a lesson, may use."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one named stream of `seed`.

    Streams are independent: drawing more from one changes nothing in another. That is what makes two
    municipalities comparable learner by learner when they differ in one setting only.

    Examples
    --------
    >>> stream(1, "items").random() == stream(1, "items").random()
    True
    >>> stream(1, "items").random() == stream(1, "people").random()
    False
    """
    return np.random.default_rng([seed, *name.encode()])


class Luck:
    """Uniform numbers addressed by learner and occasion: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).

    A generator hands out numbers in the order of calls; then a learner's luck would depend on who was
    asked before. Here occasion ``k`` of a learner has the same luck in a batch, one at a time, and under
    another plan, so that plans can be compared on equal luck.

    Parameters
    ----------
    seed : int
        Root of the learners' keys.
    learners : int
        How many learners have luck.

    Examples
    --------
    >>> import numpy as np
    >>> luck = Luck(seed=1, learners=3)
    >>> batch = luck.draw(np.array([0, 2]), np.array([4, 4]))
    >>> batch.shape
    (2, 5)
    >>> bool((luck.draw(np.array([2]), np.array([4]))[0] == batch[1]).all())
    True
    """

    def __init__(self, seed: int, learners: int) -> None:
        self._keys = np.random.SeedSequence([seed, 1]).generate_state(learners, np.uint64)

    def draw(self, learners: NDArray[np.int64], occasions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the ``(n, DRAWS)`` numbers in [0, 1) of occasion ``occasions[i]`` of ``learners[i]``."""
        steps = occasions[:, None] * DRAWS + np.arange(1, DRAWS + 1)
        bits = self._keys[learners][:, None] + steps.astype(np.uint64) * _GOLDEN
        for shift, factor in _MIX:
            bits = (bits ^ (bits >> shift)) * factor
        bits ^= bits >> np.uint64(31)
        numbers: NDArray[np.float64] = (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return numbers
