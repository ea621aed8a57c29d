"""Every kind, at every level, with every variant of its parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from polku.errors import DefinitionError
from polku.profiles import FeatureSet, Profile, dispatch
from polku.profiles.extractors import KINDS
from polku.profiles.extractors.count import CountParameters
from polku.testing import check_extractor
from polku.testing import extractors as checks
from strategies import CASES, DAY, PRIOR, VARIANTS, answers, definition, feature_set, rows_of


@pytest.mark.parametrize(("kind", "scope", "parameters"), CASES)
def test_keeps_its_promises(kind: str, scope: str, parameters: dict[str, Any]) -> None:
    check_extractor(kind, scope, parameters)


def test_no_kind_is_left_out() -> None:
    assert {kind.name for kind in KINDS} == set(VARIANTS)
    for place, kind in enumerate(KINDS):
        assert getattr(dispatch, kind.name.upper()) == place


def series(
    kind: str, scope: str, parameters: dict[str, Any], scores: list[float], *, clock: bool = False
) -> list[float]:
    """Rows of one learner who answers item i1 (difficulty -1.2) on skill a, two days apart."""
    features = feature_set(definition("probe", kind, scope, parameters))
    rows = [("i1", "a", 2 * DAY * place if clock else place, score) for place, score in enumerate([*scores, 0.0])]
    column: list[float] = rows_of(answers(*rows, clock=clock), features)[:, 0].tolist()
    return column


EASY = 1 / (1 + math.exp(-1.2))


@pytest.mark.parametrize(
    ("kind", "parameters", "scores", "expected"),
    [
        ("rate", {"prior": PRIOR}, [1.0, 0.0], [0.6, 2.2 / 3, 2.2 / 4]),
        ("rate", {"prior": PRIOR, "half_life": {"responses": 1}}, [1.0, 0.0], [0.6, 2.2 / 3, 1.7 / 3.5]),
        ("residual", {"weight": 1.0}, [1.0, 0.0], [0.0, (1 - EASY) / 2, (1 - 2 * EASY) / 3]),
        ("count", {"of": "answers"}, [1.0, 0.25], [0.0, math.log(2), math.log(3)]),
        ("count", {"of": "successes"}, [1.0, 0.25], [0.0, math.log(2), math.log(2.25)]),
        ("count", {"of": "failures"}, [1.0, 0.25], [0.0, 0.0, math.log(1.75)]),
        ("run", {}, [1.0, 1.0, 0.5, 1.0], [0.0, math.log(2), math.log(3), 0.0, math.log(2)]),
        ("run", {"reach": 0.5}, [1.0, 0.5, 0.4], [0.0, math.log(2), math.log(3), 0.0]),
        ("ability", {"gain": 1.0, "decline": 1.0}, [1.0], [0.0, 1 - EASY]),
        ("ability", {"gain": 1.0, "decline": 1.0, "against": "item"}, [1.0], [1.2, 2.2 - EASY]),
        ("since", {"unit": "responses"}, [1.0, 0.0], [math.nan, 0.0, 0.0]),
    ],
)
def test_by_hand(kind: str, parameters: dict[str, Any], scores: list[float], expected: list[float]) -> None:
    for scope in ("skill", "area", "learner", "item"):
        assert series(kind, scope, parameters, scores) == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_days_by_hand() -> None:
    assert series("since", "skill", {"unit": "days"}, [1.0], clock=True) == pytest.approx(
        [math.nan, math.log(3)], nan_ok=True
    )
    fading = {"prior": PRIOR, "half_life": {"days": 2}}
    assert series("rate", "skill", fading, [1.0, 1.0], clock=True) == pytest.approx([0.6, 1.7 / 2.5, 1.95 / 2.75])


def test_days_are_missing_without_a_clock() -> None:
    fading = {"prior": PRIOR, "half_life": {"days": 2}}
    assert np.isnan(series("rate", "skill", fading, [1.0])).all()
    assert np.isnan(series("since", "learner", {"unit": "days"}, [1.0])).all()
    assert np.isnan(series("prerequisite", "skill", fading, [1.0])).all()


def test_a_late_answer_never_makes_a_gap_negative() -> None:
    data = answers(("i1", "a", 9 * DAY, 1.0), ("i1", "a", 2 * DAY, 1.0), ("i1", "a", 10 * DAY, 1.0), clock=True)
    known = replace(data, known_at=np.full(3, 11 * DAY), answered_at=np.array([9, 2, 10]) * DAY)
    rows = rows_of(known, feature_set(definition("gap", "since", "skill", {"unit": "days"})))[:, 0]
    assert rows == pytest.approx([math.nan, 0.0, math.log(2)], nan_ok=True)


def test_prerequisites_are_those_of_the_skill_at_hand() -> None:
    features = [definition(how, "prerequisite", "skill", {"prior": PRIOR, "over": how}) for how in ("mean", "min")]
    rows = rows_of(answers(("i1", "a", 0, 1.0), ("i1", "c", 1, 1.0), ("i1", "a", 2, 0.0)), feature_set(*features))
    of_a, of_c = 2.2 / 3, 0.6  # c stands on a and b; nothing was shown of b
    assert rows[1, [0, 2]] == pytest.approx([(of_a + of_c) / 2, of_c])
    assert np.isnan(rows[[0, 2]]).all()


def test_several_skills_are_read_each_and_brought_together() -> None:
    features = feature_set(definition("rate", "rate", "skill", {"prior": PRIOR}))
    rows = rows_of(answers(("i1", "a", 0, 1.0), ("i2", "a;b", 1, 0.0), ("i1", "b", 2, 0.0)), features)
    assert rows[1] == pytest.approx([(2.2 / 3 + 0.6) / 2, 0.6])
    assert rows[2] == pytest.approx([1.2 / 3, 1.2 / 3])


def test_an_item_of_several_skills_counts_once_for_learner_item_and_area() -> None:
    features = feature_set(*(definition(scope, "count", scope, {}) for scope in ("learner", "item", "area")))
    rows = rows_of(answers(("i2", "a;b", 0, 1.0), ("i2", "a;b", 1, 1.0)), features)
    assert rows[1] == pytest.approx([math.log(2)] * 4)


def test_a_skill_without_an_area_has_no_area_features() -> None:
    features = feature_set(definition("count", "count", "area", {}))
    rows = rows_of(answers(("i5", "e", 0, 1.0), ("i5", "c;e", 1, 1.0), ("i4", "d", 2, 1.0)), features)
    assert np.isnan(rows[0]).all()
    assert rows[1:] == pytest.approx(np.array([[0.0, 0.0], [math.log(2), math.log(2)]]))


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        ("rate", {}, "prior: Field required"),
        ("rate", {"prior": {"mean": 1.5, "weight": 1}}, "prior.mean"),
        ("rate", {"prior": PRIOR, "half_life": {"days": 1, "responses": 1}}, "give either days or responses"),
        ("rate", {"prior": PRIOR, "halflife": {"days": 1}}, "did you mean 'half_life'"),
        ("ability", {"gain": 4.0, "decline": 0.1}, "less than 4"),
        ("ability", {"gain": 0.1, "decline": 0.1, "floor": 0.2}, "floor is above gain"),
        ("since", {"unit": "weeks"}, "'days' or 'responses'"),
        ("difficulty", {"prior": PRIOR}, "unknown key prior"),
    ],
)
def test_parameters_are_checked(kind: str, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        feature_set(definition("probe", kind, "skill", parameters))


class LyingCount(CountParameters):
    """Counts failures and claims that better answers raise them."""

    def effect(self) -> int:
        return 1


def probe(parameters: dict[str, Any]) -> checks.Probe:
    features = feature_set(definition("probe", "count", "skill", parameters))
    return checks.Probe(features, checks.random_responses(1, clock=True))


def test_the_check_notices_a_wrong_direction() -> None:
    honest = probe({"of": "failures"})
    feature = replace(honest.feature_set.features[0], parameters=LyingCount(of="failures"))
    lying = replace(honest, feature_set=FeatureSet((feature,)))
    checks.better_answers_move_it_as_declared(honest, 0)
    with pytest.raises(AssertionError, match="moves it the other way"):
        checks.better_answers_move_it_as_declared(lying, 0)


class Leaking(checks.Probe):
    """Hands each row its own answer."""

    def rows(self, responses: Any = None) -> Any:
        data = self.responses if responses is None else responses
        return super().rows(data) + data.correct[:, None]


def test_the_check_notices_a_row_that_sees_its_own_answer() -> None:
    honest = probe({})
    with pytest.raises(AssertionError, match="sees its own or a later answer"):
        checks.no_row_looks_ahead(Leaking(honest.feature_set, honest.responses))
    with pytest.raises(AssertionError, match="differs online"):
        checks.many_equal_one(Leaking(honest.feature_set, honest.responses))


class Sprawling(checks.Probe):
    """Forgets nothing: every answer is kept as an item of its own."""

    def profiles(self) -> Any:
        data = self.responses
        items = np.array([f"item-{place}" for place in range(len(data))], dtype=object)
        renamed = replace(data, items=np.sort(items), item=np.arange(len(data), dtype=np.int32))
        return checks.Probe(self.feature_set, renamed).profiles()


def test_the_check_notices_state_that_grows_with_answers() -> None:
    honest = probe({})
    checks.state_is_bounded(honest)
    with pytest.raises(AssertionError, match="grows with the number of answers"):
        checks.state_is_bounded(Sprawling(honest.feature_set, honest.responses))


def test_the_check_notices_a_reader_that_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = probe({})
    checks.reading_writes_nothing(honest)
    reading = Profile.read_skills

    def scribbling(self: Profile, skills: Sequence[str], now: int | None) -> Any:
        self._state["skill"].claim("scribble")
        return reading(self, skills, now)

    monkeypatch.setattr(Profile, "read_skills", scribbling)
    with pytest.raises(AssertionError, match="reading changed the state"):
        checks.reading_writes_nothing(honest)


def test_the_check_notices_rows_that_depend_on_arrival() -> None:
    class ByArrival(checks.Probe):
        def rows(self, responses: Any = None) -> Any:
            found = super().rows(responses)
            return found if responses is None else found + 1.0

    honest = probe({})
    checks.order_of_arrival_does_not_matter(honest)
    with pytest.raises(AssertionError, match="depend on the order of arrival"):
        checks.order_of_arrival_does_not_matter(ByArrival(honest.feature_set, honest.responses))
