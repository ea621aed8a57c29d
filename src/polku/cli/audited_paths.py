"""The paths that an audit compares: planned for every learner as the service would, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from polku.cli.desk import Desk, bar
from polku.fairness import exchanged_background
from polku.paths.facts import churn, decided, facts_of, goals_of
from polku.paths.proposal import LONG, Wishes, propose, states_of
from polku.paths.released import Released
from polku.paths.values import Path, SkillState
from polku.profiles import profiles_of
from polku.profiles.replaced import in_skills_of
from polku.training import Bundle

STRATA = 4
"""Bands of like mastery within which suggestions are compared."""
FLIPPED = 200
"""Learners planned for once more with groups exchanged; of up to twice as many, all."""


@dataclass(frozen=True)
class Planned:
    """What one learner would be offered, and what it stands on."""

    grade: int | None
    states: Mapping[str, SkillState]
    path: Path


def paths_of(desk: Desk, bundle: Bundle) -> pd.DataFrame:
    """Plan a path for every learner of the roster, or of the responses where there is no roster.

    Returns
    -------
    DataFrame
        ``learner_id``, the columns of :func:`polku.paths.facts.facts_of`, ``unchanged`` (whether estimates and path are
        bit for bit the same with everybody's groups exchanged; missing for those not looked at), and
        ``mastery_stratum``: the quarter of learners, by mean mastery within a grade, that a learner falls into.
        ``churn``, where another bundle is released.
        ``reached, accepted_share, overridden_share``, where suggestions and decisions on them are in the log.
    """
    found = _planned(desk, bundle, "planning paths to audit")
    curriculum = Released.of(bundle).lens.curriculum
    goals = {grade: goals_of(curriculum, grade) for grade in {plan.grade for plan in found.values()}}
    rows = [
        {"learner_id": name, "grade": plan.grade, **facts_of(plan.path, plan.states, plan.grade, goals[plan.grade])}
        for name, plan in found.items()
    ]
    extra = (_flipped(desk, bundle, found), _churn(desk, bundle, found), _used(desk, list(found)))
    frame = pd.DataFrame(rows)
    return _with_strata(frame.assign(**{name: values for part in extra for name, values in part.items()}))


def _planned(desk: Desk, bundle: Bundle, title: str, only: Collection[str] | None = None) -> dict[str, Planned]:
    """Plan for every learner, by the same public way that the service takes; all that goes in is desk and bundle."""
    with desk.store.read() as tx:
        responses, roster = tx.responses.all(without=bundle.model.item_statistics.withheld), tx.roster.learners()
    lines = roster.to_dict("records")
    grades = {str(line["learner_id"]): None if pd.isna(line["grade"]) else int(line["grade"]) for line in lines}
    released = Released.of(bundle)
    lens = released.lens
    responses = in_skills_of(lens.curriculum, responses)
    profiles = dict(profiles_of(responses, lens.feature_set, lens.item_statistics, lens.curriculum))
    learners = sorted((set(grades) | set(profiles)) if only is None else only)
    now = int(responses.known_at.max()) if responses.clock and len(responses) else None
    found = {}
    with bar(title) as on_step:
        for done, learner_id in enumerate(learners, start=1):
            profile, grade = profiles.get(learner_id) or lens.empty(), grades.get(learner_id)
            states = states_of(profile, lens.curriculum, bundle.model, now)
            path = propose(
                *(profile, states, lens.curriculum, released.policy, Wishes(grade, steps=LONG)),
                learner_id=learner_id,
                modelled=True,
                now=now,
            )
            found[learner_id] = Planned(grade, states, path)
            on_step(done, len(learners))
    return found


def _flipped(desk: Desk, bundle: Bundle, found: Mapping[str, Planned]) -> dict[str, list[float]]:
    """Plan everything once more beside an enclave in which everybody's groups are exchanged, and compare."""
    names = sorted(found)
    if len(names) > 2 * FLIPPED:  # so that those left out are many as well, and no few can be told by subtraction
        names = np.random.default_rng(0).choice(names, FLIPPED, replace=False).tolist()
    with exchanged_background(desk.home, desk.settings, list(found)) as settings:
        other = None if settings is None else replace(desk, settings=settings)
        again = {} if other is None else _planned(other, bundle, "planning, groups exchanged", names)
    return {"unchanged": [float(again[name] == plan) if name in again else np.nan for name, plan in found.items()]}


def _churn(desk: Desk, bundle: Bundle, found: Mapping[str, Planned]) -> dict[str, list[float]]:
    """Return what share of each learner's options differs from those of the released bundle, where there is another."""
    with desk.store.read() as tx:
        stored = tx.bundles.champion()
    if stored is None or stored.bundle_id == bundle.id:
        return {}
    champion = Bundle.from_files(stored.files, bundle_id=stored.bundle_id)
    before = _planned(desk, champion, "planning with the released model")
    return {"churn": [churn(before[name].path, plan.path) for name, plan in found.items()]}


def _used(desk: Desk, learners: list[str]) -> dict[str, list[float]]:
    """Return who was offered something, and what was decided on it; nothing before anything is logged."""
    with desk.store.read() as tx:
        offered = {one.learner_id for one in tx.suggestions.logged()}
        last = {one.suggestion_id: one for one in tx.decisions.all()}
    if not offered:
        return {}
    reached = {"reached": [float(name in offered) for name in learners]}
    if not last:
        return reached
    by_learner: dict[str, list[str]] = {}
    for decision in last.values():
        by_learner.setdefault(decision.learner_id, []).append(decision.decision)
    shares = [decided(by_learner.get(name, []))._asdict() for name in learners]
    return reached | {name: [one[name] for one in shares] for name in ("accepted_share", "overridden_share")}


def _with_strata(paths: pd.DataFrame) -> pd.DataFrame:
    """Add the band of like mastery, within grades: what is offered in grade 2 is not compared with grade 9."""
    grade = paths["grade"].fillna(0).astype(int)
    rank = paths.groupby(grade)["mastery_level"].rank(pct=True, method="first")
    band = np.ceil(rank * STRATA).astype(int)
    return paths.assign(mastery_stratum=[f"grade {g}, quarter {b}" for g, b in zip(grade, band, strict=True)])
