"""ePerusteet: the national core curricula of basic and upper secondary education, and the local ones made from them.

Traps of the format. A reference is text where the number it names is a number. Objectives are lettered T, S, L in
Finnish and M, I, K in Swedish; some Swedish texts are Finnish ones, some are missing, some objectives are Swedish only.
A moment is midnight in Helsinki, not in Greenwich. Grades of a band and rows of criteria stand in no order. A subject
may be a shell whose syllabuses hold the objectives. A value is never derived from a URI. Codes repeat, so an id that
is taken gets the element's number too.

Taken: subjects and syllabuses, grade bands, objectives, content areas, transversal competences, modules, contents,
courses, criteria as text. Left: what a subject says of its task, ways of working and guidance, text chapters,
attachments, vocational curricula. There are no prerequisites in any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from polku.errors import InputError
from polku.exchange.curriculum_reading import CurriculumReading, OnStep, json_of
from polku.exchange.eperusteet_adults import adults
from polku.exchange.eperusteet_basic import basic_education, local
from polku.exchange.eperusteet_gathering import Gathering
from polku.exchange.eperusteet_schools import STATED, local_upper
from polku.exchange.eperusteet_texts import many, speakable
from polku.exchange.eperusteet_upper import upper_secondary

PUBLISHED = {"valmis", "julkaistu"}
"""States of a curriculum that holds; a draft or a removed one is not read. Parts of it may still say draft."""

Reader = Callable[[Mapping[str, Any], Gathering, OnStep], None]
SECTIONS: tuple[tuple[tuple[str, ...], str, Reader], ...] = (
    (("lops2019", "lops2019Sisalto"), "upper secondary", upper_secondary),
    (("aipe", "aipeOpetuksenPerusteenSisalto"), "adults' basic education", adults),
    (("perusopetus", "perusopetuksenPerusteenSisalto"), "basic education", basic_education),
)
SUBJECTS = {"oppiaine", "oppiaineet", "oppimaarat", "koosteinen", "vuosiluokkakokonaisuudet", "moduulit"}
HELD = {name for names, _, _ in SECTIONS for name in names}
MARKS = {*SUBJECTS, *STATED, *HELD, "koulutustyyppi", "toteutus", "diaarinumero"}
"""Keys by which a file of ePerusteet is told."""

READ = "POPS 2014 (perusopetus), LOPS 2019 (lops2019), AIPE (aipe) and local curricula made from them are read"


def nothing(_done: int, _total: int) -> None:
    """Show no progress."""


def fits_eperusteet(raw: object) -> bool:
    """Return whether JSON looks like ePerusteet: a curriculum, or the list of its subjects."""
    return any(not MARKS.isdisjoint(one) for one in (many(raw) if isinstance(raw, list) else many([raw])))


def read_eperusteet(path: Path, on_step: OnStep = nothing) -> CurriculumReading:
    """Read a file of ePerusteet.

    Parameters
    ----------
    path : Path
        What ``/api/external/peruste/{id}`` or ``/api/external/opetussuunnitelma/{id}`` gave, or its subjects.
    on_step : callable, optional
        Called with subjects done and in all.

    Raises
    ------
    InputError
        If it is no JSON, no curriculum, a draft, or of a kind that is not read.
    """
    return of_json(json_of(path), str(path), on_step)


def of_json(raw: object, where: str, on_step: OnStep = nothing) -> CurriculumReading:
    """Read a curriculum from parsed JSON; raises as :func:`read_eperusteet`.

    Examples
    --------
    >>> goal = {"id": 7, "tavoite": {"fi": "<p>T1 ohjata oppilasta laskemaan</p>"}}
    >>> part = {"id": 3, "vuosiluokat": ["vuosiluokka_2", "vuosiluokka_1"], "tavoitteet": [goal]}
    >>> subject = {"id": 2, "koodiArvo": "MA", "nimi": {"fi": "Matematiikka"}, "vuosiluokkakokonaisuudet": [part]}
    >>> reading = of_json({"id": 1, "tila": "valmis", "perusopetus": {"oppiaineet": [subject]}}, "example")
    >>> [(one.id, one.title["fi"]) for one in reading.content.skills]
    [('MA12.T1', 'ohjata oppilasta laskemaan')]
    """
    root = _rooted(raw, where)
    _holds(root, where)
    number = speakable(root.get("id")) or "subtree"
    section, kind, read = _section(root, where)
    here = read in {local, local_upper}
    into = Gathering("ylops" if here else "eperusteet", number)
    read(section, into, on_step)
    if not into.objectives:
        got = f"{len(into.subjects)} subjects, {len(into.refused)} elements that could not be used"
        raise InputError(f"{where}: no objectives", got=got, hint=f"send the whole curriculum; {READ}")
    return into.reading(root, f"{into.codeset}-{number}", f"ePerusteet, {kind}")


def _rooted(raw: object, where: str) -> Mapping[str, Any]:
    """Return the curriculum; a bare subject or a list of them is one as well."""
    if isinstance(raw, dict) and ("vuosiluokkakokonaisuudet" in raw or "moduulit" in raw) and "oppiaineet" not in raw:
        raw = [raw]
    if isinstance(raw, list):
        upper = any("moduulit" in one for one in many(raw))
        return {"lops2019" if upper else "perusopetus": {"oppiaineet": raw}}
    if not isinstance(raw, dict):
        raise InputError(f"{where} holds no curriculum", got=f"a JSON {type(raw).__name__}", hint=READ)
    if "data" in raw or "content" in raw:
        hint = "fetch the curriculum itself: /api/external/peruste/{id}"
        raise InputError(f"{where} is a list of curricula", got="a page of search results", hint=hint)
    return raw


def _holds(root: Mapping[str, Any], where: str) -> None:
    state = root.get("tila")
    if state is not None and state not in PUBLISHED:
        raise InputError(
            f"{where} is no published curriculum", got=f"tila {state!r}", hint="one whose tila is 'valmis'"
        )


def _section(root: Mapping[str, Any], where: str) -> tuple[Mapping[str, Any], str, Reader]:
    """Return the part that holds the subjects, what it is, and what reads it."""
    for names, kind, read in SECTIONS:
        for name in names:
            held = root.get(name)
            if isinstance(held, Mapping) and ("oppiaineet" in held or "vaiheet" in held):
                return held, kind, read
    if any(many(root.get(name)) for name in STATED):
        return root, "a local curriculum of upper secondary", local_upper
    subjects = many(root.get("oppiaineet"))
    if any("oppiaine" in one for one in subjects):
        return root, "a local curriculum", local
    if subjects:
        upper = any("moduulit" in one for one in subjects)
        return root, "subjects", upper_secondary if upper else basic_education
    for name in (name for names, _, _ in SECTIONS for name in names if name in root):
        raise InputError(f"{where}: no subjects in {name!r}", got=_keys(root[name]), hint="send the whole curriculum")
    kind = root.get("toteutus") or root.get("koulutustyyppi") or _keys(root)
    raise InputError(f"{where}: this kind of curriculum is not read", got=kind, hint=READ)


def _keys(raw: object) -> str:
    return ", ".join(map(str, list(raw)[:5])) if isinstance(raw, Mapping) else type(raw).__name__
