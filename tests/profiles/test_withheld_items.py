"""Items under review leave every profile alike: folded at once, caught up with, or anew after the list changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from polku.profiles import ItemStatistics, Lens, Profile, current, fold_all
from polku.records import Responses
from polku.store import Store
from polku.testing.extractors import CURRICULUM, STATISTICS, random_responses
from strategies import EVERYTHING

DATA = random_responses(3, clock=True)
ANNA = str(DATA.learners[0])
OUT = tuple(sorted(str(item) for item in DATA.of_learners([ANNA]).items[:2]))
LENS = Lens(EVERYTHING, replace(STATISTICS, withheld=OUT), CURRICULUM)


def without(data: Responses) -> Responses:
    return data.rows(~np.isin(data.items, OUT)[data.item])


def expected(learner: str = ANNA) -> bytes:
    """Fold by hand what is left of a learner's answers."""
    profile: Profile = LENS.empty()
    profile.fold(without(DATA.of_learners([learner])))
    return profile.to_bytes()


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'polku.db'}", "testville") as opened:
        with opened.begin() as tx:
            tx.responses.add(DATA)
        yield opened


def test_the_items_are_in_the_answers() -> None:
    assert len(without(DATA)) < len(DATA)


def test_one_learner_and_everybody_at_once_leave_them_out(filled: Store) -> None:
    with filled.begin() as tx:
        fold_all(tx, LENS)
        kept = tx.profiles.get(ANNA, *LENS.hashes)
        again = current(tx, ANNA, LENS)
    assert kept == again.to_bytes() == expected()


def test_catching_up_leaves_them_out_too(tmp_path: Path) -> None:
    theirs = DATA.of_learners([ANNA])
    with Store.open(f"sqlite:///{tmp_path / 'polku.db'}", "testville") as opened:
        for part in np.array_split(np.arange(len(theirs)), 4):
            with opened.begin() as tx:
                tx.responses.add(theirs.rows(part))
                profile = current(tx, ANNA, LENS)
    assert profile.to_bytes() == expected()


def test_another_list_is_another_profile(filled: Store) -> None:
    whole = replace(LENS, item_statistics=STATISTICS)
    with filled.begin() as tx:
        assert current(tx, ANNA, whole).answers == len(DATA.of_learners([ANNA]))
        assert current(tx, ANNA, LENS).to_bytes() == expected()
        assert current(tx, ANNA, whole).answers == len(DATA.of_learners([ANNA])), "returned items count again"


def test_statistics_without_a_list_keep_their_hash_and_text() -> None:
    assert "withheld" not in STATISTICS.to_json()
    assert replace(STATISTICS, withheld=()).hash == STATISTICS.hash
    assert LENS.item_statistics.hash != STATISTICS.hash
    assert ItemStatistics.from_json(LENS.item_statistics.to_json()) == LENS.item_statistics
