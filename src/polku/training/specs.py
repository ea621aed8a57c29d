"""What the home says about a model: its spec, its features, the direction of each column."""

from __future__ import annotations

from polku.errors import DefinitionError, nearest
from polku.home import Home, load_toml
from polku.profiles import FeatureSet
from polku.schemas.experiment import Experiment, SpecFile
from polku.schemas.model import ModelSpec


def load_spec(home: Home, name: str) -> ModelSpec:
    """Return the definition of the model `name`.

    Raises
    ------
    DefinitionError
        If there is no such model, its file does not hold, or it names another model.
    """
    return _file(home, name).model()


def load_experiments(home: Home, name: str) -> tuple[Experiment, ...]:
    """Return what the spec of the model `name` says is to be tried beside it.

    Raises
    ------
    DefinitionError
        As :func:`load_spec`.

    Examples
    --------
    >>> {one.method for one in load_experiments(Home.find(), "baseline")}
    set()
    """
    return _file(home, name).experiments


def _file(home: Home, name: str) -> SpecFile:
    known = [path.parent.name for path in home.models.glob("*/spec.toml")]
    if name not in known:
        raise DefinitionError(f"there is no model {name!r} in {home.models}", got=name, hint=nearest(name, known))
    path = home.models / name / "spec.toml"
    spec = load_toml(path, SpecFile)
    if spec.name != name:
        raise DefinitionError(f"{path}: name is {spec.name!r}", got=spec.name, hint=f"the folder says {name!r}")
    return spec


def load_features(spec: ModelSpec, home: Home) -> FeatureSet:
    """Return the features that a model looks at.

    Raises
    ------
    DefinitionError
        If a feature is not defined, or :func:`directions_of` refuses the directions.
    """
    feature_set = FeatureSet.load(home.features, None if spec.features == "all" else list(spec.features))
    directions_of(spec, feature_set)
    return feature_set


def directions_of(spec: ModelSpec, feature_set: FeatureSet) -> tuple[int, ...] | None:
    """Return the direction of each column for a monotone model, None for one that is free.

    Raises
    ------
    DefinitionError
        If a better answer may move a column either way, or the spec gives a direction to a feature that it does not
        look at or that has another one.
    """
    if not spec.monotone:
        return None
    where = f"models/{spec.name}/spec.toml"
    if feature_set.undirected:
        raise DefinitionError(
            f"model {spec.name} is monotone, and a better answer may move these columns either way",
            got=", ".join(feature_set.undirected),
            hint=f"leave the features out of {where}, or give them a direction",
        )
    own = {feature.definition.name: feature.definition.direction for feature in feature_set.features}
    for name, direction in spec.directions.items():
        if name not in own:
            raise DefinitionError(f"{where}: direction of a feature it has not", got=name, hint=nearest(name, own))
        if own[name] not in (0, direction):
            raise DefinitionError(f"{where}: {name} has another direction", got=direction, hint=f"it is {own[name]:+d}")
    chosen = own | spec.directions
    return tuple(chosen[feature.definition.name] for feature in feature_set.features for _ in feature.columns)
