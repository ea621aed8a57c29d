"""Near-twins: one person under two ids is found, two people are not."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from polku.records import Responses
from polku.training import near_twins, twin_groups
from polku.training.twins import AGREEMENT, OVERLAP, SHARED, _candidates, _tokens


def logs(answers: dict[str, dict[str, float]]) -> Responses:
    """Return responses from {learner: {item: score}}."""
    rows = [(learner, item, score) for learner, log in answers.items() for item, score in log.items()]
    columns: dict[str, Any] = {
        "response_id": [f"r{place}" for place in range(len(rows))],
        "learner_id": [row[0] for row in rows],
        "item_id": [row[1].split("#")[0] for row in rows],
        "skill_ids": ["s"] * len(rows),
        "answered_at": range(len(rows)),
        "correct": [row[2] for row in rows],
    }
    return Responses.from_columns(columns, clock=False)


def crowd(rng: np.random.Generator, learners: int = 30, items: int = 60) -> dict[str, dict[str, float]]:
    """Return people who answer independently."""
    return {
        f"crowd{one:02d}": {f"i{item}": float(rng.random() < 0.5) for item in range(items) if rng.random() < 0.7}
        for one in range(learners)
    }


def test_a_copied_log_is_found_although_one_answer_differs() -> None:
    answers = crowd(np.random.default_rng(0))
    copy = dict(answers["crowd03"])
    first = next(iter(copy))
    copy[first] = 1.0 - copy[first]
    assert len(copy) >= 34, "one differing answer must stay within three percent"
    assert near_twins(logs(answers | {"copy": copy})) == [("copy", "crowd03")]


def test_a_copy_within_a_longer_log_is_found() -> None:
    answers = crowd(np.random.default_rng(1))
    part = dict(list(answers["crowd00"].items())[:20])
    assert near_twins(logs(answers | {"part": part})) == [("crowd00", "part")]


@pytest.mark.parametrize("kept", [SHARED - 1, SHARED])
def test_fewer_than_fifteen_shared_answers_prove_nothing(kept: int) -> None:
    answers = crowd(np.random.default_rng(2), learners=5)
    few = dict(list(answers["crowd00"].items())[:kept])
    found = near_twins(logs(answers | {"few": few}))
    assert found == ([("crowd00", "few")] if kept >= SHARED else [])


def test_two_able_learners_who_get_everything_right_are_two_people() -> None:
    everything = {f"i{item}": 1.0 for item in range(60)}
    answers = crowd(np.random.default_rng(3)) | {"able1": everything, "able2": dict(everything)}
    assert near_twins(logs(answers)) == []


def test_repeated_answers_count_as_answers() -> None:
    rng = np.random.default_rng(4)
    log = {f"i{item % 5}#{item}": float(rng.random() < 0.5) for item in range(60)}
    others = {f"other{one}": {key: float(rng.random() < 0.5) for key in log} for one in range(8)}
    assert near_twins(logs(others | {"a": log, "b": dict(log)})) == [("a", "b")]


@pytest.mark.parametrize("seed", range(5))
def test_the_prefix_filter_loses_no_pair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    answers = crowd(rng, learners=15, items=40)
    for one in range(8):
        source = answers[f"crowd{one:02d}"]
        kept = [item for item in source if rng.random() < rng.choice([0.75, 0.85, 1.0])]
        answers[f"near{one}"] = {item: source[item] if rng.random() < 0.98 else 1.0 - source[item] for item in kept}
    by_hand = [
        (one, other) for one, other in itertools.combinations(sorted(answers), 2) if alike(answers[one], answers[other])
    ]
    responses = logs(answers)
    found = _candidates(responses, *_tokens(responses))
    assert [(responses.learners[one], responses.learners[other]) for one, other in found] == by_hand
    assert by_hand, "the case must hold twins to say anything"


def alike(one: dict[str, float], other: dict[str, float]) -> bool:
    shared = one.keys() & other.keys()
    agree = sum(one[item] == other[item] for item in shared)
    enough = len(shared) >= max(SHARED, OVERLAP * min(len(one), len(other)))
    return enough and agree >= AGREEMENT * len(shared)


def test_groups_join_chains_and_leave_others_alone() -> None:
    answers = crowd(np.random.default_rng(5), learners=6)
    responses = logs(answers | {"x": dict(answers["crowd01"]), "y": dict(answers["crowd01"])})
    groups = dict(zip(responses.learners.tolist(), twin_groups(responses).tolist(), strict=True))
    assert groups["x"] == groups["y"] == groups["crowd01"]
    assert len(set(groups.values())) == 6


def test_one_learner_has_no_twin() -> None:
    alone = logs({"only": {"i1": 1.0}})
    assert near_twins(alone) == []
    assert twin_groups(alone).tolist() == [0]
