"""How fast is the fold, and how fast against a group-by in pandas.

Run ``python benchmarks/profiles.py``. Answers are drawn, not real; one thread. Three of the shipped features
are also computed with pandas and compared number by number, so that both columns of the table did the same work.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.home import Home
from polku.profiles import FeatureSet, ItemStatistics, Profile, build, profiles_of, warm_up
from polku.records import Responses

PER_LEARNER = 200
SKILLS, ITEMS = 150, 3000
SHARED = ("learner_success", "skill_success", "skill_answers")
REPEATS = 3


def draw(count: int, seed: int) -> Responses:
    """Return `count` answers, one skill each."""
    rng = np.random.default_rng(seed)
    item = rng.integers(0, ITEMS, count)
    return Responses.from_columns(
        {
            "response_id": [f"r{number:08d}" for number in range(count)],
            "learner_id": [f"u{number // PER_LEARNER:06d}" for number in range(count)],
            "item_id": [f"i{number:05d}" for number in item],
            "skill_ids": [f"s{number % SKILLS:03d}" for number in item],
            "answered_at": np.arange(count) * 60_000_000,
            "correct": (rng.random(count) < 0.65).astype(np.float64),
        }
    )


def best_of(action: Callable[[], Any]) -> float:
    """Return the seconds of the fastest of a few runs."""
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def with_pandas(data: Responses) -> NDArray[np.float64]:
    """Return the shared features the way a notebook would: shifted group-bys."""
    frame = pd.DataFrame({"learner": data.learner, "skill": data.skill, "correct": data.correct})
    by_learner = frame.groupby("learner", sort=False)
    by_skill = frame.groupby(["learner", "skill"], sort=False)
    return np.column_stack(
        [
            _decayed(frame, by_learner, ["learner"], half_life=30, prior=(0.65, 4.0)),
            _decayed(frame, by_skill, ["learner", "skill"], half_life=5, prior=(0.65, 2.0)),
            np.log1p(by_skill.cumcount().to_numpy()),
        ]
    )


def _decayed(
    frame: pd.DataFrame, groups: Any, keys: list[str], *, half_life: float, prior: tuple[float, float]
) -> NDArray[np.float64]:
    """Return the decayed success rate before each answer."""
    fade = 0.5 ** (1.0 / half_life)
    mean = groups["correct"].ewm(halflife=half_life).mean().droplevel(list(range(len(keys)))).sort_index()
    seen = groups.cumcount().to_numpy()
    weight = (1.0 - fade**seen) / (1.0 - fade)
    before = frame.assign(mean=mean).groupby(keys, sort=False)["mean"].shift().fillna(0.0).to_numpy()
    rates: NDArray[np.float64] = (prior[0] * prior[1] + before * weight) / (prior[1] + weight)
    return rates


def main() -> None:
    """Draw, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--responses", type=int, default=400_000)
    count = arguments.parse_args().responses
    started = time.perf_counter()
    warm_up()
    print(f"first call           {time.perf_counter() - started:10.2f} s")

    data = draw(count, seed=1)
    curriculum = Curriculum.of_skills(data.skills)
    rng = np.random.default_rng(2)
    statistics = ItemStatistics(dict(zip(data.items, rng.normal(size=len(data.items)), strict=True)), {}, {}, 0.0)
    item, skill = statistics.rows(data), statistics.skill_rows(data)
    features = FeatureSet.load(Home.find().features)
    few = FeatureSet.load(Home.find().features, SHARED)

    whole = best_of(lambda: build(data, features, item, skill, curriculum))
    print(f"build                {count / whole:10,.0f} responses/s, {len(features.features)} features, one core")
    ours = best_of(lambda: build(data, few, item, skill, curriculum))
    theirs = best_of(lambda: with_pandas(data))
    same = build(data, few, item, skill, curriculum)[:, [few.columns.index(name) for name in SHARED]]
    np.testing.assert_allclose(same, with_pandas(data), rtol=1e-9)
    print(f"  {len(SHARED)} features         {count / ours:10,.0f} responses/s")
    print(f"  the same in pandas {count / theirs:10,.0f} responses/s: {theirs / ours:.0f} times as long")

    bulk = best_of(lambda: [profile.answers for _, profile in profiles_of(data, features, statistics, curriculum)])
    print(f"profiles_of          {len(data.learners) / bulk:10,.0f} learners/s of {PER_LEARNER} responses")
    rows = list(data.of_learners(data.learners[:1]))
    profile = Profile.empty(features, statistics, curriculum)
    single = best_of(lambda: _one_at_a_time(rows, Profile.empty(features, statistics, curriculum)))
    _one_at_a_time(rows, profile)
    print(f"update               {single / len(rows) * 1e6:10.0f} microseconds a response")
    read = best_of(lambda: profile.read_skills(curriculum.order, now=0))
    print(f"read_skills          {read * 1e3:10.2f} ms for {len(curriculum.order)} skills")
    pack = best_of(profile.to_bytes)
    print(f"to_bytes             {pack * 1e3:10.2f} ms, {len(profile.to_bytes()):,} bytes")


def _one_at_a_time(rows: list[Any], profile: Profile) -> None:
    for response in rows:
        profile.update(response)


if __name__ == "__main__":
    main()
