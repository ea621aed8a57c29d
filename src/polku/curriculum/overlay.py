"""A provider's own word on prerequisite edges: a disputed one is softened, by name and with a reason.

The list is ``serve/curricula/softened.csv``: a definition that changes the order of children's paths, so it lies where
people see it. A softened edge no longer orders a path; it stays as what helps to come first. The curriculum gets
another hash by it, and what is released on another hash needs its own audit.
"""

from __future__ import annotations

import csv
import json
import warnings
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Literal

from polku.curriculum.curriculum import Curriculum
from polku.errors import ConflictError, DefinitionError, InputError, NotFoundError, nearest
from polku.home import Home
from polku.schemas.settings import Settings

FILE = "softened.csv"
Strength = Literal["soft", "hard"]
STRENGTHS: tuple[Strength, ...] = ("soft", "hard")
Edge = tuple[str, str]


class RulingWarning(UserWarning):
    """A ruling speaks of an edge that the curriculum no longer has: somebody should have another look."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person decided about one edge.

    Parameters
    ----------
    provider_id : str
        For whose curriculum.
    before, after : str
        The edge.
    strength : {"soft", "hard"}
        "soft" takes the edge out of the order, "hard" puts it back.
    by, reason : str
        Who, and why.
    since : str
        ISO date.
    """

    provider_id: str
    before: str
    after: str
    strength: Strength
    by: str
    reason: str
    since: str


@dataclass(frozen=True)
class Overlay:
    """All rulings of a home, of every provider; of one edge the last holds.

    Parameters
    ----------
    rulings : tuple of Ruling
        In the order in which they were made; none is ever taken off.

    Examples
    --------
    >>> graph = Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}]}')
    >>> overlay = Overlay().rule(
    ...     graph, "demo", ("a", "b"), "soft", by="M. Aalto", reason="taught side by side", on=date(2026, 6, 5)
    ... )
    >>> other = overlay.on(graph, "demo")
    >>> other.prerequisites("b"), other.skills["b"].recommended_after, other.hash == graph.hash
    ((), ('a',), False)
    >>> overlay.on(graph, "elsewhere").hash == graph.hash
    True
    """

    rulings: tuple[Ruling, ...] = ()

    @classmethod
    def load(cls, home: Home) -> Overlay:
        """Read the rulings of a home; none where there is no file.

        Raises
        ------
        DefinitionError
            If the file is not UTF-8, columns are others, or a line lacks an edge, a name, a reason or a known strength.
        """
        path = file_of(home)
        if not path.is_file():
            return cls()
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                rows = list(csv.DictReader(stream))
        except UnicodeDecodeError as error:
            raise DefinitionError(f"{path} is not UTF-8", got=str(error), hint="save it as CSV UTF-8") from error
        return cls(tuple(_ruling(row, path) for row in rows))

    def save(self, home: Home) -> Path:
        """Write the rulings, whole or not at all; returns the path."""
        path = file_of(home)
        draft = path.with_suffix(".csv.new")
        with draft.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(asdict(ruling) for ruling in self.rulings)
        draft.replace(path)
        return path

    def softened(self, provider_id: str) -> dict[Edge, Ruling]:
        """Return the rulings of a provider that soften an edge now."""
        last = {(one.before, one.after): one for one in self.rulings if one.provider_id == provider_id}
        return {edge: one for edge, one in last.items() if one.strength == "soft"}

    def rule(
        self,
        curriculum: Curriculum,
        provider_id: str,
        edge: Edge,
        strength: Strength,
        *,
        by: str,
        reason: str,
        on: date,
    ) -> Overlay:
        """Write down what a person decided about an edge.

        Parameters
        ----------
        curriculum : Curriculum
            As it is written, without rulings.
        provider_id : str
            For whom.
        edge : (str, str)
            The skill that comes first, and the one that builds on it.
        strength : {"soft", "hard"}
            What it shall be.
        by, reason : str
            Who, and why.
        on : date
            Today.

        Raises
        ------
        InputError
            If name or reason is blank.
        NotFoundError
            If a skill or the hard edge is not in the curriculum; names the nearest. A ruling on an edge that the
            curriculum has lost can still be taken back.
        ConflictError
            If the edge is that already.
        """
        if not by.strip() or not reason.strip():
            raise InputError("a ruling on an edge needs a name and a reason", hint="--by and --reason")
        if strength == "soft" or edge not in self.softened(provider_id):
            _refuse_unknown(curriculum, edge)
        if (strength == "soft") == (edge in self.softened(provider_id)):
            raise ConflictError(
                f"this edge is {strength} already", got=_arrow(edge), hint="see polku curriculum evidence"
            )
        return Overlay(
            (*self.rulings, Ruling(provider_id, *edge, strength, by.strip(), reason.strip(), on.isoformat()))
        )

    def on(self, curriculum: Curriculum, provider_id: str) -> Curriculum:
        """Return the curriculum with a provider's edges softened.

        An edge that the curriculum has lost orders nothing and needs no softening; :meth:`idle` names its ruling.
        """
        idle = {(one.before, one.after) for one in self.idle(curriculum, provider_id)}
        edges = self.softened(provider_id).keys() - idle
        return _softened(curriculum, edges) if edges else curriculum

    def idle(self, curriculum: Curriculum, provider_id: str) -> tuple[Ruling, ...]:
        """Return the rulings that soften an edge which the curriculum, as it is written, no longer has.

        They need another look: `polku curriculum harden` takes one back.
        """
        return tuple(one for edge, one in self.softened(provider_id).items() if not _is_hard(curriculum, edge))


