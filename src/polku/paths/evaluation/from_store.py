"""The decisions of a store: its log of offers, read as an experiment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from polku.paths.evaluation.decisions import Alternative, Decision
from polku.paths.situation import states_in
from polku.paths.values import SkillState
from polku.store.transaction import Transaction
from polku.store.values import Logged

CHANGED = {"edit", "reject"}
"""What a person may say that puts a suggested step aside."""


def decisions_of(tx: Transaction) -> list[Decision]:
    """Return the logged decisions, by learner and time.

    A decision is an offer whose suggested step is another one than before; an offer that was logged again since an
    option or a reason changed goes on with the decision that suggested its step, and what people said of it counts
    there. Offers from before chances were logged, and offers without any step, are none.
    """
    changed = {one.suggestion_id for one in tx.decisions.all() if one.decision in CHANGED}
    found: list[Decision] = []
    for offer in tx.suggestions.logged():
        decision = _decision(offer, changed)
        stands = found and found[-1].learner_id == offer.learner_id and _same(found[-1], decision)
        if decision is not None and not stands:
            found.append(decision)
        elif decision is not None and decision.overridden:
            found[-1] = replace(found[-1], overridden=True)
    return found


def _same(before: Decision, now: Decision | None) -> bool:
    return now is not None and now.suggested == before.suggested and now.chance == 1.0


def _decision(offer: Logged, changed: Iterable[str]) -> Decision | None:
    candidates = [one for one in offer.candidates if "first" in one]
    if not candidates or not offer.suggestions:
        return None
    situation, first = offer.context.get("situation"), offer.suggestions[0]
    states = {} if situation is None else states_in(situation)
    return Decision(
        learner_id=offer.learner_id,
        at=offer.offered_at,
        suggested=first.skill_id,
        alternatives=tuple(_alternative(one, states) for one in candidates),
        policy_hash=first.policy_hash,
        overridden=first.suggestion_id in changed,
        situation=situation,
    )


def _alternative(candidate: Mapping[str, Any], states: Mapping[str, SkillState]) -> Alternative:
    skill = candidate["skill_id"]
    p = states[skill].p if skill in states else None
    return Alternative(skill, candidate["first"], candidate["score"], candidate["terms"], p)
