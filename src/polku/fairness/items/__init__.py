"""Looks for items that treat a group otherwise than its other answers promise (differential item functioning, DIF).

An item may be harder for learners of a language at equal standing on everything else: then it measures reading
where it claims to measure fractions, and what a profile takes from it is bent. :func:`screen_items` compares every
item, group against rest, among learners of equal standing (:mod:`~polku.fairness.items.matching`): for a difference
all along (:mod:`~polku.fairness.items.haenszel`) and for one that grows or crosses with standing
(:mod:`~polku.fairness.items.logistic`), with the matching variable purified of the items found
(:mod:`~polku.fairness.items.purify`), and p-values far out held to exact ones
(:mod:`~polku.fairness.items.tail`). Large DIF, class C, puts the item on the list of
:class:`Review`: it leaves the evidence until a person has read it.

What it does not do: it does not say *why* an item behaves so, which only a reader can; it says nothing about learners;
and DIF is relative to the other items, so that a bias shared by all of them does not show here but in the
audit of predictions.
"""

from polku.fairness.items.answers import Answers
from polku.fairness.items.audit import ItemAudit
from polku.fairness.items.cell import ItemCell
from polku.fairness.items.haenszel import Haenszel, mantel_haenszel
from polku.fairness.items.logistic import Logistic, compare_curves
from polku.fairness.items.matching import matching_of
from polku.fairness.items.purify import compare_items
from polku.fairness.items.review import Review, Reviewed
from polku.fairness.items.screening import screen_enclave, screen_items
from polku.fairness.items.summary import items_summary
from polku.fairness.items.supplement import items_supplement

__all__ = [
    "Answers",
    "Haenszel",
    "ItemAudit",
    "ItemCell",
    "Logistic",
    "Review",
    "Reviewed",
    "compare_curves",
    "compare_items",
    "items_summary",
    "items_supplement",
    "mantel_haenszel",
    "matching_of",
    "screen_enclave",
    "screen_items",
]
