"""A municipality that does not exist, whose learners learn and forget.

:func:`simulate` builds schools, classes of grades 1-9 and upper secondary, learners with a background,
items, and one school year of answers; :meth:`Municipality.write` puts them down as the files that a
real provider would hand over. The answers come from a hidden *law* of learning (:mod:`polku.simulate.laws`)
that is not the law of any model in :mod:`polku.training`, so that a model which does well here has found
something rather than met itself. A :class:`World` runs the same law one answer at a time, for whoever
wants to choose what a learner practises next.

What it is for: a demo without children's data, tests whose truth is known, and audits that must find an
inequity which was planted on purpose (:class:`Planted`) and must find none where none was.

What it does NOT do: it claims nothing about real learners or real groups, reads no data, and knows nothing
of features, models, paths or audits. Background attributes are columns of a file here, drawn from their
own stream of random numbers; with nothing planted no answer depends on them.
"""

from polku.simulate.config import Planted, SimulationConfig
from polku.simulate.municipality import Municipality, Truth
from polku.simulate.simulator import simulate
from polku.simulate.world import Learner, World

__all__ = ["Learner", "Municipality", "Planted", "SimulationConfig", "Truth", "World", "simulate"]
