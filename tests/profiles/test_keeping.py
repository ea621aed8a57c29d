"""Profiles in the store: folded once, caught up with what is new, folded anew where something came late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from polku.profiles import Lens, Profile, current, fold_all, profiles_of
from polku.records import Responses
from polku.store import Store
from polku.testing.extractors import CURRICULUM, STATISTICS, random_responses
from strategies import DAY, EVERYTHING, definition, feature_set

LENS = Lens(EVERYTHING, STATISTICS, CURRICULUM)
DATA = random_responses(3, clock=True)
ANNA = str(DATA.learners[0])


def at_once(lens: Lens) -> dict[str, bytes]:
    """Return everybody's profile, folded in one go."""
    folded = profiles_of(DATA, lens.feature_set, lens.item_statistics, lens.curriculum)
    return {learner: profile.to_bytes() for learner, profile in folded}


WHOLE = at_once(LENS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'polku.db'}", "testville") as opened:
        yield opened


def take_in(store: Store, data: Responses) -> None:
    with store.begin() as tx:
        tx.responses.add(data)


def now_of(store: Store, learner: str = ANNA, lens: Lens = LENS) -> bytes:
    with store.begin() as tx:
        return current(tx, learner, lens).to_bytes()


def test_a_learner_nobody_has_heard_of_has_an_empty_profile(store: Store) -> None:
    assert now_of(store, "nobody") == LENS.empty().to_bytes()


def test_catching_up_gives_the_same_bytes_as_folding_at_once(store: Store) -> None:
    theirs = DATA.of_learners([ANNA])
    for part in np.array_split(np.arange(len(theirs)), 4):
        take_in(store, theirs.rows(part))
        now_of(store)
    assert now_of(store) == WHOLE[ANNA]


def test_what_comes_late_is_not_left_out(store: Store) -> None:
    theirs = DATA.of_learners([ANNA])
    rows = np.arange(len(theirs))
    take_in(store, theirs.rows(rows[rows != 3]))
    assert now_of(store) != WHOLE[ANNA]
    take_in(store, theirs.rows([3]))
    assert now_of(store) == WHOLE[ANNA]


def test_what_is_kept_is_used(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(store, DATA)
    assert now_of(store) == WHOLE[ANNA]

    def refuse(_: Profile, responses: Responses) -> None:
        assert not len(responses), "folded what was folded already"

    monkeypatch.setattr(Profile, "fold", refuse)
    assert now_of(store) == WHOLE[ANNA]


def test_folding_everybody_ahead_of_time(store: Store) -> None:
    take_in(store, DATA)
    steps: list[tuple[int, int]] = []
    with store.begin() as tx:
        assert fold_all(tx, LENS, lambda *step: steps.append(step)) == len(WHOLE)
        assert {learner: tx.profiles.get(learner, *LENS.hashes) for learner in WHOLE} == WHOLE
    assert steps[-1] == (len(WHOLE), len(WHOLE))


@pytest.mark.parametrize(
    "lens",
    [
        replace(LENS, feature_set=feature_set(definition("x", "count", "skill", {}))),
        replace(LENS, item_statistics=replace(STATISTICS, overall=0.5)),
    ],
    ids=["another feature set", "other item statistics"],
)
def test_after_a_swap_a_learner_is_folded_anew(store: Store, lens: Lens) -> None:
    take_in(store, DATA)
    now_of(store)
    assert now_of(store, lens=lens) == at_once(lens)[ANNA]
    assert now_of(store) == WHOLE[ANNA]


def test_reading_later_than_the_last_answer(store: Store) -> None:
    take_in(store, DATA)
    with store.begin() as tx:
        profile = current(tx, ANNA, LENS)
    fresh, later = (profile.read_skills(CURRICULUM.order, now) for now in (100 * DAY, 200 * DAY))
    assert fresh.shape == later.shape == (5, len(EVERYTHING.columns))
    assert not np.array_equal(fresh, later, equal_nan=True)
