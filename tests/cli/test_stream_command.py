"""``polku stream`` and ``polku sources``: a file through the door, its receipt, its quarantine replayed."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from polku.cli import sources, stream
from polku.cli.desk import Desk
from polku.errors import ConflictError, InputError
from polku.exchange.case_terms import identifier
from polku.exchange.links import Links
from polku.exchange.xapi_rules import check_statement
from polku.home import Home
from polku.records import Items

SKILL = "MA79.S3.01"
ADL = "http://adlnet.gov/expapi/verbs/"


def statement(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{number:08d}-1111-4111-8111-111111111111",
        "actor": {"account": {"homePage": "https://x.fi", "name": f"L{number % 3}"}},
        "verb": {"id": ADL + "answered"},
        "object": {"id": "https://x.fi/tasks/i7"},
        "result": {"success": True},
        "timestamp": f"2026-03-05T09:{number % 60:02d}:00Z",
        **changes,
    }


@pytest.fixture
def desk(own_home: Home, request: pytest.FixtureRequest) -> Desk:
    """Return a desk of a provider of this test's own."""
    return Desk.at(own_home.root, f"streams-{abs(hash(request.node.name)) % 10**8}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return five statements and a broken line, compressed."""
    rows = [json.dumps(statement(number)) for number in range(5)]
    path = tmp_path / "statements.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join([*rows, "{broken"]).encode()))
    return path


def with_items(desk: Desk) -> None:
    with desk.store.begin() as tx:
        tx.items.replace(Items.of([{"item_id": "i7", "skill_ids": (SKILL,), "title": ""}]))


def test_a_file_is_read_once_however_often_it_is_read(desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BATCH", 2)
    with_items(desk)
    first = stream.stream(desk, file, standard="xapi", source="exercises")
    assert (first.elements, first.counts["accepted"], first.counts["refused"]) == (6, 5, {"not_json": 1})
    again = stream.stream(desk, file, standard="xapi", source="exercises")
    assert (again.counts["accepted"], again.counts["repeated"], again.digest) == (0, 5, first.digest)
    with desk.store.read() as tx:
        assert tx.responses.count() == 5
        assert {one.known_at == one.answered_at for one in tx.responses.all()} == {True}


KILLED_IN_THE_THIRD_BATCH = """
import os, signal, sys
from pathlib import Path
from polku.cli import oneroster, stream
from polku.cli.desk import Desk

print(*sorted({'fastapi', 'lightgbm', 'mlflow', 'numba', 'scipy'} & sys.modules.keys()), flush=True)

def killed(desk, *others, taken=[]):
    taken.append(desk)
    if len(taken) > 2 * stream.BATCH:
        os.kill(os.getpid(), signal.SIGKILL)
    return element(desk, *others)

stream.BATCH = 2
standard = stream.STANDARDS["xapi"]
element = standard.element
stream.STANDARDS = {"xapi": standard._replace(element=killed)}
stream.stream(Desk.at(sys.argv[1], sys.argv[2]), Path(sys.argv[3]), standard="xapi", source="exercises")
"""


def test_a_run_that_is_killed_says_how_far_it_came_and_the_next_loses_and_doubles_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    with_items(desk)
    rows = ["{broken", *(json.dumps(statement(number)) for number in range(6))]
    path = tmp_path / "statements.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    named = [str(desk.home.root), desk.settings.provider_id]
    command = [sys.executable, "-c", KILLED_IN_THE_THIRD_BATCH, *named, str(path)]
    killed = subprocess.run(command, check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout.split() == [], "each takes tens of megabytes of the 300 that a file of any size may take"
    with desk.store.read() as tx:
        [left] = tx.receipts.list("exercises")
        assert tx.responses.count() == left.counts["accepted"] == 3, "the receipt and what it counts go together"
    assert (left.elements, left.counts["refused"], left.finished) == (4, {"not_json": 1}, False)
    options = ["list", "--home", named[0], "--provider", named[1]]
    assert "4 so far" in " ".join(CliRunner().invoke(sources.command, options).output.split())
    again = stream.stream(desk, path, standard="xapi", source="exercises")
    assert (again.counts["accepted"], again.counts["repeated"], again.finished) == (3, 3, True)
    assert again.receipt_id != left.receipt_id
    with desk.store.read() as tx:
        assert len({one.response_id for one in tx.responses.all()}) == tx.responses.count() == 6
        assert tx.refused.reasons() == {"not_json": 1}, "what is refused twice lies there once"


def test_a_file_that_cannot_be_read_on_leaves_a_receipt_of_what_came_before(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BATCH", 2)
    with_items(desk)
    path = tmp_path / "statements.json"
    path.write_text(json.dumps([statement(number) for number in range(5)], indent=1)[:-40], encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read on"):
        stream.stream(desk, path, standard="xapi", source="exercises")
    with desk.store.read() as tx:
        [left] = tx.receipts.list("exercises")
    assert (left.elements, left.finished) == (4, False)
    stream.show(left)


def test_quarantine_is_replayed_when_the_bank_knows_the_task(desk: Desk, file: Path) -> None:
    home = ["--home", str(desk.home.root), "--provider", desk.settings.provider_id]
    stream.stream(desk, file, standard="xapi", source="exercises")
    with desk.store.read() as tx:
        assert (tx.responses.count(), tx.refused.reasons()) == (0, {"no_skills": 5, "not_json": 1})
    with_items(desk)
    done = CliRunner().invoke(sources.command, ["replay", "exercises", "--json", *home])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["counts"]["accepted"] == 5
    with desk.store.read() as tx:
        assert (tx.responses.count(), tx.refused.reasons()) == (5, {"not_json": 1})
    listed = CliRunner().invoke(sources.command, ["list", "--json", *home])
    assert [one["source"] for one in json.loads(listed.stdout)] == ["exercises"] * 2


def test_the_command_shows_how_each_element_ended(desk: Desk, file: Path) -> None:
    with_items(desk)
    options = ["--standard", "xapi", "--source", "exercises", "--home", str(desk.home.root)]
    done = CliRunner().invoke(stream.command, [str(file), *options, "--provider", desk.settings.provider_id])
    assert done.exit_code == 0, done.output
    for said in ("accepted", "refused: not json", "6 elements of exercises (xapi)"):
        assert said in done.output


def test_a_source_speaks_one_standard_and_a_file_must_be_there(desk: Desk, file: Path) -> None:
    stream.stream(desk, file, standard="xapi", source="exercises")
    with pytest.raises(ConflictError, match="speaks xapi"):
        stream.stream(desk, file, standard="caliper", source="exercises")
    with pytest.raises(InputError, match="no such file"):
        stream.stream(desk, file.with_name("none"), standard="xapi", source="exercises")


def test_a_skill_is_known_by_its_cfitem(desk: Desk) -> None:
    links = Links.of(desk.curriculum)
    name = identifier(desk.curriculum.content.id, "skills", SKILL)
    assert links.skill(f"https://polku.example.fi/ims/case/v1p1/CFItems/{name}") == SKILL
    assert links.skill(f"https://polku.example.fi/skills#{SKILL}") == SKILL
    assert links.skill("https://polku.example.fi/skills#nothing") is None


def test_statements_of_what_was_offered_and_decided_are_written_for_other_systems(desk: Desk, tmp_path: Path) -> None:
    path = {"rung": "model", "options": [{"skill_id": SKILL, "kind": "next"}], "path": []}
    said: dict[str, Any] = {"candidates": [], "scores": {}, "propensity": {}, "policy_hash": "0", "bundle_id": None}
    with desk.store.begin() as tx:
        [kept] = tx.suggestions.offer("anna", path=path, **said)
        tx.suggestions.offer("eino", path=path, **said)
        tx.decisions.add(kept, "accept", by="T07", role="teacher")
        tx.holds.put("objection", "learner", "eino", by="eino", role="learner")
    options = ["--platform", "https://x.fi", "--home", str(desk.home.root), "--provider", desk.settings.provider_id]
    done = CliRunner().invoke(sources.command, ["statements", str(tmp_path / "out.jsonl"), *options])
    assert done.exit_code == 0, done.output
    written = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    for one in written:
        check_statement(one)
    assert [one["verb"]["display"]["en"] for one in written] == ["was offered", "accepted"]
    assert {one["actor"]["account"]["name"] for one in written} == {"anna"}
    assert "2 statements" in done.output


@pytest.mark.long
def test_a_large_file_is_read_in_bounded_memory(own_home: Home, tmp_path: Path) -> None:
    """A file of an array on one line and one four times as long need the same memory, below 300 MB."""
    peaks = []
    for number, size in enumerate((8_000, 32_000)):
        path = tmp_path / f"{size}.json"
        with path.open("w", encoding="utf-8") as file:
            file.write("[" + ",".join(json.dumps(statement(one)) for one in range(size)) + "]")
        program = (
            "import sys; from pathlib import Path; from polku.cli.desk import Desk; "
            "from polku.cli.stream import stream; "
            "stream(Desk.at(sys.argv[1], sys.argv[3]), Path(sys.argv[2]), standard='xapi', source='s'); "
            "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
        )
        command = [sys.executable, "-c", program, str(own_home.root), str(path), f"large-{number}"]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    assert peaks[1] < 300_000, f"{peaks} kB"
    assert peaks[1] < 1.25 * peaks[0], f"{peaks} kB"
