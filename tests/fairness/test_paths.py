"""Paths: a way up for everybody, and like offers at like mastery."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from polku.errors import InputError
from polku.fairness import Audit, Cell, audit_paths, audit_together, blocking
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices


def offers(seed: int = 0, learners: int = 600, **changes: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return paths that depend on mastery only, and background: group b (a third) has the lower mastery."""
    rng = np.random.default_rng(seed)
    in_b = rng.random(learners) < 1 / 3
    stratum = np.clip(rng.integers(0, 4, learners) - in_b, 0, 3)
    ids = [f"l{number}" for number in range(learners)]
    paths = pd.DataFrame(
        {
            "learner_id": ids,
            "has_grade_level": True,
            "has_stretch": rng.random(learners) < 0.3 + 0.2 * stratum,
            "repair_share": rng.binomial(3, 0.5 - 0.15 * stratum) / 3,
            "path_length": rng.poisson(6 - stratum) + 1,
            "silent": rng.random(learners) < 0.05,
            "mastery_stratum": stratum,
        }
    )
    return paths.assign(**changes), pd.DataFrame({"learner_id": ids, "group": np.where(in_b, "b", "a"), "other": "x"})


def found(audit: Audit, metric: str, group: str = "b", attribute: str = "group") -> Cell:
    return next(c for c in audit.cells if (c.attribute, c.group, c.metric) == (attribute, group, metric))


@pytest.fixture(scope="module")
def like_offers(slices: Slices, gates: Gates) -> Audit:
    return audit_paths(*offers(), slices, gates)


def test_like_offers_at_like_mastery_raise_no_concern(like_offers: Audit) -> None:
    assert {cell.verdict for cell in like_offers.cells} <= {"pass", "not_enough_evidence"}
    assert found(like_offers, "grade_level", "all", "all").verdict == "pass"


def test_without_strata_lower_mastery_looks_like_fewer_stretches(slices: Slices, gates: Gates) -> None:
    paths, background = offers()
    plain = found(audit_paths(paths.drop(columns="mastery_stratum"), background, slices, gates), "stretch")
    held = found(audit_paths(paths, background, slices, gates), "stretch")
    assert plain.gap is not None
    assert held.gap is not None
    assert plain.gap < held.gap - 0.1
    assert plain.verdict == "concern"


def test_fewer_stretches_at_like_mastery_are_found(slices: Slices, gates: Gates) -> None:
    paths, background = offers()
    rng = np.random.default_rng(1)
    keep = (background["group"] == "a") | (rng.random(600) < 0.5)
    audit = audit_paths(paths.assign(has_stretch=paths["has_stretch"] & keep), background, slices, gates)
    cell = found(audit, "stretch")
    assert cell.gap is not None
    assert cell.gap == pytest.approx(-0.5, abs=0.15)  # half as often
    assert cell.verdict == "concern"


def test_silence_of_a_group_is_found(slices: Slices, gates: Gates) -> None:
    paths, background = offers()
    rng = np.random.default_rng(2)
    silent = paths["silent"] | ((background["group"] == "b") & (rng.random(600) < 0.25))
    audit = audit_paths(paths.assign(silent=silent), background, slices, gates)
    assert found(audit, "silent").verdict == "concern"
    assert audit.verdict == "concern"
    assert {one.cell.metric for one in blocking(audit, gates)} == {"silent"}


def test_one_learner_without_a_way_up_blocks(slices: Slices, gates: Gates) -> None:
    paths, background = offers(learners=40)
    paths.loc[7, "has_grade_level"] = False
    audit = audit_paths(paths, background, slices, gates)
    whole = found(audit, "grade_level", "all", "all")
    assert whole.verdict == "concern"
    assert whole.estimate == pytest.approx(39 / 40)
    blocks = blocking(audit, gates)
    assert whole in [one.cell for one in blocks]
    assert all(one.final for one in blocks)


def test_metrics_that_do_not_apply_are_left_out_learner_by_learner(slices: Slices, gates: Gates) -> None:
    paths, background = offers()
    paths["has_grade_level"] = paths["has_grade_level"].astype(float)
    paths.loc[:99, "has_grade_level"] = np.nan
    audit = audit_paths(paths[["learner_id", "has_grade_level", "silent"]], background, slices, gates)
    assert found(audit, "grade_level", "all", "all").n == 500
    assert {cell.metric for cell in audit.cells} == {"grade_level", "silent"}


def test_together_the_cells_of_both_are_corrected(
    make_world: Any, slices: Slices, gates: Gates, like_offers: Audit
) -> None:
    predictions, _ = make_world(1, learners=600)
    paths, background = offers()
    audit = audit_together(predictions, paths, background, slices, gates)
    assert {"auc", "stretch"} <= {cell.metric for cell in audit.cells}
    assert {"predictions", "paths"} <= audit.hashes.keys()
    alone, both = found(like_offers, "repair"), found(audit, "repair")
    assert alone.p == both.p
    assert audit.overall["silent"] == like_offers.overall["silent"]


def test_a_learner_has_one_path(slices: Slices, gates: Gates) -> None:
    paths, background = offers(learners=5)
    with pytest.raises(InputError, match="two paths"):
        audit_paths(pd.concat([paths, paths]), background, slices, gates)


def test_paths_without_a_metric_are_refused(slices: Slices, gates: Gates) -> None:
    with pytest.raises(InputError, match="nothing to audit"):
        audit_paths(pd.DataFrame({"learner_id": ["a"]}), pd.DataFrame({"learner_id": ["a"]}), slices, gates)
