"""A world whose prerequisites are known, and a graph that claims some more: what the answers say of either.

Learners of :class:`polku.simulate.World` meet eight skills in random order. What really comes first slows the learning
of what builds on it; the claimed graph adds edges between skills that have nothing to do with each other.
"""

from __future__ import annotations

import numpy as np

from polku.curriculum import Curriculum
from polku.records import Responses
from polku.simulate import World
from polku.simulate.config import LawName

TRUE = {"a": "", "b": "a", "c": "b", "d": "", "e": "d", "f": "e", "g": "", "h": "g"}
WRONG = frozenset({("a", "e"), ("d", "b"), ("g", "c"), ("d", "h")})
EVERY = 86_400_000_000 // 3
"""An answer every eight hours."""


def graph(*, wrong: bool) -> Curriculum:
    """Return the true graph, or the claimed one with the wrong edges added."""
    extra = WRONG if wrong else frozenset()
    rows = [
        {"id": skill, "prerequisites": sorted([*before.split(), *(one for one, other in extra if other == skill)])}
        for skill, before in TRUE.items()
    ]
    return Curriculum.from_json(str({"skills": rows}).replace("'", '"'))


def answers(learners: int, law: LawName, seed: int, each: int = 80) -> Responses:
    """Return what `learners` answered, `each` answers a learner."""
    world, rng = World.fresh(graph(wrong=False), learners=learners, law=law, seed=seed), np.random.default_rng(seed)
    everybody, bank = np.arange(learners), world.bank
    columns: dict[str, list[object]] = {
        name: [] for name in ("learner_id", "item_id", "skill_ids", "answered_at", "correct")
    }
    for place in range(each):
        items = bank.start[rng.integers(0, len(TRUE), learners)] + rng.integers(0, 6, learners)
        now = (place + 1) * EVERY
        correct = world.attempt(everybody, items, np.full(learners, now))
        columns["learner_id"] += [f"l{learner:05d}" for learner in everybody]
        columns["item_id"] += bank.ids[items].tolist()
        columns["skill_ids"] += [";".join(bank.skill_ids(int(item))) for item in items]
        columns["answered_at"] += [now] * learners
        columns["correct"] += correct.astype(float).tolist()
    ids = [f"r{place}" for place in range(len(columns["correct"]))]
    return Responses.from_columns({"response_id": ids, **columns})
