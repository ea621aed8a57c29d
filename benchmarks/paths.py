"""How long one plan takes, on curricula of 150, 200 and 5,000 skills: ``python benchmarks/paths.py``.

Prints milliseconds per plan, look-ahead included, and their ratio to the limit (4 ms and 100 ms on one core; a
class of 30 learners over 150 skills 120 ms), for a layered graph with grades and for a bare list of skills, the
worst case: there everything is possible at once. Exits 1 over a limit.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np

from polku.curriculum import Area, Code, Content, Curriculum, Skill
from polku.curriculum.values import same_title
from polku.home import Home
from polku.paths import SkillState, load_policy, plan, plan_class

LIMITS_MS = {150: 4.0, 200: 4.0, 5_000: 100.0}
CLASS, CLASS_SKILLS, CLASS_LIMIT_MS = 30, 150, 120.0
REPEATS = 30


def curriculum(size: int, *, bare: bool, seed: int) -> Curriculum:
    """Return a curriculum; unless `bare`, with grades 1 to 9 and up to three prerequisites a skill."""
    rng = np.random.default_rng(seed)
    skills = []
    for place in range(size):
        before = () if bare or place < 5 else sorted(set(rng.integers(max(0, place - 40), place, 3).tolist()))
        name, needs = f"s{place:05d}", tuple(f"s{other:05d}" for other in before)
        grade = None if bare else 1 + place * 9 // size
        area = "" if bare else f"a{place % 6}"
        skills.append(
            Skill(name, Code("bench", "1", name), "", area, grade, None, same_title(name), (), needs, ()),
        )
    areas = tuple(
        Area(f"a{key}", Code("bench", "1", f"a{key}"), same_title("a"), "", same_title("a")) for key in range(6)
    )
    return Curriculum(Content(skills=tuple(skills), areas=areas))


def states(graph: Curriculum, seed: int) -> dict[str, SkillState]:
    """Return a learner with something to say about every skill, surer about the earlier ones."""
    rng = np.random.default_rng(seed)
    chance = np.clip(np.linspace(1.1, 0.1, len(graph)) + rng.normal(0, 0.15, len(graph)), 0.02, 0.98)
    answers = rng.integers(0, 9, len(graph))
    return {
        name: SkillState(float(p), int(count), 0.1, int(count) * 1_000)
        for name, p, count in zip(graph.order, chance, answers, strict=True)
    }


def milliseconds(graph: Curriculum, grade: int | None) -> float:
    """Return the median time of one plan after a first, untimed one."""
    policy, known = load_policy(Home.find().models), states(graph, seed=2)
    first = plan(graph, known, policy, grade=grade, rung="model", now=10**13)
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        plan(graph, known, policy, grade=grade, rung="model", now=10**13, previous=first)
        times.append((time.perf_counter() - start) * 1_000)
    return statistics.median(times)


def class_milliseconds() -> float:
    """Return the median time of planning for a class of different learners, and of grouping it."""
    graph, policy = curriculum(CLASS_SKILLS, bare=False, seed=1), load_policy(Home.find().models)
    everyone = {f"learner {seed}": states(graph, seed) for seed in range(CLASS)}
    times = []
    for _ in range(REPEATS // 5):
        start = time.perf_counter()
        paths = {
            name: plan(graph, known, policy, grade=5, rung="model", now=10**13) for name, known in everyone.items()
        }
        plan_class(graph, paths, drift=3)
        times.append((time.perf_counter() - start) * 1_000)
    return statistics.median(times)


def main() -> int:
    """Print the table; return 1 if a limit is exceeded."""
    over = False
    print(f"{'skills':>6}  {'graph':<7} {'ms a plan':>9}  {'limit':>6}  {'ratio':>5}")
    for size, limit in LIMITS_MS.items():
        for name, bare in (("layered", False), ("bare", True)):
            taken = milliseconds(curriculum(size, bare=bare, seed=1), grade=None if bare else 5)
            over |= taken > limit
            print(f"{size:>6}  {name:<7} {taken:>9.2f}  {limit:>6.0f}  {taken / limit:>5.2f}")
    taken = class_milliseconds()
    ratio = taken / CLASS_LIMIT_MS
    print(f"class of {CLASS} over {CLASS_SKILLS}: {taken:.0f} ms, limit {CLASS_LIMIT_MS:.0f}, {ratio:.2f}")
    return int(over or taken > CLASS_LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
