"""Loads every definition of a home and checks that they fit each other.

Each file is checked by its own schema when it is read. What no single file can know is checked here: that
what is named exists, and that what exists is named by somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from polku.curriculum import Curriculum, curriculum_of
from polku.curriculum.overlay import FILE as RULINGS
from polku.curriculum.overlay import Overlay
from polku.errors import DefinitionError, nearest
from polku.fairness import load_gates, load_slices
from polku.fairness.items.review import FILE as REVIEW
from polku.fairness.items.review import Review
from polku.fairness.mitigation.methods import constrained
from polku.fairness.report import read_texts
from polku.home import PROVIDER_FILE, Home, load_toml
from polku.paths import LANGUAGES, Texts, load_policy
from polku.profiles import Exclusions, FeatureSet
from polku.schemas.gates import Gates
from polku.schemas.leaving import LeavingTextFile
from polku.schemas.model import ModelSpec
from polku.schemas.policy import PathPolicy
from polku.schemas.settings import Settings
from polku.schemas.slices import Slices
from polku.schemas.text import PAGE_FILES
from polku.schemas.validation import ValidationLimits
from polku.training import load_features, load_spec
from polku.training.specs import load_experiments
from polku.training.validation import load_limits

TEXT_FILES = ("{}.toml", *(f"{name}.{{}}.toml" for name in (*PAGE_FILES, "learner", "audit", "leaving")))
KNOWN_FILES = {"spec.toml", "gates.toml", "validation.toml", "card.md"}
GATES = "gates.toml"
LIMITS = "validation.toml"
OWN_FILES = (
    PROVIDER_FILE,
    f"curricula/{RULINGS}",
    "curricula/*.json",
    *(f"text/{pattern.format(language)}" for pattern in TEXT_FILES for language in LANGUAGES),
    "models/path/policy.toml",
    f"models/*/{GATES}",
)
"""What a provider may have of its own, by its place in the provider's folder."""


@dataclass(frozen=True)
class Definitions:
    """Everything a home says, loaded and cross-checked.

    Parameters
    ----------
    settings : Settings
        How the installation runs.
    curricula : mapping of str to Curriculum
        By file name.
    features : FeatureSet
        All features.
    exclusions : Exclusions
        What is never a feature.
    models : mapping of str to ModelSpec
        By folder name.
    gates : Gates
        Of the model that the settings release.
    limits : ValidationLimits
        What that model must show on a provider's own answers.
    slices : Slices
        Groups an audit compares.
    policy : PathPolicy
        How paths are chosen.
    texts : Texts
        What is said, in every language.
    providers : tuple of str
        Who joined, each with a folder of its own.
    """

    settings: Settings
    curricula: Mapping[str, Curriculum]
    features: FeatureSet
    exclusions: Exclusions
    models: Mapping[str, ModelSpec]
    gates: Gates
    limits: ValidationLimits
    slices: Slices
    policy: PathPolicy
    texts: Texts
    providers: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return how many of each there are, for a person who wants to see that something was read."""
        return {
            "curricula": len(self.curricula),
            "skills": sum(len(curriculum.skills) for curriculum in self.curricula.values()),
            "features": len({column.removesuffix("_min") for column in self.features.columns}),
            "models": len(self.models),
            "gates": len(self.gates.metrics),
            "checks before a release": len(self.limits.checks),
            "slices": len(self.slices.attributes),
            "path rules": len(self.policy.rules),
            **({"providers": len(self.providers)} if self.providers else {}),
        }


def check(home: Home) -> Definitions:
    """Load and cross-check everything in `home`.

    Parameters
    ----------
    home : Home
        Folder of the root rooms.

    Returns
    -------
    Definitions

    Raises
    ------
    DefinitionError
        On the first thing that does not hold; names file, key and the nearest right name.
    """
    settings = home.settings()
    curriculum_of(home, settings)
    models = {path.name: load_spec(home, path.name) for path in _model_folders(home)}
    if settings.model not in models:
        raise DefinitionError(
            f"{home.serve / 'settings.toml'}: model names no folder of models/",
            got=settings.model,
            hint=nearest(settings.model, models),
        )
    features = FeatureSet.load(home.features)
    for name, spec in models.items():
        with _naming(home.models / name / "spec.toml"):
            load_features(spec, home)
    with _naming(home.models / "path" / "policy.toml"):
        policy = load_policy(home.models)
    gates = {path.parent.name: load_gates(home, path.parent.name) for path in sorted(home.models.glob(f"*/{GATES}"))}
    limits = {path.parent.name: load_limits(home, path.parent.name) for path in home.models.glob(f"*/{LIMITS}")}
    found = Definitions(
        settings=settings,
        curricula={path.stem: Curriculum.load(path) for path in sorted((home.serve / "curricula").glob("*.json"))},
        features=features,
        exclusions=Exclusions.load(home.features),
        models=models,
        gates=gates.get(settings.model) or load_gates(home, settings.model),
        limits=limits.get(settings.model) or load_limits(home, settings.model),
        slices=load_slices(home),
        policy=policy,
        texts=Texts.load(home.serve / "text"),
        providers=tuple(home.providers()),
    )
    Review.load(home)
    read_texts(home.serve / "text")
    _check_leaving(home)
    for name in models:
        _refuse_stray_experiments(home, found, name)
    _refuse_unused_features(home, found)
    _refuse_unnamed_rules(home, found)
    _refuse_stray_files(home)
    for provider_id in found.providers:
        check_provider(home.for_provider(provider_id))
    return found


def check_provider(home: Home) -> None:
    """Check what a provider has of its own, together with what it takes from the platform.

    Parameters
    ----------
    home : Home
        As :meth:`~polku.home.Home.for_provider` returns it.

    Raises
    ------
    PolkuError
        On the first thing that does not hold: a file that nothing reads, gates looser than the platform's, a text that
        is missing in a language, a model or curriculum that is not there, a ruling on another provider's edges.
    """
    settings, own = home.settings(), home.own
    if own is None:
        return
    for path in sorted(own.rglob("*")):
        place = path.relative_to(own).as_posix()
        if path.is_file() and not any(fnmatchcase(place, pattern) for pattern in OWN_FILES):
            raise DefinitionError(f"{path}: nothing reads this file", got=place, hint=nearest(place, OWN_FILES))
    load_spec(home, settings.model)
    for model in {settings.model, *(path.parent.name for path in own.glob(f"models/*/{GATES}"))}:
        with _naming(own / "models" / model / GATES):
            load_gates(home, model)
    with _naming(own / "models" / "path" / "policy.toml"):
        policy = load_policy(home.models)
    _refuse_unnamed(policy, Texts.load(home.serve / "text"), home.serve / "text")
    read_texts(home.serve / "text")
    _check_leaving(home)
    for path in sorted(own.glob("curricula/*.json")):
        Curriculum.load(path)
    curriculum_of(home, settings)
    _refuse_rulings_of_others(home)


def _refuse_rulings_of_others(home: Home) -> None:
    """Refuse a line in a provider's own list that is about somebody else's paths."""
    if home.own is None or not (home.own / "curricula" / RULINGS).is_file():
        return
    for ruling in Overlay.load(home).rulings:
        if ruling.provider_id != home.provider_id:
            raise DefinitionError(
                f"{home.own / 'curricula' / RULINGS}: a ruling of another provider",
                got=ruling.provider_id,
                hint=f"a provider rules on its own paths: {home.provider_id}",
            )


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Put the file into an error that was raised without knowing which file it read."""
    try:
        yield
    except DefinitionError as error:
        if path.name in error.what:
            raise
        raise DefinitionError(f"{path}: {error.what}", got=error.got, hint=error.hint) from error


