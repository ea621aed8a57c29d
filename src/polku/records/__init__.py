"""Responses, roster and items as typed, checked columns.

A response is one learner's answer to one item: who, what, which skills, when, how well. This room says what a
response must be to be taken in (`rules`), checks one (:func:`check_response`) or millions of them
(:func:`check_columns`) by the same rules, and holds them as :class:`Responses`: typed columns sorted by learner and
fold order (known_at, answered_at, response_id), which everything downstream reads.

What is not taken in is never dropped: it becomes a :class:`Refusal` with line, reason and the row itself, in which
:class:`DenyRules` have replaced what may not be kept; :class:`Exclusions` reads those of an installation, and what is
never a feature.

The room opens no files to read (that is :mod:`polku.exchange`), keeps nothing (that is :mod:`polku.store`), computes
no features and knows nothing about who a learner is beyond a pseudonymous id, a grade and a group.
"""

from __future__ import annotations

from polku.records.bulk import Checked, check_columns
from polku.records.check import check_response
from polku.records.deny import DenyRules
from polku.records.exclusions import Exclusions
from polku.records.items import Items
from polku.records.reasons import Reason
from polku.records.refused import Refusal, Refused
from polku.records.response import Response
from polku.records.responses import Responses
from polku.records.roster import Roster

__all__ = [
    "Checked",
    "DenyRules",
    "Exclusions",
    "Items",
    "Reason",
    "Refusal",
    "Refused",
    "Response",
    "Responses",
    "Roster",
    "check_columns",
    "check_response",
]
