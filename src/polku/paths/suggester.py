"""From a learner in the store to an offer: what service and command line share.

Holds what is loaded once (definitions, the released bundle) and keeps nothing about learners: every call
reads the store through the transaction it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, NamedTuple

from polku.errors import NotFoundError
from polku.home import Home
from polku.paths.again import says_the_same, taken_back
from polku.paths.asking import Question, next_question
from polku.paths.logged import context_of
from polku.paths.policy import policy_hash
from polku.paths.proposal import Wishes, propose, seed_of, states_of_all
from polku.paths.released import Released, Standing
from polku.paths.repairs import repairs_in_a_row
from polku.paths.settled import Settled, stays_away
from polku.paths.situation import situation_of
from polku.paths.texts import Texts
from polku.paths.values import Path
from polku.paths.withheld import said_openly
from polku.profiles import Profile, current_of_each
from polku.profiles.replaced import named_now
from polku.store.decisions import paused, rejected
from polku.store.holds import UNPROFILED
from polku.store.transaction import Transaction
from polku.store.values import Decision, Learner, Logged, Offer
from polku.training.bundle import Bundle

Clock = Callable[[], int]


class _Planned(NamedTuple):
    """A path, and all that it was planned from."""

    path: Path
    standing: Standing
    wishes: Wishes
    settled: Settled


class Suggester:
    """Suggests next steps to the learners of a store.

    Parameters
    ----------
    home : Home
        Where definitions and texts are.
    now : callable
        Returns microseconds UTC.
    """

    def __init__(self, home: Home, now: Clock) -> None:
        self.texts = Texts.load(home.serve / "text")
        self.now = now
        self._built_in = Released.built_in(home)
        self._champion: Released | None = None
        self._swap = Lock()

    @property
    def serving(self) -> Released:
        """Return what suggestions stood on when that was last looked up."""
        return self._champion or self._built_in

    def released(self, tx: Transaction) -> Released:
        """Return what suggestions stand on; a newly released bundle is loaded once, verified by hash."""
        release = tx.bundles.champion_release()
        if release is None:
            return self._built_in
        with self._swap:
            if self._champion is None or self._champion.bundle_id != release.bundle_id:
                stored = tx.bundles.get(release.bundle_id)
                if stored is None:
                    raise NotFoundError("the released bundle is gone from the store", got=release.bundle_id)
                self._champion = Released.of(Bundle.from_files(stored.files, bundle_id=stored.bundle_id), stored)
            return self._champion

    def standing(self, tx: Transaction, learner_id: str) -> Standing:
        """Return how a learner stands now; their kept profile is brought up to date.

        Of somebody who objects to profiling, or whose data may not be used, no profile is folded or read.

        Raises
        ------
        NotFoundError
            If neither roster nor responses know the learner.
        """
        return self.standings(tx, [learner_id])[0]

    def standings(self, tx: Transaction, learner_ids: Sequence[str]) -> list[Standing]:
        """Return how several learners stand now, as :meth:`standing`; the model reads all of them in one go."""
        released = self.released(tx)
        learners = [learner_of(tx, one) for one in learner_ids]
        held = [tx.holds.bearing(one.learner_id, one.group_id) for one in learners]
        unread = [any(one.kind in UNPROFILED for one in those) for those in held]
        lens, readable = released.lens, [one.learner_id for one, left in zip(learners, unread, strict=True) if not left]
        profiles = current_of_each(tx, readable, lens)
        states = states_of_all(profiles, lens.curriculum, released.model, [self._now(one) for one in profiles])
        read = zip(profiles, states, strict=True)
        return [
            Standing(learner, *((lens.empty(), {}) if left else next(read)), released, those)
            for learner, left, those in zip(learners, unread, held, strict=True)
        ]

    def preview(
        self,
        tx: Transaction,
        learner_id: str,
        *,
        goal: str | None = None,
        steps: int = 5,
        grade: int | None = None,
        horizon: int | None = None,
    ) -> tuple[Path, Standing]:
        """Return a learner's path without offering it to anybody.

        Parameters
        ----------
        tx : Transaction
            One that may write: the profile is kept when it changed.
        learner_id : str
            Whose.
        goal : str, optional
            Skill to lead to.
        steps : int
            Longest path.
        grade : int, optional
            In place of the roster's.
        horizon : int, optional
            Steps left until the goals are looked at. An offer stands whoever asks for it, so it has none.

        Returns
        -------
        Path, Standing
        """
        asked = Wishes(grade, goal, steps=steps, horizon=horizon)
        (done,) = self._plan(tx, [learner_id], [tx.suggestions.standing(learner_id)], asked)
        return done.path, done.standing

    def offer(
        self,
        tx: Transaction,
        learner_id: str,
        *,
        goal: str | None = None,
        steps: int = 5,
        asked_by: Mapping[str, str] | None = None,
    ) -> Offer:
        """Offer a learner's path and log it, unless it says what was offered last.

        Parameters
        ----------
        tx, learner_id, goal, steps
            As for :meth:`preview`.
        asked_by : mapping of str to str, optional
            Whose request it was, for the log: ``viewer`` and ``role``.

        Returns
        -------
        Offer
            The path as logged, with an id for each suggestion.
        """
        return self.offers(tx, [learner_id], goal=goal, steps=steps, asked_by=[asked_by])[0]

    def offers(
        self,
        tx: Transaction,
        learner_ids: Sequence[str],
        *,
        goal: str | None = None,
        steps: int = 5,
        asked_by: Sequence[Mapping[str, str] | None] | None = None,
    ) -> list[Offer]:
        """Offer several learners their paths, as :meth:`offer` does one by one; together they cost half as much.

        No learner is among them twice; `asked_by` says of each whose request it was.

        One thing is done for all of them before the next: processors, too, are quicker at what they did just now.
        """
        with tx.ahead.paths(learner_ids, self.serving.lens.hashes, self.serving.bundle_id):
            before = [tx.suggestions.standing(one) for one in learner_ids]
            planned = self._plan(tx, learner_ids, before, Wishes(None, goal, steps=steps))
            shown = [done.path.to_dict(self.texts) for done in planned]
            return [
                self._offered(tx, *one)
                for one in zip(planned, before, shown, asked_by or [None] * len(planned), strict=True)
            ]

    def _offered(
        self, tx: Transaction, done: _Planned, before: Logged | None, shown: Any, asked_by: Mapping[str, str] | None
    ) -> Offer:
        """Log a path, unless it says what was offered last."""
        path, standing = done.path, done.standing
        policy = policy_hash(standing.released.policy)
        if before is not None and says_the_same(before, shown, standing.released.bundle_id, policy):
            return before
        return tx.suggestions.record(
            standing.learner.learner_id,
            path=shown,
            candidates=[candidate.to_dict() for candidate in path.candidates],
            scores={candidate.skill_id: candidate.score for candidate in path.candidates},
            propensity={candidate.skill_id: candidate.propensity for candidate in path.candidates},
            policy_hash=policy,
            bundle_id=standing.released.bundle_id,
            context=context_of(tx, before, standing) | {"situation": self._situation(done), "asked_by": asked_by},
        )

    def question(
        self, tx: Transaction, learner_id: str, *, goal: str | None = None, grade: int | None = None
    ) -> Question:
        """Return what a short diagnostic asks a learner next, by the answers and settings there are.

        Parameters
        ----------
        tx, learner_id, goal, grade
            As for :meth:`preview`; a transaction that only reads will do.
        """
        released, learner = self.released(tx), learner_of(tx, learner_id)
        if goal is not None:
            released.lens.curriculum.index(goal)
        if tx.holds.bearing(learner_id, learner.group_id):
            return Question(0, None, None)  # it asks in order to place somebody: not while that is held back
        return next_question(
            tx,
            learner_id,
            released.lens.curriculum,
            released.policy,
            grade=learner.grade if grade is None else grade,
            goals=() if goal is None else (goal,),
            settled=_settled(tx, released, learner_id, learner.group_id),
        )

    def cohesion(self, tx: Transaction, group_id: str) -> int | None:
        """Return how many prerequisites next skills of a group may lie apart: what is settled, else the policy's."""
        released = self.released(tx)
        return _settled(tx, released, None, group_id).on(released.policy).offer.drift

    def _plan(
        self, tx: Transaction, learner_ids: Sequence[str], before: Sequence[Logged | None], asked: Wishes
    ) -> list[_Planned]:
        """Plan with what is asked for and settled, what the roster says, what was put aside and offered before."""
        standings = self.standings(tx, learner_ids)
        drawn = [self._drawn_from(tx, *one, asked) for one in zip(standings, before, strict=True)]
        return [_Planned(said_openly(self._propose(*one), one[0].held), *one) for one in drawn]

    def _drawn_from(
        self, tx: Transaction, standing: Standing, before: Offer | None, asked: Wishes
    ) -> tuple[Standing, Wishes, Settled]:
        """Return what a path is planned from."""
        learner, decided = standing.learner, tx.decisions.of(standing.learner.learner_id)
        settled = _settled(tx, standing.released, learner.learner_id, learner.group_id)
        wishes = replace(
            asked,
            **settled.wishes(),
            grade=learner.grade if asked.grade is None else asked.grade,
            repairs=_repairs(tx, standing, decided),
            rejected=self._away(tx, standing, decided),
            previous=None if before is None or taken_back(before, decided) else Path.from_dict(before.path),
        )
        if standing.held:  # nothing of what answers said is to shape the path, an earlier offer included
            return standing.plain(), replace(wishes, repairs=0, previous=None, explore=False), settled
        return standing, wishes, settled

    def _away(self, tx: Transaction, standing: Standing, decided: Sequence[Decision]) -> frozenset[str]:
        """Return the skills that somebody put aside and that stay away still; of a replaced one, what replaces it."""
        learner_id, policy = standing.learner.learner_id, standing.released.policy
        replaced = standing.released.lens.curriculum.replaced_by
        put_aside, away = rejected(decided), set(paused(decided, self.now()))
        answers = tx.responses.of([learner_id]) if put_aside and standing.profile.clock else ()
        for one in put_aside:
            named = named_now([one.skill_id], replaced)
            later = [named_now(new.skill_ids, replaced) for new in answers if new.answered_at > one.at]
            if stays_away(policy, one.at, self.now(), new_answers=sum(not named.isdisjoint(new) for new in later)):
                away.add(one.skill_id)
        return named_now(away, replaced)

    def _propose(self, standing: Standing, wishes: Wishes, settled: Settled) -> Path:
        released = standing.released
        return propose(
            standing.profile,
            standing.states,
            released.lens.curriculum,
            settled.on(released.policy),
            wishes,
            learner_id=standing.learner.learner_id,
            modelled=released.model is not None,
            now=self._now(standing.profile),
        )

    def _situation(self, done: _Planned) -> dict[str, Any]:
        """Return what the path was planned from, so that another policy can be judged by it."""
        profile, released = done.standing.profile, done.standing.released
        made_from = situation_of(
            done.standing.states,
            done.wishes,
            done.settled,
            rung="prerequisite_rule" if released.model is None else "model",
            answers=profile.answers,
            now=self._now(profile),
            seed=seed_of(done.standing.learner.learner_id, profile, done.settled.on(released.policy)),
        )
        return made_from | {"curriculum": released.lens.curriculum.hash}

    def _now(self, profile: Profile) -> int | None:
        return self.now() if profile.clock else None


def learner_of(tx: Transaction, learner_id: str) -> Learner:
    """Return a learner of the roster, or one known from responses alone.

    Raises
    ------
    NotFoundError
        If neither knows the learner.
    """
    listed = tx.roster.learner(learner_id)
    if listed is not None:
        return listed
    if not tx.responses.count(learner_id):
        raise NotFoundError("no such learner", got=learner_id, hint="learners are in the roster or have responses")
    return Learner(learner_id, None, None, None)


def _settled(tx: Transaction, released: Released, learner_id: str | None, group_id: str | None) -> Settled:
    """Return what holds of what was settled for a learner, or for a group."""
    layers = tx.path_settings.layers(learner_id, group_id)
    return Settled.merged(one.content for one in layers).within(released.lens.curriculum)


def _repairs(tx: Transaction, standing: Standing, decided: Sequence[Decision]) -> int:
    """Return how many steps taken last, in a row, returned to something earlier."""
    learner_id, evidence = standing.learner.learner_id, standing.profile.evidence()
    times = {skill: one.last_answered_at for skill, one in evidence.items() if one.last_answered_at is not None}
    practised = times if standing.profile.clock else {}
    return repairs_in_a_row(tx.suggestions.lately(learner_id), decided, practised)
