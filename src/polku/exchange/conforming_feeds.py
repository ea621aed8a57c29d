"""Feeds of each standard, read element by element for the conformance kit, by the readers of the doors."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from polku.errors import InputError
from polku.exchange import caliper, oneroster_files, oneroster_personal, oneroster_rows, oneroster_terms, xapi
from polku.exchange.case_read import of_json
from polku.exchange.conforming import Known, Reader, Report, Seen, report
from polku.exchange.streams import STANDARDS, Stream
from polku.records import Reason, Refusal, check_response
from polku.records.elements import Element, Evidence, content_digest

RESPONSES: Final = "responses"
CASE: Final = "case"
ONEROSTER: Final = "oneroster"


def conformance(standard: str, first: bytes, second: bytes, known: Known) -> Report:
    """Return whether a feed conforms.

    Parameters
    ----------
    standard : str
        One of :data:`READERS`.
    first, second : bytes
        The feed, and the feed asked for again.
    known : Known
        What it is held to.

    Raises
    ------
    InputError
        If it cannot be read as that standard at all.
    """
    reader = READERS[standard]
    return report(standard, reader(first, known), reader(second, known), known, names=standard == ONEROSTER)


def _stream(name: str) -> Reader:
    """Return the reader of a standard that comes as a stream."""
    standard = STANDARDS[name]

    def read(data: bytes, known: Known) -> Iterator[Seen]:
        found = Stream(io.BytesIO(data)).elements()
        for place, (content, sent) in enumerate(found, start=1):
            element = standard.element(content, known.links, known.deny, sent)
            yield _seen(place, element, known, standard.row(content, known.deny))

    return read


def _seen(place: int, one: Element, known: Known, row: str) -> Seen:
    """Return an element as it was read."""
    if isinstance(one, Refusal):
        return Seen(place, "refused", refusal=one)
    bare = Seen(place, one.outcome, one.element_id, one.digest, dropped=one.dropped, flags=one.flags)
    if not isinstance(one, Evidence):
        return bare
    skills = one.skill_ids or known.items.skills.get(one.item_id, ())
    checked = check_response(
        {
            "response_id": one.element_id,
            "learner_id": one.learner_id,
            "item_id": one.item_id,
            "skill_ids": list(skills),
            "answered_at": 0,
            "correct": one.correct,
            "duration_s": one.duration_s,
        },
        None,
        known.deny,
    )
    if isinstance(checked, Refusal):
        refusal = Refusal(0, checked.reason, checked.column, checked.explanation, row)
        return bare._replace(outcome="refused", refusal=refusal, link=_lost(checked, one.item_id))
    resolves = bool(skills) and known.skills.issuperset(skills)
    return bare._replace(link=", ".join(skills) or one.item_id, resolves=resolves, at=one.answered_at)


def _lost(why: Refusal, item_id: str) -> str | None:
    """Return the task that leads nowhere, where that is why an element is refused."""
    return item_id if why.reason is Reason.NO_SKILLS else None


def _responses(data: bytes, known: Known) -> Iterator[Seen]:
    """Read answers as the interface takes them: ``{"responses": [...]}``, a list, or one a line."""
    for place, row in enumerate(_rows(data), start=1):
        if not isinstance(row, Mapping):
            refusal = Refusal(0, Reason.WRONG_TYPE, "", Reason.WRONG_TYPE.sentence, "{}")
            yield Seen(place, "refused", refusal=refusal)
            continue
        checked = check_response(row, None, known.deny, known.items)
        if isinstance(checked, Refusal):
            yield Seen(place, "refused", refusal=checked, link=_lost(checked, str(row.get("item_id"))))
            continue
        yield Seen(
            place,
            "evidence",
            checked.response_id,
            content_digest(json.dumps(row, sort_keys=True, default=str).encode()),
            link=", ".join(checked.skill_ids),
            resolves=known.skills.issuperset(checked.skill_ids),
            at=checked.answered_at if checked.clock else None,
        )


def _rows(data: bytes) -> list[Any]:
    found: list[Any] = []
    try:
        for content, _ in Stream(io.BytesIO(data)).elements():
            one = json.loads(content)
            found += one["responses"] if isinstance(one, dict) and isinstance(one.get("responses"), list) else [one]
    except (ValueError, RecursionError) as error:
        raise InputError(
            "the feed is no JSON", got=error, hint='as {"responses": [...]}, a list, or one a line'
        ) from error
    return found


def _case(data: bytes, known: Known) -> Iterator[Seen]:
    """Read a CASE package: what it holds by kind, and which of its items are skills of our curriculum."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError("the feed is no JSON", got=error, hint="send a CFPackage") from error
    reading = of_json(raw, "the feed")
    held = raw.get("CFPackage", raw)
    place = 0
    for one in held.get("CFItems") or ():
        place += 1
        name = str(one.get("identifier", "")) if isinstance(one, Mapping) else ""
        digest = content_digest(json.dumps(one, sort_keys=True).encode())
        yield Seen(place, "item", name or None, digest, link=name or None, resolves=known.links.skill(name) is not None)
    for refused in reading.refused:
        place += 1
        row = json.dumps({"kind": refused.kind, "id": refused.id})
        yield Seen(place, "refused", refusal=Refusal(0, Reason.BAD_FORMAT, refused.kind, refused.reason, row))


def _oneroster(data: bytes, known: Known) -> Iterator[Seen]:
    """Read a delivery of OneRoster: a zip archive of CSV files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "delivery.zip"
        path.write_bytes(data)
        with oneroster_files.opened(path) as package:
            yield from _files(package, known)


def _files(package: oneroster_files.Package, known: Known) -> Iterator[Seen]:
    place = 0
    for kind in (one for one in oneroster_terms.ORDER if one in package.modes):
        for row in package.rows(kind):
            place += 1
            dropped = tuple(oneroster_personal.personal_in(kind, row.fields, known.deny))
            if row.fault is not None:
                refusal = Refusal(row.line, row.fault, "", row.fault.sentence, "{}")
                yield Seen(place, "refused", refusal=refusal, dropped=dropped)
                continue
            changes = package.modes[kind] == "delta"
            thing = oneroster_rows.thing(kind, row.fields, known.deny, changes=changes)
            if isinstance(thing, Refusal):
                yield Seen(place, "refused", refusal=thing, dropped=dropped)
                continue
            digest = hashlib.sha256(json.dumps(thing.content, sort_keys=True, default=str).encode()).hexdigest()
            yield Seen(place, kind, f"{kind}/{thing.sourced_id}", digest, dropped=dropped, flags=thing.flags)


READERS: Final[Mapping[str, Reader]] = {
    xapi.NAME: _stream(xapi.NAME),
    caliper.NAME: _stream(caliper.NAME),
    RESPONSES: _responses,
    CASE: _case,
    ONEROSTER: _oneroster,
}
"""By the name that the command takes."""
