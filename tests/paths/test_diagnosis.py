"""The short diagnostic: what it asks, what it believes, and when it stops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import diagnose, load_policy
from polku.paths.diagnosis import LARGEST, Diagnosis

POLICY = load_policy(Home.find().models)
MATHEMATICS = Curriculum.load(Home.find().serve / "curricula" / "fi-mathematics.json")
LENGTH = 15
CHAIN = Curriculum.from_json(
    '{"skills": [{"id": "s00"}, '
    + ", ".join(f'{{"id": "s{n:02d}", "prerequisites": ["s{n - 1:02d}"]}}' for n in range(1, LENGTH))
    + "]}"
)


def taken(
    curriculum: Curriculum, knows: set[str], grade: int | None = None
) -> tuple[list[tuple[str, bool]], Diagnosis]:
    """Take a whole diagnostic as somebody who answers exactly what they know."""
    asked: list[tuple[str, bool]] = []
    while (now := diagnose(curriculum, POLICY, asked, grade=grade)).ask is not None:
        asked.append((now.ask, now.ask in knows))
    return asked, now


@pytest.mark.parametrize("upto", [0, 4, 9, LENGTH])
def test_a_chain_is_found_out_in_few_questions(upto: int) -> None:
    knows = {f"s{n:02d}" for n in range(upto)}
    asked, end = taken(CHAIN, knows)
    assert POLICY.diagnostic.least <= len(asked) <= POLICY.diagnostic.most
    wrong = [name for name, p in end.known.items() if (p > 0.5) != (name in knows)]
    assert len(wrong) <= 2, (wrong, asked)


def test_it_stops_earlier_where_answers_agree() -> None:
    bare = Curriculum.of_skills("ab")
    asked, _ = taken(bare, {"a"})
    assert len(asked) < POLICY.diagnostic.most


def test_a_right_answer_speaks_for_what_is_beneath_and_a_wrong_one_against_what_is_above() -> None:
    before = diagnose(CHAIN, POLICY).known
    right, wrong = (diagnose(CHAIN, POLICY, [("s07", correct)]).known for correct in (True, False))
    assert all(right[f"s{n:02d}"] >= before[f"s{n:02d}"] for n in range(8))
    assert all(wrong[f"s{n:02d}"] <= before[f"s{n:02d}"] for n in range(7, LENGTH))


def test_of_a_grade_only_what_leads_to_it_is_asked() -> None:
    asked, end = taken(MATHEMATICS, set(), grade=8)
    on_the_way = {name for name, skill in MATHEMATICS.skills.items() if skill.grade == 8}
    on_the_way |= {before for name in on_the_way for before in MATHEMATICS.ancestors(name)}
    assert {name for name, _ in asked} <= on_the_way
    assert set(end.known) == on_the_way
    assert len(asked) <= POLICY.diagnostic.most


@pytest.mark.parametrize("grade", range(1, 13))
@pytest.mark.parametrize("everything", [True, False])
def test_however_answers_agree_there_are_five_to_twelve(grade: int, everything: bool) -> None:
    asked, _ = taken(MATHEMATICS, set(MATHEMATICS.order) if everything else set(), grade)
    assert POLICY.diagnostic.least <= len(asked) <= POLICY.diagnostic.most


def test_of_very_many_skills_those_asked_about_and_others_evenly_spread_are_looked_at() -> None:
    chain = ", ".join(f'{{"id": "n{n}", "prerequisites": ["n{n - 1}"]}}' for n in range(1, 3 * LARGEST))
    many = Curriculum.from_json(f'{{"skills": [{{"id": "n0"}}, {chain}]}}')
    first = diagnose(many, POLICY)
    assert first.ask is not None
    assert len(first.known) == LARGEST
    other = next(name for name in many.order if name not in first.known)
    after = diagnose(many, POLICY, [(other, True)])
    assert len(after.known) == LARGEST + 1
    assert after.known[other] > 0.5


def test_where_everything_is_locked_it_stops_at_once() -> None:
    assert diagnose(CHAIN, POLICY, locked=CHAIN.order).ask is None


def test_what_is_locked_is_not_asked_about() -> None:
    first = diagnose(CHAIN, POLICY).ask
    assert first is not None
    assert diagnose(CHAIN, POLICY, locked=[first]).ask not in {first, None}


def test_nothing_to_ask_about_asks_nothing() -> None:
    assert diagnose(Curriculum.of_skills(""), POLICY) == Diagnosis(None, 0.0, {})


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*CHAIN.order, "elsewhere"]), st.booleans()), max_size=12))
def test_beliefs_stay_beliefs_and_the_same_answers_ask_the_same(asked: list[tuple[str, bool]]) -> None:
    found = diagnose(CHAIN, POLICY, asked)
    assert all(np.isfinite(p) and 0.0 < p < 1.0 for p in found.known.values())
    assert found == diagnose(CHAIN, POLICY, list(asked))
    assert (found.ask is None) == (found.tells == 0.0)
