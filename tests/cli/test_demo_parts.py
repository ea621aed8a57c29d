"""What the demonstration and the audit are made of: strata, clocks, the learner a newcomer reads about."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from polku.cli.audited_paths import STRATA, _with_strata
from polku.cli.demo import EXAMPLE_GRADE, UNTIL, demo_clock, demo_desk, example_learner
from polku.cli.desk import Desk
from polku.errors import NotFoundError
from polku.home import ROOMS, Home
from polku.records import Responses, Roster

DAY = 86_400 * 10**6


@pytest.fixture
def desk(own_home: Home, tmp_path: Path) -> Desk:
    """Return a desk on an empty store."""
    stores = {name: f"sqlite:///{tmp_path}/{name}.db" for name in ("store", "background")}
    return Desk(own_home, own_home.settings().model_copy(update=stores))


def paths(levels: Sequence[float], grades: Sequence[int | None]) -> pd.DataFrame:
    return pd.DataFrame({"learner_id": [str(n) for n in range(len(levels))], "mastery_level": levels, "grade": grades})


def test_learners_are_compared_within_quarters_of_their_own_grade() -> None:
    """The least practised of grade 9 stands far above the most practised of grade 2: they are never compared."""
    low, high = np.linspace(0.1, 0.2, 8), np.linspace(0.8, 0.9, 8)
    found = _with_strata(paths([*low, *high], [2] * 8 + [9] * 8))["mastery_stratum"]
    assert found.tolist() == [
        f"grade {grade}, quarter {quarter}" for grade in (2, 9) for quarter in (1, 1, 2, 2, 3, 3, 4, 4)
    ]
    assert STRATA == 4


def test_quarters_go_by_mastery_and_not_by_the_order_of_the_roster() -> None:
    found = _with_strata(paths([0.9, 0.1, 0.5, 0.7], [7] * 4))["mastery_stratum"]
    assert [text[-1] for text in found] == ["4", "1", "2", "3"]


def test_learners_alike_are_still_spread_over_the_quarters() -> None:
    found = _with_strata(paths([0.5] * 8, [7] * 8))["mastery_stratum"]
    assert found.value_counts().tolist() == [2, 2, 2, 2]


def test_learners_without_a_grade_form_a_stratum_of_their_own() -> None:
    found = _with_strata(paths([0.5, 0.6], [None, 7]))["mastery_stratum"]
    assert found.tolist() == ["grade 0, quarter 4", "grade 7, quarter 4"]


def test_the_demonstration_lives_on_from_the_end_of_its_year() -> None:
    clock = demo_clock()
    end = int(datetime(UNTIL.year, UNTIL.month, UNTIL.day, 9, tzinfo=UTC).timestamp()) * 10**6
    first = clock()
    assert 0 <= first - end < 10**6
    time.sleep(0.002)
    assert 2_000 <= clock() - first < DAY, "and goes at the pace of any clock"


def test_the_demonstration_starts_anew_beside_the_installations_own_store(home: Home, tmp_path: Path) -> None:
    for room in ROOMS:
        (tmp_path / room).symlink_to(home.root / room)
    first, folder = demo_desk(tmp_path)
    (folder / "left over").write_text("x")
    again, _ = demo_desk(tmp_path)
    assert list(folder.iterdir()) == []
    assert folder == tmp_path / "var" / "demo"
    assert first.settings == again.settings
    assert again.settings.provider_id == "demo"
    own = Home.find(tmp_path).settings()
    assert {again.settings.store, again.settings.background}.isdisjoint({own.store, own.background})
    assert again.settings.store != again.settings.background


def answers(learner: str, count: int) -> Responses:
    return Responses.from_columns(
        {
            "response_id": [f"{learner}-{n}" for n in range(count)],
            "learner_id": [learner] * count,
            "item_id": ["i"] * count,
            "skill_ids": ["a"] * count,
            "answered_at": list(range(count)),
            "correct": [1.0] * count,
        },
        clock=False,
    )


def test_the_example_is_the_learner_of_its_grade_with_most_answers(desk: Desk) -> None:
    grades = {"a": EXAMPLE_GRADE, "b": EXAMPLE_GRADE, "c": EXAMPLE_GRADE, "d": 9}
    with desk.store.begin() as tx:
        tx.roster.replace(Roster.of([{"learner_id": name, "grade": grade} for name, grade in grades.items()]))
        for name, count in (("a", 2), ("b", 5), ("d", 9)):
            tx.responses.add(answers(name, count))
    assert example_learner(desk) == "b"
    with desk.store.begin() as tx:
        tx.responses.add(answers("c", 5))
    assert example_learner(desk) == "c", "of several with as many, always the same one"


def test_a_municipality_without_that_grade_says_so(desk: Desk) -> None:
    with desk.store.begin() as tx:
        tx.roster.replace(Roster.of([{"learner_id": "d", "grade": 9}]))
    with pytest.raises(NotFoundError, match=r"no grade 8\n  try: simulate more learners"):
        example_learner(desk)
