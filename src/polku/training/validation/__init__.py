"""Whether a candidate holds on the provider's own answers, before it may suggest anything.

:mod:`~polku.training.validation.estimate` gives figures with intervals by learner,
:mod:`~polku.training.validation.judge` sets them against the limits of ``models/<name>/validation.toml``.
:mod:`~polku.training.validation.outoffold` asks of out-of-fold predictions, :mod:`~polku.training.validation.groups`
within groups of answers, :mod:`~polku.training.validation.refits` of items and days that a model fitted anew has not
seen; :mod:`~polku.training.validation.run` puts all questions in turn. What comes out is a :class:`Validation`: *pass*
or *refused*, with every check as *pass*, *concern*, *not enough evidence* or *not answerable*.

What it does not do: it knows nothing of who learners are (the audit compares background attributes, behind its own
door), it repairs no data, and it releases nothing.
"""

from polku.training.validation.limits import limits_hash, load_limits
from polku.training.validation.markdown import to_markdown
from polku.training.validation.report import Check, GroupFigures, Validation
from polku.training.validation.run import Given, validate

__all__ = ["Check", "Given", "GroupFigures", "Validation", "limits_hash", "load_limits", "to_markdown", "validate"]
