"""Tries what might narrow a gap, beside the model: experiments, never releases.

``models/<name>/spec.toml`` declares what is tried: reweighing by group and outcome
(:mod:`~polku.fairness.mitigation.reweighing`), fairlearn's exponentiated gradient over the model's own trees
(:mod:`~polku.fairness.mitigation.reduction`), flagged items left out, monotone constraints on or off.
:func:`compare_experiments` fits each on the same folds (:mod:`~polku.fairness.mitigation.fold`,
:mod:`~polku.fairness.mitigation.methods`), measures accuracy and gaps (:mod:`~polku.fairness.mitigation.judging`) and
sets them against the model as it is, learner by learner.

Groups are those of training learners, and looked at while fitting only; what predicts has no way to take one. Training
gets weights at most, and does not know where they come from.

What it does not do: it keeps nothing that was fitted, so that none of it can be released; it does not choose, and a
narrower gap in it is no promise for the learners to come.
"""

from polku.fairness.mitigation.comparing import compare_experiments
from polku.fairness.mitigation.enclave import compare_enclave
from polku.fairness.mitigation.figure import front_figure
from polku.fairness.mitigation.fold import Fold, Setting
from polku.fairness.mitigation.result import Comparison, Figure, Gap, Tried

__all__ = [
    "Comparison",
    "Figure",
    "Fold",
    "Gap",
    "Setting",
    "Tried",
    "compare_enclave",
    "compare_experiments",
    "front_figure",
]
