"""One feature: a definition from ``features/`` checked against its kind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from polku.errors import DefinitionError, nearest
from polku.home import validate
from polku.profiles.extractors import KINDS
from polku.profiles.kind import Kind, Parameters
from polku.schemas.features import OF_SCOPE, Family, FeatureDefinition

KIND_OF = {kind.name: kind for kind in KINDS}
SEVERAL = ("area", "skill")
"""Scopes of which one response may have several keys."""


@dataclass(frozen=True)
class Feature:
    """One feature: its definition, checked against its kind.

    Parameters
    ----------
    definition : FeatureDefinition
        As written in ``features/*.toml``.
    kind : Kind
        The kind of extractor.
    parameters : Parameters
        The kind's parameters, defaults filled in.
    """

    definition: FeatureDefinition
    kind: Kind
    parameters: Parameters

    @classmethod
    def of(cls, definition: FeatureDefinition, where: str) -> Feature:
        """Check a definition against its kind; `where` is named in errors.

        Raises
        ------
        DefinitionError
            On an unknown kind, a scope the kind has not, a wrong parameter, an aggregate where there is nothing
            to aggregate, or a direction that better answers contradict.
        """
        name = f"{where}: {definition.name}"
        kind = KIND_OF.get(definition.kind)
        if kind is None:
            raise DefinitionError(f"{name}: no such kind", got=definition.kind, hint=nearest(definition.kind, KIND_OF))
        if definition.scope not in kind.scopes:
            hint = nearest(definition.scope, kind.scopes)
            raise DefinitionError(f"{name}: {kind.name} has no such scope", got=definition.scope, hint=hint)
        if definition.aggregate and definition.scope not in SEVERAL:
            hint = "leave aggregate out: a response has one learner and one item"
            raise DefinitionError(f"{name}: nothing to aggregate", got=definition.scope, hint=hint)
        parameters = validate(definition.parameters, kind.parameters, Path(name))
        effect = parameters.effect()
        if definition.direction and (effect is None or effect == -definition.direction):
            moves = "either way; write 0" if effect is None else f"by {effect:+d}; write that, or 0"
            hint = f"better answers move it {moves}"
            raise DefinitionError(f"{name}: direction is the wrong way round", got=definition.direction, hint=hint)
        return cls(definition, kind, parameters)

    @property
    def aggregates(self) -> tuple[str, ...]:
        """Return how several keys are brought together, in column order; empty for learner and item."""
        return (self.definition.aggregate or ("mean",)) if self.definition.scope in SEVERAL else ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the feature's columns."""
        name = self.definition.name
        return tuple(name if how == "mean" else f"{name}_{how}" for how in self.aggregates) or (name,)

    @property
    def family(self) -> Family:
        """Return the heading under which reasons count the feature; its scope's where none is given."""
        return self.definition.family or OF_SCOPE[self.definition.scope]

    def identity(self) -> dict[str, object]:
        """Return what makes the feature's numbers, ready for JSON."""
        return {
            "name": self.definition.name,
            "kind": [self.kind.name, self.kind.version],
            "scope": self.definition.scope,
            "direction": self.definition.direction,
            "aggregates": list(self.aggregates),
            "parameters": self.parameters.model_dump(mode="json"),
        }
