"""What the bench of streams sends is valid, varied, and the same in every run."""

from __future__ import annotations

import random

import exchange
from polku.exchange.caliper_rules import check_event
from polku.exchange.xapi_rules import check_statement


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
