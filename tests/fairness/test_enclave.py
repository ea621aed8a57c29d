"""Audits of the enclave one after another: what a first run shows, and what a later one may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from polku.fairness import Audit, Cell, audit_enclave, keep_background
from polku.fairness.ledger import Ledger
from polku.home import Home
from polku.schemas.gates import Gates
from polku.schemas.settings import Settings

LEARNERS = [f"l{number}" for number in range(301)]
ASKED = {"auc", "calibration", "stretch"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        provider_id="demo", store=f"sqlite:///{tmp_path}/polku.db", background=f"sqlite:///{tmp_path}/background.db",
        curriculum="c", model="mastery",
    )  # fmt: skip


class Town:
    """Learners of two genders in an enclave, audited as often as one likes."""

    def __init__(self, home: Home, settings: Settings, gates: Gates) -> None:
        self.home, self.settings = home, settings
        self.gates = gates.model_copy(update={"metrics": {name: gates.metrics[name] for name in ASKED}})
        background = pd.DataFrame({"learner_id": LEARNERS, "gender": ["girl", "boy", "boy"] * 100 + ["girl"]})
        keep_background(home, settings, background, source="sis")

    def audit(self, answering: int, on_roster: int, *, rows: int = 4, seed: int = 0, **options: Any) -> Audit:
        """Audit the first so many learners; `seed` draws another model's predictions."""
        rng = np.random.default_rng(seed)
        probability = rng.uniform(0.1, 0.9, answering * rows)
        predictions = pd.DataFrame(
            {
                "learner_id": np.repeat(LEARNERS[:answering], rows),
                "y_true": (rng.random(len(probability)) < probability).astype(int),
                "y_prob": probability,
            }
        )
        paths = pd.DataFrame({"learner_id": LEARNERS[:on_roster], "has_stretch": rng.random(on_roster) < 0.9})
        return audit_enclave(
            self.home, self.settings, self.gates, purpose="test", predictions=predictions, paths=paths, **options
        )

    def remembered(self) -> list[str]:
        """Return the kinds of the tables that left a fingerprint."""
        with Ledger.open(self.settings.background, "demo") as ledger:
            return [table.kind for table in ledger.published()]


@pytest.fixture
def town(home: Home, settings: Settings, gates: Gates) -> Town:
    return Town(home, settings, gates)


def metrics_withheld(audit: Audit) -> set[str]:
    return {metric for attribute, _, metric in audit.withheld if attribute == "gender"}


def test_a_first_audit_withholds_nothing_though_some_have_not_answered_yet(town: Town) -> None:
    first = town.audit(answering=296, on_roster=300)
    assert first.withheld == ()
    assert not [note for note in first.notes if "withheld" in note]
    assert town.remembered() == ["predictions", "paths"]


def test_the_same_audit_after_one_more_learner_is_guarded(town: Town) -> None:
    town.audit(answering=296, on_roster=300)
    second = town.audit(answering=297, on_roster=301)
    assert metrics_withheld(second) == ASKED
    assert [note.split(" are ")[0] for note in second.notes if "withheld" in note] == [
        f"{sum(cell.metric in {'auc', 'calibration'} for cell in second.cells)} cells of predictions",
        f"{sum(cell.metric == 'stretch' for cell in second.cells)} cells of paths",
    ]
    assert {cell.n for cell in second.outside().cells} == {None}


def test_another_model_is_no_way_round(town: Town) -> None:
    """Counts of learners, answers and correct ones are the same beside any model."""
    town.audit(answering=296, on_roster=300, subject={"bundle": "one"})
    second = town.audit(answering=297, on_roster=300, seed=5, subject={"bundle": "another"})
    assert metrics_withheld(second) == {"auc", "calibration"}


def test_a_newcomer_without_answers_is_guarded_in_the_paths_alone(town: Town) -> None:
    town.audit(answering=296, on_roster=300)
    assert metrics_withheld(town.audit(answering=296, on_roster=301)) == {"stretch"}


def test_new_answers_of_the_same_learners_are_published(town: Town) -> None:
    town.audit(answering=296, on_roster=300)
    assert town.audit(answering=296, on_roster=300, rows=5, seed=1).withheld == ()
    assert town.remembered() == ["predictions", "paths"]


def test_verdicts_alone_are_the_same_and_leave_nothing_to_subtract_from(town: Town) -> None:
    alone = town.audit(answering=295, on_roster=299, figures=False)
    assert town.remembered() == []
    figures = set(Cell.__dataclass_fields__) - {"attribute", "group", "metric", "verdict", "reason"}
    assert {getattr(cell, name) for cell in alone.cells for name in figures} == {None}
    assert alone.overall == {}
    full = town.audit(answering=295, on_roster=299)
    assert [cell.verdict for cell in alone.cells] == [cell.verdict for cell in full.cells]
    assert town.audit(answering=295, on_roster=299).withheld == ()
