"""Every door against every rule of ``features/excluded.toml``: refused, with the reason why, and nothing kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.cli.desk import Desk
from polku.cli.ingest import ingest
from polku.cli.transfer import read_in
from polku.errors import InputError
from polku.home import Home
from polku.profiles import Exclusions
from polku.schemas.excluded import Deny
from polku.web.said import WHY
from village import ALICE, GROUP, SKILL, Answer, Village, assert_problem, row

RULES = {deny.rule: deny for deny in Exclusions.load(Home.find().features).file.deny}
SECRET = "zzz-secret-zzz"  # noqa: S105 - a word to look for
T07 = {"by": "T07", "role": "teacher"}
DASHES = "-+ABCDEFUVWXYabcdefuvwxy‐‑‒–—−"  # noqa: RUF001 - dashes of all kinds are meant
SAID = {
    "personal identity code": "puhuttu: 010190-123A",
    "health": "diagnoosi odottaa",
    "pupil welfare": "kuraattorin kanssa",
    "emotion": "on ollut ahdistunut",
    "attendance": "oli poissa kaksi viikkoa",
    "behaviour": "häiritsee muita",
}
"""Words of a person that each rule about words refuses."""


def test_every_rule_about_words_has_its_words_here() -> None:
    assert set(SAID) == {rule for rule, deny in RULES.items() if deny.values or deny.words}
    assert {"personal identity code", "pupil welfare", "attendance", "behaviour", "emotion"} <= RULES.keys()
    assert "assessment in free text" in RULES


@pytest.mark.parametrize("kind", ["welfare", "behaviour", "health"])
def test_a_note_is_refused_as_what_it_is_a_note_on(kind: str) -> None:
    rule = next(rule for rule, deny in RULES.items() if kind in rule)
    assert {f"{kind}_note", f"{kind}_notes"} <= set(RULES[rule].columns)


@pytest.fixture
def desk(village: Village) -> Desk:
    """Return a desk at the village's store."""
    home = Home.find()
    found = Desk(home, home.settings().model_copy(update={"provider_id": "demo"}))
    found.__dict__["store"] = village.store
    return found


def nowhere(village: Village, words: str = SECRET) -> None:
    """Check that words are in no file of the store."""
    assert village.store.engine.url.database
    path = Path(village.store.engine.url.database)
    for file in path.parent.glob(f"{path.name}*"):
        assert words.encode() not in file.read_bytes(), file.name


# Doors for rows: every rule, by each of its columns.


@pytest.mark.parametrize("deny", RULES.values(), ids=list(RULES))
def test_rows_over_the_interface(village: Village, deny: Deny) -> None:
    rows = [row(f"new-{place}", **{column: SECRET}) for place, column in enumerate(deny.columns)]
    said = village.post(*rows)
    assert said["http"] == 422
    assert [one["reason"] for one in said["refused"]] == ["denied_field"] * len(deny.columns)
    assert all(f"({deny.rule}: {deny.why})" in one["explanation"] for one in said["refused"])
    with village.store.read() as tx:
        assert all(f"[removed: {deny.rule}]" in one.row for one in tx.refused.list())
    nowhere(village)


