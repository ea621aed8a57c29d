"""Any curriculum file: ePerusteet, CASE, or our own forms, told apart by what stands in it."""

from __future__ import annotations

from pathlib import Path

from polku.curriculum import Curriculum
from polku.exchange import case_read, eperusteet
from polku.exchange.curriculum_reading import CurriculumReading, OnStep, json_of


def read_curriculum(path: Path, on_step: OnStep = eperusteet.nothing) -> CurriculumReading:
    """Read a curriculum file of any known standard.

    Parameters
    ----------
    path : Path
        JSON.
    on_step : callable, optional
        Called with the number of parts done and of all.

    Raises
    ------
    InputError
        If it cannot be read as what it looks like.
    DefinitionError
        If it is of our own form and does not hold together.
    """
    raw = json_of(path)
    if case_read.fits_case(raw):
        return case_read.of_json(raw, str(path))
    if eperusteet.fits_eperusteet(raw):
        return eperusteet.of_json(raw, str(path), on_step)
    content = Curriculum.load(path).content
    counts = {kind: len(getattr(content, kind)) for kind in ("objectives", "areas", "modules", "criteria", "skills")}
    return CurriculumReading(content, "Polku", counts)
