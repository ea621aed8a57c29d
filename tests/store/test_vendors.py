"""Catalogues of vendors, pseudonyms, and what was offered."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DatabaseError

from polku.records import Items
from polku.store import Store, tables
from polku.store.catalogue import Entry
from polku.store.engine import begin
from polku.store.launches import PREFIX

ONE = Entry("t1", "math-lab", ("a",), "One", "fi", 0.5, "choice")
TWO = Entry("t2", "math-lab", ("a", "b"), "Two")
OTHER = Entry("o1", "other", ("a",), "Other", "sv")


def test_a_catalogue_is_kept_withdrawn_and_brought_back(any_store: Store) -> None:
    with any_store.begin() as tx:
        assert tx.catalogue.replace("math-lab", [ONE, TWO]) == 0
        assert tx.catalogue.replace("other", [OTHER]) == 0
    with any_store.begin() as tx:
        assert tx.catalogue.on("a") == [OTHER, ONE], "alone on the skill"
        assert tx.catalogue.of("math-lab") == [ONE, TWO]
        assert tx.catalogue.replace("math-lab", [TWO]) == 1
        assert tx.catalogue.replace("math-lab", [TWO]) == 0, "once withdrawn, it is not again"
        assert tx.catalogue.on("a") == [OTHER]
        assert tx.catalogue.counts() == {"math-lab": 1, "other": 1}
        tx.catalogue.replace("math-lab", [ONE, TWO])
        assert tx.catalogue.of("math-lab") == [ONE, TWO]


def test_the_item_bank_learns_tasks_and_keeps_them_when_it_is_read_anew(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.catalogue.replace("math-lab", [ONE, TWO])
        tx.items.replace(Items.of([{"item_id": "own", "skill_ids": ("b",), "title": ""}]))
        assert tx.items.all().skills == {"own": ("b",), "t1": ("a",), "t2": ("a", "b")}
        assert tx.catalogue.owners(["own", "t1", "nobody's"]) == {"own": "", "t1": "math-lab"}


def test_a_pseudonym_is_a_vendors_own_and_stands_for_nobody_elsewhere(any_store: Store) -> None:
    with any_store.begin() as tx:
        first, same = (tx.launches.subject("math-lab", "l0") for _ in range(2))
        second, other = tx.launches.subject("other", "l0"), tx.launches.subject("math-lab", "l1")
        assert first == same
        assert len({first, second, other}) == 3
        assert all(one.startswith(PREFIX) and "l0" not in one for one in (first, second))
        assert tx.launches.learners([first, second, "l1"], {"math-lab"}) == {first: "l0"}
        assert tx.launches.learners([first, second], None) == {first: "l0", second: "l0"}
        assert tx.launches.learners([first], frozenset()) == {}


def test_what_is_offered_stays_written_and_goes_with_its_learner(any_store: Store) -> None:
    with any_store.begin() as tx:
        subject = tx.launches.subject("math-lab", "l0")
        tx.launches.add("l0", "a", "step", [("math-lab", "t1", {"math-lab": 2, "other": 1})])
        tx.launches.add("l0", "a", "step", [])
        (made,) = tx.launches.all()
        assert (made.vendor, made.item_id, made.had) == ("math-lab", "t1", {"math-lab": 2, "other": 1})
        assert tx.launches.offered_to("l0", "step") == {"t1"}
        assert tx.launches.offered_to("l0", "check") == set()
    assert any_store.erase("l0").rows["pairwise"] == 1
    with any_store.begin() as tx:
        assert tx.launches.all() == []
        assert tx.launches.learners([subject], None) == {}, "nobody can tell who it was"
        assert tx.launches.subject("math-lab", "l0") != subject


@pytest.mark.parametrize("table", [tables.pairwise, tables.launches], ids=lambda table: table.name)
def test_neither_is_changed_in_place(any_store: Store, table: object) -> None:
    with any_store.begin() as tx:
        tx.launches.subject("math-lab", "l0")
        tx.launches.add("l0", "a", "step", [("math-lab", "t1", {"math-lab": 1})])
    with (
        pytest.raises(DatabaseError, match=r"append-only|permission denied"),
        begin(any_store.engine, write=True) as connection,
    ):
        connection.execute(table.update().values(vendor="other"))  # type: ignore[attr-defined]  # a table of either kind
