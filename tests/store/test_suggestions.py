from __future__ import annotations

from typing import Any

import pytest

from polku.errors import InputError, NotFoundError, NotReleasedError
from polku.store import Rejection, Store
from polku.store.suggestions import LATELY
from polku.testing.store import offer
from polku.testing.store import release as release_stored

PATH: dict[str, Any] = {
    "rung": "model",
    "options": [
        {"skill_id": "MA79.S3.01", "kind": "continue", "reasons": [{"id": "next", "fi": "Äskettäin näytetty"}]},
        {"skill_id": "MA79.S2.04", "kind": "repair", "reasons": []},
    ],
    "path": [{"skill_id": "MA79.S2.04", "kind": "repair", "reasons": []}],
}
CANDIDATES = [{"skill_id": "MA79.S3.01", "p": 0.61}, {"skill_id": "MA79.S2.04", "p": 0.4}, {"skill_id": "x", "p": 0.2}]


def shown(store: Store, **changes: Any) -> tuple[str, ...]:
    offered: dict[str, Any] = {
        "path": PATH,
        "candidates": CANDIDATES,
        "scores": {"MA79.S3.01": 0.7, "x": 0.1},
        "propensity": {"MA79.S3.01": 0.25, "MA79.S2.04": 0.5},
        "policy_hash": "p" * 64,
        "bundle_id": None,
        "context": {"curriculum": "c" * 64},
    }
    with store.begin() as tx:
        return tx.suggestions.offer("anna", **{**offered, **changes})


def release(store: Store, bundle_id: str = "bundle") -> None:
    with store.begin() as tx:
        tx.bundles.add(bundle_id, {}, {})
        release_stored(tx, bundle_id)


def test_one_suggestion_per_option_in_the_order_shown(any_store: Store) -> None:
    release(any_store)
    first, second = shown(any_store, bundle_id="bundle")
    with any_store.read() as tx:
        suggestion = tx.suggestions.get(first)
        assert suggestion is not None
        assert suggestion._replace(offered_at=0) == (
            first, "anna", 0, "MA79.S3.01", "continue", 0.7, 0.25, "model", "p" * 64, "bundle", 0,
        )  # fmt: skip
        other = tx.suggestions.get(second)
        assert other is not None
        assert (other.position, other.score, other.propensity) == (1, None, 0.5)
        assert tx.suggestions.get("never") is None
        assert tx.suggestions.count() == 2


def test_the_whole_offer_comes_back_as_it_was_shown(any_store: Store) -> None:
    ids = shown(any_store)
    with any_store.read() as tx:
        latest = tx.suggestions.latest("anna")
        assert tx.suggestions.latest("bo") is None
    assert latest is not None
    assert (latest.path, latest.candidates) == (PATH, CANDIDATES)
    assert tuple(suggestion.suggestion_id for suggestion in latest.suggestions) == ids
    assert latest.offered_at == latest.suggestions[0].offered_at


def test_the_latest_offer_is_the_last_one(any_store: Store) -> None:
    for skill in ("a", "b", "c"):
        offer(any_store, "anna", skill)
    with any_store.read() as tx:
        latest = tx.suggestions.latest("anna")
    assert latest is not None
    assert [suggestion.skill_id for suggestion in latest.suggestions] == ["c"]


def test_an_offer_without_options_is_logged_too(any_store: Store) -> None:
    assert shown(any_store, path={"rung": "prerequisite_rule", "options": [], "path": []}) == ()
    assert any_store.seal().seq == 1


