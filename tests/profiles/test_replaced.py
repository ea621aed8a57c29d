"""A new curriculum keeps the evidence: answers to old skills are read as answers to what replaced them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.profiles import FeatureSet, ItemStatistics, Lens, current, fold_all
from polku.profiles.replaced import in_skills_of, named_now
from polku.store import Store
from polku.testing.store import sample

MakeLens = Callable[[Curriculum], Lens]
OLD = Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b"}]}')
SPLIT = {"skills": [{"id": "a1"}, {"id": "a2"}, {"id": "b"}], "replacedBy": {"a": ["a1", "a2"]}}
MERGED = {"skills": [{"id": "ab"}], "replacedBy": {"a": ["ab"], "b": ["ab"]}}


@pytest.fixture
def lens_of(home: Home) -> MakeLens:
    """Return a maker of lenses on a curriculum, without difficulties."""
    features = FeatureSet.load(home.features)
    return lambda curriculum: Lens(features, ItemStatistics({}, {}, {}, overall=0.0), curriculum)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store with answers to the old skills."""
    made = Store.open(tmp_path / "polku.db", "demo")
    with made.begin() as tx:
        tx.responses.add(sample())
    return made


@pytest.mark.parametrize(
    ("document", "answers"),
    [(SPLIT, {"a1": 4, "a2": 4, "b": 2}), (MERGED, {"ab": 4})],
    ids=["one became two", "two became one"],
)
def test_every_answer_counts_for_what_replaced_its_skill(
    store: Store, lens_of: MakeLens, document: dict[str, object], answers: dict[str, int]
) -> None:
    new = lens_of(Curriculum.from_json(json.dumps(document)))
    with store.begin() as tx:
        before = current(tx, "l0", lens_of(OLD))
        assert {skill: one.answers for skill, one in before.evidence().items()} == {"a": 4, "b": 2}
        after = current(tx, "l0", new)
        assert {skill: one.answers for skill, one in after.evidence().items()} == answers
        assert after.answers == before.answers == tx.responses.count("l0")
        assert {skill for one in tx.responses.of(["l0"]) for skill in one.skill_ids} == {"a", "b"}, "kept as recorded"


def test_one_by_one_is_all_at_once(store: Store, lens_of: MakeLens) -> None:
    new = lens_of(Curriculum.from_json(json.dumps(SPLIT)))
    with store.begin() as tx:
        assert fold_all(tx, new) == 3
        kept = tx.profiles.get("l1", *new.hashes)
        tx.profiles.put("l1", *new.hashes, None, new.empty().to_bytes())
        assert current(tx, "l1", new).to_bytes() == kept


def test_a_profile_of_the_old_skills_is_not_taken_for_one_of_the_new(lens_of: MakeLens) -> None:
    hashes = [lens_of(Curriculum.from_json(json.dumps(one))).hashes for one in (SPLIT, MERGED)]
    plain = lens_of(OLD)
    assert plain.hashes == (plain.feature_set.hash, plain.item_statistics.hash)
    assert len({plain.hashes, *hashes}) == 3


def test_without_anything_replaced_nothing_is_rebuilt() -> None:
    responses = sample()
    assert in_skills_of(OLD, responses) is responses


@pytest.mark.parametrize(
    ("skills", "replaced", "now"),
    [
        (["a"], {}, {"a"}),
        (["a", "b"], {"a": ("a1", "a2")}, {"a1", "a2", "b"}),
        (["a", "b"], {"a": ("ab",), "b": ("ab",)}, {"ab"}),
        (["a"], {"a": ("b",), "b": ("c",)}, {"b"}),
        ([], {"a": ("b",)}, set()),
    ],
)
def test_skills_by_their_names_of_today(skills: list[str], replaced: dict[str, tuple[str, ...]], now: set[str]) -> None:
    assert named_now(skills, replaced) == now
