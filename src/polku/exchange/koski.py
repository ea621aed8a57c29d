"""Koski: study rights and completed courses, as background to goals. Nothing here is evidence of what somebody masters.

Read are the person's OID, the study rights of basic education and upper secondary, and of each whatever was completed,
however deep it lies. Marks stay words: S, H and O have no number, and nobody averages. A pupil whose syllabus is
limited or individualised is marked against goals of their own: such a course is flagged as decided, and compared with
no national criterion. Identity codes and names are counted, and kept nowhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from polku.curriculum import Code
from polku.exchange.koski_document import (
    OWN_TONGUE,
    code,
    decoded,
    last_mark,
    mark_of,
    part,
    parts,
    personal,
    supports,
    text,
)
from polku.exchange.koski_values import ENDED, Background, Course, Decided, KoskiReading, Refused, StudyRight

__all__ = ["Background", "Course", "Decided", "KoskiReading", "Refused", "StudyRight", "read_koski"]
NAME: Final = "koski"
PERSON: Final = re.compile(r"1\.2\.246\.562\.(24|98)\.[0-9]{11}", re.ASCII)
IDENTITY: Final = re.compile(r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]", re.ASCII)
RIGHTS: Final = frozenset({"perusopetus", "aikuistenperusopetus", "ahvenanmaanperusopetus", "lukiokoulutus"})
"""Kinds of study right that say something about the goals of basic education and upper secondary."""
SUBJECTS: Final = "koskioppiaineetyleissivistava"
DEEPEST: Final = 20


def read_koski(content: bytes) -> KoskiReading:
    """Read a document of one person, or a list of them.

    Raises
    ------
    InputError
        If the file is no JSON or too large. A document that cannot be used costs itself alone.

    Examples
    --------
    >>> read_koski(b'{"henkilo": {"hetu": "020655-2479"}, "opiskeluoikeudet": []}').refused
    [Refused(number=1, reason='no_study_right')]
    """
    documents = decoded(content)
    reading = KoskiReading(len(documents))
    for number, document in enumerate(documents, 1):
        reading.dropped += personal(document)
        found = _background(document, reading.other_rights)
        if isinstance(found, str):
            reading.refused.append(Refused(number, found))
        else:
            reading.backgrounds.append(found)
    return reading


def _background(document: Any, others: Counter[str]) -> Background | str:
    """Return what a document says, or why it is refused."""
    person = part(document, "henkilo")
    fault = _who_is_wrong(person) if person else "no_person"
    if fault:
        return fault
    listed = parts(document, "opiskeluoikeudet")
    if not listed:
        return "no_study_right"
    kinds = [code(one, "tyyppi").code for one in listed]
    if not all(kinds):
        return "study_right_without_kind"
    others.update(kind for kind in kinds if kind not in RIGHTS)
    used = [one for one, kind in zip(listed, kinds, strict=True) if kind in RIGHTS]
    if not used:
        return "no_study_right_of_basic_education_or_upper_secondary"
    fault = next(filter(None, map(_what_is_wrong, used)), "")
    return fault or Background(text(person, "oid") or None, tuple(map(_right, used)))


def _who_is_wrong(person: Mapping[str, Any]) -> str:
    """Return what is wrong with who it is about; an identity code is looked at for its form and forgotten."""
    oid, identity = text(person, "oid"), text(person, "hetu")
    if oid:
        return "" if PERSON.fullmatch(oid) else "person_oid_not_in_form"
    if not identity:
        return "nobody_named"
    return "" if IDENTITY.fullmatch(identity) else "identity_code_not_in_form"


def _what_is_wrong(right: Mapping[str, Any]) -> str:
    """Return what Koski itself would refuse of a study right: no period, or an end that is none."""
    last = _last_period(right)
    if not code(last, "tila").code:
        return "study_right_without_state"
    ends, begins = text(right, "paattymispaiva"), text(right, "alkamispaiva")
    if ends and begins and ends < begins:
        return "study_right_ends_before_it_begins"
    if ends and code(last, "tila").code not in ENDED:
        return "study_right_ended_but_its_state_goes_on"
    return "" if parts(right, "suoritukset") else "study_right_without_attainment"


def _last_period(right: Mapping[str, Any]) -> Mapping[str, Any]:
    periods = parts(right, "tila", "opiskeluoikeusjaksot")
    return max(periods, key=lambda one: text(one, "alku"), default={})


def _right(right: Mapping[str, Any]) -> StudyRight:
    last, by_activity = _last_period(right), _by_activity(right)
    attained = parts(right, "suoritukset")
    syllabus = next((found for one in attained if (found := code(one, "oppimaara").code)), "")
    return StudyRight(
        text(right, "oid"),
        code(right, "tyyppi").code,
        code(last, "tila").code,
        text(last, "alku"),
        syllabus,
        tuple(course for one in attained for course in _courses(one, (), by_activity, DEEPEST)),
    )


def _by_activity(right: Mapping[str, Any]) -> Decided | None:
    """Return whether all is studied by activity areas; of decisions on support no other field is looked at."""
    extra = part(right, "lisatiedot")
    flagged = any(one.get("opiskeleeToimintaAlueittain") is True for one in supports(extra))
    running = [one for one in parts(extra, "toimintaAlueittainOpiskelu") if not text(one, "loppu")]
    return Decided.BY_ACTIVITY if flagged or running else None


def _courses(sub: Mapping[str, Any], above: tuple[str, ...], decided: Decided | None, deeper: int) -> Iterator[Course]:
    """Yield an attainment and its parts; a decision on the whole is one on each part."""
    unit, own = part(sub, "koulutusmoduuli"), code(part(sub, "koulutusmoduuli"), "tunniste")
    decided = _decided(sub, own) or decided
    if own.code:
        yield _course(sub, unit, own, above, decided)
    if tongue := part(sub, OWN_TONGUE):
        yield _own_tongue(tongue, (*above, own.code) if own.code else above)
    if deeper:
        for one in parts(sub, "osasuoritukset"):
            yield from _courses(one, (*above, own.code) if own.code else above, decided, deeper - 1)


def _decided(sub: Mapping[str, Any], own: Code) -> Decided | None:
    if sub.get("rajattuOppimaara") is True:
        return Decided.LIMITED
    if sub.get("yksilollistettyOppimaara") is True or sub.get("mukautettuOppimaara") is True:
        return Decided.INDIVIDUALISED
    named = {own.codeset, code(sub, "tyyppi").code}
    return Decided.BY_ACTIVITY if any("toimintaalue" in one for one in named) else None


def _course(
    sub: Mapping[str, Any], unit: Mapping[str, Any], own: Code, above: tuple[str, ...], decided: Decided | None
) -> Course:
    syllabus = next((found for name in ("oppimaara", "kieli") if (found := code(unit, name)).code), None)
    amount, unit_of = _size(part(unit, "laajuus") or part(sub, "laajuus"))
    required = unit.get("pakollinen")
    return Course(
        own,
        above,
        code(sub, "tyyppi").code,
        syllabus,
        amount,
        unit_of,
        required if isinstance(required, bool) else None,
        last_mark(sub),
        decided,
    )


def _own_tongue(studies: Mapping[str, Any], above: tuple[str, ...]) -> Course:
    """Return studies of somebody's own mother tongue; the code is the field's, for the tongue's is not read."""
    amount, unit_of = _size(part(studies, "laajuus"))
    named = Code("", "", OWN_TONGUE.casefold())
    return Course(named, above, named.code, None, amount, unit_of, False, mark_of(studies, "arviointipaiva"), None)


def _size(size: Mapping[str, Any]) -> tuple[float | None, str]:
    """Return how much, and the code of its unit."""
    amount = size.get("arvo")
    known = isinstance(amount, int | float) and not isinstance(amount, bool)
    return float(amount) if known and amount is not None else None, code(size, "yksikko").code
