"""What every path rule must hold to, as one check: :func:`check_rule`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import product

import numpy as np

from polku.curriculum import Code, Content, Curriculum, Skill
from polku.curriculum.values import same_title
from polku.paths.rules import Rule
from polku.paths.standing import Standing
from polku.paths.terrain import Terrain
from polku.paths.values import SkillState
from polku.schemas.policy import PathPolicy

NOW = 1_800_000_000_000_000
DAY = 86_400_000_000
SIZES = (0, 1, 2, 12, 60)


def check_rule(rule: Rule, policy: PathPolicy) -> None:
    """Check one rule on many standings.

    A rule gives one finite number between 0 and 1 for each skill, the same each time; it changes nothing that
    it is shown; and what skills are called makes no difference to it.

    Parameters
    ----------
    rule : callable
        From a standing to float64, shape (n,).
    policy : PathPolicy
        Whose settings the rule reads.

    Raises
    ------
    AssertionError
        Says which of these does not hold.

    Examples
    --------
    >>> from polku.home import Home
    >>> from polku.paths import load_policy
    >>> check_rule(lambda standing: np.ones(len(standing.terrain)), load_policy(Home.find().models))
    """
    for seed, size in enumerate(SIZES):
        for standing in _standings(size, policy, seed):
            _check_values(rule, standing)
            _check_names(rule, standing)


def _check_values(rule: Rule, standing: Standing) -> None:
    """Check shape, range, repeatability, and that nothing is changed."""
    names = [field.name for field in fields(standing) if isinstance(getattr(standing, field.name), np.ndarray)]
    before = {name: getattr(standing, name).copy() for name in names}
    value = rule(standing)
    _hold(value.shape == (len(standing.terrain),), f"gives shape {value.shape}, not one number for each skill")
    _hold(bool(np.isfinite(value).all()), "gives a number that is not finite")
    _hold(bool(((value >= 0.0) & (value <= 1.0)).all()), "gives a number outside 0 to 1")
    _hold(bool(np.array_equal(value, rule(replace(standing)))), "gives another number the second time")
    changed = [name for name in names if before[name].tobytes() != getattr(standing, name).tobytes()]
    _hold(not changed, f"changes what it is shown: {changed}")


def _check_names(rule: Rule, standing: Standing) -> None:
    """Check that the names of skills do not count."""
    renamed = tuple(replace(skill, id=f"x{skill.id}", title=same_title("x")) for skill in standing.terrain.skills)
    terrain = replace(standing.terrain, skills=renamed, index={skill.id: at for at, skill in enumerate(renamed)})
    same = np.array_equal(rule(standing), rule(replace(standing, terrain=terrain)))
    _hold(same, "depends on what skills are called")


def _standings(size: int, policy: PathPolicy, seed: int) -> Iterator[Standing]:
    """Yield standings on one random graph: nothing known, much known, with and without grade and clock."""
    rng = np.random.default_rng(seed)
    terrain = Terrain.of(_curriculum(size, rng))
    states = {skill.id: _state(rng) for skill in terrain.skills if rng.random() < 0.8}
    for known, grade, now in product(({}, states), (None, 5), (None, NOW)):
        yield Standing.of(terrain, known, policy, grade, now)


def _state(rng: np.random.Generator) -> SkillState:
    """Return any state of a skill."""
    return SkillState(rng.random(), int(rng.integers(9)), rng.random(), NOW - int(rng.integers(99)) * DAY)


def _curriculum(size: int, rng: np.random.Generator) -> Curriculum:
    """Return a random graph; later skills build on earlier ones."""
    skills = []
    for place in range(size):
        names = [f"k{other}" for other in rng.permutation(place)[:3]]
        hard = int(rng.integers(len(names) + 1))
        name, grade = f"k{place}", 1 + place * 9 // size
        code = Code("check", "1", name)
        skills.append(
            Skill(name, code, "", "", grade, None, same_title(name), (), tuple(names[:hard]), tuple(names[hard:]))
        )
    return Curriculum(Content(skills=tuple(skills)))


def _hold(condition: bool, otherwise: str) -> None:
    """Raise where a condition does not hold."""
    if not condition:
        raise AssertionError(f"the rule {otherwise}")
