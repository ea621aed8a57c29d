"""Every kind against its definition in plain Python: no state, each row computed from all answers before it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from polku.profiles import FeatureSet
from polku.profiles.feature import Feature
from polku.profiles.places import area_of
from polku.records import Response, Responses
from polku.testing.extractors import CURRICULUM, SEQUENCE, STATISTICS
from strategies import DAY, EVERYTHING, patient, responses, rows_of

Answers = Sequence[Response]


@dataclass(frozen=True)
class Moment:
    """A response about to be given, as one of its keys sees it: what came before, and what is asked."""

    parameters: Any
    now: Response
    skill: str | None
    earlier: Answers
    """All of the learner's answers before."""
    mine: Answers
    """Those on the same key."""

    @property
    def difficulty(self) -> float:
        return difficulty_of(self.now)


def difficulty_of(answer: Response) -> float:
    return STATISTICS.difficulty(answer.item_id, answer.skill_ids)


def weights(half_life: Any, answers: Answers, now: Response) -> list[float]:
    """How much each answer on a key still counts."""
    if half_life is None:
        return [1.0] * len(answers)
    if half_life.responses is not None:
        return [0.5 ** ((len(answers) - 1 - place) / half_life.responses) for place in range(len(answers))]
    if not now.clock:
        return [math.nan] * max(1, len(answers))
    latest = [max(each.answered_at for each in answers[: place + 1]) for place in range(len(answers))]
    end = max([now.answered_at, *latest])
    return [0.5 ** ((end - then) / DAY / half_life.days) for then in latest]


def fading_rate(parameters: Any, answers: Answers, now: Response) -> float:
    each = weights(parameters.half_life, answers, now)
    shown = sum(weight * answer.correct for weight, answer in zip(each, answers, strict=False))
    prior = parameters.prior
    return float((prior.mean * prior.weight + shown) / (prior.weight + sum(each)))


def rate(moment: Moment) -> float:
    return fading_rate(moment.parameters, moment.mine, moment.now)


def residual(moment: Moment) -> float:
    each = weights(moment.parameters.half_life, moment.mine, moment.now)
    surprise = [answer.correct - 1 / (1 + math.exp(difficulty_of(answer))) for answer in moment.mine]
    total = sum(weight * one for weight, one in zip(each, surprise, strict=False))
    return float(total / (moment.parameters.weight + sum(each)))


def prerequisite(moment: Moment) -> float:
    known = CURRICULUM.skills.get(moment.skill or "")
    before = known.prerequisites if known else ()
    rates = [
        fading_rate(moment.parameters, [each for each in moment.earlier if skill in each.skill_ids], moment.now)
        for skill in before
    ]
    if not rates or any(map(math.isnan, rates)):
        return math.nan
    return min(rates) if moment.parameters.over == "min" else sum(rates) / len(rates)


def count(moment: Moment) -> float:
    shown = sum(answer.correct for answer in moment.mine)
    total = {"answers": len(moment.mine), "successes": shown, "failures": len(moment.mine) - shown}
    return math.log1p(total[moment.parameters.of])


def run(moment: Moment) -> float:
    short = [place for place, each in enumerate(moment.mine) if each.correct < moment.parameters.reach]
    return math.log1p(len(moment.mine) - (short[-1] + 1 if short else 0))


def since(moment: Moment) -> float:
    if not moment.mine or (moment.parameters.unit == "days" and not moment.now.clock):
        return math.nan
    if moment.parameters.unit == "days":
        last = max(answer.answered_at for answer in moment.mine)
        return math.log1p(max(0, moment.now.answered_at - last) / DAY)
    return math.log1p(len(moment.earlier) - 1 - list(moment.earlier).index(moment.mine[-1]))


def ability(moment: Moment) -> float:
    theta, chosen = 0.0, moment.parameters
    for place, answer in enumerate(moment.mine):
        step = max(chosen.floor, chosen.gain / (1 + chosen.decline * place))
        theta += step * (answer.correct - 1 / (1 + math.exp(difficulty_of(answer) - theta)))
    return theta - moment.difficulty if chosen.against == "item" else theta


def difficulty(moment: Moment) -> float:
    return moment.difficulty if moment.skill is None else STATISTICS.skill_difficulty(moment.skill)


def first(moment: Moment) -> float:
    return 0.0 if moment.mine else 1.0


