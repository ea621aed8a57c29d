"""A feature set as arrays for the compiled driver, and the layout of its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from polku.profiles import evidence
from polku.profiles.events import SCOPES, Floats, Integers, Program, floats, integers
from polku.profiles.extractors import KINDS
from polku.profiles.feature import Feature

RESERVED = {"learner": 1, "area": 0, "skill": evidence.WIDTH, "item": 0}
"""Columns of every table that no feature owns: the learner's count of responses, the skill's evidence."""


@dataclass(frozen=True)
class Layout:
    """Features as the driver runs them.

    Parameters
    ----------
    program : Program
        Arrays for the driver.
    widths : mapping of str to int
        Columns of state per scope.
    """

    program: Program
    widths: Mapping[str, int]


def lay_out(features: Sequence[Feature]) -> Layout:
    """Give each feature its place in the state of its scope and write the program."""
    widths = dict(RESERVED)
    offsets = []
    for feature in features:
        scope = feature.definition.scope
        offsets.append(widths[scope])
        widths[scope] += feature.kind.width
    kinds = [kind.name for kind in KINDS]
    program = Program(
        kind=integers([kinds.index(feature.kind.name) for feature in features]),
        scope=integers([SCOPES.index(feature.definition.scope) for feature in features]),
        offset=integers(offsets),
        mean_column=_columns(features, "mean"),
        min_column=_columns(features, "min"),
        params=_params(features),
    )
    return Layout(program, widths)


def _columns(features: Sequence[Feature], how: str) -> Integers:
    """Return the output column of each feature's mean or minimum, -1 where it has none."""
    place, columns = 0, []
    for feature in features:
        ways = feature.aggregates or ("mean",)
        columns.append(place + ways.index(how) if how in ways else -1)
        place += len(ways)
    return integers(columns)


def _params(features: Sequence[Feature]) -> Floats:
    """Return the parameters of each feature, padded with zeros to the longest."""
    values = [feature.parameters.values() for feature in features]
    params = np.zeros((len(values), max(map(len, values), default=0)))
    for row, numbers in enumerate(values):
        params[row, : len(numbers)] = numbers
    return floats(params)
