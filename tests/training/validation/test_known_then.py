"""What is fitted anew for a validation reads rows as they were known at their time, as training does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.records import Responses
from polku.records.earlier import Earlier, Version
from polku.training import load_spec
from polku.training.validation.refits import Workshop

MakeWorld = Callable[..., Any]
DAY = 86_400_000_000


@pytest.fixture(scope="module")
def workshops(home: Home, make_world: MakeWorld) -> tuple[Workshop, Workshop, int]:
    """Return a workshop of answers as recorded, one of corrected answers, and when the corrections became known.

    Each second learner's answers were all read wrongly, which was found out on the last day.
    """
    recorded: Responses = make_world(24, answers=30).responses
    until = int(recorded.known_at.max()) + 1
    wrong = np.arange(len(recorded.learners)) % 2 == 0
    turned = np.where(wrong[recorded.learner], 1.0 - recorded.correct, recorded.correct)
    now = Responses.from_frame(recorded.to_frame().assign(correct=turned), clock=True)
    names = recorded.learners[wrong].tolist()
    earlier = Earlier.of([Version(one, until, recorded.of_learners([one])) for one in names])
    curriculum = Curriculum.of_skills(recorded.skills.tolist())
    together = np.arange(len(now.learners), dtype=np.int32)
    old = Workshop(load_spec(home, "baseline"), home, curriculum, recorded, together)
    return old, replace(old, responses=now, earlier=earlier), until


def test_the_newest_days_are_predicted_by_what_was_known_before_them(workshops: tuple[Workshop, Workshop, int]) -> None:
    """A correction of the last day changes neither what was learnt before nor what is read before it."""
    old, now, until = workshops
    cut = until - 30 * DAY
    then = now.until(cut)
    assert then.responses.hash == old.responses.rows(old.responses.known_at <= cut).hash
    assert then.earlier is None
    new = now.responses.known_at > cut
    everybody = np.ones(len(new), np.bool_)
    expected = old.predict(old.until(cut), everybody, new)
    found = now.predict(then, everybody, new)
    assert np.array_equal(found.model, expected.model)
    blind = replace(now, earlier=None)
    assert not np.array_equal(blind.predict(blind.until(cut), everybody, new).model, expected.model)


def test_items_held_back_are_in_no_version_either(workshops: tuple[Workshop, Workshop, int]) -> None:
    old, now, _ = workshops
    held = now.responses.item < 4
    half = now.responses.learner % 4 < 2
    given = now.without(held, half)
    assert given.earlier is not None
    assert given.responses.hash == now.responses.rows(half & ~held).hash
    gone = set(now.responses.items[:4])
    assert not gone & set(given.earlier.responses.items)
    learners = {one.partition("\x1f")[2] for one in given.earlier.responses.learners}
    assert learners <= set(given.responses.learners)
    found = now.predict(given, ~half, held)
    assert len(found.model) == int((held & ~half).sum())
    assert old.without(held, half).earlier is None


def test_who_was_never_corrected_has_no_versions(workshops: tuple[Workshop, Workshop, int]) -> None:
    _, now, until = workshops
    nothing = np.zeros(len(now.responses), np.bool_)
    unamended = (now.responses.learner % 2 == 1) & ~nothing
    assert now.without(nothing, unamended).earlier is None
    after = now.until(until)
    assert after.responses.hash == now.responses.hash
    assert after.earlier is not None
