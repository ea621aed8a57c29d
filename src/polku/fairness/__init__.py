"""Audits predictions and paths over groups of learners, and releases what passed its gates.

A model's errors fall on somebody. This room compares, group against all the others, how well predictions
order answers, which errors they make at the used threshold, whether 70 % means 70 %, and which options the
paths offer; it says for each cell whether that is a *concern*, a *pass*, or *not enough evidence*; and it
releases a bundle only when no gate and no check of its validation blocks. :class:`Audit` is the central noun.

Group attributes live behind one door, :mod:`polku.fairness.background`, for reading and writing. Nothing
outside this room imports it: other rooms call :func:`keep_background` and :func:`audit_enclave`, which never
hand an attribute back.

What the room does not do: it does not repair a model, does not decide what is just, and does not promise
that a model without concerns treats anybody well. Its names describe mechanisms. It never feeds anything back into
profiles, training or paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from polku.lazily import lazily

if TYPE_CHECKING:
    from polku.fairness.audit import Audit
    from polku.fairness.auditing import audit_paths, audit_predictions, audit_together
    from polku.fairness.card import model_card
    from polku.fairness.cell import Cell
    from polku.fairness.curve import Curve
    from polku.fairness.enclave import (
        audit_enclave,
        exchanged_background,
        forget_background,
        keep_background,
        load_gates,
        load_slices,
    )
    from polku.fairness.files import audit_files
    from polku.fairness.forgetting import forget_learner, forget_outside
    from polku.fairness.gates import Finding, blocking, findings, stricter
    from polku.fairness.leaving import background_holdings, hand_over_background, remove_background
    from polku.fairness.release import Grounds, promote
    from polku.fairness.summary import summary
    from polku.fairness.supplement import Supplement

__all__ = [
    "Audit",
    "Cell",
    "Curve",
    "Finding",
    "Grounds",
    "Supplement",
    "audit_enclave",
    "audit_files",
    "audit_paths",
    "audit_predictions",
    "audit_together",
    "background_holdings",
    "blocking",
    "exchanged_background",
    "findings",
    "forget_background",
    "forget_learner",
    "forget_outside",
    "hand_over_background",
    "keep_background",
    "load_gates",
    "load_slices",
    "model_card",
    "promote",
    "remove_background",
    "stricter",
    "summary",
]

__getattr__ = lazily(
    __name__,
    {
        "audit": ["Audit"],
        "auditing": ["audit_paths", "audit_predictions", "audit_together"],
        "card": ["model_card"],
        "cell": ["Cell"],
        "curve": ["Curve"],
        "enclave": [
            "audit_enclave",
            "exchanged_background",
            "forget_background",
            "keep_background",
            "load_gates",
            "load_slices",
        ],
        "files": ["audit_files"],
        "forgetting": ["forget_learner", "forget_outside"],
        "gates": ["Finding", "blocking", "findings", "stricter"],
        "leaving": ["background_holdings", "hand_over_background", "remove_background"],
        "release": ["Grounds", "promote"],
        "summary": ["summary"],
        "supplement": ["Supplement"],
    },
)