def _model_folders(home: Home) -> Iterable[Path]:
    return sorted(path.parent for path in home.models.glob("*/spec.toml"))


def _refuse_unused_features(home: Home, found: Definitions) -> None:
    """Refuse a feature that no model looks at: what is not used is not kept up."""
    if any(spec.features == "all" for spec in found.models.values()):
        return
    used = {name for spec in found.models.values() for name in spec.features}
    defined = {column.removesuffix("_min") for column in found.features.columns}
    for name in sorted(defined - used):
        raise DefinitionError(
            f"{home.features}: feature {name} is used by no model",
            got=name,
            hint="name it in a spec.toml, or delete it",
        )


def _refuse_stray_experiments(home: Home, found: Definitions, model: str) -> None:
    """Refuse an experiment over groups that nobody declares, or with constraints that the features cannot keep."""
    path = home.models / model / "spec.toml"
    for one in load_experiments(home, model):
        if one.attribute is not None and one.attribute not in found.slices.attributes:
            raise DefinitionError(
                f"{path}: experiment {one.name} names no attribute of models/slices.toml",
                got=one.attribute,
                hint=nearest(one.attribute, found.slices.attributes),
            )
        if one.method == "monotone":
            with _naming(path):
                load_features(constrained(found.models[model], on=one.on), home)


def _refuse_unnamed_rules(home: Home, found: Definitions) -> None:
    """Refuse a path rule whose term has no name in the texts: a reason could not be shown."""
    _refuse_unnamed(found.policy, found.texts, home.serve / "text")


def _refuse_unnamed(policy: PathPolicy, texts: Texts, folder: Path) -> None:
    named = set(texts.keys())
    for rule in policy.rules:
        key = f"term.{rule.name}"
        if key not in named:
            raise DefinitionError(
                f"{folder}: no text {key} for a rule of the path policy", got=key, hint=nearest(key, named)
            )


def _check_leaving(home: Home) -> None:
    """Load what a provider that leaves reads, in every language: when one leaves it is too late to find a slip."""
    for language in LANGUAGES:
        load_toml(home.serve / "text" / f"leaving.{language}.toml", LeavingTextFile)


def _refuse_stray_files(home: Home) -> None:
    """Refuse a file that nothing reads: usually a slip in its name."""
    texts = {pattern.format(language) for pattern in TEXT_FILES for language in LANGUAGES}
    models = {folder.name for folder in _model_folders(home)}
    rooms = [
        (home.features, {path.name for path in home.features.glob("*.toml")}),
        (home.models, {"slices.toml", "path", REVIEW} | models),
        (home.serve / "curricula", {RULINGS} | {path.name for path in (home.serve / "curricula").glob("*.json")}),
        (home.serve / "text", texts),
        (home.models / "path", {"policy.toml"}),
        *((folder, KNOWN_FILES) for folder in _model_folders(home)),
    ]
    for folder, known in rooms:
        for path in sorted(folder.iterdir()):
            if path.name not in known:
                raise DefinitionError(f"{path}: nothing reads this file", got=path.name, hint=nearest(path.name, known))
