"""A release serves once it was verified and tried; while one does not hold, what served before goes on."""

from __future__ import annotations

import pytest

from polku.errors import PolkuError
from polku.paths.released import Released
from polku.web import steady
from polku.web.steady import Fault, Steady, invented, replay
from village import ALICE, Village, assert_problem


def suggester(village: Village) -> Steady:
    found = village.app.state.service.suggester
    assert isinstance(found, Steady)
    return found


def test_what_serves_was_tried_before_anybody_asked(village: Village) -> None:
    assert suggester(village).tried
    said = village.get("/readyz")
    assert (said["rung"], said["bundle"], said["refused"]) == ("prerequisite_rule", None, None)


def test_the_trial_keeps_nothing(village: Village) -> None:
    with village.store.read() as tx:
        before = tx.responses.count()
        replay(suggester(village).released(tx))
        assert tx.responses.count() == before
        assert not tx.responses.count(steady.NOBODY)


def test_the_invented_learner_answers_wrong_first_and_right_then() -> None:
    answers = invented(["a", "b"])
    assert [(one.skill_ids, one.correct) for one in answers] == [(("a",), 0), (("a",), 1), (("b",), 0), (("b",), 1)]
    assert len(invented([str(n) for n in range(100)])) == 40


def test_a_bundle_that_does_not_work_is_found_by_the_trial(village: Village) -> None:
    with village.store.read() as tx:
        sound = suggester(village).released(tx)
    with pytest.raises((PolkuError, AttributeError, TypeError), match=r".+"):
        replay(Released("x", sound.lens, None, None))  # type: ignore[arg-type]  # what the test is about


def test_leaving_shows_in_readiness_alone(village: Village) -> None:
    village.app.state.operation.leave()
    answer = village.client.get("/readyz")
    assert assert_problem(answer, 503, "not-ready")["title"] == "the service is stopping"
    assert answer.headers["retry-after"]
    assert village.get(f"/v1/learners/{ALICE}/profile")["answers"] > 0
    assert village.get("/healthz") == {"status": "ok"}


def test_a_store_of_another_version_is_not_ready(village: Village) -> None:
    with village.store.begin() as tx:
        tx.responses._tenant.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    said = assert_problem(village.client.get("/readyz"), 503, "not-ready")
    assert "of another version" in said["title"]


def test_readiness_says_which_release_is_refused(village: Village) -> None:
    suggester(village).fault = Fault(2, "b" * 64, "the stored file policy.toml has been altered", float("inf"))
    refused = village.get("/readyz")["refused"]
    assert refused == {"number": 2, "bundle": "b" * 64, "because": "the stored file policy.toml has been altered"}


def test_what_is_to_be_done_last_is_done_in_turn_and_once(village: Village) -> None:
    done: list[str] = []
    operation = village.app.state.operation
    operation.at_stop(lambda: done.append("first given"))
    operation.at_stop(lambda: done.append("given last"))
    operation.close()
    operation.close()
    assert done == ["given last", "first given"]
    assert operation.leaving


def test_a_release_that_two_requests_loaded_at_once_is_told_once(village: Village) -> None:
    one = suggester(village)
    with village.store.read() as tx:
        now = one.released(tx)
    for twin in (now, Released("x", now.lens, now.policy, None), Released("x", now.lens, now.policy, None)):
        one._serve(twin)
    told = [line for line in village.client.get("/metrics").text.splitlines() if line.startswith("polku_champion_info")]
    assert told == ['polku_champion_info{bundle="x",rung="prerequisite_rule"} 1.0']
