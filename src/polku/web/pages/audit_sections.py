"""One audit in parts that fit a page: everybody, one attribute, paths, what is not shown, the method."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from polku.errors import NotFoundError, nearest
from polku.fairness.evidence import EVERYONE
from polku.fairness.report import beside, by_group, closing
from polku.fairness.report.view import Material, Section
from polku.schemas.gates import PATH_METRICS

Slices = tuple[tuple[str, str, bool], ...]
PATHS, BESIDE, HIDDEN, METHOD = "paths", "beside", "hidden", "method"


def sections(material: Material, by: str | None, tables: str) -> tuple[Slices, tuple[Section, ...]]:
    """Return what can be shown of an audit, and the sections of what was chosen; default everybody.

    Parameters
    ----------
    material : Material
        The audit in one language.
    by : str or None
        An attribute, "all", "paths", "beside" (tables beside the cells), "hidden" or "method".
    tables : str
        What those tables are called.

    Raises
    ------
    NotFoundError
        If the audit has no such part; names the nearest.
    """
    say, wording = material.wording.say, material.wording
    names = dict.fromkeys(cell.attribute for cell in material.audit.cells if cell.attribute != EVERYONE)
    words = {EVERYONE: say("page.everyone")} | {name: wording.attribute(name) for name in names}
    words |= {PATHS: say("page.gaps_paths")} | ({BESIDE: tables} if material.audit.supplements else {})
    words |= {HIDDEN: say("page.hidden"), METHOD: say("page.method")}
    key, slices = _key(words, by), tuple((name, said, name == (by or EVERYONE)) for name, said in words.items())
    return slices, _shown(material, key)


def chosen(names: Sequence[str], by: str | None, material: Material) -> tuple[str, Slices]:
    """Return which of some attributes is shown, the first without any named, and all of them to choose from.

    Raises
    ------
    NotFoundError
        If there is no such attribute; names the nearest.
    """
    words = {name: material.wording.attribute(name) for name in names}
    if not words:
        return "", ()
    key = _key(words, by or names[0])
    return key, tuple((name, said, name == key) for name, said in words.items())


def _key(words: dict[str, str], by: str | None) -> str:
    if (by or EVERYONE) not in words:
        raise NotFoundError("the audit has no such part", got=by, hint=nearest(by or "", words))
    return by or EVERYONE


def _shown(material: Material, key: str) -> tuple[Section, ...]:
    if key == EVERYONE:
        return (by_group.everyone(material),)
    if key == PATHS:
        return tuple(by_group.sections(_only(material, PATH_METRICS)))
    if key == BESIDE:
        return tuple(beside.sections(material))
    if key in {HIDDEN, METHOD}:
        closed = list(closing.sections(material))
        return tuple(one for one in closed if (one.id_ == HIDDEN) == (key == HIDDEN))
    audit = material.audit
    cells = tuple(cell for cell in audit.cells if cell.attribute == key)
    curves = tuple(curve for curve in audit.curves if curve.attribute in {key, EVERYONE})
    return tuple(by_group.sections(replace(material, audit=replace(audit, cells=cells, curves=curves))))


def _only(material: Material, metrics: Collection[str]) -> Material:
    """Return a material of some metrics alone, without curves: those are of predictions."""
    cells = tuple(cell for cell in material.audit.cells if cell.metric in metrics)
    return replace(material, audit=replace(material.audit, cells=cells, curves=()))
