"""What every law must hold to: practice raises, time lowers, prerequisites matter, one equals many."""

from __future__ import annotations

import numpy as np
import pytest

from polku.simulate.laws import LAWS, Law, Start
from polku.simulate.laws.law import UNREADY
from polku.simulate.luck import Luck
from polku.simulate.traits import Traits, draw_traits

CHAIN = np.array([[-1, -1], [0, -1], [1, 0]])
N = 400


def traits(learners: int) -> Traits:
    return draw_traits(learners, np.random.default_rng(3))


def law_of(name: str, preparation: float | np.ndarray = 0.0, learners: int = N) -> Law:
    shape = (learners, len(CHAIN))
    luck = np.random.default_rng(4).random(shape)
    return LAWS[name](Start(traits(learners), CHAIN, np.zeros(shape) + preparation, np.zeros(shape), luck))


def ask(skill: int, at: float, learners: int = N) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.arange(learners), np.full(learners, skill), np.full(learners, at)


def known(law: Law, skill: int, at: float) -> float:
    return float(law.knowledge(*ask(skill, at), np.ones(N)).mean())


def practise(law: Law, skill: int, days: list[float], seed: int = 7) -> None:
    luck = Luck(seed, N)
    for k, at in enumerate(days):
        draws = luck.draw(np.arange(N), np.full(N, k))
        law.recall(*ask(skill, at), np.ones(N), draws[:, 0])
        law.practise(*ask(skill, at), draws[:, 1])


@pytest.fixture(params=sorted(LAWS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_nothing_is_known_of_what_was_never_met(name: str) -> None:
    assert known(law_of(name), 0, at=10.0) == 0.0


def test_every_practice_raises_knowledge(name: str) -> None:
    law, levels = law_of(name), [0.0]
    for k in range(6):
        practise(law, 0, [float(k)], seed=k)
        levels.append(known(law, 0, float(k)))
    assert levels == sorted(levels)
    assert levels[-1] > 0.5


def test_time_lowers_knowledge_without_end(name: str) -> None:
    law = law_of(name)
    practise(law, 0, [0.0, 1.0, 2.0])
    levels = [known(law, 0, 2.0 + days) for days in (0, 1, 7, 30, 180, 1000)]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] > 1.2 * levels[3] > 0.0


def test_prerequisites_gate_the_speed_of_learning(name: str) -> None:
    ready, unready = law_of(name), law_of(name)
    for law in (ready, unready):
        practise(law, 0, [0.0] if law is unready else [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    assert np.allclose(law_of(name).readiness(*ask(0, 8.0)), 1.0), "no prerequisite, no gate"
    assert np.allclose(law_of(name).readiness(*ask(1, 8.0)), UNREADY)
    practise(ready, 1, [8.0, 9.0], seed=8)
    practise(unready, 1, [8.0, 9.0], seed=8)
    assert known(ready, 1, 9.0) > 1.3 * known(unready, 1, 9.0) > 0.0


def test_the_least_known_prerequisite_counts(name: str) -> None:
    prepared = np.array([9.0, 0.0, 0.0])
    assert np.allclose(law_of(name, prepared).readiness(*ask(2, 0.0)), UNREADY)


def test_what_faded_is_better_practised_again_than_at_once(name: str) -> None:
    massed, spaced = law_of(name), law_of(name)
    practise(massed, 0, [0.0, 0.001, 0.002, 0.003])
    practise(spaced, 0, [0.0, 3.0, 6.0, 9.0])
    assert known(spaced, 0, 60.0) > known(massed, 0, 51.0), "51 days after the last practice, both"


def test_preparation_is_known_at_the_start(name: str) -> None:
    levels = [known(law_of(name, amount), 0, 0.0) for amount in (0.0, 0.5, 1.5, 4.0)]
    assert levels == sorted(levels)
    assert levels[-1] > 0.95


def test_learners_differ_in_what_an_hour_brings(name: str) -> None:
    law = law_of(name)
    practise(law, 0, [0.0, 1.0, 2.0])
    now, later = (law.knowledge(*ask(0, at), np.ones(N)) for at in (2.0, 60.0))
    fast = law.traits.rate > np.median(law.traits.rate)
    assert now[fast].mean() > now[~fast].mean()
    keeps = law.traits.forgetting < np.median(law.traits.forgetting)
    left = later[now > 0] / now[now > 0]
    assert left[keeps[now > 0]].mean() > left[~keeps[now > 0]].mean()


def test_expected_knowledge_is_what_recall_meets_on_average(name: str) -> None:
    law = law_of(name)
    practise(law, 0, [0.0, 1.0])
    expected = law.knowledge(*ask(0, 20.0), np.ones(N))
    met = law.recall(*ask(0, 20.0), np.ones(N), Luck(5, N).draw(np.arange(N), np.zeros(N, dtype=np.int64))[:, 0])
    assert met.mean() == pytest.approx(expected.mean(), abs=3.5 * np.sqrt(0.25 / N))


def test_a_copy_goes_its_own_way(name: str) -> None:
    law = law_of(name)
    practise(law, 0, [0.0])
    twin, before = law.copy(), known(law, 0, 1.0)
    practise(twin, 0, [1.0, 2.0, 3.0])
    assert known(law, 0, 1.0) == before
    assert known(twin, 0, 3.0) > before


def test_one_learner_at_a_time_is_the_same_as_all_at_once(name: str) -> None:
    together, alone = law_of(name), law_of(name)
    luck = Luck(9, N).draw(np.arange(N), np.zeros(N, dtype=np.int64))
    together.practise(*ask(1, 5.0), luck[:, 0])
    for row in range(N):
        who = np.array([row])
        alone.practise(who, np.array([1]), np.array([5.0]), luck[row : row + 1, 0])
    ones = np.ones(N)
    assert np.allclose(
        together.knowledge(*ask(1, 9.0), ones), alone.knowledge(*ask(1, 9.0), ones), rtol=1e-12, atol=0.0
    )
