"""From knowledge to an answer: guess, slip, attention, and what an item asks more of some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Emission:
    """How knowledge shows in the answers to given items; every field has shape (n,).

    Parameters
    ----------
    guess, slip : ndarray of float64
        Of the items.
    attention : ndarray of float64
        Share of answers of the learners that are more than a guess.
    burden : ndarray of float64
        Logits that the items ask more of these learners; zero unless planted.
    slope : ndarray of float64, optional
        Factor on how far knowledge moves the logit of success; one unless planted.

    Examples
    --------
    >>> import numpy as np
    >>> one = lambda value: np.array([value])
    >>> emission = Emission(guess=one(0.2), slip=one(0.1), attention=one(1.0), burden=one(0.0))
    >>> emission.success(one(0.0)).round(3), emission.success(one(1.0)).round(3)
    (array([0.2]), array([0.9]))
    """

    guess: Floats
    slip: Floats
    attention: Floats
    burden: Floats
    slope: Floats | float = 1.0

    def success(self, knowledge: Floats) -> Floats:
        """Return the probability of a correct answer at this knowledge (0-1).

        Linear from guess to ``1 - slip`` in knowledge where nothing is planted. Slope and burden turn and
        shift the logit of the part above guessing, so that the floor of guessing stays where it is.
        """
        above = (1.0 - self.guess - self.slip) / (1.0 - self.guess) * knowledge
        right, wrong = above**self.slope, (1.0 - above) ** self.slope
        above = right / (right + wrong * np.exp(self.burden))
        attentive = self.guess + (1.0 - self.guess) * above
        return self.attention * attentive + (1.0 - self.attention) * self.guess
