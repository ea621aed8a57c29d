"""Gaps over school terms: the right terms, the same learners, honest intervals, and nothing to subtract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from polku.fairness import Supplement, audit_predictions, keep_background
from polku.fairness.background import Background
from polku.fairness.ledger import Ledger
from polku.fairness.over_time import METRICS, TERM_COLUMNS, audit_terms, terms_supplement, without_terms
from polku.fairness.school_terms import same_learners, term_of
from polku.home import Home
from polku.schemas.gates import Gates
from polku.schemas.settings import Settings
from polku.schemas.slices import Slices

DAYS = {"2025-autumn": "2025-10-01", "2026-spring": "2026-03-02"}


def answers(*, learners: int = 300, rows: int = 8, late: int = 0, shift: float = 0.0, seed: int = 1) -> pd.DataFrame:
    """Return predictions of two terms; boys' are `shift` logits too low in spring, the last `late` learners are new."""
    rng = np.random.default_rng(seed)
    parts = []
    for term, day in DAYS.items():
        first = learners - late if term == "2025-autumn" else learners
        learner = np.repeat(np.arange(first), rows)
        score = rng.normal(0, 1.2, len(learner))
        low = shift * (learner % 2) * (term == "2026-spring")
        parts.append(
            pd.DataFrame(
                {
                    "learner_id": [f"l{number:03d}" for number in learner],
                    "y_true": (rng.random(len(learner)) < expit(score)).astype(int),
                    "y_prob": expit(score - low),
                    "answered_at": pd.Timestamp(day, tz="UTC"),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def background(learners: int = 300) -> pd.DataFrame:
    ids = [f"l{number:03d}" for number in range(learners)]
    return pd.DataFrame({"learner_id": ids, "gender": ["girl", "boy"] * (learners // 2)})


@pytest.fixture
def settings(tmp_path: Path, home: Home) -> Settings:
    """Return settings whose enclave knows who is a girl and who a boy."""
    own = Settings(
        provider_id="demo", store=f"sqlite:///{tmp_path}/p.db", background=f"sqlite:///{tmp_path}/b.db",
        curriculum="c", model="mastery",
    )  # fmt: skip
    keep_background(home, own, background(), source="sis")
    return own


def gender(table: Supplement) -> Any:
    frame = pd.DataFrame(table.rows, columns=list(table.columns))
    return frame[frame["attribute"] == "gender"].set_index(["group", "metric", "term"])


def test_terms_turn_in_august_and_at_new_year_by_the_finnish_clock() -> None:
    moments = ["2025-07-31T20:59:00Z", "2025-07-31T21:00:00Z", "2025-12-31T21:59:00Z", "2025-12-31T22:00:00Z"]
    found = term_of(pd.Series(pd.to_datetime(moments, utc=True)))
    assert found.tolist() == ["2025-spring", "2025-autumn", "2025-autumn", "2026-spring"]


def test_terms_are_kept_while_most_learners_stay() -> None:
    members = {"2024-autumn": "ab", "2025-spring": "abcdef", "2025-autumn": "abcdefgh", "2026-spring": "cdefghij"}
    rows = pd.DataFrame([(term, one) for term, who in members.items() for one in who], columns=["term", "learner"])
    terms, panel = same_learners(rows["term"], rows["learner"])
    assert terms == ["2025-spring", "2025-autumn", "2026-spring"]
    assert panel == frozenset("cdef")


def test_a_term_of_others_ends_the_row() -> None:
    rows = pd.DataFrame({"term": ["2025-autumn", "2026-spring"], "learner": ["a", "b"]})
    assert same_learners(rows["term"], rows["learner"]) == (["2026-spring"], frozenset("b"))


def test_autumn_comes_after_spring_of_the_same_year() -> None:
    rows = pd.DataFrame({"term": ["2025-autumn", "2025-spring"], "learner": ["a", "a"]})
    assert same_learners(rows["term"], rows["learner"])[0] == ["2025-spring", "2025-autumn"]


def test_a_gap_that_comes_with_spring_shows_in_spring(home: Home, settings: Settings) -> None:
    lines = gender(audit_terms(home, settings, answers(shift=1.0), threshold=0.5, purpose="terms"))
    autumn, spring = (lines.loc["boy", "held_back", term] for term in DAYS)
    assert autumn["low"] < 0 < autumn["high"]
    assert spring["low"] > 0.1
    assert lines.loc["girl", "held_back", "2026-spring"]["gap"] == pytest.approx(-spring["gap"])


def test_figures_are_those_of_an_audit_of_the_term(
    home: Home, settings: Settings, gates: Gates, slices: Slices
) -> None:
    frame = answers(shift=0.5)
    lines = gender(audit_terms(home, settings, frame, threshold=0.5, purpose="terms"))
    spring = frame[frame["answered_at"] == pd.Timestamp(DAYS["2026-spring"], tz="UTC")]
    one = slices.model_copy(update={"attributes": {"gender": slices.attributes["group"]}})
    audit = audit_predictions(spring, background(), one, gates, threshold=0.5)
    for cell in audit.cells:
        if cell.metric in METRICS:
            line = lines.loc[cell.group, cell.metric, "2026-spring"]
            assert (line["estimate"], line["gap"]) == (cell.estimate, cell.gap)
            assert cell.interval is not None
            assert (line["low"], line["high"]) == pytest.approx(cell.interval, abs=0.03)


def test_every_term_is_about_the_same_learners(home: Home, settings: Settings) -> None:
    lines = gender(audit_terms(home, settings, answers(late=6), threshold=0.5, purpose="terms"))
    assert lines["n"].unique().tolist() == [147]
    assert lines.index.get_level_values("term").unique().tolist() == list(DAYS)


def test_nothing_counts_answers(home: Home, settings: Settings) -> None:
    table = audit_terms(home, settings, answers(), threshold=0.5, purpose="terms")
    assert not {"responses", "positives"} & set(table.columns)


def test_the_enclave_logs_the_read_and_remembers_who_stood_behind_the_table(home: Home, settings: Settings) -> None:
    audit_terms(home, settings, answers(), threshold=0.5, purpose="terms of a bundle")
    with Background.open(settings.background, "demo") as door:
        assert [read[0] for read in door.reads()] == ["terms of a bundle"]
    with Ledger.open(settings.background, "demo") as ledger:
        assert [published.kind for published in ledger.published()] == ["terms"]


def test_a_table_about_nearly_the_same_learners_is_withheld_and_about_the_same_is_not(
    home: Home, settings: Settings
) -> None:
    first = audit_terms(home, settings, answers(late=4), threshold=0.5, purpose="terms")
    again = audit_terms(home, settings, answers(late=4, seed=2), threshold=0.5, purpose="terms")
    nearly = audit_terms(home, settings, answers(), threshold=0.5, purpose="terms")
    assert len(first.rows) == len(again.rows) > 0
    assert not len(gender(nearly))
    assert any("left out: " in note and "gender" in note for note in nearly.notes)


def test_one_term_is_no_comparison(home: Home, settings: Settings) -> None:
    frame = answers()
    autumn = frame[frame["answered_at"] < pd.Timestamp("2026-01-01", tz="UTC")]
    table = audit_terms(home, settings, autumn, threshold=0.5, purpose="terms")
    assert table.rows == ()
    assert table.notes == ("no terms to compare: only 2025-autumn has enough of the same learners",)


def test_small_groups_are_not_shown(slices: Slices) -> None:
    frame = answers(learners=100).assign(term=lambda rows: term_of(rows["answered_at"]))
    club = {f"l{number:03d}": "chess" if number < 4 else "none" if number < 60 else "choir" for number in range(100)}
    table = terms_supplement(frame, {"club": club}, slices, threshold=0.5)
    assert {row[1] for row in table.rows} == {"none"}
    assert table.suppressed == 2 * len(METRICS) * 2


def test_the_same_seed_gives_the_same_table(slices: Slices) -> None:
    frame = answers(learners=60).assign(term=lambda rows: term_of(rows["answered_at"]))
    groups = {"club": {f"l{number:03d}": "xy"[number % 2] for number in range(60)}}
    one, two = (terms_supplement(frame, groups, slices, threshold=0.5, seed=3) for _ in range(2))
    assert one == two


def test_why_there_are_no_terms_is_said() -> None:
    assert without_terms("no dates") == Supplement("terms", TERM_COLUMNS, (), notes=("no dates",))
