"""What another way of suggesting would be worth, judged by what was logged: off-policy evaluation.

Every offer logs which step was suggested, what else might have been, and with what probability. Where a declared
share is drawn (:mod:`polku.paths.exploration`), the log is a small experiment that goes on all the time, and
:func:`evaluate` answers from it what a target policy would be worth: by self-normalised importance sampling and by
a doubly robust estimate, for one to three decisions in a row, with learners as the unit of chance.

The outcome is a gain on a later, separate check (:mod:`~polku.paths.evaluation.outcome`), never the next
answer: "easiest first" is always right about the next answer. A value is refused where fewer than a hundred effective
samples speak for it, or where the target would suggest what the log never could have.

What this does not do: it compares policies, not teachers and not learners. A teacher's change of a suggestion is part
of what the suggestion led to, and it weighs the same under every policy.
"""

from polku.paths.evaluation.decisions import Alternative, Decision
from polku.paths.evaluation.estimate import Estimate, evaluate
from polku.paths.evaluation.estimators import Interval
from polku.paths.evaluation.files import read_decisions, write_decisions
from polku.paths.evaluation.from_store import decisions_of
from polku.paths.evaluation.outcome import Check, with_gains
from polku.paths.evaluation.targets import LINES, Replayed, Target, line

__all__ = [
    "LINES",
    "Alternative",
    "Check",
    "Decision",
    "Estimate",
    "Interval",
    "Replayed",
    "Target",
    "decisions_of",
    "evaluate",
    "line",
    "read_decisions",
    "with_gains",
    "write_decisions",
]
