"""Answers of every kind and size, alone and all at once, into both stores: each row ends in one place, none is lost."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databases import OWNER, as_role, new_database
from polku.errors import InputError
from polku.records import DenyRules
from polku.store import Store
from polku.web.intake import MOST_NESTED, Outcome, take_in
from tried import tried
from village import NOW, row

DENY = DenyRules(columns={"hetu": "personal identity code", "behaviour_note": "behaviour"})
NUMBERS = itertools.count()
TRIED = Counter[str]()
ODD = ["a\x00b", "\ud800", 10**4200, float("nan"), float("-inf"), -(2**63) - 1, {"\x00": "\x00"}]
LEAST = 4000
"""Rows that the tests of this file send at least."""

texts = st.text(st.characters(), max_size=20) | st.sampled_from(
    [
        "",
        " ",
        "NaN",
        "\x00",
        "a\x00b",
        "\ud800",
        "\udfff a",
        "010190-123A",
        "a;b",
        "x" * 201,
        "ä" * 200,
        "'; DROP TABLE",
        "%s",
    ]
)
numbers = (
    st.integers() | st.integers(-(10**400), 10**400) | st.floats() | st.sampled_from([2**63, -(2**63) - 1, 10**4200])
)
scalars = st.none() | st.booleans() | numbers | texts
nested = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
ids = st.sampled_from(["a", "b", "c", "d"])
sound = st.builds(row, ids, correct=st.sampled_from([0, 1, 0.5]), learner_id=st.sampled_from(["anna", "leo"]))
broken = st.builds(
    lambda good, name, value: good | {name: value},
    sound,
    st.sampled_from([*row(), "hetu", "note", "duration_s", "school_id", "group_id", "known_at"]),
    nested,
)
requests = st.lists(sound | sound | broken | broken | nested, max_size=25)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a store on either database, its providers to be made by the test."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('fuzz')}/polku.db"
    else:
        url = new_database(request.getfixturevalue("postgres"), f"fuzz_{next(NUMBERS)}")
        Store.open(as_role(url, OWNER), "nobody").close()
    with Store.open(url, "nobody") as opened:
        yield opened


def fresh(store: Store) -> Store:
    return store.for_provider(f"fuzz {next(NUMBERS)}")


def send(store: Store, rows: list[Any]) -> Outcome:
    """Send rows as JSON would bring them."""
    with store.begin() as tx:
        return take_in(tx, rows, DENY, NOW)


def total(outcome: Outcome) -> int:
    return outcome.accepted + outcome.repeated + len(outcome.conflicts) + len(outcome.refused)


def kept(store: Store) -> tuple[int, list[str]]:
    """Return how many answers are kept, and what quarantine holds."""
    with store.read() as tx:
        return tx.responses.count(), [one.row for one in tx.refused.list()]


many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(sent=requests)
def test_every_row_ends_in_one_place_and_what_was_accepted_is_there(store: Store, sent: list[Any]) -> None:
    here = fresh(store)
    first, again = send(here, sent), send(here, sent)
    TRIED["alone"] += 2 * len(sent)
    tried("fuzzed ingest", 2 * len(sent))
    assert total(first) == total(again) == len(sent)
    assert (again.accepted, again.repeated) == (0, first.accepted + first.repeated)
    assert again.refused.keys() == first.refused.keys()
    answers, quarantine = kept(here)
    assert answers == first.accepted
    assert bool(quarantine) == bool(first.refused or first.conflicts)
    assert not [one for one in quarantine if "010190" in one or json.loads(one) is None]


@settings(many, max_examples=12)
@given(sent=requests, others=st.integers(2, 4))
def test_the_same_rows_from_many_at_once_are_taken_in_once(store: Store, sent: list[Any], others: int) -> None:
    here = fresh(store)
    with ThreadPoolExecutor(others) as pool:
        outcomes = list(pool.map(lambda _: send(here, sent), range(others)))
    TRIED["at once"] += others * len(sent)
    tried("concurrent duplicates", others * len(sent))
    assert [total(one) for one in outcomes] == [len(sent)] * others
    assert sum(one.accepted for one in outcomes) == kept(here)[0]
    good = {one["response_id"] for place, one in enumerate(sent) if place not in outcomes[0].refused}
    assert kept(here)[0] == len({str(one).strip() for one in good})


@settings(many, max_examples=10)
@given(requests_=st.lists(requests, min_size=2, max_size=4))
def test_different_rows_under_the_same_ids_from_many_at_once(store: Store, requests_: list[list[Any]]) -> None:
    """Who comes first is accepted; the others are repeats or conflicts, and nothing accepted is lost."""
    here = fresh(store)
    with ThreadPoolExecutor(len(requests_)) as pool:
        outcomes = list(pool.map(partial(send, here), requests_))
    TRIED["different at once"] += sum(map(len, requests_))
    tried("concurrent duplicates", sum(map(len, requests_)))
    assert [total(one) for one in outcomes] == list(map(len, requests_))
    assert sum(one.accepted for one in outcomes) == kept(here)[0]


@settings(many, max_examples=15)
@given(depth=st.integers(0, 300), place=st.sampled_from([*row(), "note"]), kind=st.sampled_from("[{"))
def test_rows_nested_to_any_depth(store: Store, depth: int, place: str, kind: str) -> None:
    value: Any = 1
    for _ in range(depth):
        value = [value] if kind == "[" else {"a": value}
    here, sent = fresh(store), [row("a") | {place: value}, row("b")]
    TRIED["nested"] += len(sent)
    tried("nested", len(sent))
    if depth + 1 >= MOST_NESTED:
        with pytest.raises(InputError, match="nested too deeply"):
            send(here, sent)
        assert kept(here) == (0, [])
    else:
        assert total(send(here, sent)) == 2


@pytest.mark.parametrize("name", [*row(), "note", "a\x00b", "\ud800"])
@pytest.mark.parametrize("value", ODD, ids=["NUL", "surrogate", "huge", "NaN", "infinite", "beyond 64 bits", "nested"])
def test_what_a_database_cannot_hold_is_refused_and_kept(store: Store, name: str, value: object) -> None:
    here, sent = fresh(store), [row("sound"), row("odd") | {name: value}, {name: value}]
    done = send(here, sent)
    TRIED["odd"] += len(sent)
    tried("fuzzed ingest", len(sent))
    answers, quarantine = kept(here)
    assert total(done) == len(sent)
    assert done.accepted == answers == len(sent) - len(done.refused)
    assert len(quarantine) == len(done.refused) >= 1


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 2500])
def test_any_number_of_rows_half_of_them_twice(store: Store, size: int) -> None:
    """From 1,000 rows on PostgreSQL takes another way in."""
    here = fresh(store)
    sent: list[Any] = [
        row(f"r{place // 2}", learner_id=f"l{place % 7}" if place % 5 else None) for place in range(size)
    ]
    done = send(here, sent)
    TRIED["many"] += size
    tried("fuzzed ingest", size)
    assert total(done) == size
    assert done.accepted == kept(here)[0] == len({f"r{place // 2}" for place in range(size) if place % 5})


def test_the_cases_tried_are_many() -> None:
    assert not TRIED or TRIED.total() >= LEAST