FILES = {
    "responses": "response_id,learner_id,item_id,skill_ids,answered_at,correct{more}\n"
    "r1,L1,i1,MA79.S2.01,2026-05-01T10:00:00Z,1{value}\n",
    "roster": "learner_id,grade,group_id,school_id{more}\nL1,8,8A,S1{value}\n",
    "items": "item_id,skill_ids,title{more}\ni1,MA79.S2.01,A task{value}\n",
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("deny", RULES.values(), ids=list(RULES))
def test_columns_of_a_file(village: Village, desk: Desk, tmp_path: Path, deny: Deny, kind: str) -> None:
    path = tmp_path / f"{kind}.csv"
    more = "".join(f",{column}" for column in deny.columns)
    path.write_text(FILES[kind].format(more=more, value=f",{SECRET}" * len(deny.columns)), encoding="utf-8")
    (line,) = ingest(desk, path, kind=kind)
    assert line.accepted >= 1
    for column in deny.columns:
        assert f"column {column} was not read (rule: {deny.rule}: {deny.why})" in line.notes
    nowhere(village)


@pytest.mark.parametrize("deny", RULES.values(), ids=list(RULES))
def test_what_a_learner_brings_from_elsewhere(village: Village, desk: Desk, tmp_path: Path, deny: Deny) -> None:
    path, column = tmp_path / "L9.json", deny.columns[0]
    rows = [row("far-1", learner_id="L9"), row("far-2", learner_id="L9", **{column: SECRET})]
    brought = {"format": "polku-learner/1", "provider_id": "town", "learner_id": "L9", "evidence": rows}
    path.write_text(json.dumps(brought), encoding="utf-8")
    assert read_in(desk, path, by="A01") == ("L9", True, 1, 0, 1, 0)
    nowhere(village)


SITE = "https://vendor.example"
VERSION = {"X-Experience-API-Version": "1.0.3"}
CALIPER = "http://purl.imsglobal.org/ctx/caliper/v1p2"


def statements(extensions: dict[str, str]) -> list[dict[str, object]]:
    """Return a statement that becomes evidence and one that waits, with extensions wherever a standard lets them be."""
    sound: dict[str, object] = {
        "id": "6a7b0b9e-5e0a-4a57-9d9c-000000000001",
        "actor": {"account": {"homePage": SITE, "name": ALICE}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": f"{SITE}/items/{SKILL}-01", "definition": {"extensions": extensions}},
        "result": {"success": True, "response": f"own words {SECRET}", "extensions": extensions},
        "context": {"extensions": extensions},
        "timestamp": "2026-06-05T09:00:00+03:00",
    }
    waits = {"id": "6a7b0b9e-5e0a-4a57-9d9c-000000000002", "object": {"id": f"{SITE}/items/unknown"}}
    return [sound, sound | waits]


def envelope(extensions: dict[str, str]) -> dict[str, object]:
    event = {
        "@context": CALIPER,
        "id": "urn:uuid:6a7b0b9e-5e0a-4a57-9d9c-000000000003",
        "type": "GradeEvent",
        "profile": "GradingProfile",
        "action": "Graded",
        "actor": {"id": f"{SITE}/app", "type": "SoftwareApplication"},
        "eventTime": "2026-06-05T06:00:00.000Z",
        "object": {
            "id": f"{SITE}/attempts/1",
            "type": "Attempt",
            "assignee": {"id": f"{SITE}/users/{ALICE}", "type": "Person", "extensions": extensions},
            "assignable": {"id": f"{SITE}/items/unknown", "type": "AssessmentItem"},
            "count": 1,
        },
        "generated": {
            "id": f"{SITE}/scores/1",
            "type": "Score",
            "attempt": f"{SITE}/attempts/1",
            "maxScore": 1,
            "scoreGiven": 1,
            "comment": f"own words {SECRET}",
        },
        "extensions": extensions,
    }
    return {"sensor": SITE, "sendTime": "2026-06-05T06:00:00.000Z", "dataVersion": CALIPER, "data": [event]}


def test_extensions_of_streams(village: Village) -> None:
    """Kept as evidence, read back, or waiting in quarantine: by none of these ways is it held."""
    columns = {column: rule for rule, deny in RULES.items() for column in deny.columns}
    extensions = {f"{SITE}/ext/{column}": f"{SECRET} {rule}" for column, rule in columns.items()}
    answer = village.client.post("/xapi/statements", json=statements(extensions), headers=VERSION)
    assert answer.status_code == 200, answer.text
    back = village.client.get(f"/xapi/statements?statementId={answer.json()[0]}", headers=VERSION)
    assert SECRET not in back.text
    assert village.client.post("/caliper/events", json=envelope(extensions)).status_code == 200
    with village.store.read() as tx:
        assert {one.source for one in tx.refused.list()} == {"xapi:this machine", "caliper:this machine"}
    nowhere(village)


# Doors for words: every rule that knows some.


def suggestion(village: Village) -> str:
    return str(village.get(f"/v1/learners/{ALICE}/path")["options"][0]["suggestion_id"])


def decision(village: Village, words: str) -> Answer:
    said = T07 | {"decision": "reject", "reason": words}
    answer: Answer = village.client.post(f"/v1/suggestions/{suggestion(village)}/decision", json=said)
    return answer


def undoing(village: Village, words: str) -> Answer:
    address = f"/v1/suggestions/{suggestion(village)}/decisions/none/undo"
    answer: Answer = village.client.post(address, json=T07 | {"reason": words})
    return answer


def together(village: Village, words: str) -> Answer:
    said = T07 | {"reason": words, "suggestion_ids": ["s"]}
    answer: Answer = village.client.post(f"/v1/groups/{GROUP}/decisions", json=said)
    return answer


def reference(village: Village, words: str) -> Answer:
    said = T07 | {"decision": words, "goals": ["MA79.S2.01"]}
    answer: Answer = village.client.put(f"/v1/learners/{ALICE}/path-settings", json=said)
    return answer


def holding(address: str) -> Callable[[Village, str], Answer]:
    def put(village: Village, words: str) -> Answer:
        answer: Answer = village.client.put(address, json=T07 | {"reason": words})
        return answer

    return put


def lifting(address: str) -> Callable[[Village, str], Answer]:
    def lift(village: Village, words: str) -> Answer:
        answer: Answer = village.client.delete(address, params={"reason": words})
        return answer

    return lift


def voiding(village: Village, words: str) -> Answer:
    village.post(row("new-1"))
    answer: Answer = village.client.post("/v1/responses/new-1/void", json=T07 | {"reason": words})
    return answer


ADDRESSES = [
    *("/v1/pauses", f"/v1/groups/{GROUP}/pause", f"/v1/learners/{ALICE}/pause"),
    *(f"/v1/learners/{ALICE}/{kind}" for kind in ("objection", "restriction", "place")),
]
WORDS: dict[str, Callable[[Village, str], Answer]] = {
    "decision": decision,
    "undo": undoing,
    "together": together,
    "reference": reference,
    "void": voiding,
    **{f"PUT {address}": holding(address) for address in ADDRESSES},
    **{f"DELETE {address}": lifting(address) for address in ADDRESSES[:-1]},
}


@pytest.mark.parametrize("door", WORDS.values(), ids=list(WORDS))
def test_words_of_people(village: Village, door: Callable[[Village, str], Answer]) -> None:
    for rule, words in SAID.items():
        said = assert_problem(door(village, words), 422, "invalid-input")
        assert f"says what is kept nowhere ({rule}: {RULES[rule].why})" in said["title"]
        assert words not in str(said)
        nowhere(village, words)


def test_what_people_do_say_passes(village: Village) -> None:
    put = holding(f"/v1/learners/{ALICE}/pause")
    for words in ("tehty paperilla", "redan gjort", "done on paper", "osaa jo, vihko s. 12", "vi tar det i juni"):
        assert put(village, words).status_code == 200, words


@pytest.mark.parametrize("door", [decision, undoing, together])
def test_about_a_suggestion_nobody_writes_freely(village: Village, door: Callable[[Village, str], Answer]) -> None:
    """What no rule knows is refused too: a child is assessed in own words nowhere."""
    for words in ("tehty paperilla", "ei jaksa keskittyä", "a lazy one", "ON_PAPER", "on_paper ", "", "x" * 1000):
        said = assert_problem(door(village, words), 422, "invalid-input")
        assert said["title"].startswith("the reason is one of a few codes: ")
        assert all(code in said["detail"] for code in WHY)
        assert not words or words not in said["title"]


def test_every_code_is_taken_and_told(village: Village) -> None:
    assert [decision(village, code).status_code for code in WHY] == [201] * len(WHY)
    life = village.get(f"/v1/learners/{ALICE}/suggestions")["suggestions"]
    assert {event["reason"] for one in life for event in one["events"]} - {None} == set(WHY)


@pytest.mark.parametrize("sign", DASHES)
def test_identity_codes_by_any_sign_and_whatever_their_check_character(desk: Desk, sign: str) -> None:
    """The right check character of 010190-123 is not A: a slip of the pen is about a person too."""
    for check in "A0123456789BCDEFHJKLMNPRSTUVWXY":
        code = f"010190{sign}123{check}"
        assert desk.deny.holds(code)
        with pytest.raises(InputError, match="personal identity code: Polku knows pseudonymous ids only"):
            desk.deny.refuse(f"see {code}", "the reason")
