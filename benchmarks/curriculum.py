"""Time order, frontier and ancestors against the limit of 10 ms for 1,000 skills: ``python benchmarks/curriculum.py``.

The exit code is 1 when a question in ``LIMITED`` takes longer than that.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from polku.curriculum import Content, Curriculum, Skill

LIMIT_MS = 10.0
LIMITED = ("order, with all checks", "frontier", "ancestors, first question")
REPEATS = 5


def generated(count: int, seed: int) -> Content:
    """Return a curriculum of `count` skills with up to four prerequisites each, as dense as the Finnish one."""
    rng = random.Random(seed)
    skills = []
    for place in range(count):
        near = range(max(0, place - count // 8), place)
        needs = rng.sample(near, k=min(len(near), rng.randint(0, 4)))
        bare = Skill.bare(f"S{place}")
        grade = 1 + place * 12 // count
        skills.append(replace(bare, grade=grade, prerequisites=tuple(f"S{other}" for other in needs)))
    rng.shuffle(skills)
    return Content(skills=tuple(skills))


def milliseconds(work: Callable[[], object]) -> float:
    """Return the shortest time of `work`: the one that other processes disturbed least."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return min(times)


def measure(count: int) -> dict[str, float]:
    """Return milliseconds per question; questions about ancestors go to a fresh curriculum each time."""
    content = generated(count, seed=count)
    fresh = [Curriculum(content) for _ in range(2 * REPEATS)]
    ids = fresh[0].order
    half = ids[::2]
    first, every = iter(fresh[:REPEATS]), iter(fresh[REPEATS:])

    def ask_every() -> None:
        curriculum = next(every)
        for skill_id in ids:
            curriculum.ancestors(skill_id)

    return {
        "order, with all checks": milliseconds(lambda: Curriculum(content)),
        "frontier": milliseconds(lambda: fresh[0].frontier(half)),
        "ancestors, first question": milliseconds(lambda: next(first).ancestors(ids[-1])),
        "ancestors of every skill": milliseconds(ask_every),
    }


def main() -> int:
    """Print the figures; return the exit code."""
    slow = False
    for count in (1_000, 5_000):
        print(f"{f'{count:,} skills':<27}       ms   of {LIMIT_MS:.0f} ms")
        for name, spent in measure(count).items():
            slow |= count == 1_000 and name in LIMITED and spent > LIMIT_MS
            print(f"  {name:<25}{spent:>9.3f}{spent / LIMIT_MS:>11.0%}")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
