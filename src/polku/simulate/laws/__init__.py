"""Laws of learning: how hidden knowledge grows with practice and fades with time.

One file a law, each a :class:`Law` that holds the hidden state of all learners and works on many
learners at once, or on one: the same lines of code. ``strength`` is continuous, with power-law
forgetting; ``states`` is all-or-none, with memoryless forgetting. Neither is a logistic function of
counts, an Elo rating or a tree, so no model in this project has the right form by construction.

A law does not know of items, answers, schools or backgrounds: it is asked for knowledge and told of practice.
"""

from polku.simulate.laws.law import Law
from polku.simulate.laws.start import Start
from polku.simulate.laws.states import States
from polku.simulate.laws.strength import Strength

LAWS: dict[str, type[Law]] = {"strength": Strength, "states": States}
"""The laws by the name that a configuration gives them."""

__all__ = ["LAWS", "Law", "Start", "States", "Strength"]
