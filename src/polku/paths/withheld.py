"""What a path says when suggestions are paused, or somebody objected to profiling, or data may not be used.

Then nothing is read from answers: the path follows the curriculum's order, says so openly, and keeps everything else a
path has, its way up included. Nobody is worse off for having said no.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from polku.paths.values import Path, Reason
from polku.store.values import Hold

WITHOUT = frozenset({"note.no_evidence"})
"""What is not true of somebody whose answers are there and are not looked at."""
FEW = WITHOUT | {"note.thin_evidence"}
"""What is said where answers are too few, and nothing else keeps them from being looked at."""

PAUSED = {"learner": "note.paused_learner", "group": "note.paused_group", "provider": "note.paused_provider"}
REFUSED = {"objection": "note.objection", "restriction": "note.restriction"}


def note_of(hold: Hold) -> Reason:
    """Return the sentence that says what is held back.

    Examples
    --------
    >>> note_of(Hold("h", "pause", "group", "7B", True, None, None, "T07", "teacher", 0)).id
    'note.paused_group'
    """
    return Reason(PAUSED[hold.scope] if hold.kind == "pause" else REFUSED[hold.kind])


def said_openly(path: Path, held: Collection[Hold]) -> Path:
    """Return a path that says first what is held back."""
    if not held:
        return path
    notes = (*map(note_of, held), *(note for note in path.notes if note.id not in WITHOUT))
    return replace(path, notes=notes)


def lacks_answers(path: Mapping[str, Any]) -> bool:
    """Return whether a path, as it was shown, follows the curriculum's order for want of answers alone.

    Examples
    --------
    >>> lacks_answers({"rung": "curriculum_order", "notes": [{"id": "note.paused_group"}]})
    False
    """
    return path["rung"] == "curriculum_order" and any(note["id"] in FEW for note in path["notes"])
