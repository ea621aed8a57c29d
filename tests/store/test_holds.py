"""What is held back: by whom, from whom, until when; and that nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from polku.errors import ConflictError, InputError, NotFoundError
from polku.store import Hold, Store
from polku.testing.store import offer, sample

WHO: dict[str, Any] = {"by": "T07", "role": "teacher"}


def bearing(store: Store, learner: str = "l0", group: str | None = "7A") -> list[tuple[str, str]]:
    with store.read() as tx:
        return [(one.kind, one.scope) for one in tx.holds.bearing(learner, group)]


@pytest.mark.parametrize(
    ("scope", "subject", "reaches"),
    [
        ("learner", "l0", [True, False, False]),
        ("group", "7A", [True, True, False]),
        ("provider", "anything", [True, True, True]),
    ],
)
def test_a_pause_reaches_whom_it_is_for(any_store: Store, scope: str, subject: str, reaches: list[bool]) -> None:
    with any_store.begin() as tx:
        tx.holds.put("pause", scope, subject, **WHO, reason="project week")
    found = [bool(bearing(any_store, *who)) for who in (("l0", "7A"), ("l1", "7A"), ("7A", "l0"))]
    assert found == reaches
    with any_store.begin() as tx:
        lifted = tx.holds.lift("pause", scope, subject, **WHO)
        assert (lifted.on_hold, tx.holds.now()) == (False, [])
    assert bearing(any_store) == []


def test_a_pause_ends_by_itself(any_store: Store) -> None:
    now = 1_000_000
    any_store._clock = lambda: now
    with any_store.begin() as tx:
        tx.holds.put("pause", "group", "7A", **WHO, until=now + 10)
    assert bearing(any_store) == [("pause", "group")]
    any_store._clock = lambda: now + 10
    assert bearing(any_store) == []
    with pytest.raises(ConflictError, match="there is no pause to lift"), any_store.begin() as tx:
        tx.holds.lift("pause", "group", "7A", **WHO)


def test_however_coarse_the_clock_the_last_word_holds(any_store: Store) -> None:
    any_store._clock = lambda: 5
    with any_store.begin() as tx:
        for _ in range(5):
            tx.holds.put("pause", "learner", "l0", **WHO)
            tx.holds.lift("pause", "learner", "l0", **WHO)
        last = tx.holds.put("pause", "learner", "l0", **WHO)
    assert bearing(any_store) == [("pause", "learner")]
    with any_store.read() as tx:
        assert tx.holds.get(last.hold_id) == last
        assert [one.on_hold for one in tx.holds.history("l0")] == [True, False] * 5 + [True]


def test_kinds_stand_beside_each_other(any_store: Store) -> None:
    with any_store.begin() as tx:
        for kind in ("pause", "objection", "restriction"):
            tx.holds.put(kind, "learner", "l0", **WHO)
        tx.holds.lift("objection", "learner", "l0", **WHO)
    assert bearing(any_store) == [("pause", "learner"), ("restriction", "learner")]
    with any_store.read() as tx:
        assert tx.holds.unprofiled() == {"l0"}
        assert [one.kind for one in tx.holds.now("restriction")] == ["restriction"]


@pytest.mark.parametrize("kind", ["objection", "restriction"])
def test_nothing_is_learned_from_whoever_says_no(any_store: Store, kind: str) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
        tx.profiles.put("l0", "features", "items", (0, 0, "r-0-0"), b"profile")
        tx.profiles.put("l1", "features", "items", (0, 0, "r-1-0"), b"profile")
        tx.holds.put(kind, "learner", "l0", **WHO)
        assert tx.profiles.count() == 1
        assert list(tx.responses.all().learners) == ["l1", "l2"]
        assert [row[1] for part in tx.responses.stream() for row in part] == ["l1"] * 4 + ["l2"] * 4
        assert len(tx.responses.of(["l0"])) == 4, "what was answered is kept"
        tx.holds.lift(kind, "learner", "l0", **WHO)
        assert list(tx.responses.all().learners) == ["l0", "l1", "l2"]


def test_every_change_is_logged(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.holds.put("pause", "learner", "l0", **WHO)
        tx.holds.lift("pause", "learner", "l0", **WHO)
    assert any_store.seal().seq == 2
    assert any_store.verify_log().whole
    erased = any_store.erase("l0")
    assert (erased.rows["holds"], erased.entries) == (2, 2)


def _wrong(hold: Callable[..., Hold], **said: object) -> Hold:
    return hold(**{"kind": "pause", "scope": "learner", "subject": "l0", **WHO, **said})


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"kind": "rest"}, "nothing of this kind is held back"),
        ({"scope": "school"}, "nothing is held back from such a scope"),
        ({"until": 0}, "a pause ends later than now"),
        ({"kind": "objection", "scope": "group"}, "one learner's own"),
        ({"kind": "restriction", "until": 10**17}, "one learner's own"),
    ],
)
def test_what_cannot_be_held_back(any_store: Store, said: dict[str, object], message: str) -> None:
    with any_store.begin() as tx, pytest.raises(InputError, match=message):
        _wrong(tx.holds.put, **said)


def test_an_unknown_hold(any_store: Store) -> None:
    with any_store.read() as tx, pytest.raises(NotFoundError, match="nothing was held back"):
        tx.holds.get("none")


@pytest.mark.parametrize("statement", ["UPDATE holds SET on_hold = NULL", "UPDATE seen SET viewer = 'x'"])
def test_rows_are_only_added(any_store: Store, refuses: Callable[[Store, str], str], statement: str) -> None:
    first, _ = offer(any_store, "l0", "a", "b")
    with any_store.begin() as tx:
        tx.holds.put("pause", "learner", "l0", **WHO)
        tx.suggestions.see([first], "l0", viewer="T07", role="teacher")
    assert "append-only" in refuses(any_store, statement)
