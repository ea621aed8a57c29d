"""Whether a file has the columns that are needed, and which names were probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from polku.errors import DefinitionError, InputError
from polku.records import DenyRules

#: Names that other systems use, by the name they have here.
USUAL = {
    "response_id": {"id", "log_id", "attempt_id", "event_id", "uuid"},
    "learner_id": {"user_id", "student_id", "pupil_id", "user", "student", "pupil", "learner"},
    "item_id": {"problem_id", "question_id", "exercise_id", "task_id", "content_id", "item", "problem", "question"},
    "skill_ids": {"skill_id", "skills", "skill", "kc", "kcs", "concept", "concepts", "skill_name"},
    "answered_at": {"timestamp", "time", "date", "datetime", "answered", "created_at", "submitted_at"},
    "correct": {"score", "is_correct", "outcome", "result", "correctness"},
}


def require(path: Path, found: Sequence[str], required: Sequence[str], deny: DenyRules) -> None:
    """Check that `required` columns are among those `found`.

    Raises
    ------
    InputError
        If some are missing; names for each the column that was probably meant.
    DefinitionError
        If a deny rule forbids a column that is needed.
    """
    for name, rule in deny.denied(required).items():
        raise DefinitionError(f"rule {rule!r} denies the column {name}, which every file needs", hint="change the rule")
    missing = [name for name in required if name not in found]
    if not missing:
        return
    spare = [name for name in found if name not in required and deny.rule(name) is None]
    meant = [f"did you mean {name} by {near!r}?" for name in missing if (near := _nearest(name, spare))]
    # Without a header the first row is data, and data are not shown.
    known = bool(meant) or len(missing) < len(required)
    raise InputError(
        f"{path.name}: no column {', '.join(missing)}",
        got=deny.redact(f"columns {', '.join(found)}")[:300] if known else f"{len(found)} columns, none of them known",
        hint=_separator_hint(found) or " ".join(meant) or f"the header needs {', '.join(required)}",
    )


def ignored_note(found: Sequence[str], used: Sequence[str], deny: DenyRules) -> tuple[str, ...]:
    """Say which columns have no use here."""
    ignored = [name for name in found if name not in used and deny.rule(name) is None]
    return (deny.redact(f"ignored columns: {', '.join(ignored)}"),) if ignored else ()


def _nearest(name: str, spare: Sequence[str]) -> str | None:
    """Return the column that was probably meant by a needed name."""
    plain = {other.strip().casefold().replace(" ", "_"): other for other in spare}
    usual = [plain[other] for other in plain if other in USUAL.get(name, ())]
    close = [plain[other] for other in difflib.get_close_matches(name, plain, n=1, cutoff=0.75)]
    return next(iter([*usual, *close]), None)


def _separator_hint(found: Sequence[str]) -> str | None:
    """Say so when the whole header is one field because another separator was used."""
    for mark, word in ((";", "semicolons"), ("\t", "TABs"), (",", "commas")):
        if len(found) == 1 and mark in found[0]:
            return f"the columns seem to be separated by {word}; canonical CSV uses commas, gervet files use TABs"
    return None
