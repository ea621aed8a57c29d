"""How fast streams are parsed and checked: xAPI statements beside ralph-malph in the same run, Caliper events alone.

Run: ``python benchmarks/exchange.py [statements] [--gigabyte]``. Ours is the whole way from bytes to evidence: parsing,
the standard's rules, personal data looked for, the digest that tells repeats from conflicts, score, time and skills.
The peer parses and checks. Each takes the best of some runs over the same statements, by the time of one core that it
used, whatever else the machine does; the peer runs in an environment of its own (``.venv-peers-ralph``, made once).
Exits with 1 below 20,000 a second of either standard, or below five times the peer.

Then files are read by ``polku stream``, one three times as large as the other, and the memory of both is compared: it
depends on the batch, not on the file. ``--gigabyte`` reads a gigabyte each of statements, events and a register
instead, and holds the peak of each against 300 MB; it takes a quarter of an hour or more, and some gigabytes of disk.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import exchange_memory as memory
from peers.environment import python_of_peers
from polku.exchange import caliper, xapi
from polku.exchange.links import Links
from polku.records import DenyRules
from polku.records.elements import Element, Evidence

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "benchmarks" / "peers" / "ralph.lock"
STATEMENTS = 10_000
RUNS, TURNS = 3, 3
LEAST = 20_000
"""Elements a second, of either standard."""
TIMES = 5
"""As many times as fast as the peer."""
LEARNERS = 40_000
"""Of the register of a gigabyte."""
SITE = "https://platform.example.fi"


def _id(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def statement(number: int, rng: random.Random) -> dict[str, Any]:
    """Return an answer to a task as a platform sends it: definition, choices, context, score."""
    task = number % 900
    definition = {
        "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
        "name": {"fi": f"Murtoluvut {task}", "en": f"Fractions {task}"},
        "interactionType": "choice",
        "correctResponsesPattern": ["b"],
        "choices": [{"id": "a", "description": {"fi": "1/2"}}, {"id": "b", "description": {"fi": "2/3"}}],
    }
    skill = {"id": f"https://polku.example/ims/case/v1p1/CFItems/MA79.S3.{task % 60:02d}"}
    return {
        "id": _id(rng),
        "actor": {"objectType": "Agent", "account": {"homePage": SITE, "name": f"L{number % 5000:05d}"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en-US": "answered", "fi": "vastasi"}},
        "object": {"objectType": "Activity", "id": f"{SITE}/tasks/{task}", "definition": definition},
        "result": {
            "score": {"scaled": round(rng.random(), 2), "raw": 3, "min": 0, "max": 5},
            "success": rng.random() < 0.6,
            "completion": True,
            "response": "b",
            "duration": f"PT{rng.randrange(5, 90)}S",
        },
        "context": {
            "registration": _id(rng),
            "platform": "Platform",
            "language": "fi",
            "contextActivities": {"parent": [{"id": f"{SITE}/sets/{task % 30}"}], "grouping": [skill]},
            "extensions": {f"{SITE}/extensions/attempt": 1 + number % 3},
        },
        "timestamp": f"2026-03-{1 + number % 28:02d}T09:{number % 60:02d}:33.120+02:00",
        "version": "1.0.3",
    }


def grade(number: int, rng: random.Random) -> dict[str, Any]:
    """Return the grade of an answer as an autograder sends it."""
    course, attempt = f"{SITE}/courses/7/sections/1", f"{SITE}/attempts/{number}"
    return {
        "@context": "http://purl.imsglobal.org/ctx/caliper/v1p2",
        "id": f"urn:uuid:{_id(rng)}",
        "type": "GradeEvent",
        "profile": "GradingProfile",
        "actor": {"id": f"{SITE}/autograder", "type": "SoftwareApplication", "version": "v2"},
        "action": "Graded",
        "object": {
            "id": attempt,
            "type": "Attempt",
            "assignee": {"id": f"{SITE}/users/L{number % 5000:05d}", "type": "Person"},
            "assignable": {"id": f"{SITE}/items/{number % 900}", "type": "AssessmentItem", "name": "Murtoluvut"},
            "count": 1,
            "startedAtTime": "2026-03-05T10:15:02.000Z",
            "endedAtTime": "2026-03-05T10:15:12.000Z",
        },
        "generated": {
            "id": f"{attempt}/scores/1",
            "type": "Score",
            "attempt": attempt,
            "maxScore": 5.0,
            "scoreGiven": round(5 * rng.random(), 1),
            "scoredBy": f"{SITE}/autograder",
        },
        "eventTime": "2026-03-05T10:57:06.000Z",
        "edApp": {"id": SITE, "type": "SoftwareApplication", "version": "v2"},
        "group": {"id": course, "type": "CourseSection", "academicSession": "Kevät 2026"},
    }


def rate(element: Callable[[bytes, Links, DenyRules], Element], lines: Sequence[bytes], links: Links) -> float:
    """Return elements a second of one core in the best of some runs."""
    deny, seconds = DenyRules(), []
    for _ in range(RUNS):
        start = time.process_time()
        taken = 0
        for line in lines:
            taken += isinstance(element(line, links, deny), Evidence)
        seconds.append(time.process_time() - start)
        if taken < len(lines):
            raise SystemExit("an element was not taken for what it is")
    return len(lines) / min(seconds)


def peer(lines: Sequence[bytes]) -> float:
    """Return the peer's rate over the same statements."""
    python = python_of_peers(ROOT, LOCK, "ralph")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "statements.jsonl")
        path.write_bytes(b"\n".join(lines))
        script = Path(__file__).with_name("peers") / "statements.py"
        return float(subprocess.run([python, script, path], check=True, capture_output=True, text=True).stdout)


