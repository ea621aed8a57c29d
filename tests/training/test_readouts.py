"""What a skill's readout is judged by: first attempts, later ones, and nothing of them known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.home import Home
from polku.profiles import FeatureSet, Profile
from polku.profiles.stops import Stops, read_at
from polku.records import Responses
from polku.training import fit_item_statistics
from polku.training.readouts import HORIZONS, Outlook, Questions, again, ahead, draw, first_attempts
from polku.training.skill_rows import SkillRows


def two_learners() -> Responses:
    """Return anna: a a b a(again item 1) b, bo: b a, a day apart."""
    rows = [("anna", "1", "a"), ("anna", "2", "a"), ("anna", "3", "b"), ("anna", "1", "a"), ("anna", "4", "a;b")]
    rows += [("bo", "3", "b"), ("bo", "1", "a")]
    learner, item, skills = zip(*rows, strict=True)
    day = [86_400_000_000 * place for place in range(len(rows))]
    order = {
        "response_id": [f"r{place}" for place in range(len(rows))],
        "answered_at": day,
        "correct": [1.0] * len(rows),
    }
    return Responses.from_columns({"learner_id": learner, "item_id": item, "skill_ids": skills} | order, clock=True)


def test_first_attempts_are_those_at_new_items() -> None:
    assert first_attempts(two_learners()).tolist() == [True, True, True, False, True, True, True]


def test_ahead_asks_for_the_response_so_many_later() -> None:
    log = two_learners()
    next_one = ahead(log, np.arange(len(log)), 1)
    assert next_one.answer.tolist() == [0, 1, 2, 4, 5, 6]
    later = ahead(log, np.arange(len(log)), 3)
    assert (later.stops.row.tolist(), later.answer.tolist()) == ([0, 2], [2, 4])
    assert later.stops.skills_of(1).tolist() == [0, 1]
    assert later.stops.now.tolist() == log.answered_at[[0, 2]].tolist()


def test_again_asks_between_two_answers_on_the_skill(responses: Responses) -> None:
    asked = again(responses, 2000, np.random.default_rng(0))
    assert np.all(asked.stops.row <= asked.answer)
    assert np.array_equal(responses.learner[asked.stops.row], responses.learner[asked.answer])
    assert first_attempts(responses)[asked.answer].all()
    for stop, skill, answer in zip(asked.stops.row, asked.stops.skill, asked.answer, strict=True):
        between = responses.skill[responses.skill_start[stop] : responses.skill_start[answer]]
        assert skill not in between
    known = again(responses, 500, np.random.default_rng(0), met=True)
    assert np.all(Outlook.of(responses, known.stops).skill_answers > 0)


def test_draws_repeat_and_hold_every_horizon(responses: Responses) -> None:
    one, same = (draw(responses, 300, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one.answer, same.answer)
    distance = one.answer - one.stops.row + 1
    assert all((distance == horizon).any() for horizon in HORIZONS[:2])
    assert len(Questions.both(one, same)) == 2 * len(one)


def test_the_outlook_looks_forward_and_the_evidence_back() -> None:
    log = two_learners()
    stops = Stops(np.array([2, 3, 5]), np.arange(4), np.array([0, 1, 0], np.int32), log.answered_at[[2, 3, 5]])
    found = Outlook.of(log, stops)
    assert found.skill_answers.tolist() == [2, 1, 0]
    assert found.learner_answers.tolist() == [2, 3, 0]
    assert found.days[:2].tolist() == [1.0, 1.0]
    assert np.isnan(found.days[2])
    assert found.rows[:, :2].tolist() == [[4, -1], [4, -1], [6, -1]]


def test_readings_at_stops_are_those_of_a_profile(home: Home, responses: Responses, curriculum: Curriculum) -> None:
    features, statistics = FeatureSet.load(home.features), fit_item_statistics(responses, curriculum)
    rows = np.array([40, 3, 17, 40, 0])
    skills = np.array([0, 5, 2, 1, 3], np.int32)
    found = read_at(responses, Stops(rows, np.arange(6), skills, rows), features, statistics, curriculum)
    for place, (row, skill) in enumerate(zip(rows.tolist(), skills.tolist(), strict=True)):
        profile = Profile.empty(features, statistics, curriculum)
        for earlier in range(int(responses.learner_start[responses.learner[row]]), row):
            profile.update(responses[earlier])
        alone = profile.read_skills([str(responses.skills[skill])], None)
        assert alone.tobytes() == found[place : place + 1].tobytes()


def test_stops_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="a time and skills each"):
        Stops(np.array([1]), np.array([0, 2]), np.array([0], np.int32), np.array([1]))


def test_training_rows_do_not_see_later_answers(home: Home, responses: Responses, curriculum: Curriculum) -> None:
    """Flip the second half of one learner: readings made before it stay as they were, to the bit."""
    features = FeatureSet.load(home.features, ["learner_rating", "skill_rating", "item_difficulty", "skill_answers"])
    folds = (np.arange(len(responses.learners)) % 3).astype(np.int32)
    row = np.arange(len(responses)) - responses.learner_start[responses.learner]
    late = (responses.learner == 3) & (row >= 15)
    frame = responses.to_frame().assign(correct=np.where(late, 1.0 - responses.correct, responses.correct))
    flipped = Responses.from_frame(frame, clock=False)
    before, after = (SkillRows.build(each, features, curriculum, folds, 0) for each in (responses, flipped))
    assert np.array_equal(before.answer, after.answer)
    own = responses.learner[before.answer] == 3
    early = own & (before.features[:, features.columns.index("skill_answers")] == 0.0) & (row[before.answer] < 15)
    assert early.any()
    assert before.features[early].tobytes() == after.features[early].tobytes()
    assert before.features[own].tobytes() != after.features[own].tobytes()
