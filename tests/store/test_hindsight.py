"""What was known of a learner before each amendment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from polku.store import Store
from polku.store.holds import OBJECTION
from polku.testing.store import sample

WHO: dict[str, Any] = {"by": "t1", "role": "teacher", "reason": "read wrongly"}


def scores(store: Store, **options: Any) -> list[tuple[str, int, dict[str, float]]]:
    with store.read() as tx:
        versions = tx.hindsight.versions(**options)
    return [(one.learner_id, one.until, {each.response_id: each.correct for each in one.responses}) for one in versions]


def test_every_amendment_leaves_what_was_known_before_it(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
        tx.responses.correct(replace(tx.responses.latest("r-0-0"), correct=0.5), **WHO, known_at=2)
        tx.responses.void("r-0-0", **WHO, known_at=3)
    assert scores(any_store) == [
        ("l0", 2, {"r-0-0": 0.0, "r-0-1": 1.0}),
        ("l0", 3, {"r-0-0": 0.5, "r-0-1": 1.0, "r-0-2": 0.0}),
    ]
    assert scores(any_store, without=["i1"])[1][2] == {"r-0-0": 0.5, "r-0-2": 0.0}


def test_nothing_is_known_of_those_who_object(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
        tx.responses.void("r-0-0", **WHO, known_at=3)
        tx.holds.put(OBJECTION, "learner", "l0", by="l0", role="learner", reason=None)
    assert scores(any_store) == []