def speed(many: int) -> bool:
    """Print how fast streams are; return whether that holds."""
    rng = random.Random(7)
    codes = [f"MA79.S3.{number:02d}" for number in range(60)]
    links = Links({code: code for code in codes})
    statements = [json.dumps(statement(number, rng)).encode() for number in range(many)]
    events = [json.dumps(grade(number, rng)).encode() for number in range(many)]
    # In turns, so that a machine that is slow for a while is so for both.
    turns = [(rate(xapi.element, statements, links), peer(statements)) for _ in range(TURNS)]
    ours, theirs = (max(rates) for rates in zip(*turns, strict=True))
    figures: dict[str, float] = {
        "xAPI statements/s": ours,
        "of ralph-malph": theirs,
        "times ralph-malph": ours / theirs,
        "Caliper events/s": rate(caliper.element, events, links),
    }
    for name, figure in figures.items():
        print(f"{name:<20} {figure:>10,.1f}")
    fast = figures["xAPI statements/s"] >= LEAST and figures["Caliper events/s"] >= LEAST
    return fast and figures["times ralph-malph"] >= TIMES


def flat() -> bool:
    """Print what a file takes and one three times as large; return whether that holds."""
    peaks: list[float] = []
    for size in (5, 15):
        taken = memory.of_stream(memory.write_array, statement, xapi.NAME, size)
        print(memory.shown("xAPI, an array", taken))
        peaks.append(taken.peak_mb)
    return peaks[1] <= min(memory.MOST_MB, memory.FLAT * peaks[0])


def gigabyte(megabytes: float = 1_000, learners: int = LEARNERS) -> bool:
    """Print what a gigabyte of each takes; return whether that holds."""
    runs: dict[str, Callable[[], memory.Taken]] = {
        "xAPI, one a line": lambda: memory.of_stream(memory.write_lines, statement, xapi.NAME, megabytes),
        "xAPI, an array": lambda: memory.of_stream(memory.write_array, statement, xapi.NAME, megabytes),
        "Caliper, one a line": lambda: memory.of_stream(memory.write_lines, grade, caliper.NAME, megabytes),
        "OneRoster, whole": lambda: memory.of_roster(learners, megabytes),
        "OneRoster, changes": lambda: memory.of_roster(learners, megabytes, "delta"),
    }
    peaks: list[float] = []
    for name, run in runs.items():
        taken = run()
        print(memory.shown(name, taken), flush=True)
        peaks.append(taken.peak_mb)
    return max(peaks) <= memory.MOST_MB


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; return 1 where one is missed."""
    parser = argparse.ArgumentParser(description="How fast streams are read, and in how much memory.")
    parser.add_argument("statements", type=int, nargs="?", default=STATEMENTS, help="of the speed's measure")
    parser.add_argument("--gigabyte", action="store_true", help="read a gigabyte of each and compare memory alone")
    parser.add_argument("--megabytes", type=int, default=1_000, help="of each with --gigabyte")
    parser.add_argument("--learners", type=int, default=LEARNERS, help="of the register with --gigabyte")
    given = parser.parse_args(arguments)
    good = gigabyte(given.megabytes, given.learners) if given.gigabyte else all([speed(given.statements), flat()])
    limits = (
        f"{LEAST:,}/s of each, {TIMES} times the peer, {memory.MOST_MB} MB and {memory.FLAT} times a smaller file's"
    )
    print("held" if good else f"missed: {limits}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
