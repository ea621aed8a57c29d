"""One learner: order, reading, evidence, and profiles as bytes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.curriculum import Curriculum
from polku.errors import ConflictError, InputError
from polku.profiles import Evidence, ItemStatistics, OutOfOrderError, Profile, build, estimate
from polku.profiles.sequence_effects import SequenceEffects
from polku.records import Response, Responses
from polku.testing.extractors import CURRICULUM, STATISTICS
from strategies import DAY, EVERYTHING, PRIOR, answers, definition, empty, feature_set, patient, responses, rows_of

FIRST = Response("r1", "anna", "i1", ("a",), 5, 5, 1.0, clock=False)


def profile_of(data: Responses) -> Profile:
    profile = empty()
    profile.fold(data)
    return profile


@pytest.mark.parametrize(
    "later",
    [
        FIRST,
        replace(FIRST, response_id="r0"),
        replace(FIRST, known_at=4, response_id="r9"),
        replace(FIRST, answered_at=4, response_id="r9"),
    ],
)
def test_a_response_must_come_after_the_last(later: Response) -> None:
    profile = empty()
    profile.update(FIRST)
    before = profile.to_bytes()
    with pytest.raises(OutOfOrderError, match="fold all responses of the learner anew"):
        profile.update(later)
    with pytest.raises(OutOfOrderError, match="does not come after"):
        profile.fold(Responses.from_responses([later]))
    assert profile.to_bytes() == before
    assert profile.last_key == FIRST.fold_key


def test_times_with_and_without_a_clock_do_not_mix() -> None:
    profile = empty()
    profile.update(FIRST)
    with pytest.raises(InputError, match="with and without a clock"):
        profile.update(replace(FIRST, response_id="r2", answered_at=DAY, known_at=DAY, clock=True))


def test_a_profile_is_of_one_learner() -> None:
    two = Responses.from_responses([FIRST, replace(FIRST, response_id="r2", learner_id="bo")])
    with pytest.raises(InputError, match=r"a profile is of one learner\n  got: 2 learners"):
        empty().fold(two)


def test_folding_nothing_changes_nothing() -> None:
    profile = empty()
    profile.fold(answers(("i1", "a", 0, 1.0)).rows(np.zeros(0, np.int64)))
    assert (profile.answers, profile.last_key, profile.evidence()) == (0, None, {})


def test_the_order_of_skill_ids_does_not_matter() -> None:
    one, other = empty(), empty()
    one.update(replace(FIRST, skill_ids=("a", "b", "e")))
    other.update(replace(FIRST, skill_ids=("e", "b", "a", "b")))
    assert one.to_bytes() == other.to_bytes()
    read = [profile.read("i2", skills, None) for profile, skills in ((one, ["b", "e"]), (other, ["e", "b"]))]
    assert read[0].tobytes() == read[1].tobytes()


def test_read_skills_reads_the_reference_item_met_for_the_first_time() -> None:
    nothing = SequenceEffects.nothing()
    statistics = replace(STATISTICS, item_skills={"i1": ["a"], "i2": ["a"], "i3": ["a"]}, sequence=nothing)
    profile = Profile.empty(EVERYTHING, statistics, CURRICULUM)
    profile.fold(answers(("i2", "a", 0, 1.0), ("i2", "a", 1, 0.0), ("i4", "c;d", 2, 1.0)))
    read = profile.read_skills(["a", "d", "unheard"], now=None)
    assert statistics.reference_item_difficulty("a") == STATISTICS.items["i2"]
    same = replace(statistics, items={**statistics.items, "untouched": STATISTICS.items["i2"]})
    other = Profile.from_bytes(_with_statistics(profile, same).to_bytes(), EVERYTHING, same, CURRICULUM).read(
        "untouched", ["a"], None
    )
    assert read[0].tobytes() == other.tobytes()
    assert read.shape == (3, len(EVERYTHING.columns))


def _with_statistics(profile: Profile, statistics: ItemStatistics) -> Profile:
    again = Profile.empty(profile.feature_set, statistics, profile.curriculum)
    again.fold(answers(("i2", "a", 0, 1.0), ("i2", "a", 1, 0.0), ("i4", "c;d", 2, 1.0)))
    return again


def test_time_passes_between_answers_and_reading() -> None:
    features = feature_set(definition("rate", "rate", "skill", {"prior": PRIOR, "half_life": {"days": 2}}))
    profile = empty(features)
    profile.fold(answers(("i1", "a", 0, 1.0), clock=True))
    fresh, later, before = (profile.read_skills(["a"], now=now)[0, 0] for now in (0, 2 * DAY, -DAY))
    assert fresh == pytest.approx(2.2 / 3)
    assert later == pytest.approx(1.7 / 2.5)
    assert before == fresh
    assert np.isnan(profile.read_skills(["a"], now=None)).all()


def test_now_means_nothing_to_a_profile_without_a_clock() -> None:
    profile = empty()
    profile.update(FIRST)
    one, other = (profile.read_skills(["a"], now=now) for now in (None, DAY))
    assert one.tobytes() == other.tobytes()


def test_another_curriculum_needs_no_refold() -> None:
    features = feature_set(definition("before", "prerequisite", "skill", {"prior": PRIOR}))
    data = answers(("i1", "a", 0, 1.0), ("i3", "b", 1, 0.0))
    profile = empty(features)
    profile.fold(data)
    bare = Curriculum.of_skills(["a", "b", "c"])
    moved = Profile.from_bytes(profile.to_bytes(), features, STATISTICS, bare)
    assert np.isnan(moved.read_skills(["c"], None)).all()
    back = Profile.from_bytes(moved.to_bytes(), features, STATISTICS, CURRICULUM)
    assert back.read_skills(["c"], None)[0, 0] == pytest.approx((2.2 / 3 + 1.2 / 3) / 2)


@patient
@given(data=responses())
def test_evidence_counts_what_was_answered(data: Responses) -> None:
    profile = profile_of(data.of_learners(data.learners[:1]))
    theirs = [row for row in data if row.learner_id == data.learners[0]]
    assert profile.answers == len(theirs)
    found = profile.evidence()
    assert set(found) == {skill for row in theirs for skill in row.skill_ids}
    for skill, evidence in found.items():
        rows = [row for row in theirs if skill in row.skill_ids]
        assert evidence.answers == len(rows)
        assert 0.0 <= evidence.recent_success <= evidence.weight <= min(len(rows), 12.1)
        assert evidence.last_answered_at == max(row.answered_at for row in rows)


def test_evidence_by_hand() -> None:
    data = answers(*(("i1", "a", day * DAY, score) for day, score in enumerate([1.0, 0.0, 0.5])), clock=True)
    fade = 0.5 ** (1 / 8)
    evidence = profile_of(data).evidence()["a"]
    assert evidence.recent_success == pytest.approx(fade**2 + 0.5)
    assert evidence.weight == pytest.approx(1 + fade + fade**2)
    assert (evidence.answers, evidence.last_answered_at) == (3, 2 * DAY)


@patient
@given(scores=st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=20), place=st.integers(0, 19))
def test_the_estimate_never_falls_with_a_better_answer(scores: list[float], place: int) -> None:
    better = [*scores]
    better[place % len(scores)] = 1.0
    before, after = (
        estimate(profile_of(answers(*(("i1", "a", time, score) for time, score in enumerate(each)))).evidence()["a"])
        for each in (scores, better)
    )
    assert 0.0 < before[0] <= after[0] < 1.0
    assert after[1] < estimate(Evidence())[1]


def test_the_estimate_is_surer_with_more_answers() -> None:
    spreads = [estimate(Evidence(n, 0.5 * n, float(n)))[1] for n in (0, 1, 4, 10)]
    assert spreads == sorted(spreads, reverse=True)
    assert estimate(Evidence())[0] == 0.5


def test_difficulties_are_checked_at_the_door() -> None:
    data = answers(("i1", "a;b", 0, 1.0))
    with pytest.raises(InputError, match=r"item difficulties do not fit the responses\n  got: 2 for 1"):
        build(data, EVERYTHING, np.zeros(2), np.zeros(2), CURRICULUM)
    with pytest.raises(InputError, match="skill difficulties are not all finite"):
        build(data, EVERYTHING, np.zeros(1), np.array([0.0, np.nan]), CURRICULUM)


@patient
@given(data=responses())
def test_bytes_round_trip(data: Responses) -> None:
    profile = profile_of(data.of_learners(data.learners[:1]))
    again = Profile.from_bytes(profile.to_bytes(), EVERYTHING, STATISTICS, CURRICULUM)
    assert again.to_bytes() == profile.to_bytes()
    assert (again.last_key, again.clock, again.answers) == (profile.last_key, profile.clock, profile.answers)
    assert again.evidence() == profile.evidence()
    rows = [each.read_skills(["a", "b", "unheard"], DAY).tobytes() for each in (again, profile)]
    assert rows[0] == rows[1]


@patient
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_damaged_bytes_are_refused(place: int, flip: int) -> None:
    raw = bytearray(profile_of(answers(("i1", "a", 0, 1.0))).to_bytes())
    raw[place % len(raw)] ^= flip
    with pytest.raises(InputError, match=r"stored profile is damaged|no profile of this version"):
        Profile.from_bytes(bytes(raw), EVERYTHING, STATISTICS, CURRICULUM)


@pytest.mark.parametrize("cut", [0, 7, 8, 30, 41, -1])
def test_cut_bytes_are_refused(cut: int) -> None:
    raw = profile_of(answers(("i1", "a", 0, 1.0))).to_bytes()
    with pytest.raises(InputError, match=r"fold the learner's responses again"):
        Profile.from_bytes(raw[:cut], EVERYTHING, STATISTICS, CURRICULUM)


def test_bytes_of_another_lens_are_refused() -> None:
    raw = profile_of(answers(("i1", "a", 0, 1.0))).to_bytes()
    with pytest.raises(ConflictError, match="of another feature set"):
        Profile.from_bytes(raw, feature_set(definition("x", "count", "skill", {})), STATISTICS, CURRICULUM)
    with pytest.raises(ConflictError, match="of other item statistics"):
        Profile.from_bytes(raw, EVERYTHING, replace(STATISTICS, overall=1.0), CURRICULUM)


def test_bytes_are_small() -> None:
    rows = [(f"item{number}", "a;b", number, number % 2.0) for number in range(200)]
    shipped_size = feature_set(definition("item", "rate", "item", {"prior": PRIOR}))
    profile = empty(shipped_size)
    profile.fold(answers(*rows))
    assert len(profile.to_bytes()) < 200 * 40
    assert rows_of(answers(*rows), shipped_size).shape == (200, 1)
