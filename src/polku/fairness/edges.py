"""Prerequisite edges by group: whether an edge holds for everybody, asked of the enclave for a purpose.

Figures are given where a group has enough learners on either side of an edge, and are removed where they would give
another group's away. No learner's attribute leaves, and no numbers of learners: a difference of shares cannot be
subtracted from another.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from polku.curriculum import Curriculum
from polku.errors import InputError, nearest
from polku.fairness.attributes import labels, long_form
from polku.fairness.background import Background
from polku.fairness.disclosure import suppressed_groups
from polku.records import Responses
from polku.schemas.settings import Settings
from polku.schemas.slices import MISSING, Slices
from polku.training.edges import Band, Edge, Said, edge_evidence


@dataclass(frozen=True, slots=True)
class GroupEdge:
    """One edge in one group; no figure where there are too few learners."""

    before: str
    after: str
    group: str
    says: Said
    beyond: Band | None


@dataclass(frozen=True, slots=True)
class GroupEdges:
    """Every edge in every group of one attribute.

    Parameters
    ----------
    attribute : str
        Which.
    rows : tuple of GroupEdge
        By edge in curriculum order, then group.
    notes : tuple of str
        What was removed or could not be said.
    """

    attribute: str
    rows: tuple[GroupEdge, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        rows = [asdict(row) | {"beyond": None if row.beyond is None else row.beyond._asdict()} for row in self.rows]
        return {"attribute": self.attribute, "rows": rows, "notes": list(self.notes)}


def edges_by_group(
    settings: Settings, responses: Responses, curriculum: Curriculum, slices: Slices, attribute: str, *, purpose: str
) -> GroupEdges:
    """Return what the data say of each edge, group by group.

    Parameters
    ----------
    settings : Settings
        Whose enclave, and where it is.
    responses, curriculum
        As for :func:`polku.training.edges.edge_evidence`; each group is looked at by itself.
    slices : Slices
        Declare the attribute and the limit on small numbers.
    attribute : str
        Which.
    purpose : str
        Why the background is read; logged with the read.

    Raises
    ------
    InputError
        If no such attribute is declared, or no purpose is given.
    """
    if attribute not in slices.attributes:
        raise InputError("no such attribute is declared", got=attribute, hint=nearest(attribute, slices.attributes))
    with Background.open(settings.background, settings.provider_id) as background:
        table = long_form(background.read(purpose))
    return of_table(table, responses, curriculum, slices, attribute)


def of_table(
    table: pd.DataFrame, responses: Responses, curriculum: Curriculum, slices: Slices, attribute: str
) -> GroupEdges:
    """Return the same from a long background table: ``learner_id, attribute, value``."""
    group = labels(table, responses.learners, slices.model_copy(update={"depth": 1}))[attribute]
    names = [name for name in sorted(set(group)) if name != MISSING]
    by_group = {
        name: {(one.before, one.after): one for one in edge_evidence(responses.of_learners(group == name), curriculum)}
        for name in names
    }
    rows, hidden = list[GroupEdge](), 0
    for before, after in _edges(curriculum):
        here = {name: by_group[name][before, after] for name in names}
        out = suppressed_groups({name: _learners(edge) for name, edge in here.items()}, slices.disclosure.outside)
        hidden += len(out)
        rows += [_row(edge, name, hide=name in out) for name, edge in here.items()]
    note = f"{hidden:,} of {len(rows):,} figures are not shown or not known: too few learners in a group"
    return GroupEdges(attribute, tuple(rows), (note,))


def _edges(curriculum: Curriculum) -> list[tuple[str, str]]:
    skills = curriculum.skills.values()
    return [(before, skill.id) for skill in skills for before in (*skill.prerequisites, *skill.recommended_after)]


def _learners(edge: Edge) -> int:
    """Return the learners on the smaller side of an edge; none where nothing is said."""
    return 0 if edge.shown is None or edge.unshown is None else min(edge.shown.learners, edge.unshown.learners)


def _row(edge: Edge, group: str, *, hide: bool) -> GroupEdge:
    if hide:
        return GroupEdge(edge.before, edge.after, group, "not_enough_evidence", None)
    return GroupEdge(edge.before, edge.after, group, edge.says, edge.beyond)
