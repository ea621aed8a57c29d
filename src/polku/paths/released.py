"""What suggestions stand on, and how one learner stands by it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath

from polku.curriculum import curriculum_of
from polku.home import Home, validate
from polku.paths.policy import load_policy
from polku.paths.values import SkillState
from polku.profiles import FeatureSet, ItemStatistics, Lens, Profile
from polku.schemas.policy import PathPolicy
from polku.store.values import Hold, Learner, StoredBundle
from polku.training.bundle import Bundle
from polku.training.model import FittedModel


@dataclass(frozen=True, eq=False)
class Released:
    """What suggestions stand on: a bundle, or the built-in rules where none is released.

    Parameters
    ----------
    bundle_id : str or None
        None for the built-in rules.
    lens : Lens
        What profiles are folded with; its curriculum orders paths.
    policy : PathPolicy
        How paths are chosen.
    model : FittedModel or None
        Reads mastery; None where the built-in estimate speaks.
    parts : mapping of str to str
        Hash of each part of the bundle.
    """

    bundle_id: str | None
    lens: Lens
    policy: PathPolicy
    model: FittedModel | None
    parts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, bundle: Bundle, recorded: StoredBundle | None = None) -> Released:
        """Return what a bundle holds, its policy read by its schema.

        Parameters
        ----------
        bundle : Bundle
            Read and verified.
        recorded : StoredBundle, optional
            As it was released: a later version of this program may write the same parts in other bytes.
        """
        policy = validate(tomllib.loads(bundle.policy.decode()), PathPolicy, FilePath("bundle", "policy.toml"))
        lens = Lens(bundle.feature_set, bundle.item_statistics, bundle.curriculum)
        bundle_id, manifest = (recorded.bundle_id, recorded.manifest) if recorded else (bundle.id, bundle.manifest)
        return cls(bundle_id, lens, policy, bundle.model, manifest["parts"])

    @classmethod
    def built_in(cls, home: Home) -> Released:
        """Return the rules that need no model: the home's features and policy, no difficulties."""
        curriculum = curriculum_of(home, home.settings())
        lens = Lens(FeatureSet.load(home.features), ItemStatistics({}, {}, {}, overall=0.0), curriculum)
        return cls(None, lens, load_policy(home.models), None)


@dataclass(frozen=True, eq=False)
class Standing:
    """One learner in one transaction: roster line, profile up to date, what it says of each skill, what is held."""

    learner: Learner
    profile: Profile
    states: Mapping[str, SkillState]
    released: Released
    held: tuple[Hold, ...] = ()

    def plain(self) -> Standing:
        """Return the same learner with nothing read from answers: what a path under a pause is planned from."""
        return replace(self, profile=self.released.lens.empty(), states={})
