"""A village with something on every page: people of every role, two audited versions, answers, offers, decisions."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from polku.fairness import Audit, audit_together, load_gates, load_slices
from polku.fairness.supplement import Supplement
from polku.home import Home
from polku.paths.days import day_of
from polku.records import Roster
from polku.records.relations import Kind, Permit, Relation
from polku.schemas.slices import Inference, Slice
from polku.store.transaction import Transaction
from polku.web.access.personas import PERMIT
from polku.web.access.sign_in import COOKIE
from polku.web.viewer import Role
from village import ALICE, GROUP, HERE, NOW, TestClient, Village, open_village

SCHOOL, OTHER_SCHOOL = "Koivurannan koulu", "Sinijärven lukio"
TEACHER, GUARDIAN, PRINCIPAL, RESEARCHER = "T07", "G1", "R1", "demo-researcher"
RUN = "0123456789abcdef0123456789abcdef"
SINCE = dt.date(2025, 8, 11)
LEARNERS = 420
"""Of an audit: enough for verdicts, few enough for a second's work."""
Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def answers(shift: float) -> Tables:
    """Return predictions, paths and background: calibrated by construction; `shift` logits are taken off girls'."""
    rng = np.random.default_rng(1)
    girls, ability = rng.random(LEARNERS) < 0.3, rng.normal(0, 1, LEARNERS)
    row = np.repeat(np.arange(LEARNERS), 8)
    score = ability[row] - rng.normal(0, 0.7, len(row))
    ids = [f"l{number}" for number in range(LEARNERS)]
    right = (rng.random(len(row)) < expit(score)).astype(int)
    predictions = pd.DataFrame(
        {"learner_id": [ids[one] for one in row], "y_true": right, "y_prob": expit(score - shift * girls[row])}
    )
    stretch, steps = rng.random(LEARNERS) < 0.5, rng.integers(3, 9, LEARNERS)
    paths = pd.DataFrame({"learner_id": ids, "has_grade_level": 1, "has_stretch": stretch, "path_length": steps})
    place = np.arange(LEARNERS)
    language = np.where(place < 7, "sv", np.where(place < 120, "other", "fi"))
    background = {"learner_id": ids, "gender": np.where(girls, "girl", "boy"), "home_language": language}
    return predictions, paths, pd.DataFrame(background)


@cache
def audits(home: Home) -> tuple[Audit, Audit]:
    """Return the audits of two versions: the first finds a concern, the second passes."""
    question = Slice(question="Do the groups meet the same errors?")
    slices = load_slices(home).model_copy(
        update={
            "attributes": {"gender": question, "home_language": question},
            "inference": Inference(permutations=99, resamples=99),
        }
    )
    made = []
    for number, shift in enumerate((1.5, 0.0)):
        done = audit_together(*answers(shift), slices, load_gates(home, "mastery"), seed=1)
        subject = {"model": "mastery", "trained": f"2026-0{number + 4}-01", "run": RUN}
        tables = Supplement("stability", ("attribute", "group", "n"), (("gender", "girl", 120),))
        made.append(replace(done, method={**done.method, "subject": subject}).beside(tables))
    return made[0], made[1]


def store_audits(tx: Transaction, home: Home, most: int = 2) -> list[str]:
    """Store two versions with their audits; return the audits' ids."""
    ids = []
    gates = (home.models / "mastery" / "gates.toml").read_bytes()
    for number, audit in enumerate(audits(home)[:most]):
        bundle = f"{number + 1}" * 64
        tx.bundles.add(bundle, {"gates.toml": gates}, {"format": 1, "number": number})
        ids.append(tx.audits.add(audit.about(bundle=bundle).to_json(), bundle))
    return ids


def people(tx: Transaction) -> None:
    """Let in a teacher of the group, somebody at home, a principal and a researcher."""
    teacher = {"teacher_id": TEACHER, "group_id": GROUP, "starts_on": SINCE, "ends_on": None}
    tx.roster.replace(Roster(tx.roster.learners(), Roster.of([], [teacher]).teachers))
    tx.relations.replace(
        [
            Relation(GUARDIAN, Kind.GUARDIAN, "learner", ALICE, SINCE, None),
            Relation(PRINCIPAL, Kind.PRINCIPAL, "school", SCHOOL, SINCE, None),
        ]
    )
    today = day_of(NOW)
    tx.relations.permit([Permit(PERMIT, RESEARCHER, today, today + dt.timedelta(365))])


@dataclass
class Stage:
    """A demonstration, its audits, and callers by persona.

    Parameters
    ----------
    village : Village
        The service.
    audits : list of str
        Ids of the two audits, the earlier first.
    """

    village: Village
    audits: list[str]

    def token(self, role: Role) -> str:
        """Return a persona's token."""
        subject = {Role.LEARNER: ALICE, Role.GUARDIAN: GUARDIAN, Role.TEACHER: TEACHER, Role.PRINCIPAL: PRINCIPAL}
        personas = self.village.app.state.sign_in.personas
        made: str = personas.token(role, subject.get(role, f"demo-{role}"), "demo")
        return made

    def caller(self, role: Role) -> TestClient:
        """Return a browser of one persona."""
        return TestClient(self.village.app, cookies={COOKIE: self.token(role)}, **HERE)


def demo_home(home: Home, root: Path) -> Home:
    """Return a copy of the root rooms whose service takes personas, and answers feedback."""
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, root / room)
    settings = root / "serve" / "settings.toml"
    text = settings.read_text(encoding="utf-8").replace('sign_in = "none"', 'sign_in = "demo"')
    addresses = 'feedback = "access@city.example"\nmlflow = "http://127.0.0.1:5000"\n'
    text = text.replace("[pages]\n", f"[pages]\n{addresses}") if "[pages]" in text else f"{text}\n[pages]\n{addresses}"
    settings.write_text(text, encoding="utf-8")
    return Home.find(root)


@contextmanager
def open_stage(home: Home, origin: Path, folder: Path) -> Iterator[Stage]:
    """Open a demonstration with something on every page."""
    village = open_village(origin, folder / "polku.db", demo_home(home, folder / "home"))
    held = village.app.state.service
    with village.store.begin() as tx:
        people(tx)
        ids = store_audits(tx, held.home)
        for place, learner in enumerate(tx.roster.learners()["learner_id"]):
            offer = held.suggester.offer(tx, learner)
            decision = ("accept", "skip", "reject")[place % 3]
            if place % 2 and offer.suggestions:
                tx.decisions.add(offer.suggestions[0].suggestion_id, decision, TEACHER, "teacher")
    yield Stage(village, ids)
    village.client.close()
    village.store.close()


def altered(audit: Audit) -> str:
    """Return an audit's JSON as a Polku wrote it that knew no curves: of a form that is no longer read."""
    raw = audit.to_dict()
    del raw["curves"]
    return json.dumps(raw)
