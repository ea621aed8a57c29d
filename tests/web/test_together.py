"""Work of many requests in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from polku.errors import ConflictError, NotReadyError
from polku.records import Roster
from polku.store import Read, Store
from polku.store.transaction import Transaction
from polku.web.together import FIRST_TOGETHER, MOST_AT_ONCE, Together


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return an empty store."""
    with Store.open(f"{tmp_path}/polku.db", "demo") as opened:
        yield opened


def looked(name: str) -> Callable[[Transaction], str]:
    """Return work that writes a look at one learner down."""

    def work(tx: Transaction) -> str:
        tx.reads.add([Read(name, "T07", "teacher", "path", 1)])
        return name

    return work


def fails(tx: Transaction) -> None:
    """Write something, then fail."""
    looked("nobody")(tx)
    raise ConflictError("this cannot be done")


def held_up(gate: Event) -> Callable[[Transaction], None]:
    """Return work that lets others gather behind it."""

    def work(_tx: Transaction) -> None:
        assert gate.wait(30)

    return work


def together(store: Store, *works: Any) -> tuple[list[Any], Together]:
    """Have all of `works` wait while a first one is being done, then return what they gave."""
    doing, gate = Together(), Event()

    async def ask() -> list[Any]:
        first = asyncio.create_task(doing.run(store, held_up(gate)))
        await asyncio.sleep(0)
        others = [asyncio.create_task(doing.run(store, work)) for work in works]
        await asyncio.sleep(0)
        gate.set()
        await first
        return await asyncio.gather(*others, return_exceptions=True)

    found = asyncio.run(ask())
    doing.close()
    return found, doing


def seen(store: Store, name: str) -> int:
    """Return how many looks at a learner are written down."""
    with store.read() as tx:
        return len(tx.reads.of(name))


def test_what_waits_is_committed_together(store: Store) -> None:
    names = [f"L{place}" for place in range(20)]
    found, doing = together(store, *map(looked, names))
    assert found == names
    assert doing.commits < len(names)
    assert [seen(store, name) for name in names] == [1] * len(names)


def test_one_failure_is_nobody_elses(store: Store) -> None:
    found, _ = together(store, looked("L1"), fails, looked("L2"))
    assert found[0] == "L1"
    assert found[2] == "L2"
    assert isinstance(found[1], ConflictError)
    assert [seen(store, name) for name in ("L1", "L2", "nobody")] == [1, 1, 0]


def test_providers_are_kept_apart(store: Store) -> None:
    other, doing = store.for_provider("elsewhere"), Together()

    async def ask() -> None:
        await asyncio.gather(doing.run(store, looked("L1")), doing.run(other, looked("L1")))

    asyncio.run(ask())
    doing.close()
    assert (seen(store, "L1"), seen(other, "L1")) == (1, 1)


def test_locks_are_taken_in_one_order(store: Store) -> None:
    order: list[str] = []
    doing, gate = Together(), Event()

    async def ask() -> None:
        first = asyncio.create_task(doing.run(store, held_up(gate)))
        await asyncio.sleep(0)
        works = [doing.run(store, lambda _tx, one=one: order.append(one), one) for one in ("c", "a", "b")]  # type: ignore[misc]
        rest = [asyncio.create_task(work) for work in works]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(first, *rest)

    asyncio.run(ask())
    doing.close()
    # One of them may have been taken along with the first; the others come in order.
    assert order[-2:] == sorted(order[-2:])
    assert sorted(order) == ["a", "b", "c"]


def test_who_comes_too_many_is_told_so(store: Store) -> None:
    doing, gate = Together(most_waiting=1), Event()

    async def ask() -> None:
        first = asyncio.create_task(doing.run(store, held_up(gate)))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(doing.run(store, looked(f"L{place}"))) for place in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(NotReadyError, match="faster than they can be written down"):
            await waiting[-1]
        gate.set()
        await first
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(ask())
    doing.close()


