"""What a process keeps in memory of an erased learner goes with the erasure; what it keeps of others stays."""

from __future__ import annotations

from typing import Any

from village import ALICE, GROUP, Village

OTHER = "L0002"


def path(learner_id: str, question: str = "") -> str:
    return f"/v1/learners/{learner_id}/path{question}"


def held_by(village: Village) -> tuple[Any, Any]:
    """Return the answers that the process keeps, and the offers that it recalls."""
    return village.app.state.kept, village.app.state.service.recall


def test_an_erased_learners_answers_and_offers_are_in_no_memory(village: Village) -> None:
    for address in (path(ALICE), path(ALICE, "?steps=1"), path(OTHER), f"/v1/groups/{GROUP}/suggestions"):
        village.get(address)
    kept, recall = held_by(village)
    assert sum(key[1] == ALICE for key in kept._kept) == 2
    assert ALICE in recall._held
    others = set(recall._held) - {ALICE}
    assert village.client.delete(f"/v1/learners/{ALICE}").status_code == 200
    assert [key[1] for key in kept._kept] == [OTHER]
    assert set(recall._held) == others
    assert kept._held == sum(len(one.body) + len(key[2]) for key, one in kept._kept.items())
    assert recall._bytes == sum(len(one.content) for one in recall._held.values())


def test_forgetting_is_of_one_providers_learner(village: Village) -> None:
    village.get(path(ALICE))
    kept, recall = held_by(village)
    for provider_id, learner_id in (("another city", ALICE), ("demo", OTHER), ("demo", ALICE[:-1])):
        kept.forget(provider_id, learner_id)
        assert len(kept) == 1
    recall.forget("nobody")
    kept.forget("demo", ALICE)
    assert len(kept) == 0
