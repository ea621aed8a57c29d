"""Few schools, each of one group: what the schools do cannot be told from what the group meets, so nobody says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from polku.fairness import Audit, audit_predictions
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

LEARNERS, ROWS = 400, 5
WHY = "too few schools, each of one group"


def town(seed: int, schools: int, *, luck: float = 0.8) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a town whose schools are harder or easier than scores say, whoever goes there."""
    rng = np.random.default_rng(seed)
    school = np.arange(LEARNERS) % schools
    of_school = np.where(rng.permutation(schools) % 2 == 1, "b", "a")
    learner = np.repeat(np.arange(LEARNERS), ROWS)
    score = rng.normal(0, 1, LEARNERS)[learner] + rng.normal(0, 0.7, len(learner))
    true = score + rng.normal(0, luck, schools)[school[learner]]
    predictions = pd.DataFrame(
        {
            "learner_id": [f"l{n}" for n in learner],
            "y_true": (rng.random(len(learner)) < expit(true)).astype(int),
            "y_prob": expit(score),
            "school_id": [f"s{n:02d}" for n in school[learner]],
        }
    )
    groups = {"group": of_school[school], "other": rng.choice(["x", "y"], LEARNERS)}
    return predictions, pd.DataFrame({"learner_id": [f"l{n}" for n in range(LEARNERS)], **groups})


def of_attribute(audit: Audit, attribute: str, group: str | None = None) -> set[tuple[str, bool]]:
    """Return the verdicts on an attribute, and whether schools are why."""
    found = [cell for cell in audit.cells if cell.attribute == attribute and group in {None, cell.group}]
    return {(cell.verdict, cell.reason.startswith(WHY)) for cell in found}


@pytest.mark.parametrize("schools", [2, 6, 19])
def test_nothing_is_said_of_an_attribute_that_goes_by_school(schools: int, slices: Slices, gates: Gates) -> None:
    audit = audit_predictions(*town(1, schools), slices, gates)
    assert of_attribute(audit, "group") == {("not_enough_evidence", True)}
    assert not any(why for _, why in of_attribute(audit, "other"))
    assert all(cell.p is None for cell in audit.cells if cell.attribute == "group")


def test_from_twenty_schools_on_whole_schools_are_permuted(slices: Slices, gates: Gates) -> None:
    audit = audit_predictions(*town(1, 20), slices, gates)
    assert not any(why for _, why in of_attribute(audit, "group"))
    assert any(cell.p is not None for cell in audit.cells if cell.attribute == "group")


def test_learners_without_a_value_do_not_mix_a_school(slices: Slices, gates: Gates) -> None:
    predictions, background = town(2, 6)
    some = background.index % 5 == 0
    audit = audit_predictions(predictions, background.assign(group=background["group"].mask(some)), slices, gates)
    assert of_attribute(audit, "group", "a") == of_attribute(audit, "group", "b") == {("not_enough_evidence", True)}
    assert not any(why for _, why in of_attribute(audit, "group", "missing"))


def test_a_school_of_both_groups_lets_them_be_compared(slices: Slices, gates: Gates) -> None:
    predictions, background = town(3, 6)
    mixed = background.assign(group=np.where(np.arange(LEARNERS) % 2, "a", "b"))
    mixed.loc[mixed.index % 6 == 0, "group"] = np.where(np.arange((LEARNERS + 5) // 6) % 2, "a", "b")
    assert not any(why for _, why in of_attribute(audit_predictions(predictions, mixed, slices, gates), "group"))


def test_schools_known_of_few_learners_decide_nothing(slices: Slices, gates: Gates) -> None:
    predictions, background = town(4, 6)
    few = predictions["learner_id"].str.len() <= 2
    audit = audit_predictions(
        predictions.assign(school_id=predictions["school_id"].where(few)), background, slices, gates
    )
    assert not any(why for _, why in of_attribute(audit, "group"))


def test_what_must_hold_for_every_learner_needs_no_schools(slices: Slices, gates: Gates) -> None:
    predictions, background = town(5, 6)
    audit = audit_predictions(predictions.assign(y_prob_flipped=predictions["y_prob"]), background, slices, gates)
    assert {cell.verdict for cell in audit.cells if cell.metric == "flip"} == {"pass"}
