"""What a model looks at: the features of ``features/*.toml``, cross-checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from polku.errors import DefinitionError, InputError, nearest
from polku.home import digest, load_toml, validate
from polku.profiles.feature import Feature
from polku.profiles.program import Layout, lay_out
from polku.records.exclusions import FILE, Exclusions
from polku.schemas.features import FeatureFile


@dataclass(frozen=True)
class FeatureSet:
    """Features in the order they are defined, and the columns they give.

    Parameters
    ----------
    features : tuple of Feature
        With different columns.

    Raises
    ------
    DefinitionError
        If two features give a column of the same name.

    Examples
    --------
    >>> from polku.home import Home
    >>> chosen = FeatureSet.load(Home.find().features, ["skill_success", "item_difficulty"])
    >>> chosen.columns, chosen.directions
    (('item_difficulty', 'skill_success', 'skill_success_min'), (-1, 1, 1))
    """

    features: tuple[Feature, ...]

    def __post_init__(self) -> None:
        """Refuse columns of the same name."""
        columns = self.columns
        twice = [name for name in columns if columns.count(name) > 1]
        if twice:
            raise DefinitionError("two features give the same column", got=twice[0], hint="rename one of them")

    @classmethod
    def load(cls, features_dir: Path, names: Sequence[str] | None = None) -> FeatureSet:
        """Read ``features/*.toml`` and keep the features named, in the order of definition.

        Parameters
        ----------
        features_dir : Path
            Room of feature definitions, with its ``excluded.toml``.
        names : sequence of str, optional
            Names of features; when not given, all of them but those of files with ``enabled = false``.

        Raises
        ------
        DefinitionError
            If a file does not hold, a feature is defined twice or is one that is never a feature, or a name is
            not defined or given twice; names file, feature and the nearest right name.
        """
        exclusions = Exclusions.load(features_dir)
        features: dict[str, Feature] = {}
        off: set[str] = set()
        for path in sorted(features_dir.glob("*.toml")):
            if path.name != FILE:
                off |= _gather(path, exclusions, features)
        if names is None:
            return cls(tuple(feature for name, feature in features.items() if name not in off))
        for name in names:
            if name not in features:
                raise DefinitionError("no such feature", got=name, hint=nearest(name, features))
            if list(names).count(name) > 1:
                raise DefinitionError("a feature is named twice", got=name, hint="name it once")
        return cls(tuple(feature for name, feature in features.items() if name in names))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column for feature in self.features for column in feature.columns)

    @cached_property
    def directions(self) -> tuple[int, ...]:
        """Direction of each column: 1 or -1 where a monotone model is told, else 0."""
        return tuple(feature.definition.direction for feature in self.features for _ in feature.columns)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Heading of each column, under which reasons count it."""
        return tuple(feature.family for feature in self.features for _ in feature.columns)

    @cached_property
    def undirected(self) -> tuple[str, ...]:
        """Columns that better answers move although no direction is declared: not for a monotone model."""
        loose = [
            feature
            for feature in self.features
            if feature.parameters.effect() != 0 and not feature.definition.direction
        ]
        return tuple(column for feature in loose for column in feature.columns)

    @cached_property
    def looks_back(self) -> bool:
        """Whether a feature looks at effects of what came before, which are fitted for those only."""
        return any(feature.kind.name in {"repetition", "sequence"} for feature in self.features)

    @cached_property
    def hash(self) -> str:
        """SHA-256 over what makes the numbers: names, kinds and their versions, scopes, directions, parameters.

        The sentences of meaning are left out: a better sentence needs no refold.
        """
        return digest(json.dumps([feature.identity() for feature in self.features], sort_keys=True))

    @cached_property
    def layout(self) -> Layout:
        """The features as the compiled driver runs them."""
        return lay_out(self.features)

    def __hash__(self) -> int:
        """Return a hash that agrees with equality."""
        return hash(self.hash)

    def to_json(self) -> str:
        """Return the definitions as canonical text, for the bundle."""
        definitions = [feature.definition.model_dump(mode="json") for feature in self.features]
        return json.dumps({"feature": definitions}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> FeatureSet:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        InputError
            If the text is no JSON.
        DefinitionError
            If it defines no feature set that this version knows.
        """
        where = Path("feature set")
        try:
            raw: Any = json.loads(text)
        except ValueError as error:
            raise InputError("this is not a feature set", got=error, hint="assemble the bundle again") from error
        definitions = validate(raw, FeatureFile, where).feature
        return cls(tuple(Feature.of(definition, str(where)) for definition in definitions))


def _gather(path: Path, exclusions: Exclusions, features: dict[str, Feature]) -> set[str]:
    """Add the features of one file to those already read; return the names of those that are off."""
    file = load_toml(path, FeatureFile)
    for definition in file.feature:
        exclusions.refuse(definition.name, str(path))
        if definition.name in features:
            raise DefinitionError(f"{path}: feature defined twice", got=definition.name, hint="rename one of them")
        features[definition.name] = Feature.of(definition, str(path))
    return set() if file.enabled else {definition.name for definition in file.feature}
