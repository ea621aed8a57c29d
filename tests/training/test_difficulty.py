"""Difficulties: recovered, smoothed by how much is known, never from a row's own learner."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.special import expit

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.records import Responses
from polku.training import cross_fit, fit_item_statistics, learner_folds


def answers(rows: list[tuple[str, str, str, float]]) -> Responses:
    """Return responses from (learner, item, skills, score)."""
    learner, item, skills, correct = zip(*rows, strict=True)
    columns = {"learner_id": learner, "item_id": item, "skill_ids": skills, "correct": correct}
    order = {"response_id": [f"r{place}" for place in range(len(rows))], "answered_at": range(len(rows))}
    return Responses.from_columns(columns | order, clock=False)


def with_scores(responses: Responses, correct: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Responses:
    frame = responses.to_frame()
    return Responses.from_frame(frame.assign(correct=correct), clock=False)


def test_known_difficulties_are_recovered() -> None:
    rng = np.random.default_rng(0)
    truth, theta = rng.normal(size=20), rng.normal(size=300)
    rows = [
        (f"p{one:03d}", f"i{item:02d}", f"s{item // 5}", float(rng.random() < expit(theta[one] - truth[item])))
        for one in range(300)
        for item in range(20)
    ]
    found = fit_item_statistics(answers(rows)).items
    estimate = np.array([found[f"i{item:02d}"] for item in range(20)])
    assert np.abs(estimate - truth).max() < 0.5
    assert np.corrcoef(estimate, truth)[0, 1] > 0.98


def test_who_answered_is_taken_out() -> None:
    """Two equally hard items, one given to learners who succeed at most things, one to others."""
    rng = np.random.default_rng(1)
    rows = []
    for one in range(200):
        theta, own = (1.5, "given_to_able") if one < 100 else (-1.5, "given_to_others")
        shared = [f"i{item}" for item in range(20)]
        rows += [(f"p{one:03d}", item, "s", float(rng.random() < expit(theta))) for item in [*shared, own]]
    responses = answers(rows)
    plain, fair = (fit_item_statistics(responses, of_average_learner=which).items for which in (False, True))
    assert plain["given_to_others"] - plain["given_to_able"] > 1.5
    assert abs(fair["given_to_others"] - fair["given_to_able"]) < 0.7


def test_little_known_items_stay_near_their_skill() -> None:
    rows = [(f"p{one}", "often", "hard", 0.0 if one % 5 else 1.0) for one in range(50)]
    rows += [(f"p{one}", f"other{one % 7}", "easy", 1.0 if one % 6 else 0.0) for one in range(50)]
    rows += [("p0", "once", "hard", 1.0)]
    found = fit_item_statistics(answers(rows), of_average_learner=False)
    assert found.skills["easy"] < found.skills["hard"]
    assert found.items["once"] > found.skills["easy"]
    assert found.items["once"] < found.items["often"]


def test_unknown_items_skills_and_areas_fall_back() -> None:
    skills = [{"id": name, "area": name[0].upper()} for name in ("a1", "a2", "b1")]
    curriculum = Curriculum.from_json(json.dumps({"skills": skills}))
    rows = [(f"p{one}", f"i{one % 4}", "a1", float(one % 4 == 0)) for one in range(80)]
    rows += [(f"p{one}", f"j{one % 4}", "b1", float(one % 4 != 0)) for one in range(80)]
    found = fit_item_statistics(answers(rows), curriculum)
    assert found.difficulty("new", ["a1"]) == found.skills["a1"]
    assert found.skill_difficulty("a2") == found.areas["A"] > found.overall > found.areas["B"]
    assert found.skill_difficulty("nowhere") == found.overall


def test_the_mean_of_its_skills_stands_behind_a_combination(responses: Responses, curriculum: Curriculum) -> None:
    found = fit_item_statistics(responses, curriculum)
    assert found.item_skills["i07"] == ["s0", "s5"]
    assert found.difficulty("new", ["s0", "s5"]) == pytest.approx((found.skills["s0"] + found.skills["s5"]) / 2)


def test_extreme_answers_give_finite_difficulties() -> None:
    for score in (0.0, 0.5, 1.0):
        found = fit_item_statistics(answers([(f"p{one}", "i", "s", score) for one in range(30)]))
        assert np.sign(found.overall) == np.sign(0.5 - score)
        assert abs(found.items["i"]) < 10.0


def test_a_score_of_one_half_is_half_right() -> None:
    halves = answers([(f"p{one}", "i", "s", 0.5) for one in range(40)])
    mixed = answers([(f"p{one}", "i", "s", float(one % 2)) for one in range(40)])
    plain = [fit_item_statistics(each, of_average_learner=False).overall for each in (halves, mixed)]
    assert plain[0] == pytest.approx(plain[1], abs=1e-9)


def test_nothing_gives_no_difficulty(responses: Responses) -> None:
    with pytest.raises(InputError, match="at least one response"):
        fit_item_statistics(responses.rows([]))


def test_cross_fitting_never_sees_its_own_fold(responses: Responses, curriculum: Curriculum) -> None:
    folds = learner_folds(responses, 4, seed=0)
    inside = folds[responses.learner] == 2
    tags = np.repeat(inside, np.diff(responses.skill_start))
    flipped = with_scores(responses, np.where(inside, 1.0 - responses.correct, responses.correct))
    before, after = (cross_fit(each, curriculum, 4, 0, folds=folds) for each in (responses, flipped))
    assert before.item[inside].tobytes() == after.item[inside].tobytes()
    assert before.skill[tags].tobytes() == after.skill[tags].tobytes()
    assert not np.isclose(before.item[~inside], after.item[~inside]).any()


def test_cross_fitting_never_sees_a_twin(responses: Responses, curriculum: Curriculum) -> None:
    frame = responses.to_frame()
    twin = frame[frame["learner_id"] == "p000"].assign(learner_id="twin")
    twin["response_id"] = "t" + twin["response_id"]
    both = Responses.concat([responses, Responses.from_frame(twin, clock=False)])
    folds = learner_folds(both, 5, seed=0)
    twins = np.isin(both.learners.astype(str), ["p000", "twin"])
    assert len(set(folds[twins].tolist())) == 1
    item = cross_fit(both, curriculum, 5, 0).item
    mates = folds[twins][0] == folds
    rest = fit_item_statistics(both.of_learners(~mates), curriculum)
    rows = twins[both.learner]
    assert item[rows].tobytes() == rest.rows(both.of_learners(twins)).tobytes()


def test_the_order_of_rows_and_other_names_change_nothing(responses: Responses, curriculum: Curriculum) -> None:
    found = fit_item_statistics(responses, curriculum)
    shuffled = Responses.from_frame(responses.to_frame().sample(frac=1.0, random_state=0), clock=False)
    assert fit_item_statistics(shuffled, curriculum).hash == found.hash
    bare = fit_item_statistics(responses)
    assert bare.items == found.items, "a curriculum without areas changes nothing"


def test_folds_given_are_the_folds_used(responses: Responses, curriculum: Curriculum) -> None:
    folds = learner_folds(responses, 5, seed=7)
    given = cross_fit(responses, curriculum, 5, seed=0, folds=folds)
    drawn = cross_fit(responses, curriculum, 5, seed=7)
    other = cross_fit(responses, curriculum, 5, seed=8)
    assert given.item.tobytes() == drawn.item.tobytes()
    assert given.item.tobytes() != other.item.tobytes()
    assert given.item.shape == responses.item.shape
    assert given.skill.shape == responses.skill.shape
