"""A kept answer is given again only while nothing is new: whatever is committed, by whomever, shows in the next one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from polku.records import Response, Responses, Roster
from polku.store.stamps import Stamp
from polku.store.transaction import Transaction
from polku.web.kept import Kept, KeptAnswers
from polku.web.recall import FRESH, Recall
from polku.web.shapes import PathShape
from village import ALICE, GROUP, NOW, SKILL, Village, row

PATH = f"/v1/learners/{ALICE}/path"
ANOTHER_PROCESS = """
import sys
from polku.records import Response, Responses
from polku.store import Store
with Store.open(sys.argv[1], "demo") as store, store.begin() as tx:
    at = 1_780_660_800_000_000
    tx.responses.add(Responses.from_responses(
        [Response("elsewhere-1", sys.argv[2], "item", (sys.argv[3],), at, at, 1.0)]
    ))
"""


def given(village: Village) -> int:
    """Return how many answers were given again."""
    number: int = village.app.state.kept.given
    return number


def again(village: Village, address: str = PATH) -> dict[str, Any]:
    """Ask twice, the second time from what is kept; return the answer."""
    first = village.get(address)
    before = given(village)
    assert village.get(address) == first
    assert given(village) == before + 1
    return first


def reads(village: Village) -> int:
    """Return how many looks at anybody are written down."""
    with village.store.read() as tx:
        return tx.reads.count()


def assert_made_anew(village: Village, address: str = PATH) -> dict[str, Any]:
    """Ask, and see that the answer was not one that was kept."""
    before = given(village)
    said = village.get(address)
    assert given(village) == before
    return said


def test_asked_again_with_nothing_new_it_is_the_same_bytes(village: Village) -> None:
    again(village)
    answers = [village.client.get(PATH).content for _ in range(3)]
    assert len(set(answers)) == 1
    assert given(village) == 4


def test_what_goes_out_is_what_the_interface_says(village: Village) -> None:
    for address in (PATH, f"{PATH}?band=10-12", f"{PATH}?goal={SKILL}&steps=3"):
        said = village.client.get(address).content
        assert json.loads(PathShape.model_validate_json(said).model_dump_json()) == json.loads(said)


def test_every_look_is_written_down_kept_answer_or_not(village: Village) -> None:
    for number in range(1, 5):
        village.get(PATH)
        with village.store.read() as tx:
            assert [one.what for one in tx.reads.of(ALICE)] == ["/v1/learners/{learner_id}/path"] * number


def test_what_is_asked_for_is_part_of_the_question(village: Village) -> None:
    again(village)
    assert len(assert_made_anew(village, f"{PATH}?steps=1")["path"]) == 1
    assert village.get(PATH) != village.get(f"{PATH}?steps=1")


def answers(tx: Transaction) -> None:
    tx.responses.add(Responses.from_responses([Response("new-1", ALICE, "item", (SKILL,), NOW, NOW, 1.0)]))


def void(tx: Transaction) -> None:
    response_id = str(tx.responses.of([ALICE]).response_id[0])
    tx.responses.void(response_id, by="T07", role="teacher", reason="entered for somebody else")


def decides(tx: Transaction) -> None:
    (one, *_) = tx.suggestions.of(ALICE)
    tx.decisions.add(one.suggestion_id, "reject", "T07", "teacher")


def undoes(tx: Transaction) -> None:
    decides(tx)
    tx.decisions.undo(tx.decisions.of(ALICE)[-1].decision_id, "T07", "teacher")


def settles(scope: str, subject: str) -> Callable[[Transaction], object]:
    return lambda tx: tx.path_settings.put(scope, subject, {"load": 2}, by="T07", role="teacher")


def holds(kind: str, scope: str, subject: str) -> Callable[[Transaction], object]:
    return lambda tx: tx.holds.put(kind, scope, subject, by="T07", role="teacher")


def changes_group(tx: Transaction) -> None:
    listed = tx.roster.learners()
    listed.loc[listed["learner_id"] == ALICE, "group_id"] = "elsewhere"
    tx.roster.replace(Roster(listed, tx.roster.teachers()))


def changes_grade(tx: Transaction) -> None:
    listed = tx.roster.learners()
    listed.loc[listed["learner_id"] == ALICE, "grade"] = pd.array([9], dtype="Int64")[0]
    tx.roster.replace(Roster(listed, tx.roster.teachers()))


NEWS: dict[str, Callable[[Transaction], object]] = {
    "an answer": answers,
    "an answer taken back": void,
    "a decision": decides,
    "a decision taken back": undoes,
    "the learner's settings": settles("learner", ALICE),
    "the group's settings": settles("group", GROUP),
    "the provider's settings": settles("provider", "demo"),
    "a pause": holds("pause", "learner", ALICE),
    "the group's pause": holds("pause", "group", GROUP),
    "the provider's pause": holds("pause", "provider", "demo"),
    "an objection": holds("objection", "learner", ALICE),
    "a restriction": holds("restriction", "learner", ALICE),
    "another group": changes_group,
    "another grade": changes_grade,
}


@pytest.mark.parametrize("news", NEWS)
def test_whatever_is_new_shows_at_once(village: Village, news: str) -> None:
    again(village)
    with village.store.begin() as tx:  # as any other process would write
        NEWS[news](tx)
    made = assert_made_anew(village)
    with village.store.begin() as tx:  # what a service that keeps nothing would say
        fresh = village.app.state.service.suggester.offer(tx, ALICE)
    assert made["offered_at"] == fresh.offered_at
    assert [one["skill_id"] for one in made["options"]] == [one["skill_id"] for one in fresh.path["options"]]


def test_an_answer_through_the_same_worker_shows_at_once(village: Village) -> None:
    again(village)
    assert village.post(row())["accepted"] == 1
    assert_made_anew(village)
    again(village)


def test_an_answer_that_is_made_anew_takes_one_transaction_and_is_one_look(village: Village) -> None:
    again(village)
    village.post(row())
    commits, before = village.app.state.together.commits, reads(village)
    assert_made_anew(village)
    assert village.app.state.together.commits == commits + 1
    assert reads(village) == before + 1


def test_what_was_asked_for_is_asked_for_again_when_it_is_made_anew(village: Village) -> None:
    address = f"{PATH}?goal={SKILL}&steps=1&band=10-12"
    again(village, address)
    village.post(row())
    made = assert_made_anew(village, address)
    assert (len(made["path"]), made["band"]) == (1, "10-12")
    assert village.get(address) == made


def test_an_answer_through_another_process_shows_at_once(village: Village) -> None:
    again(village)
    url = str(village.store.engine.url)
    subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, url, ALICE, SKILL], check=True)
    assert_made_anew(village)


def test_another_learners_news_leaves_the_answer_as_it_is(village: Village) -> None:
    again(village)
    village.post(row(learner_id="L0002"))
    again(village)


def test_a_pause_that_ends_by_itself_ends_at_its_minute(village: Village) -> None:
    with village.store.begin() as tx:
        tx.holds.put("pause", "learner", ALICE, by="T07", role="teacher", until=village.clock.now + 1_000_000)
    resting = again(village)
    village.clock.now += 1_000_001
    assert assert_made_anew(village) != resting


def test_an_answer_is_made_anew_after_a_minute(village: Village) -> None:
    again(village)
    village.clock.now += FRESH
    assert_made_anew(village)


def test_nothing_of_an_erased_learner_is_given_again(village: Village) -> None:
    again(village)
    village.store.erase(ALICE)
    with village.store.begin() as tx:
        listed = tx.roster.learners()
        tx.roster.replace(Roster(listed[listed["learner_id"] != ALICE], tx.roster.teachers()))
    assert village.client.get(PATH).status_code == 404


def test_definitions_that_are_loaded_anew_make_answers_anew(village: Village) -> None:
    again(village)
    village.app.state.tenants.drop("demo")
    village.app.state.service = village.app.state.tenants.default
    assert_made_anew(village)


@pytest.mark.xdist_group("town")
def test_a_new_release_makes_answers_anew(released: Village) -> None:
    with released.store.read() as tx:
        learner = str(tx.roster.learners()["learner_id"].iloc[0])
    address = f"/v1/learners/{learner}/path"
    again(released, address)
    with released.store.begin() as tx:
        last = tx.bundles.champion_release()
        assert last is not None
        tx.bundles.release(last.bundle_id, "head", "once more", last.audit_id, last.validation_id or "")
    assert_made_anew(released, address)


def kept(size: int) -> Kept:
    """Return an answer of some bytes, as far as keeping it goes."""
    nothing: Any = None
    return Kept(b"x" * size, nothing, nothing, nothing, 0, nothing, nothing)


def test_what_is_kept_stays_within_its_bytes() -> None:
    stamp = Stamp((1,), 1, ())
    held, viewer = KeptAnswers(100), object()
    for place in range(10):
        held.keep(("demo", f"L{place}", b""), replace(kept(30), stamp=stamp), viewer)  # type: ignore[arg-type]
    assert [place for place in range(10) if held.get(("demo", f"L{place}", b""))] == [7, 8, 9]


def test_a_long_question_counts_as_well() -> None:
    held, made, viewer = KeptAnswers(100), replace(kept(10), stamp=Stamp((1,), 1, ())), object()
    for place in range(10):
        held.keep(("demo", "L1", b"x=" + bytes([65 + place]) * 38), replace(made), viewer)  # type: ignore[arg-type]
    assert len(held) == 2


def of_class(village: Village) -> dict[str, Any]:
    """Return each learner's path in the view of a class."""
    return {one["learner_id"]: one for one in village.get(f"/v1/groups/{GROUP}/suggestions")["learners"]}


