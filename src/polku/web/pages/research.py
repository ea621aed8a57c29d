"""``/research``: the audit browser, for who researches under a permit, audits, or administers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from polku.errors import InputError, nearest
from polku.fairness.evidence import EVERYONE
from polku.fairness.report import beside
from polku.fairness.report.opening import Opening, opening
from polku.fairness.report.view import Section, Table
from polku.web.access import SeesAudits
from polku.web.pages.audit_sections import chosen, sections
from polku.web.pages.audit_shelf import Kept, Version, material, one_of, over_time, shelf
from polku.web.pages.charts import Figure
from polku.web.pages.research_compare import Pairing, changed, figures, overall
from polku.web.pages.templates import page
from polku.web.service import Held, Reading
from polku.web.shapes import VISIBLE, PathId
from polku.web.wording import language_of, sayer

router = APIRouter(include_in_schema=False)
By = Annotated[str | None, Query(max_length=200, pattern=VISIBLE)]


@dataclass(frozen=True)
class ResearchPage:
    """What ``research.html`` shows.

    Parameters
    ----------
    versions : tuple of Version
        Of each bundle the last audit, the latest first.
    unread : int
        Audits of a form that is no longer read.
    slices : tuple of (str, str, bool)
        Attributes whose gaps can be followed over the versions: name, words, whether it is the one shown.
    sections : tuple of Section
        Its gaps over the versions; none with fewer than two versions.
    """

    versions: tuple[Version, ...]
    unread: int
    slices: tuple[tuple[str, str, bool], ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class AuditPage:
    """What ``audit.html`` shows.

    Parameters
    ----------
    version : Version
        Which audit.
    run_address : str or None
        Where its run is shown, if the installation says where MLflow is.
    opening : Opening
        What was audited, and what follows.
    slices : tuple of (str, str, bool)
        What can be shown: everybody, each attribute, paths, what is hidden, the method.
    sections : tuple of Section
        What was chosen of it.
    """

    version: Version
    run_address: str | None
    opening: Opening
    slices: tuple[tuple[str, str, bool], ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class ComparePage:
    """What ``compare.html`` shows.

    Parameters
    ----------
    versions : tuple of Version
        Those to choose from, the latest first.
    pair : tuple of Version
        A and B; empty where there are not two.
    overall : Table or None
        Metrics over all learners.
    slices : tuple of (str, str, bool)
        Attributes that either was compared by.
    changed : tuple of str
        Cells whose verdict is another in B.
    figures : tuple of Figure
        Gaps of both, metric by metric.
    """

    versions: tuple[Version, ...]
    pair: tuple[Version, ...]
    overall: Table | None = None
    slices: tuple[tuple[str, str, bool], ...] = ()
    changed: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()


@router.get("/research", response_class=HTMLResponse)
def research(request: Request, _viewer: SeesAudits, held: Held, tx: Reading, by: By = None) -> HTMLResponse:
    """Show the versions, and how one attribute's gaps go over them."""
    found, unread = shelf(tx)
    versions = tuple(one.version for one in reversed(found))
    if not found:
        return page("research.html", request, ResearchPage((), unread, (), ()))
    base = material(held, tx, found[-1], language_of(request, held.settings.language))
    attribute, slices = chosen(attributes(found), by, base)
    shown = over_time(found, base, attribute) if len(found) > 1 and attribute else None
    return page(
        "research.html",
        request,
        ResearchPage(versions, unread, slices, () if shown is None else tuple(beside.sections(shown))),
    )


@router.get("/research/compare", response_class=HTMLResponse)
def compare(
    request: Request, _viewer: SeesAudits, held: Held, tx: Reading, a: By = None, b: By = None, by: By = None
) -> HTMLResponse:
    """Show two versions side by side; without any named, the last two."""
    found, _ = shelf(tx)
    versions = tuple(one.version for one in reversed(found))
    if len(found) < 2 and not (a and b):
        return page("compare.html", request, ComparePage(versions, ()))
    one = one_of(tx, a) if a else found[-2]
    other = one_of(tx, b) if b else found[-1]
    base = material(held, tx, other, language_of(request, held.settings.language))
    attribute, slices = chosen(attributes([one, other]), by, base)
    pairing = Pairing(one, other, attribute)
    return page(
        "compare.html",
        request,
        ComparePage(
            versions,
            (one.version, other.version),
            overall(one, other, base),
            slices,
            changed(pairing, base),
            tuple(figures(pairing, base)),
        ),
    )


@router.get("/research/audits/{audit_id}", response_class=HTMLResponse)
def audit(
    request: Request, _viewer: SeesAudits, held: Held, tx: Reading, audit_id: PathId, by: By = None
) -> HTMLResponse:
    """Show one audit: what follows from it, and one part of it at a time."""
    kept = one_of(tx, audit_id)
    base = material(held, tx, kept, language_of(request, held.settings.language))
    slices, shown = sections(base, by, sayer(held.suggester.texts, base.wording.language)("research.tables"))
    mlflow, run = held.settings.pages.mlflow, kept.version.run
    address = f"{mlflow.rstrip('/')}/#/runs/{run}" if mlflow and run.isalnum() else None
    return page("audit.html", request, AuditPage(kept.version, address, opening(base), slices, shown))


@router.get("/research/audits/{audit_id}/{form}")
def download(_viewer: SeesAudits, tx: Reading, audit_id: PathId, form: PathId) -> Response:
    """Return one audit as a file: ``audit.json`` whole, ``cells.csv`` its cells."""
    kept = one_of(tx, audit_id)
    makers = {"audit.json": ("application/json", _as_json), "cells.csv": ("text/csv; charset=utf-8", _as_csv)}
    if form not in makers:
        raise InputError("an audit has no such form", got=form, hint=nearest(form, makers))
    kind, made = makers[form]
    name = f"audit-{kept.version.bundle[:12]}-{form}"
    return Response(made(kept), media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def attributes(found: list[Kept]) -> list[str]:
    """Return the attributes that any of these audits compares by, in the order of the latest."""
    return list(
        dict.fromkeys(
            cell.attribute for one in reversed(found) for cell in one.audit.cells if cell.attribute != EVERYONE
        )
    )


def _as_json(kept: Kept) -> str:
    return kept.audit.to_json()


def _as_csv(kept: Kept) -> str:
    frame = kept.audit.to_frame()
    for place, name in enumerate(("low", "high")):
        frame[name] = [None if ends is None else ends[place] for ends in frame["interval"]]
    return str(frame.drop(columns="interval").to_csv(index=False, lineterminator="\r\n"))
