"""Learners to train on are chosen by their ids, and by nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from polku.errors import InputError
from polku.records import Responses
from polku.training.sample import sample_learners


def log_of(learners: list[str], right: float = 1.0) -> Responses:
    size = 3 * len(learners)
    return Responses.from_columns(
        {
            "response_id": [f"r{row}" for row in range(size)],
            "learner_id": [learner for learner in learners for _ in range(3)],
            "item_id": ["i"] * size,
            "skill_ids": ["s"] * size,
            "answered_at": list(range(size)),
            "correct": [right] * size,
        },
        clock=False,
    )


NAMES = [f"learner{number}" for number in range(200)]


def chosen(names: list[str], n: int, **more: float) -> set[str]:
    return set(sample_learners(log_of(names, **more), n).learners.tolist())


def test_as_many_as_asked_with_whole_histories() -> None:
    found = sample_learners(log_of(NAMES), 50)
    assert len(found.learners) == 50
    assert len(found) == 150


def test_neither_order_nor_answers_matter() -> None:
    assert chosen(NAMES, 50) == chosen(NAMES[::-1], 50, right=0.0)


def test_a_smaller_sample_lies_within_a_larger_one() -> None:
    assert chosen(NAMES, 20) < chosen(NAMES, 60) < chosen(NAMES, 150)


def test_one_who_leaves_is_followed_by_one_other() -> None:
    gone = min(chosen(NAMES, 50))
    rest = chosen([name for name in NAMES if name != gone], 50)
    assert len(rest - chosen(NAMES, 50)) == 1


def test_another_seed_chooses_others() -> None:
    one, other = (sample_learners(log_of(NAMES), 100, seed).learners for seed in (0, 1))
    assert 20 < len(np.intersect1d(one.astype(str), other.astype(str))) < 80


def test_the_rule_is_the_hash_that_the_documentation_names() -> None:
    import hashlib

    smallest = min(NAMES, key=lambda name: hashlib.sha256(f"0:{name}".encode()).digest())
    assert chosen(NAMES, 1) == {smallest}


def test_more_than_there_are_is_all() -> None:
    responses = log_of(NAMES)
    assert sample_learners(responses, 201) is responses


def test_none_is_refused() -> None:
    with pytest.raises(InputError, match="at least one learner"):
        sample_learners(log_of(NAMES), 0)
