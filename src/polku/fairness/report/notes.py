"""Notes and reasons that the core writes in English, said in the reader's language where their kind is known."""

from __future__ import annotations

import re
from collections.abc import Iterable

from polku.fairness.report.wording import Wording

_TABLE = r"(?P<table>predictions|paths)"
NOTES = {
    "no_background": re.compile(rf"(?P<count>\d+) of (?P<all>\d+) learners in the {_TABLE} have no background: .*"),
    "few_without": re.compile(rf"fewer than (?P<k>\d+) learners in the {_TABLE} have no background: .*"),
    "few_with": re.compile(rf"all but fewer than (?P<k>\d+) learners in the {_TABLE} have no background: .*"),
    "one_by_one": re.compile(r"learners are resampled one by one: .*"),
    "published": re.compile(rf"(?P<count>\d+) cells of {_TABLE} are withheld outside the enclave: .* than (?P<k>\d+)"),
}
REFUSED = {
    "no_learner": re.compile(rf"{_TABLE}: learner_id is missing"),
    "no_number": re.compile(rf"{_TABLE}: (?P<column>\w+) is not a number"),
}


def translated(notes: Iterable[str], wording: Wording) -> tuple[list[str], list[str]]:
    """Return notes in the reader's language, and those of an unknown kind as they are, in English."""
    said: list[str] = []
    left: list[str] = []
    for note in notes:
        known = _said("note", note, wording)
        (left if known is None else said).append(known or note)
    return said, left


def refusal(reason: str, wording: Wording) -> str:
    """Return why rows could not be used; as it is, in English, where the kind is not known."""
    return _said("refused", reason, wording) or reason


def _said(section: str, text: str, wording: Wording) -> str | None:
    kinds = NOTES if section == "note" else REFUSED
    for kind, pattern in kinds.items():
        if match := pattern.fullmatch(text):
            return wording.say(f"{section}.{kind}", **_values(match.groupdict(), wording))
    return None


def _values(found: dict[str, str], wording: Wording) -> dict[str, int | str]:
    """Return what was found in a note: numbers as the language writes them, tables by name."""
    values: dict[str, int | str] = {
        name: wording.numbers.whole(int(text)) if text.isdigit() else wording.named("value", text)
        for name, text in found.items()
    }
    return values | ({"count": int(found["count"])} if "count" in found else {})
