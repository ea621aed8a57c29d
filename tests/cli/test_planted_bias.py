"""A candidate with a planted bias is refused by `promote`, the clean one beside it accepted: on the real pipeline."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from polku.cli.audit import audit_candidate
from polku.cli.candidates import candidate
from polku.cli.demo import UNTIL, demo_desk
from polku.cli.desk import Desk
from polku.cli.ingest import ingest
from polku.cli.profile import profile
from polku.cli.promote import card_path, promote
from polku.cli.train import train
from polku.cli.validate import validate_candidate
from polku.errors import NotReleasedError
from polku.fairness import Audit
from polku.home import Home
from polku.simulate import Planted, SimulationConfig, simulate
from polku.training import Bundle

pytestmark = pytest.mark.xdist_group("town")

APPROVER, REASON = "A. Approver", "autumn term"
LOWERED = 1.5
"""Logits taken off every prediction about a girl."""


def girls(desk: Desk) -> pd.Series[str]:
    """Return who is a girl; the simulation's own file says so, the enclave would not."""
    background = pd.read_csv(desk.home.var / "demo" / "background.csv")
    return background.loc[background["gender"] == "girl", "learner_id"]


def lower(desk: Desk) -> None:
    """Make the candidate expect less of girls, in every prediction that it leaves for the audit."""
    chosen = candidate(desk)
    found = chosen.predictions(desk)
    less = np.where(found["learner_id"].isin(girls(desk)), LOWERED, 0.0)
    chosen.keep(desk, found.assign(y_prob=expit(logit(found["y_prob"]) - less)), chosen.references(desk))


def test_the_clean_candidate_is_accepted(audited: tuple[Audit, Bundle], beside: Desk) -> None:
    audit, bundle = audited
    assert audit.verdict == "pass"
    assert promote(beside, APPROVER, REASON).bundle_id == bundle.id
    beside.store.close()


def test_the_same_candidate_expecting_less_of_girls_is_refused(beside: Desk) -> None:
    lower(beside)
    audit, _ = audit_candidate(beside)
    assert audit.verdict == "concern"
    assert {cell.attribute for cell in audit.cells if cell.verdict == "concern"} == {"gender"}
    with pytest.raises(NotReleasedError, match=r"findings block the release[\s\S]*held_back of gender"):
        promote(beside, APPROVER, REASON)
    with beside.store.read() as tx:
        release = tx.bundles.champion_release()
    assert release is not None
    assert release.number == 1, "what served before serves on"
    done = promote(beside, APPROVER, REASON, override="seen by the board on Monday; a trial group only")
    card = card_path(beside, done).read_text(encoding="utf-8")
    assert "seen by the board on Monday" in card, "only a written reason lets it through, and the card says so"
    assert "held_back" in card
    beside.store.close()


@pytest.mark.long
@pytest.mark.parametrize(
    ("planted", "found"),
    [(None, set()), (Planted("gender", "girl", 0.95), {"silent"})],
    ids=["nothing planted", "fewer opportunities"],
)
def test_a_municipality_in_which_girls_practise_less(
    planted: Planted | None, found: set[str], own_home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing is done to the model: what girls lack in answers is all that it can go by."""
    home = Home.find(shutil.copytree(own_home.root, tmp_path_factory.mktemp("unequal") / "home"))
    desk, folder = demo_desk(home.root)
    config = SimulationConfig(learners=600, responses_per_learner=120, until=UNTIL, seed=4)
    simulate(replace(config, fewer_opportunities_for=planted), desk.curriculum).write(folder)
    ingest(desk, folder)
    profile(desk)
    train(desk)
    validate_candidate(desk)
    audit, bundle = audit_candidate(desk)
    assert {cell.metric for cell in audit.cells if cell.verdict == "concern" and cell.group == "girl"} >= found
    if planted is None:
        assert promote(desk, APPROVER, REASON).bundle_id == bundle.id
    else:
        with pytest.raises(NotReleasedError, match="block"):
            promote(desk, APPROVER, REASON)
    desk.store.close()