def pace(moment: Moment) -> float:
    timed = [answer for answer in moment.mine if answer.duration_s is not None]
    if not timed:
        return math.nan
    each = weights(moment.parameters.half_life, timed, moment.now)
    limit = moment.parameters.within
    took = [answer.duration_s or 0.0 for answer in timed]
    amounts = [math.log1p(seconds) if limit is None else float(seconds <= limit) for seconds in took]
    return sum(weight * amount for weight, amount in zip(each, amounts, strict=True)) / sum(each)


def right(answer: Response) -> bool:
    return answer.correct >= 0.5


def repetition(moment: Moment) -> float:
    pattern = 0
    for answer in moment.mine[-2:]:
        pattern = 3 * pattern + 1 + right(answer)
    effects = SEQUENCE.to_dict()
    if moment.skill is None:
        names, cells, cell = effects["items"], effects["item_repeat"], pattern
        name = moment.now.item_id
    else:
        names, cells, cell = effects["skills"], effects["skill_repeat"], 6 * pattern + min(5, len(moment.mine))
        name = moment.skill
    return float(sum(effect for row, place, effect in cells if (names[row], place) == (name, cell)))


def sequence(moment: Moment) -> float:
    effects = SEQUENCE.to_dict()
    if not moment.earlier:
        return 0.0
    last = moment.earlier[-1]
    asked: tuple[object, object] = last.item_id, moment.now.item_id
    names, pairs = effects["items"], effects["item_next"]
    if moment.parameters.of == "skills":
        asked = sorted(last.skill_ids), sorted(moment.now.skill_ids)
        names, pairs = effects["combinations"], effects["skills_next"]
    met = [(names[slot // 2], names[row], slot % 2, effect) for slot, row, effect in pairs]
    return float(sum(effect for before, after, well, effect in met if (before, after, well) == (*asked, right(last))))


PLAIN: dict[str, Callable[[Moment], float]] = {
    "ability": ability,
    "count": count,
    "difficulty": difficulty,
    "first": first,
    "pace": pace,
    "prerequisite": prerequisite,
    "rate": rate,
    "repetition": repetition,
    "residual": residual,
    "run": run,
    "sequence": sequence,
    "since": since,
}


def keys(scope: str, answer: Response) -> list[str]:
    """Return the keys that an answer has at a scope."""
    areas = dict.fromkeys(area_of(skill, CURRICULUM) for skill in answer.skill_ids)
    known = [area for area in areas if area]
    return {"learner": [""], "item": [answer.item_id], "skill": list(answer.skill_ids), "area": known}[scope]


def read(feature: Feature, now: Response, earlier: Answers) -> list[float]:
    """Return the columns of one feature, from its sentence."""
    scope, values = feature.definition.scope, []
    for key in keys(scope, now):
        mine = [answer for answer in earlier if key in keys(scope, answer)]
        skill = key if scope == "skill" else None
        values.append(PLAIN[feature.kind.name](Moment(feature.parameters, now, skill, earlier, mine)))
    present = [value for value in values if not math.isnan(value)]
    if not present:
        return [math.nan] * len(feature.columns)
    brought = {"mean": sum(present) / len(present), "min": min(present)}
    return [brought[how] for how in feature.aggregates or ("mean",)]


def by_definition(data: Responses, features: FeatureSet) -> np.ndarray[Any, np.dtype[np.float64]]:
    every, rows = list(data), []
    for place, now in enumerate(every):
        earlier = [answer for answer in every[:place] if answer.learner_id == now.learner_id]
        rows.append([value for feature in features.features for value in read(feature, now, earlier)])
    return np.array(rows)


@patient
@given(data=responses(max_rows=16))
def test_every_kind_means_what_it_says(data: Responses) -> None:
    np.testing.assert_allclose(rows_of(data), by_definition(data, EVERYTHING), rtol=1e-9, atol=1e-12)


@patient
@given(data=responses(max_rows=16))
def test_the_shipped_features_mean_what_they_say(shipped: FeatureSet, data: Responses) -> None:
    np.testing.assert_allclose(rows_of(data, shipped), by_definition(data, shipped), rtol=1e-9, atol=1e-12)


def test_every_kind_has_a_plain_definition() -> None:
    assert {feature.kind.name for feature in EVERYTHING.features} == set(PLAIN)


@pytest.mark.long
@patient
@given(data=responses(max_rows=120))
def test_over_long_histories(data: Responses) -> None:
    np.testing.assert_allclose(rows_of(data), by_definition(data, EVERYTHING), rtol=1e-8, atol=1e-11)