_COLUMNS = [field.name for field in fields(Ruling)]


def curriculum_of(home: Home, settings: Settings) -> Curriculum:
    """Return the curriculum that an installation speaks of, with its provider's edges softened.

    A ruling on an edge that the curriculum has lost is passed over with a :class:`RulingWarning`.

    Raises
    ------
    DefinitionError
        If there is none by that name, it does not hold together, or the rulings do not.
    """
    written = Curriculum.load(home.curriculum_path(settings.curriculum))
    overlay = Overlay.load(home)
    for one in overlay.idle(written, settings.provider_id):
        edge = _arrow((one.before, one.after))
        warnings.warn(f"{FILE} softens an edge that the curriculum no longer has: {edge}", RulingWarning, stacklevel=2)
    return overlay.on(written, settings.provider_id)


def file_of(home: Home) -> Path:
    """Return where a home keeps its rulings."""
    return home.serve / "curricula" / FILE


def _softened(curriculum: Curriculum, edges: Collection[Edge]) -> Curriculum:
    """Return the curriculum with some hard edges turned into a recommended order."""
    document = curriculum.to_dict()
    for skill in document["skills"]:
        gone = [before for before in skill.get("prerequisites", ()) if (before, skill["id"]) in edges]
        if gone:
            skill["prerequisites"] = [before for before in skill["prerequisites"] if before not in gone]
            skill["recommended_after"] = [*skill.get("recommended_after", ()), *gone]
    return Curriculum.from_json(json.dumps(document), where="the softened curriculum")


def _is_hard(curriculum: Curriculum, edge: Edge) -> bool:
    before, after = edge
    return after in curriculum and before in curriculum.prerequisites(after)


def _refuse_unknown(curriculum: Curriculum, edge: Edge) -> None:
    before, after = edge
    hard = curriculum.prerequisites(after)
    curriculum.index(before)
    if before not in hard:
        raise NotFoundError("no such hard edge in the curriculum", got=_arrow(edge), hint=nearest(before, hard))


def _arrow(edge: Edge) -> str:
    return " before ".join(edge)


def _ruling(row: dict[str, str], path: Path) -> Ruling:
    """Read a line; refuse one that says something nobody could act on."""
    if list(row) != _COLUMNS or None in row.values():
        raise DefinitionError(f"{path} has other columns", got=", ".join(map(str, row)), hint=", ".join(_COLUMNS))
    blank = [name for name in _COLUMNS if not row[name].strip()]
    if blank:
        raise DefinitionError(
            f"{path}: a ruling lacks something", got=f"no {blank[0]}", hint="say which edge, who and why"
        )
    if row["strength"] not in STRENGTHS:
        raise DefinitionError(f"{path}: no such strength of an edge", got=row["strength"], hint="soft or hard")
    return Ruling(**row)  # type: ignore[arg-type] # the strength has just been looked at
