"""What the log of an offer holds besides the path: versions of everything it stands on, and the answers it goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from polku.store.transaction import Transaction
from polku.store.values import Logged

if TYPE_CHECKING:
    from polku.paths.released import Standing


def context_of(tx: Transaction, before: Logged | None, standing: Standing) -> dict[str, Any]:
    """Return what a path was made from.

    Parameters
    ----------
    tx : Transaction
        Where the answers are.
    before : Logged or None
        The offer before this one.
    standing : Standing
        What the path was planned from.

    Returns
    -------
    dict
        ``curriculum``, ``graph`` (its edges alone), ``features``, ``item_statistics`` and ``parts`` of the bundle, the
        model among them, by hash; ``held``, ids of what was held back; ``answers`` and ``last_key`` of the profile;
        ``evidence``, see :func:`evidence_of`.
    """
    profile, lens = standing.profile, standing.released.lens
    return {
        "curriculum": lens.curriculum.hash,
        "graph": lens.curriculum.graph_hash,
        "features": lens.feature_set.hash,
        "item_statistics": lens.item_statistics.hash,
        "parts": dict(standing.released.parts),
        "held": [one.hold_id for one in standing.held],
        "answers": profile.answers,
        "last_key": None if profile.last_key is None else list(profile.last_key),
        "evidence": evidence_of(tx, before, standing),
    }


def evidence_of(tx: Transaction, before: Logged | None, standing: Standing) -> dict[str, Any]:
    """Return the ids of the answers that a path goes by, without saying again what the offer before it said.

    Returns
    -------
    dict
        ``response_ids``, those later in the order of the fold than ``after``: the ``last_key`` of the offer before,
        whose evidence counts too, or None where all are listed.
    """
    profile, learner_id = standing.profile, standing.learner.learner_id
    if not profile.answers:
        return {"after": None, "response_ids": []}
    without = standing.released.lens.item_statistics.withheld
    said = {} if before is None else before.context
    if said.get("evidence") and said.get("last_key"):
        new = tx.responses.after(learner_id, tuple(said["last_key"]), without=without)
        if said["answers"] + len(new) == profile.answers:
            return {"after": said["last_key"], "response_ids": new.response_id.tolist()}
    return {"after": None, "response_ids": tx.responses.after(learner_id, None, without=without).response_id.tolist()}
