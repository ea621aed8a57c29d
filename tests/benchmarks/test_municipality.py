"""How the bench of planted municipalities counts: what is found, where, and when a bar is missed."""

from __future__ import annotations

import pandas as pd
import pytest

from audit_municipality import APART, CASES, Sign, alarmed, hit, others, printed, share, too_few, too_many, turned_items
from polku.simulate.items import FLATTER, HARDER

CLEAN, UNEQUAL = 0, 1
NOISE: Sign = ("audit", "gender girl", "auc")


def place_of(name: str) -> int:
    return next(place for place, case in enumerate(CASES) if name in case.name)


@pytest.mark.parametrize(
    ("signs", "found"),
    [
        ([NOISE], True),
        ([("audit", "gender boy", "auc")], True),
        ([("audit", "area_index low", "auc")], False),
        ([("audit", "gender girl", "ece")], False),
        ([("word problems", "gender girl", "auc")], False),
        ([], False),
    ],
)
def test_found_is_the_right_metric_about_the_right_attribute(signs: list[Sign], found: bool) -> None:
    assert hit(CASES[place_of("guesses")], signs) is found


def test_what_else_was_seen_is_counted_by_run() -> None:
    runs = [[NOISE, ("items", "gender girl", "clean item")], [("items", "gender boy", "clean item")], []]
    assert others(CASES[place_of("guesses")], runs) == "items clean item 2"


def test_items_that_a_switch_turns_are_known() -> None:
    items = pd.DataFrame(
        {"item_id": ["a", "b", "c"], "word_problem": [True, False, False], "uneven": [0, HARDER, FLATTER]}
    )
    assert turned_items(items, {}) == frozenset()
    assert turned_items(items, CASES[place_of("harder by 1.5 logits")].switches) == {"a"}
    assert turned_items(items, CASES[place_of("items harder")].switches) == {"b"}
    assert turned_items(items, CASES[place_of("items flatter")].switches) == {"c"}


@pytest.mark.parametrize(
    ("signs", "raised"),
    [
        ([], False),
        ([NOISE], True),
        ([("items", "gender girl", "clean item")], True),
        ([(APART, "gender girl", "auc")], False),
        ([(APART, "gender girl", "auc"), NOISE], True),
    ],
)
def test_an_alarm_is_what_an_audit_and_its_table_of_items_raise(signs: list[Sign], raised: bool) -> None:
    assert alarmed(signs) is raised


def test_the_look_at_word_problems_stands_apart(capsys: pytest.CaptureFixture[str]) -> None:
    look: Sign = (APART, "gender girl", "auc")
    assert printed({f"{CLEAN} {seed}": [look] for seed in range(40)}) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("nothing planted"))
    assert "0 of 40 [0.00 0.09]" in line
    assert "40 of 40" in line
    assert "word problems auc 40" in line


@pytest.mark.parametrize(("alarms", "runs", "missed"), [(5, 40, False), (6, 40, True), (1, 8, False), (4, 8, True)])
def test_five_of_forty_clean_seeds_may_alarm(alarms: int, runs: int, missed: bool) -> None:
    assert too_many(alarms, runs) is missed


@pytest.mark.parametrize(("hits", "runs", "missed"), [(10, 10, False), (6, 10, False), (4, 10, True), (0, 1, False)])
def test_four_of_five_planted_ones_are_to_be_found(hits: int, runs: int, missed: bool) -> None:
    assert too_few(hits, runs) is missed


def test_a_share_says_how_sure_it_is() -> None:
    assert share(5, 10) == "5 of 10 [0.19 0.81]"


def test_the_table_names_what_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    guesses = place_of("guesses")
    good: dict[str, list[Sign]] = {f"{CLEAN} {seed}": [] for seed in range(10)} | {
        f"{guesses} {seed}": [NOISE] for seed in range(10)
    }
    assert printed(good) == 0
    assert "MISSED" not in capsys.readouterr().out
    assert printed(good | {f"{UNEQUAL} {seed}": [NOISE] for seed in range(10)}) == 1
    assert "unequal preparation" in next(line for line in capsys.readouterr().out.splitlines() if "MISSED" in line)
