"""What the bench of streams sends is valid, varied, and the same in every run."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

import exchange
import exchange_memory as memory
from polku.exchange.caliper_rules import check_event
from polku.exchange.oneroster_files import opened
from polku.exchange.oneroster_rows import thing
from polku.exchange.oneroster_terms import ORDER
from polku.exchange.streams import Stream
from polku.exchange.xapi_rules import check_statement
from polku.records import DenyRules, Refusal


def test_what_is_sent_is_valid_and_each_element_is_another() -> None:
    rng = random.Random(3)
    statements = [exchange.statement(number, rng) for number in range(40)]
    events = [exchange.grade(number, rng) for number in range(40)]
    for one in statements:
        check_statement(one)
    for one in events:
        check_event(one)
    assert len({one["id"] for one in [*statements, *events]}) == 80
    assert len({one["result"]["score"]["scaled"] for one in statements}) > 10


def test_every_run_sends_the_same() -> None:
    first, second = (exchange.statement(7, random.Random(3)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("write", [memory.write_lines, memory.write_array])
def test_a_large_file_holds_valid_elements_each_once(tmp_path: Path, write: memory.Write) -> None:
    path = tmp_path / "elements.json"
    for make, check in ((exchange.statement, check_statement), (exchange.grade, check_event)):
        write(path, make, 3_000_000)
        with path.open("rb") as file:
            found = [json.loads(content) for content, _ in Stream(file).elements()]
        assert 3_000_000 <= path.stat().st_size < 3_100_000
        assert len({one["id"] for one in found}) == len(found) > memory.VARIETY, "ids go on where content comes again"
        for one in (*found[:20], *found[-20:]):
            check(one)


@pytest.mark.parametrize("mode", ["bulk", "delta"])
def test_a_large_register_holds_good_rows_and_results_fill_it_up(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "roster.zip"
    memory.write_roster(path, 200, 300_000, mode)
    rows: Counter[str] = Counter()
    with opened(path) as package:
        assert set(package.modes.values()) == {mode}
        assert 300_000 <= package.size < 310_000
        for kind in package.modes:
            for row in package.rows(kind):
                assert row.fault is None
                assert not isinstance(thing(kind, row.fields, DenyRules()), Refusal)
                rows[kind] += 1
    assert set(rows) == set(memory.FILES) < set(ORDER)
    assert (rows["users"], rows["enrollments"]) == (210, 410)
    assert rows["results"] > 100
