"""Effects of what came before: found by id, kept to the last bit, read by what came before and by nothing else."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InputError
from polku.profiles import ItemStatistics, Profile
from polku.profiles.events import floats, integers
from polku.profiles.sequence_effects import Followers, SequenceEffects, combinations_of, effect_of, stacked
from polku.records import Responses
from polku.testing.extractors import CURRICULUM, SEQUENCE, STATISTICS
from strategies import answers, definition, feature_set, patient, responses

CONTEXT = feature_set(
    definition("item_repetition", "repetition", "item", {}),
    definition("skill_repetition", "repetition", "skill", {}) | {"aggregate": []},
    definition("item_sequence", "sequence", "learner", {"of": "item"}),
    definition("skills_sequence", "sequence", "learner", {"of": "skills"}),
)


def after(*rows: tuple[str, str, int, float]) -> Profile:
    profile = Profile.empty(CONTEXT, STATISTICS, CURRICULUM)
    if rows:
        profile.fold(answers(*rows))
    return profile


def test_at_the_start_there_is_nothing_before() -> None:
    item, skill, *sequence = after().read("i1", ["a"], None)
    assert (item, skill) == (SEQUENCE.item_repeat[0, 0], SEQUENCE.skill_repeat[0, 0])
    assert sequence == [0.0, 0.0]


@pytest.mark.parametrize(
    ("scores", "pattern"), [((0.0,), 1), ((1.0,), 2), ((0.0, 0.4), 4), ((1.0, 0.0), 7), ((0.0, 1.0, 0.5), 8)]
)
def test_repetition_looks_at_the_last_two_answers(scores: tuple[float, ...], pattern: int) -> None:
    profile = after(*(("i1", "a", time, score) for time, score in enumerate(scores)))
    item, skill, *_ = profile.read("i1", ["a"], None)
    assert item == SEQUENCE.item_repeat[0, pattern]
    assert skill == SEQUENCE.skill_repeat[0, 6 * pattern + len(scores)]


def test_from_five_answers_on_a_skill_their_number_no_longer_counts() -> None:
    reads = [after(*(("i9", "b", time, 1.0) for time in range(count))).read("i9", ["b"], None) for count in (5, 9)]
    assert reads[0].tobytes() == reads[1].tobytes()
    assert reads[0][1] == SEQUENCE.skill_repeat[1, 6 * 8 + 5]


@pytest.mark.parametrize(
    ("before", "at_hand", "effect"),
    [
        (("i1", "a", 0, 1.0), ("i2", ["a", "b"]), (-0.5, 0.2)),
        (("i1", "a", 0, 0.0), ("i2", ["a"]), (0.5, 0.1)),
        (("i1", "a", 0, 1.0), ("i3", ["b", "c"]), (0.0, 0.0)),
        (("i5", "e", 0, 1.0), ("i3", ["a", "b"]), (-1.0, 0.4)),
        (("new", "unheard", 0, 1.0), ("i2", ["a", "b"]), (0.0, 0.0)),
        (("i1", "a", 0, 1.0), ("new", ["unheard"]), (0.0, 0.0)),
    ],
)
def test_sequence_looks_at_what_came_right_before(
    before: tuple[str, str, int, float], at_hand: tuple[str, list[str]], effect: tuple[float, float]
) -> None:
    assert tuple(after(before).read(*at_hand, None)[2:]) == effect
    distant = after(before, ("other", "unheard", 1, 1.0))
    assert tuple(distant.read(*at_hand, None)[2:]) == (0.0, 0.0)


def test_a_skill_is_read_in_no_sequence() -> None:
    profile = after(("i1", "a", 0, 1.0), ("i1", "a", 1, 1.0))
    assert not profile.read_skills(["a", "b", "e"], None).any()


def test_the_mean_over_skills_of_which_some_have_no_effects() -> None:
    _, skill, *_ = after().read("new", ["a", "b", "unheard"], None)
    assert skill == pytest.approx((SEQUENCE.skill_repeat[0, 0] + SEQUENCE.skill_repeat[1, 0]) / 3)


@patient
@given(
    st.sets(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=20), st.tuples(st.integers(0, 9), st.integers())
)
def test_effects_are_found_as_in_a_table(pairs: set[tuple[int, int]], asked: tuple[int, int]) -> None:
    table = {pair: 1.0 + number for number, pair in enumerate(sorted(pairs))}
    slot, following = (integers([pair[side] for pair in table]) for side in (0, 1))
    kept = Followers.of(5, slot, following, floats(list(table.values())))
    for pair in [*table, (asked[0], asked[1] % 6 - 1)]:
        assert effect_of(kept.start, kept.next_row, kept.effect, *pair) == table.get(pair, 0.0)
    assert {(one, other): effect for one, other, effect in kept.pairs()} == table


@patient
@given(responses())
def test_rows_are_found_by_id_alike_for_one_and_for_many(data: Responses) -> None:
    rows, start = SEQUENCE.rows(data), data.skill_start
    names, code = combinations_of(data)
    for place in range(len(data)):
        skills = [str(data.skills[one]) for one in data.skill[start[place] : start[place + 1]]]
        assert names[code[place]] == tuple(skills)
        assert rows.item[place] == SEQUENCE.item_row(data.items[data.item[place]])
        assert rows.skills[place] == SEQUENCE.skills_row(skills)
        assert rows.skill[start[place] : start[place + 1]].tolist() == [SEQUENCE.skill_row(one) for one in skills]


def test_layers_stand_beneath_each_other() -> None:
    both, single = stacked([SEQUENCE, SEQUENCE]), SEQUENCE.arrays
    items, combinations = len(SEQUENCE.items), len(SEQUENCE.combinations)
    assert (both.item_repeat[items:] == single.item_repeat).all()
    for slot in range(2 * items):
        for row in range(items):
            above = effect_of(single.item_start, single.item_next, single.item_effect, slot, row)
            for layer in (0, 1):
                place = slot + 2 * items * layer, row + items * layer
                assert effect_of(both.item_start, both.item_next, both.item_effect, *place) == above
    assert len(both.skills_start) == 2 * 2 * combinations + 1


def test_statistics_keep_them_to_the_last_bit() -> None:
    again = ItemStatistics.from_json(STATISTICS.to_json())
    assert again == STATISTICS
    assert again.sequence.arrays.item_effect.tobytes() == SEQUENCE.arrays.item_effect.tobytes()
    assert hash(again.sequence) == hash(SEQUENCE)
    without = replace(STATISTICS, sequence=SequenceEffects.nothing())
    assert without.hash != STATISTICS.hash
    assert "sequence" not in json.loads(without.to_json())


@pytest.mark.parametrize(
    ("part", "wrong"),
    [("items", 3), ("item_repeat", [(9, 0, 1.0)]), ("skills_next", [(0, 1)]), ("combinations", None)],
)
def test_what_is_no_effects_is_refused(part: str, wrong: object) -> None:
    raw = SEQUENCE.to_dict()
    with pytest.raises(InputError, match="no effects of sequence"):
        SequenceEffects.from_dict(raw | {part: wrong})
    raw.pop(part)
    with pytest.raises(InputError, match="train the model again"):
        SequenceEffects.from_dict(raw)


def test_an_effect_that_is_no_number_is_refused() -> None:
    raw = SEQUENCE.to_dict() | {"item_next": [(0, 1, float("nan"))]}
    with pytest.raises(InputError, match="not a finite number"):
        SequenceEffects.from_dict(raw)


def test_a_profile_remembers_what_came_before() -> None:
    profile = after(("i1", "a", 0, 1.0))
    again = Profile.from_bytes(profile.to_bytes(), CONTEXT, STATISTICS, CURRICULUM)
    assert again.read("i2", ["a", "b"], None).tobytes() == profile.read("i2", ["a", "b"], None).tobytes()
    assert np.any(profile.read("i2", ["a", "b"], None)[2:])
