"""Confirmed results to a platform: what a launch offered is used, and nothing goes out twice."""

from __future__ import annotations

import datetime as dt
from itertools import count

import pytest

from lms import Course, launched
from polku.exchange.lti import LINES, SCORE, Offered
from polku.exchange.lti_services import Line
from polku.exchange.patience import TRIES
from polku.records.confirmed import Confirmed
from polku.store import Store
from polku.web.lti.kept import contexts, places
from polku.web.lti.sending import Sending, Statement
from polku.web.lti.services import Services

DAY = dt.date(2026, 3, 5)
START = 1_780_660_800_000_000


@pytest.fixture
def sending(store: Store, services: Services, course: Course) -> Sending:
    for name in ("anna", "olli"):
        launched(store, Offered(**course.addresses), name)
    ticks = count(START, 1_000_000)
    return Sending(store, "opi", services, lambda: next(ticks))


def said(store: Store, *skills: str, learner: str = "anna", given: float | None = None) -> list[Statement]:
    with store.read() as tx:
        [place] = places(tx, "opi")[learner]
    maximum = None if given is None else 10.0
    line = {} if maximum is None else {"maximum": maximum}
    return [
        Statement(Confirmed(learner, one, "T1", DAY, given, maximum), place, Line(f"id-{one}", one.title(), **line))
        for one in skills
    ]


def test_what_was_confirmed_arrives_once(course: Course, store: Store, sending: Sending) -> None:
    statements = said(store, "s1", "s2") + said(store, "s1", learner="olli")
    steps: list[tuple[int, int]] = []
    done = sending.send(statements, lambda *step: steps.append(step))
    assert (done.sent, done.as_before, done.left) == (3, 0, 0)
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert [one["label"] for one in course.lines] == ["S1", "S2"]
    assert {key[1] for key in course.scores} == {"u-anna", "u-olli"}
    assert all("scoreGiven" not in one for one in course.scores.values()), "none is computed"
    before = len(course.asked)
    assert sending.send(statements).as_before == 3
    colleague = [one._replace(confirmed=one.confirmed._replace(confirmed_by="T2")) for one in statements]
    assert sending.send(colleague).as_before == 3
    assert len(course.asked) == before, "nothing is asked for what is there, whoever says it again"


def test_a_figure_of_the_teachers_goes_and_a_later_replaces_it(course: Course, store: Store, sending: Sending) -> None:
    assert sending.send(said(store, "s1", given=7.0)).sent == 1
    assert sending.send(said(store, "s1", given=9.0)).sent == 1
    [score] = course.scores.values()
    assert (score["scoreGiven"], score["scoreMaximum"]) == (9.0, 10.0)
    assert course.lines[0]["scoreMaximum"] == 10.0


def test_an_answer_that_was_lost_is_asked_for_with_the_same_moment(
    course: Course, store: Store, sending: Sending
) -> None:
    sending.send(said(store, "s2"))
    course.loses = True
    done = sending.send(said(store, "s1", "s2"))
    assert (done.sent, done.as_before, done.refused) == (1, 1, {}), "the second try says that it was taken"
    assert course.asked.count("POST /lines/1/lineitem/scores") == 2


def test_a_run_that_was_killed_goes_on_with_the_same_moment(course: Course, store: Store, sending: Sending) -> None:
    course.first = [(200, {}, []), (201, {}, {"id": f"{course.url}/lines/0"}), *[(503, {}, {})] * TRIES]
    assert sending.send(said(store, "s1")).left == 1
    with store.read() as tx:
        [entry] = tx.register.all("lti:opi", "scores")
    assert sending.send(said(store, "s1")).sent == 1
    [score] = course.scores.values()
    moment = dt.datetime.fromtimestamp(entry.content["at"] / 1e6, dt.UTC).isoformat(timespec="milliseconds")
    assert score["timestamp"] == moment.replace("+00:00", "Z")


def test_one_that_is_refused_costs_itself_alone(course: Course, store: Store, sending: Sending) -> None:
    course.unknown.add("u-anna")
    done = sending.send(said(store, "s1") + said(store, "s1", learner="olli"))
    assert (done.sent, done.refused) == (1, {"404": 1})
    course.unknown.clear()
    assert sending.send(said(store, "s1")).sent == 1, "it is tried again next time"


def test_where_the_platform_goes_away_the_rest_is_left(course: Course, store: Store, sending: Sending) -> None:
    course.first = [(503, {}, {})] * TRIES
    done = sending.send(said(store, "s1", "s2"))
    assert (done.sent, done.left, done.stopped) == (0, 2, "the platform refused")
    assert sending.send(said(store, "s1", "s2")).sent == 2


def test_without_line_items_of_our_own_the_links_takes_all_of_a_learner(
    course: Course, store: Store, sending: Sending
) -> None:
    launched(store, Offered(f"{course.url}/link/7", None, None, (SCORE,)))
    assert sending.send(said(store, "s1", given=7.0)).sent == 1
    assert course.scores["/link/7", "u-anna"]["scoreGiven"] == 7.0
    assert sending.send(said(store, "s2", "s3")).sent == 1
    score = course.scores["/link/7", "u-anna"]
    assert score["comment"] == "S1; S2; S3", "what went before stays"
    assert "scoreGiven" not in score, "one figure speaks of one objective"
    assert course.lines == []


def test_a_launch_leaves_ids_of_the_rosters_learners_alone(course: Course, store: Store) -> None:
    offered = Offered(**course.addresses)
    launched(store, offered, "anna")
    launched(store, offered, "stranger")
    launched(store, offered, "T1", role="teacher")
    with store.read() as tx:
        found = places(tx, "opi")
        assert list(found) == ["anna"]
        assert found["anna"][0].user == "u-anna"
        assert contexts(tx, "opi") == {"7A": offered}
        assert places(tx, "opi", "8A") == places(tx, "other") == {}
    launched(store, Offered(), "anna")
    with store.read() as tx:
        assert contexts(tx, "opi") == {"7A": offered}, "a launch that names no services withdraws none"
    launched(store, Offered(None, f"{course.url}/lines", None, (LINES,)), "anna")
    with store.read() as tx:
        assert places(tx, "opi") == {}, "without the right to post scores there is no place"


def test_what_went_out_is_erased_with_the_learner(store: Store, sending: Sending) -> None:
    sending.send(said(store, "s1") + said(store, "s1", learner="olli"))
    store.erase("anna")
    with store.read() as tx:
        assert list(places(tx, "opi")) == ["olli"]
        assert {one.learner_id for one in tx.register.all("lti:opi", "scores")} == {"olli"}
