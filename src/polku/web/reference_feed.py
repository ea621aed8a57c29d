"""Feeds of the reference vendor: xAPI statements that conform, and some that do not, for the conformance kit."""

from __future__ import annotations

from typing import Any, Final

SKILL: Final = "MA79.S2.01"
_ANSWERED: Final = {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered"}}


TASK: Final = f"ref-{SKILL}-1"


def _statement(number: int, *, scaled: float, skill: str = SKILL, task: str = TASK, **more: Any) -> dict[str, Any]:
    """Return one answer to one task."""
    grouping = [{"objectType": "Activity", "id": f"https://vendor.example/skills/{skill}"}]
    return {
        "id": f"7f5b1c1e-0000-4000-8000-{number:012d}",
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": "https://vendor.example", "name": f"pw-{number:032x}"},
        },
        "verb": _ANSWERED,
        "object": {"objectType": "Activity", "id": f"https://vendor.example/tasks/{task}"},
        "result": {"score": {"scaled": scaled}, "duration": "PT21S"},
        "context": {"contextActivities": {"grouping": grouping}},
        "timestamp": f"2026-05-20T09:15:{number:02d}.000Z",
        "version": "1.0.3",
        **more,
    }


SOUND: Final = [_statement(1, scaled=1.0), _statement(2, scaled=0.5), _statement(3, scaled=0.0)]
FAULTY: Final = [
    _statement(1, scaled=1.0),
    _statement(2, scaled=1.5),
    _statement(3, scaled=1.0, timestamp="2026-05-20T09:15:00-00:00"),
    _statement(4, scaled=1.0, actor={"objectType": "Agent", "mbox": "mailto:pupil@vendor.example"}),
    _statement(5, scaled=0.0, skill="ALGEBRA-1", task="unknown-1"),
    _statement(1, scaled=0.0),
]
"""What is wrong: a score above its most, an impossible zone, an address in place of a pseudonym, a task and a skill
that nobody knows, and an id that was used before with other content."""
FEEDS: Final = {"sound": SOUND, "faulty": FAULTY}
