"""What teachers settle about paths: the last holds, what was before stays, and the log says who."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polku.errors import InputError
from polku.store import Store

Refuses = Callable[[Store, str], str]


def settle(store: Store, scope: str, subject: str, **content: object) -> str:
    with store.begin() as tx:
        return tx.path_settings.put(scope, subject, content, by="T1", role="teacher")


def test_the_last_holds_and_what_was_before_stays(any_store: Store) -> None:
    first = settle(any_store, "learner", "anna", pins=["b", "a"], load=2)
    second = settle(any_store, "learner", "anna", explore=False)
    with any_store.read() as tx:
        latest, history = tx.path_settings.latest("learner", "anna"), tx.path_settings.history("learner", "anna")
        assert tx.path_settings.latest("learner", "bo") is None
        assert tx.path_settings.latest("group", "anna") is None
    assert latest is not None
    assert (latest.settings_id, latest.content, latest.by, latest.role) == (second, {"explore": False}, "T1", "teacher")
    assert [one.settings_id for one in history] == [first, second]
    assert history[0].content == {"pins": ["b", "a"], "load": 2}
    assert history[0].at <= history[1].at


def test_the_nearer_comes_after_the_wider(any_store: Store) -> None:
    settle(any_store, "learner", "anna", load=2)
    settle(any_store, "group", "7A", load=3)
    settle(any_store, "provider", any_store.provider_id, explore=False)
    settle(any_store, "group", "7B", load=2)
    with any_store.read() as tx:
        of_anna, of_nobody = tx.path_settings.layers("anna", "7A"), tx.path_settings.layers("cy", None)
        of_group = tx.path_settings.layers(None, "7A")
    assert [one.scope for one in of_anna] == ["provider", "group", "learner"]
    assert [one.scope for one in of_nobody] == ["provider"]
    assert [one.content for one in of_group] == [{"explore": False}, {"load": 3}]


def test_every_change_is_one_entry_of_the_log(any_store: Store) -> None:
    before = any_store.seal().seq
    settle(any_store, "learner", "anna", load=2)
    settle(any_store, "group", "7A", load=3)
    assert any_store.seal().seq == before + 2
    assert any_store.verify_log().whole


def test_erasing_a_learner_erases_what_was_settled_for_them_and_nobody_else(any_store: Store) -> None:
    settle(any_store, "learner", "anna", load=2)
    settle(any_store, "learner", "bo", load=2)
    settle(any_store, "group", "7A", load=3)
    erased = any_store.erase("anna")
    assert erased.rows["path_settings"] == 1
    assert erased.entries == 1
    with any_store.read() as tx:
        assert tx.path_settings.latest("learner", "anna") is None
        assert tx.path_settings.latest("learner", "bo") is not None
        assert tx.path_settings.latest("group", "7A") is not None
    assert any_store.verify_log().whole


def test_providers_do_not_see_each_others(any_store: Store, open_store: Callable[[str], Store]) -> None:
    settle(any_store, "learner", "anna", load=2)
    with open_store("town").read() as tx:
        assert tx.path_settings.layers("anna", None) == []


def test_a_row_cannot_be_changed(any_store: Store, refuses: Refuses) -> None:
    settle(any_store, "learner", "anna", load=2)
    assert "append-only" in refuses(any_store, "UPDATE path_settings SET content = '{}'")


def test_an_unknown_scope_is_refused(any_store: Store) -> None:
    with any_store.begin() as tx, pytest.raises(InputError, match="settled for no such scope"):
        tx.path_settings.put("school", "s", {}, by="T1", role="teacher")