def recalled(village: Village) -> int:
    """Return how many offers were recalled."""
    number: int = village.app.state.tenants.default.recall.recalled
    return number


def test_a_class_is_shown_by_what_is_recalled_of_each_learner(village: Village) -> None:
    first = of_class(village)
    assert recalled(village) == 0
    assert of_class(village) == first
    assert recalled(village) == len(first)


@pytest.mark.parametrize("news", NEWS)
def test_whatever_is_new_shows_in_the_class_at_once(village: Village, news: str) -> None:
    of_class(village)
    with village.store.begin() as tx:
        NEWS[news](tx)
    shown = of_class(village)
    with village.store.begin() as tx:
        fresh = village.app.state.service.suggester.offer(tx, ALICE)
    if news == "another group":
        assert ALICE not in shown
        return
    assert shown[ALICE]["offered_at"] == fresh.offered_at
    assert recalled(village) == (0 if news.startswith(("the group", "the provider")) else len(shown) - 1)


def test_offers_that_are_recalled_stay_within_their_bytes(village: Village) -> None:
    service, small = village.app.state.service, Recall(20_000)
    with village.store.begin() as tx:
        learners = [one.learner_id for one in tx.roster.group(GROUP)]
        offers = [one for _ in range(2) for one in small.offers(service.suggester, tx, learners)]
        assert small._bytes <= 20_000
        assert len(small._held) < len(learners)
    assert [one.path for one in offers[: len(learners)]] == [one.path for one in offers[len(learners) :]]