def test_suggestion_and_log_entry_are_kept_together_or_not_at_all(any_store: Store) -> None:
    first, _ = shown(any_store)

    def decide_then_fail() -> None:
        with any_store.begin() as tx:
            tx.decisions.add(first, "accept", "t1", "teacher")
            tx.decisions.add("never", "accept", "t1", "teacher")

    with pytest.raises(NotFoundError, match="was never offered"):
        decide_then_fail()
    with any_store.read() as tx:
        assert tx.decisions.of("anna") == []
    assert any_store.verify_log().unsealed == 1


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ({"options": []}, "which rung it stands on"),
        ({"rung": "model"}, "has a skill_id and a kind"),
        ({"rung": "model", "options": [{"skill_id": "a"}]}, "has a skill_id and a kind"),
        ({"rung": "model", "options": [], "path": [object()]}, "cannot be stored as JSON"),
    ],
)
def test_a_path_that_is_none_is_refused_and_not_logged(any_store: Store, path: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        shown(any_store, path=path)
    assert any_store.verify_log().unsealed == 0


def test_nothing_is_offered_on_a_bundle_that_was_not_released(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.bundles.add("bundle", {}, {})
    with pytest.raises(NotReleasedError, match="stands on a released bundle"):
        shown(any_store, bundle_id="bundle")


def test_a_decision_is_kept_and_logged(any_store: Store) -> None:
    first, second = shown(any_store)
    with any_store.begin() as tx:
        tx.decisions.add(first, "edit", "t1", "teacher", "ensin kertausta", replacement="MA79.S2.04")
        tx.decisions.add(second, "accept", "anna", "learner")
        edit, accept = tx.decisions.of("anna")
        assert tx.decisions.of("bo") == []
    assert (edit.skill_id, edit.decision, edit.by, edit.role) == ("MA79.S3.01", "edit", "t1", "teacher")
    assert (edit.reason, edit.replacement) == ("ensin kertausta", "MA79.S2.04")
    assert (accept.reason, accept.replacement) == (None, None)
    assert any_store.seal().seq == 3


def test_a_rejection_holds_until_the_skill_is_accepted(any_store: Store) -> None:
    first, second = shown(any_store)
    again, _ = shown(any_store)
    with any_store.begin() as tx:
        tx.decisions.add(first, "reject", "t1", "teacher")
        tx.decisions.add(second, "reject", "anna", "learner")
        tx.decisions.add(first, "skip", "anna", "learner")
        held = tx.decisions.rejected("anna")
        assert [rejection.skill_id for rejection in held] == ["MA79.S3.01", "MA79.S2.04"]
        assert held[0] == Rejection("MA79.S3.01", tx.decisions.of("anna")[0].at)
        tx.decisions.add(again, "accept", "t1", "teacher")
        assert [rejection.skill_id for rejection in tx.decisions.rejected("anna")] == ["MA79.S2.04"]


def test_a_rejection_after_an_acceptance_holds(any_store: Store) -> None:
    first, _ = shown(any_store)
    with any_store.begin() as tx:
        for decision in ("accept", "reject"):
            tx.decisions.add(first, decision, "t1", "teacher")
        assert len(tx.decisions.rejected("anna")) == 1


@pytest.mark.parametrize(
    ("decision", "replacement", "message"),
    [("rejct", None, r"no such decision\n.*rejct\n.*did you mean 'reject'"), ("accept", "a", "only an edit names")],
)
def test_a_decision_that_is_none_is_refused(
    any_store: Store, decision: str, replacement: str | None, message: str
) -> None:
    first, _ = shown(any_store)
    with any_store.begin() as tx, pytest.raises(InputError, match=message):
        tx.decisions.add(first, decision, "t1", "teacher", replacement=replacement)


def test_a_decision_about_nothing_is_refused(any_store: Store) -> None:
    with any_store.begin() as tx, pytest.raises(NotFoundError, match="was never offered"):
        tx.decisions.add("never", "accept", "t1", "teacher")


def test_every_offer_comes_back_with_all_that_was_logged_by_learner_and_time(any_store: Store) -> None:
    first = shown(any_store, context={"curriculum": "c", "situation": {"now": 7, "states": {"a": [0.25, None]}}})
    second = shown(any_store)
    with any_store.begin() as tx:
        tx.suggestions.offer(
            "al",
            path={"rung": "model", "options": []},
            candidates=[],
            scores={},
            propensity={},
            policy_hash="p",
            bundle_id=None,
        )
    with any_store.read() as tx:
        logged = list(tx.suggestions.logged())
    assert [one.learner_id for one in logged] == ["anna", "anna"], "an offer without options has nothing to tell"
    assert [tuple(each.suggestion_id for each in one.suggestions) for one in logged] == [first, second]
    assert logged[0].context == {"curriculum": "c", "situation": {"now": 7, "states": {"a": [0.25, None]}}}
    assert logged[1].context == {"curriculum": "c" * 64}
    assert logged[0].candidates == CANDIDATES
    assert logged[0].path == PATH


def test_every_decision_comes_back_oldest_first(any_store: Store) -> None:
    first, second = shown(any_store)
    with any_store.begin() as tx:
        tx.decisions.add(second, "reject", "t1", "teacher", "not now")
        tx.decisions.add(first, "edit", "t1", "teacher", replacement="x")
        assert [(one.suggestion_id, one.decision) for one in tx.decisions.all()] == [
            (second, "reject"),
            (first, "edit"),
        ]


def test_what_is_erased_is_logged_no_more(any_store: Store) -> None:
    shown(any_store)
    any_store.erase("anna")
    with any_store.read() as tx:
        assert list(tx.suggestions.logged()) == []
        assert tx.decisions.all() == []


def test_everything_offered_to_a_learner_oldest_first(any_store: Store) -> None:
    ids = (*shown(any_store), *shown(any_store))
    with any_store.read() as tx:
        assert [one.suggestion_id for one in tx.suggestions.of("anna")] == list(ids)
        assert [one.position for one in tx.suggestions.of("anna")] == [0, 1, 0, 1]
        assert tx.suggestions.of("bo") == []


def test_what_stands_of_the_last_offer_is_told_without_what_it_was_chosen_from(any_store: Store) -> None:
    asked = {"evidence": {"after": None, "response_ids": ["r1"]}, "last_key": [1, 2, "r1"], "answers": 1}
    shown(any_store, context={**asked, "situation": {"now": 7}, "curriculum": "c"})
    with any_store.read() as tx:
        whole, brief = tx.suggestions.latest("anna"), tx.suggestions.standing("anna")
        assert tx.suggestions.standing("bo") is None
    assert whole is not None
    assert brief is not None
    assert (brief.path, brief.suggestions, brief.offered_at) == (whole.path, whole.suggestions, whole.offered_at)
    assert brief.context == asked
    assert (len(whole.candidates), brief.candidates) == (3, [])


def test_what_was_offered_lately_comes_latest_first_and_no_more_than_so_much(any_store: Store) -> None:
    for _ in range(LATELY // 2 + 3):
        offer(any_store, "l0", "a", "b")
    offer(any_store, "l1", "a")
    with any_store.read() as tx:
        found, every = tx.suggestions.lately("l0"), tx.suggestions.of("l0")
    assert len(found) == LATELY < len(every)
    assert [one.offered_at for one in found] == sorted((one.offered_at for one in every), reverse=True)[:LATELY]
    assert {one.learner_id for one in found} == {"l0"}
    assert set(found) <= set(every)
