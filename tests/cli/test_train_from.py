"""``polku train --from``: answers from the buckets of an export, of those who may still be learnt from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from polku.cli import polku
from polku.cli.desk import Desk
from polku.cli.evidence import evidence, exported, histories
from polku.cli.export import export
from polku.errors import InputError
from polku.home import Home
from polku.store.holds import OBJECTION
from polku.testing.store import sample

WHO: dict[str, Any] = {"by": "t1", "role": "teacher", "reason": "read wrongly"}


@pytest.fixture
def desk(own_home: Home, tmp_path: Path) -> Desk:
    """Return a desk with a few answers, exported to ``x``."""
    made = Desk.at(own_home.root, "exported")
    with made.store.begin() as tx:
        tx.responses.add(sample(learners=9))
    export(made, tmp_path / "x", 4)
    return made


def test_buckets_say_what_the_store_says(desk: Desk, tmp_path: Path) -> None:
    assert exported(desk, tmp_path / "x")[0].hash == evidence(desk)[0].hash


def test_no_more_learners_are_held_than_asked_for_and_always_the_same(desk: Desk, tmp_path: Path) -> None:
    few, some = (exported(desk, tmp_path / "x", number)[0] for number in (2, 5))
    assert (len(few.learners), len(some.learners)) == (2, 5)
    assert set(few.learners) < set(some.learners)


def test_who_was_erased_or_objects_since_is_left_out(desk: Desk, tmp_path: Path) -> None:
    desk.store.erase("l0")
    with desk.store.begin() as tx:
        tx.holds.put(OBJECTION, "learner", "l1", by="l1", role="learner", reason=None)
    assert set(exported(desk, tmp_path / "x")[0].learners) == {f"l{number}" for number in range(2, 9)}


@pytest.mark.usefixtures("desk")
def test_an_export_of_another_provider_trains_nobody(own_home: Home, tmp_path: Path) -> None:
    other = Desk.at(own_home.root, "other")
    with pytest.raises(InputError, match="another provider's export"):
        exported(other, tmp_path / "x")


def test_learners_without_a_folder_are_refused(own_home: Home) -> None:
    done = CliRunner().invoke(polku, ["train", "--learners", "5", "--home", str(own_home.root)])
    assert "goes with --from" in str(done.exception)


def test_training_is_told_what_was_known_before_corrections(desk: Desk) -> None:
    assert histories(desk, ()) is None
    with desk.store.begin() as tx:
        tx.responses.correct(replace(tx.responses.latest("r-0-0"), correct=0.5), **WHO, known_at=2)
    found = histories(desk, ())
    assert found is not None
    assert found.untils == {"l0": (2,)}
    assert found.responses.correct.tolist() == [0.0, 1.0]
