"""A learner who comes from another provider: what they bring goes through the same door as every other row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from polku.cli.desk import Desk
from polku.errors import InputError
from polku.records import Refusal, Refused, Response, Responses, check_response
from polku.records.roster import check_learner
from polku.web.export import FORMAT


class Admitted(NamedTuple):
    """What became of a learner's file: whether they are new here, and the rows by outcome."""

    learner_id: str
    new: bool
    accepted: int
    repeated: int
    refused: int
    conflicts: int


def read_in(desk: Desk, path: Path, *, by: str) -> Admitted:
    """Take in what ``polku rights export`` wrote elsewhere: grade and answers. The rest stays where it was.

    Raises
    ------
    InputError
        If the file is none of these, or names its learner by what is kept nowhere.
    """
    brought = _document(path)
    learner = check_learner(_roster_line(brought), desk.deny)
    if isinstance(learner, Refusal):
        raise InputError("this learner cannot be taken in", got=learner.column, hint=learner.explanation)
    learner_id, grade = str(learner["learner_id"]), cast("int | None", learner["grade"])
    checked = [check_response(_row(row), None, desk.deny) for row in brought["evidence"]]
    good = [one for one in checked if isinstance(one, Response)]
    strangers = {one.learner_id for one in good} - {learner_id}
    if strangers:
        raise InputError(
            "the file holds answers of others", got=f"{len(strangers)} learners", hint="one file a learner"
        )
    refused = [one for one in checked if isinstance(one, Refusal)]
    with desk.store.begin() as tx:
        tx.refused.add(Refused.of(refused), source=path.name)
        new = tx.rights.admit(learner_id, grade, by=by, role="administrator", said=str(brought["provider_id"]))
        added = tx.responses.add(Responses.from_responses(good), source=path.name)
    return Admitted(learner_id, new, added.accepted, added.repeated, len(refused), len(added.conflicts))


def _document(path: Path) -> dict[str, Any]:
    try:
        brought = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            "the file cannot be read as JSON", got=path.name, hint="polku rights export wrote it"
        ) from error
    if (
        not isinstance(brought, dict)
        or brought.get("format") != FORMAT
        or not isinstance(brought.get("evidence"), list)
    ):
        raise InputError("this is no export of a learner", got=path.name, hint=f"its format is {FORMAT}")
    return brought


def _roster_line(brought: Mapping[str, Any]) -> dict[str, Any]:
    """Return the learner's line without group and school, which are another provider's."""
    lines = brought.get("tables", {}).get("learners") or [{}]
    return {"learner_id": brought.get("learner_id"), "grade": lines[0].get("grade")}


def _row(row: object) -> Mapping[str, object]:
    return row if isinstance(row, Mapping) else {"row": row}
