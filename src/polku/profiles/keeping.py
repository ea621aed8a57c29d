"""Profiles in the store: nothing already folded is folded again, nothing late is left out.

A kept profile belongs to one feature set and one set of item statistics, by hash. After either is swapped, the
learner is refolded the next time somebody asks: :func:`current` does that, and :func:`fold_all` does it
ahead of time for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from polku.curriculum import Curriculum
from polku.home import digest
from polku.profiles.feature_set import FeatureSet
from polku.profiles.item_statistics import ItemStatistics
from polku.profiles.profile import Profile, profiles_of
from polku.profiles.replaced import in_skills_of

if TYPE_CHECKING:
    from polku.store.transaction import Transaction

BATCH = 500
OnStep = Callable[[int, int], None]


@dataclass(frozen=True)
class Lens:
    """What a profile is a fold *with*: feature set, item statistics, curriculum."""

    feature_set: FeatureSet
    item_statistics: ItemStatistics
    curriculum: Curriculum

    @property
    def hashes(self) -> tuple[str, str]:
        """Return the hashes that a kept profile stands under."""
        items, replaced = self.item_statistics.hash, self.curriculum.replaced_hash
        return self.feature_set.hash, digest(items, replaced) if replaced else items

    def empty(self) -> Profile:
        """Return the profile of a learner without answers."""
        return Profile.empty(self.feature_set, self.item_statistics, self.curriculum)

    def read(self, content: bytes) -> Profile:
        """Return a kept profile."""
        return Profile.from_bytes(content, self.feature_set, self.item_statistics, self.curriculum)


def current(tx: Transaction, learner_id: str, lens: Lens) -> Profile:
    """Return a learner's profile, up to date with the store, and keep it when it changed.

    Parameters
    ----------
    tx : Transaction
        One that may write.
    learner_id : str
        Whose.
    lens : Lens
        What to fold with.

    Returns
    -------
    Profile
        Empty when the learner has no answers.
    """
    return current_of_each(tx, [learner_id], lens)[0]


def current_of_each(tx: Transaction, learner_ids: Sequence[str], lens: Lens) -> list[Profile]:
    """Return the profiles of some learners, as :func:`current` does; all are read before any is kept."""
    tx.profiles.claim(*learner_ids)
    found = [_current(tx, one, lens) for one in learner_ids]
    changed = [one for one, (_, new) in zip(learner_ids, found, strict=True) if new]
    profiles = dict(zip(learner_ids, (profile for profile, _ in found), strict=True))
    tx.profiles.put_many(*lens.hashes, [(one, profiles[one].last_key, profiles[one].to_bytes()) for one in changed])
    return [profile for profile, _ in found]


def _current(tx: Transaction, learner_id: str, lens: Lens) -> tuple[Profile, bool]:
    """Return a claimed profile, up to date, and whether it is to be kept anew."""
    content = tx.profiles.get(learner_id, *lens.hashes)
    profile = lens.empty() if content is None else lens.read(content)
    without = lens.item_statistics.withheld
    new, total = tx.responses.since(learner_id, profile.last_key, without=without)
    if profile.answers + len(new) != total:  # something became known before the last key
        profile, new = lens.empty(), tx.responses.of([learner_id], without=without)
    if len(new):
        profile.fold(in_skills_of(lens.curriculum, new))
    return profile, bool(len(new)) or content is None


def fold_all(tx: Transaction, lens: Lens, on_step: OnStep | None = None) -> int:
    """Fold every learner's responses and keep the profiles; returns how many.

    Parameters
    ----------
    tx : Transaction
        One that may write.
    lens : Lens
        What to fold with.
    on_step : callable, optional
        Called with (done, total) learners.
    """
    responses = in_skills_of(lens.curriculum, tx.responses.all(without=lens.item_statistics.withheld))
    total = len(responses.learners)
    waiting = []
    for done, (learner_id, profile) in enumerate(
        profiles_of(responses, lens.feature_set, lens.item_statistics, lens.curriculum), start=1
    ):
        waiting.append((learner_id, profile.last_key, profile.to_bytes()))
        if len(waiting) == BATCH or done == total:
            tx.profiles.put_many(*lens.hashes, waiting)
            waiting = []
            if on_step is not None:
                on_step(done, total)
    return total
