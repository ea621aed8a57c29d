"""What every back end of the store must do, as checks that tests run on each of them.

A check takes a factory: given a provider id, it returns a :class:`~polku.store.Store` of that provider on
one database that stays the same for the check. Each check uses providers of its own, so that all of them
may share a database.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from polku.errors import NotReleasedError
from polku.records import Responses
from polku.store import ChainHead, Release, Store, Transaction

StoreFactory = Callable[[str], Store]


def check_store(store_factory: StoreFactory) -> None:
    """Run every check in :data:`CHECKS`.

    Parameters
    ----------
    store_factory : callable
        Returns the store of a provider, always on the same database.

    Raises
    ------
    AssertionError
        Naming the first promise that is not kept.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> check_store(lambda provider: Store.open(f"{folder.name}/polku.db", provider))
    >>> folder.cleanup()
    """
    for check in CHECKS:
        check(store_factory)


def sample(name: str = "r", *, learners: int = 3, answers: int = 4) -> Responses:
    """Return a few responses without a clock; ids start with `name`, learners are ``l0``, ``l1`` and so on.

    Examples
    --------
    >>> len(sample(learners=2, answers=5))
    10
    """
    rows = [(learner, answer) for learner in range(learners) for answer in range(answers)]
    return Responses.from_columns(
        {
            "response_id": [f"{name}-{learner}-{answer}" for learner, answer in rows],
            "learner_id": [f"l{learner}" for learner, _ in rows],
            "item_id": [f"i{answer}" for _, answer in rows],
            "skill_ids": [["a"] if answer % 2 else ["a", "b"] for _, answer in rows],
            "answered_at": [answer for _, answer in rows],
            "correct": [float(answer % 2) for _, answer in rows],
            "duration_s": [1.5 * answer for _, answer in rows],
            "school_id": ["s1" for _ in rows],
        },
        clock=False,
    )


def offer(store: Store, learner_id: str, *skills: str) -> tuple[str, ...]:
    """Offer `skills` to a learner on no released bundle; return the suggestion ids."""
    path: dict[str, Any] = {
        "rung": "prerequisite_rule",
        "options": [{"skill_id": skill, "kind": "continue"} for skill in skills],
        "path": [],
    }
    with store.begin() as tx:
        return tx.suggestions.offer(
            learner_id,
            path=path,
            candidates=[{"skill_id": skill} for skill in skills],
            scores=dict.fromkeys(skills, 0.5),
            propensity=dict.fromkeys(skills, 1.0),
            policy_hash="policy",
            bundle_id=None,
        )


def release(tx: Transaction, bundle_id: str) -> Release:
    """Release a stored bundle on an audit and a validation of its own that say nothing."""
    audit, validation = tx.audits.add("{}", bundle_id), tx.validations.add("{}", bundle_id, "pass")
    return tx.bundles.release(bundle_id, "Ada", "passed", audit, validation)


def check_adding_again_changes_nothing(store_factory: StoreFactory) -> None:
    """Check that the same responses, added twice, are there once, word for word."""
    store, responses = store_factory("check-again"), sample()
    with store.begin() as tx:
        first, second = tx.responses.add(responses), tx.responses.add(responses)
    _require(first == (len(responses), 0, []), f"new responses are accepted, not {first}")
    _require(second == (0, len(responses), []), f"known responses are repeats, not {second}")
    with store.read() as tx:
        _require(tx.responses.all().hash == responses.hash, "responses come back as they were added")


def check_conflicts_are_kept(store_factory: StoreFactory) -> None:
    """Check that other content under a known id changes nothing and goes to quarantine."""
    store, responses = store_factory("check-conflict"), sample()
    other = responses.to_frame().assign(correct=0.25).head(1)
    changed = Responses.from_frame(other, clock=False)
    with store.begin() as tx:
        tx.responses.add(responses)
        added = tx.responses.add(changed)
    _require(added == (0, 0, list(changed.response_id)), f"other content is a conflict, not {added}")
    with store.read() as tx:
        _require(tx.responses.all().hash == responses.hash, "a conflict overwrites nothing")
        _require([row.reason for row in tx.refused.list()] == ["conflict"], "a conflict is kept with its reason")


def check_nothing_half(store_factory: StoreFactory) -> None:
    """Check that a block that raises leaves nothing behind."""
    store = store_factory("check-half")
    with suppress(_InterruptedError), store.begin() as tx:
        tx.responses.add(sample())
        _interrupt()
    with store.read() as tx:
        _require(tx.responses.count() == 0, "what was added before an error is undone")


def check_providers_are_apart(store_factory: StoreFactory) -> None:
    """Check that one provider sees nothing of another, though they use the same ids."""
    one, other = store_factory("check-one"), store_factory("check-other")
    with one.begin() as tx:
        tx.responses.add(sample())
        tx.profiles.put("l0", "features", "items", (0, 0, "r-0-0"), b"one")
        tx.bundles.add("bundle", {"model.txt": b"one"}, {"id": "bundle"})
        tx.audits.add("{}", "bundle")
    offer(one, "l0", "a")
    one.seal()
    with other.begin() as tx:
        seen = [tx.responses.count(), tx.profiles.count(), tx.suggestions.count(), len(tx.responses.of(["l0"]))]
        found = [tx.bundles.get("bundle"), tx.audits.latest(), tx.suggestions.latest("l0")]
        _require(seen == [0, 0, 0, 0] and found == [None, None, None], "a provider sees nothing of another")
        _require(tx.responses.add(sample()).accepted == len(sample()), "the same ids are free for another provider")
    _require(other.chain_head().seq == 0, "each provider has a log of its own")
    _require(other.erase("l0").rows["profiles"] == 0, "erasing touches one provider only")


def check_nothing_serves_unaudited(store_factory: StoreFactory) -> None:
    """Check that a bundle without an audit and a validation of its own cannot be released."""
    store = store_factory("check-release")
    with store.begin() as tx:
        for bundle in ("audited", "other"):
            tx.bundles.add(bundle, {"model.txt": bundle.encode()}, {"id": bundle})
        audit, validation = tx.audits.add("{}", "audited"), tx.validations.add("{}", "audited", "pass")
        _require(tx.bundles.champion() is None, "nothing is champion before a release")
        for bundle in ("other", "unknown"):
            refused = _refuses_release(tx, bundle, audit, validation)
            _require(refused, f"a release of the {bundle} bundle on this audit is refused")
        for other in ("none", tx.validations.add("{}", "other", "pass")):
            _require(_refuses_release(tx, "audited", audit, other), "a release without its own validation is refused")
        tx.bundles.release("audited", "anna", "why", audit, validation)
        champion = tx.bundles.champion()
    _require(champion is not None and champion.files == {"model.txt": b"audited"}, "the release is champion")


def check_the_log_holds(store_factory: StoreFactory) -> None:
    """Check that offers and decisions are sealed once, that erasing leaves the chain whole, and cutting it shows."""
    store = store_factory("check-log")
    first, _ = offer(store, "l0", "a", "b")
    offer(store, "l1", "a", "b")
    with store.begin() as tx:
        tx.decisions.add(first, "reject", "t1", "teacher", "not now")
    sealed = store.seal()
    _require(sealed.seq == 3 and store.seal() == sealed == store.chain_head(), "each entry is sealed once")
    _require(store.verify_log(sealed).whole, "an untouched log verifies")
    erased = store.erase("l0")
    _require(erased.entries == 2, f"offer and decision are emptied, not {erased.entries}")
    _require(store.chain_head().seq == 4 and store.verify_log(sealed).whole, "an erasure is sealed at once")
    _require(not store.verify_log(ChainHead(9, "f" * 64)).whole, "a log shorter than an exported head is truncated")


class _InterruptedError(Exception):
    """Stands for whatever may go wrong in the middle of a transaction."""


def _interrupt() -> None:
    raise _InterruptedError


def _refuses_release(tx: Transaction, bundle_id: str, audit_id: str, validation_id: str) -> bool:
    try:
        tx.bundles.release(bundle_id, "anna", "why", audit_id, validation_id)
    except NotReleasedError:
        return True
    return False


def _require(kept: bool, promise: str) -> None:
    if not kept:
        raise AssertionError(f"the store does not keep a promise: {promise}")


CHECKS = (
    check_adding_again_changes_nothing,
    check_conflicts_are_kept,
    check_nothing_half,
    check_providers_are_apart,
    check_nothing_serves_unaudited,
    check_the_log_holds,
)
