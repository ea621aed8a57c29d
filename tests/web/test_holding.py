"""Pauses, the off-switch, objection, restriction: said openly, without disadvantage, and over when they are over."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from polku.fairness.forgetting import PREDICTIONS, REFERENCES, candidates_folder
from polku.home import Home
from polku.store import Read, tables
from village import ALICE, DAY, GROUP, SKILL, Answer, Village, assert_problem, row

PATH = f"/v1/learners/{ALICE}/path"
T07: dict[str, Any] = {"by": "T07", "role": "teacher"}
PAUSES = {
    "learner": f"/v1/learners/{ALICE}/pause",
    "group": f"/v1/groups/{GROUP}/pause",
    "provider": "/v1/pauses",
}
RIGHTS = {kind: f"/v1/learners/{ALICE}/{kind}" for kind in ("objection", "restriction")}
HELD = {f"note.paused_{scope}": address for scope, address in PAUSES.items()}
HELD |= {f"note.{kind}": address for kind, address in RIGHTS.items()}


def put(village: Village, address: str, **said: object) -> dict[str, Any]:
    answer = village.client.put(address, json=T07 | said)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def notes(path: dict[str, Any]) -> list[str]:
    return [note["id"] for note in path["notes"]]


def skills(path: dict[str, Any]) -> list[str]:
    return [option["skill_id"] for option in path["options"]]


@pytest.mark.parametrize(("note", "address"), HELD.items(), ids=list(HELD))
def test_while_something_is_held_back_the_path_says_so_and_nobody_is_worse_off(
    village: Village, note: str, address: str
) -> None:
    before = village.get(PATH)
    assert before["rung"] == "prerequisite_rule"
    put(village, address, reason="project week")
    held = village.get(PATH)
    assert held["rung"] == "curriculum_order"
    assert notes(held)[0] == note
    assert "note.no_evidence" not in notes(held)
    assert len({held["notes"][0][language] for language in ("fi", "sv", "en")}) == 3
    assert len(held["options"]) == len(before["options"])
    assert any(option["grade_level"] for option in held["options"])
    assert village.client.delete(address).status_code == 200
    after = village.get(PATH)
    assert (after["rung"], skills(after)) == (before["rung"], skills(before))


@pytest.mark.parametrize("address", HELD.values(), ids=list(HELD))
def test_while_something_is_held_back_everything_else_works(village: Village, address: str) -> None:
    put(village, address)
    option = village.get(PATH)["options"][0]
    said = T07 | {"decision": "accept"}
    assert village.client.post(f"/v1/suggestions/{option['suggestion_id']}/decision", json=said).status_code == 201
    assert village.post(row())["accepted"] == 1
    assert village.client.put(f"/v1/learners/{ALICE}/path-settings", json=T07 | {"load": 2}).status_code == 200
    for other in ("profile", "diagnostic", "path-settings", "suggestions", "export"):
        village.get(f"/v1/learners/{ALICE}/{other}")
    for other in (f"/v1/groups/{GROUP}/suggestions", "/v1/pauses"):
        village.get(other)
    assert village.client.get(f"/?group={GROUP}&learner={ALICE}").status_code == 200
    assert village.client.get("/readyz").status_code == 200


def test_a_restriction_hides_what_was_suggested_before(village: Village) -> None:
    address = f"/v1/learners/{ALICE}/suggestions"
    village.get(PATH)
    before = {one["suggestion_id"] for one in village.get(address)["suggestions"]}
    put(village, RIGHTS["restriction"])
    assert village.get(address)["suggestions"] == []
    meanwhile = {one["suggestion_id"] for one in village.get(PATH)["options"]}
    assert {one["suggestion_id"] for one in village.get(address)["suggestions"]} == meanwhile
    village.client.delete(RIGHTS["restriction"])
    assert {one["suggestion_id"] for one in village.get(address)["suggestions"]} == before | meanwhile


def test_what_was_answered_meanwhile_counts_afterwards(village: Village) -> None:
    count = village.get(f"/v1/learners/{ALICE}/profile")["answers"]
    put(village, RIGHTS["objection"])
    village.post(row())
    assert village.get(f"/v1/learners/{ALICE}/profile")["answers"] == 0
    village.client.delete(RIGHTS["objection"])
    assert village.get(f"/v1/learners/{ALICE}/profile")["answers"] == count + 1


@pytest.mark.parametrize("kind", RIGHTS)
def test_no_profile_is_kept_folded_or_read(village: Village, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    village.get(PATH)
    with village.store.read() as tx:
        assert tx.rights.held(ALICE)["profiles"]
    put(village, RIGHTS[kind])

    def refuse(*_: object) -> None:
        raise AssertionError("a profile was folded or read")

    monkeypatch.setattr("polku.profiles.keeping._current", refuse)
    for address in (PATH, f"/v1/learners/{ALICE}/profile", f"/v1/learners/{ALICE}/diagnostic"):
        village.get(address)
    with village.store.read() as tx:
        assert not tx.rights.held(ALICE)["profiles"]
        assert ALICE not in tx.responses.all().learners
        held = tx.suggestions.latest(ALICE)
    assert held is not None
    assert held.context["evidence"]["response_ids"] == []
    assert len(held.context["held"]) == 1


def test_a_pause_ends_on_its_day(village: Village) -> None:
    told = put(village, PAUSES["group"], until="2026-06-08")
    assert (told["scope"], told["subject"], told["on_hold"], told["by"]) == ("group", GROUP, True, "T07")
    assert notes(village.get(PATH))[0] == "note.paused_group"
    village.clock.now += 3 * DAY
    assert village.get(PATH)["rung"] == "prerequisite_rule"
    now = village.get("/v1/pauses")
    assert (now["switched_off"], now["pauses"]) == (False, [])


def test_the_list_says_who_why_and_until_when(village: Village) -> None:
    put(village, PAUSES["provider"], reason="the audit is being looked at")
    put(village, PAUSES["learner"], until="2026-07-01")
    found = village.get("/v1/pauses")
    assert found["switched_off"]
    assert [(one["scope"], one["reason"]) for one in found["pauses"]] == [
        ("provider", "the audit is being looked at"),
        ("learner", None),
    ]


def test_nobody_of_a_paused_group_is_said_to_need_a_task(village: Village) -> None:
    put(village, PAUSES["group"])
    assert village.get(f"/v1/groups/{GROUP}/suggestions")["short_task_helps"] == []


def test_a_task_is_not_asked_of_whoever_objects(village: Village) -> None:
    put(village, RIGHTS["objection"])
    assert village.get(f"/v1/learners/{ALICE}/diagnostic")["done"]


def wrong(village: Village, address: str, said: dict[str, object]) -> Answer:
    answer: Answer = village.client.put(address, json=said)
    return answer


@pytest.mark.parametrize("address", HELD.values(), ids=list(HELD))
def test_somebody_says_so_and_no_word_that_is_kept_nowhere(village: Village, address: str) -> None:
    wrongs: list[dict[str, object]] = [
        {},
        {"by": "T07"},
        {"role": "teacher"},
        T07 | {"reason": "Poissaolot"},
        T07 | {"by": "010190-123A"},
    ]
    for said in wrongs:
        assert_problem(wrong(village, address, said), 422, "invalid-input")
    assert_problem(village.client.delete(address), 409, "conflict")


def test_a_pause_that_would_be_over_is_none(village: Village) -> None:
    said = T07 | {"until": "2026-06-05"}
    assert_problem(wrong(village, PAUSES["learner"], said), 422, "invalid-input")


@pytest.mark.parametrize(
    "address", ["/v1/learners/nobody/pause", "/v1/groups/none/pause", "/v1/learners/nobody/objection"]
)
def test_nothing_is_held_back_from_nobody(village: Village, address: str) -> None:
    assert_problem(wrong(village, address, T07), 404, "not-found")


def test_the_export_holds_everything_and_who_looked(village: Village) -> None:
    village.get(PATH)
    village.store.begin()
    with village.store.begin() as tx:
        tx.reads.add([Read(ALICE, "G07", "guardian", "path", village.clock())])
    said = village.get(f"/v1/learners/{ALICE}/export")
    assert (said["format"], said["learner_id"]) == ("polku-learner/1", ALICE)
    assert "G07" in {one["viewer"] for one in said["tables"]["reads"]}
    assert {"learners", "responses", "suggestions", "log_payloads", "profiles"} <= {
        name for name, rows in said["tables"].items() if rows
    }
    assert {one["response_id"] for one in said["evidence"]} == {
        one["response_id"] for one in said["tables"]["responses"]
    }
    assert SKILL in {one["skill_id"] for one in said["skills"]} or said["skills"]
    assert said["background"] == []


@pytest.mark.parametrize(
    ("language", "heading"), [("fi", "Kuka on katsonut"), ("sv", "Vem som har"), ("en", "Who has looked")]
)
def test_the_page_reads_in_each_language_and_names_every_table(village: Village, language: str, heading: str) -> None:
    village.get(PATH)
    answer = village.client.get(f"/v1/learners/{ALICE}/export?form=html&lang={language}")
    assert answer.status_code == 200
    assert (answer.headers["content-language"], f'lang="{language}"' in answer.text) == (language, True)
    assert heading in answer.text
    assert "script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_every_table_has_a_heading_in_three_languages(village: Village) -> None:
    texts = village.app.state.service.suggester.texts
    for table in tables.metadata.tables.values():
        if "learner_id" in table.c:
            assert len({texts.say(language, f"page.held.{table.name}") for language in ("fi", "sv", "en")}) == 3


def test_what_somebody_wrote_is_no_markup(village: Village) -> None:
    put(village, PAUSES["learner"], reason="<b>{{ 7*7 }}</b>")
    page = village.client.get(f"/v1/learners/{ALICE}/export?form=html").text
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in page


def test_an_erasure_leaves_nothing_and_a_whole_log(village: Village) -> None:
    village.get(PATH)
    done = village.client.delete(f"/v1/learners/{ALICE}")
    assert done.status_code == 200, done.text
    assert done.json()["rows"]["responses"] > 0
    assert_problem(village.client.get(f"/v1/learners/{ALICE}/export"), 404, "not-found")
    assert village.store.verify_log().whole


def test_a_learner_is_moved(village: Village) -> None:
    said = {"by": "A01", "role": "administrator", "group_id": "8B", "school_id": None}
    answer = village.client.put(f"/v1/learners/{ALICE}/place", json=said)
    assert answer.json() == {"learner_id": ALICE, "group_id": "8B", "school_id": None}
    assert ALICE in {one["learner_id"] for one in village.get("/v1/groups/8B/suggestions")["learners"]}


def test_erasing_over_the_interface_reaches_candidates_files(
    make_village: Callable[..., Village], home: Home, settled: Path, tmp_path: Path
) -> None:
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, tmp_path / "own" / room)
    own = Home.find(tmp_path / "own")
    village = make_village(settled, own)
    folder = candidates_folder(own, "demo") / "b1"
    folder.mkdir(parents=True)
    rows = {"learner_id": [ALICE, ALICE, "L0002"], "response_id": ["r1", "r2", "r3"]}
    pd.DataFrame(rows).to_parquet(folder / PREDICTIONS)
    pd.DataFrame({"response_id": rows["response_id"]}).to_parquet(folder / REFERENCES)
    done = village.client.delete(f"/v1/learners/{ALICE}")
    assert done.json()["predictions"] == 2
    assert pd.read_parquet(folder / PREDICTIONS)["learner_id"].tolist() == ["L0002"]
    assert pd.read_parquet(folder / REFERENCES)["response_id"].tolist() == ["r3"]
    assert_problem(village.client.delete(f"/v1/learners/{ALICE}"), 404, "not-found")