def test_a_store_that_cannot_be_written_to_says_so_to_all(tmp_path: Path) -> None:
    with Store.open(f"{tmp_path}/polku.db", "demo") as store:
        doing = Together()

        async def ask() -> None:
            await doing.run(store, lambda tx: tx.roster.replace(Roster.of([])))
            store.engine.dispose()
            (tmp_path / "polku.db").unlink()
            with pytest.raises(Exception, match=r"no such table|the store cannot be opened"):
                await doing.run(store, looked("L1"))

        asyncio.run(ask())
        doing.close()


def test_closing_does_what_waits_and_asking_again_starts_anew(store: Store) -> None:
    doing = Together()
    assert asyncio.run(doing.run(store, looked("L1"))) == "L1"
    doing.close()
    assert asyncio.run(doing.run(store, looked("L2"))) == "L2"
    doing.close()
    doing.close()


def test_who_asks_much_keeps_no_other_provider_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polku.web.together.LONGEST", 0.0)  # one piece of work a transaction
    other, doing, gate, order = store.for_provider("elsewhere"), Together(), Event(), list[str]()

    def noted(name: str) -> Callable[[Transaction], None]:
        return lambda _tx: order.append(name)

    async def ask() -> None:
        first = asyncio.create_task(doing.run(store, held_up(gate)))
        await asyncio.sleep(0)
        works = [(store, "much")] * 5 + [(other, "little")]
        rest = [asyncio.create_task(doing.run(whose, noted(name))) for whose, name in works]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(first, *rest)

    asyncio.run(ask())
    doing.close()
    assert order.index("little") <= 2, "the others' turn comes after one of theirs, however many wait"


def test_who_came_first_does_not_wait_for_whom_their_name_puts_before(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polku.web.together.LONGEST", 0.0)  # one piece of work a transaction
    doing, gate, order = Together(), Event(), list[str]()

    def noted(name: str) -> Callable[[Transaction], None]:
        return lambda _tx: order.append(name)

    async def ask() -> None:
        first = asyncio.create_task(doing.run(store, held_up(gate)))
        await asyncio.sleep(0)
        names = ["z", *(f"a{place:02d}" for place in range(40))]
        rest = [asyncio.create_task(doing.run(store, noted(name), name)) for name in names]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(first, *rest)

    asyncio.run(ask())
    doing.close()
    assert len(order) == 41
    # What is taken at once is ordered by name; in the end it is one piece of work, whoever came first.
    assert order.index("z") <= 2 * FIRST_TOGETHER
    assert order[-10:] == [f"a{place:02d}" for place in range(30, 40)]


def each_and(seen_at_once: list[int]) -> Callable[[Transaction, Any], list[str]]:
    """Return work that is done in one go, and notes for how many."""

    def work(_tx: Transaction, asked: Any) -> list[str]:
        seen_at_once.append(len(asked))
        return [f"for {one}" for one in asked]

    return work


@pytest.mark.parametrize(("orders", "goes"), [("abcdef", 2), ("aaab", 3)])
def test_what_is_alike_is_done_in_one_go_but_never_two_of_the_same_order(store: Store, orders: str, goes: int) -> None:
    doing, gate, at_once = Together(), Event(), list[int]()
    work = each_and(at_once)

    async def ask() -> list[str]:
        first = asyncio.create_task(doing.run(store, held_up(gate)))
        await asyncio.sleep(0.05)  # it is taken alone: what comes next waits behind it
        rest = [asyncio.create_task(doing.run_alike(store, work, n, one)) for n, one in enumerate(orders)]
        await asyncio.sleep(0)
        gate.set()
        await first
        found: list[str] = await asyncio.gather(*rest)
        return found

    assert asyncio.run(ask()) == [f"for {n}" for n in range(len(orders))]
    doing.close()
    assert sum(at_once) == len(orders)
    assert goes <= len(at_once) <= len(orders)
    assert max(at_once) <= MOST_AT_ONCE
