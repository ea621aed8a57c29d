"""What is known of a learner's background stays in the enclave: the whole way is gone, and everything else is read.

Each learner of this municipality has a tag of their own, handed over as an attribute that was declared then and is
compared no longer: it lies in the enclave, every audit reads it, and no table may show it. Beside it each learner has a
marker, an attribute that is compared: its groups are named in audits, and nowhere else, never beside a learner.
"""

from __future__ import annotations

import gzip
import io
import json
import logging
import re
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from egress import Found, answers_of, files_under, found_in, told
from polku.cli import polku as entrance
from polku.cli.demo import UNTIL, demo_clock
from polku.cli.desk import Desk
from polku.cli.ingest import ingest
from polku.cli.profile import profile
from polku.cli.promote import promote
from polku.cli.train import train
from polku.cli.validate import validate_candidate
from polku.fairness.retention import log
from polku.fairness.vault import account
from polku.home import Home
from polku.simulate import Municipality, SimulationConfig, simulate
from polku.web import create_app
from village import HERE, TestClient

TAG, MARKER = re.compile(r"zq-tag-\d{4}"), re.compile(r"zq-(?:ruby|opal|onyx)")
GEMS = ("zq-ruby", "zq-opal", "zq-onyx")
TAGGED = """
[attributes.tag]
question = "Would anybody notice if the tag of a learner came out?"
"""
MARKED = f"""
[attributes.marker]
question = "Do learners of the three markers meet the same errors?"
groups = {json.dumps(GEMS)}
"""
COMMANDS = ("audit --html {root}/var/audit-report", "dif", "items", "enclave status", "enclave log")
LEARNER = re.compile(r"\bL\d{4}\b")
AUDITS = re.compile(r"audit|card|slices\.toml|what was printed|polku\.db(-wal)?$")
"""Where groups may be named: audits, the card that quotes them, the definition that names them; and the store as a
whole file, whose tables are looked at one by one."""
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Walked:
    """A municipality that went the whole way, and all that was printed and logged on it."""

    desk: Desk
    town: Municipality
    said: str

    @property
    def enclave(self) -> frozenset[Path]:
        """Return the files of the enclave."""
        file = Path(self.desk.settings.background.removeprefix("sqlite:///"))
        return frozenset(file.with_name(file.name + ending) for ending in ("", "-wal", "-shm"))

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield everything outside the enclave that a home keeps, and what it said."""
        yield from files_under(self.desk.home.root, without=self.enclave)
        yield "what was printed and logged", self.said

    def served(self) -> Iterator[tuple[str, str]]:
        """Yield every answer of the service: all that can be asked, pages, offers decided upon, and refusals."""
        app = create_app(self.desk.home, self.desk.store, now=demo_clock())
        with self.desk.store.read() as tx:
            roster = tx.roster.learners()
        ids = {
            "learner_id": roster["learner_id"].tolist()[::7],
            "group_id": sorted(set(roster["group_id"]))[::3],
            "school_id": sorted(set(roster["school_id"])),
            **{key: ["none"] for key in ("webhook_id", "receipt_id", "source", "vendor", "identifier")},
        }
        with TestClient(app, **HERE) as client:
            yield from answers_of(client, ids)
            pages = ("/groups", "/paper", "/research", "/school", *(f"/school/{one}" for one in ids["school_id"]))
            for address in ("/", "/docs", "/openapi.json", "/nowhere", *pages):
                yield address, told(client.get(address))
            for learner_id in ids["learner_id"]:
                yield f"/?learner={learner_id}", told(client.get("/", params={"learner": learner_id}))
                yield f"/me?learner={learner_id}", told(client.get("/me", params={"learner": learner_id}))
            for group_id in ids["group_id"]:
                yield f"/?group={group_id}", told(client.get("/", params={"group": group_id}))
            yield from self.posted(client, ids["learner_id"][0])

    def posted(self, client: TestClient, learner_id: str) -> Iterator[tuple[str, str]]:
        """Yield the answers to what is sent: a decision, a sound row and a broken one."""
        offer = client.get(f"/v1/learners/{learner_id}/path").json()["options"][0]["suggestion_id"]
        decision = {"decision": "accept", "by": "T. Teacher", "role": "teacher"}
        yield "POST a decision", told(client.post(f"/v1/suggestions/{offer}/decision", json=decision))
        sound = self.town.responses.iloc[0].dropna().to_dict()
        for row in (sound, sound | {"learner_id": None}, {"gender": "girl"}):
            sent = json.loads(json.dumps({"responses": [row]}, default=str))
            yield "POST responses", told(client.post("/v1/responses", json=sent))


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Collect what is printed and logged, from notes upwards."""
    heard, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(heard), root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        with redirect_stdout(heard), redirect_stderr(heard):
            yield heard
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def quick_home(root: Path) -> None:
    """Copy the root rooms; the model is small, and so few answers as here do not stop a release."""
    for room in ("features", "models", "serve"):
        shutil.copytree(CHECKOUT / room, root / room)
    limits, spec = (root / "models" / "mastery" / name for name in ("validation.toml", "spec.toml"))
    lenient = limits.read_text(encoding="utf-8").replace('outcome = "block"', 'outcome = "report"')
    limits.write_text(lenient.replace("required = true", "required = false"), encoding="utf-8")
    spec.write_text(spec.read_text(encoding="utf-8").replace("trees = 120", "trees = 20"), encoding="utf-8")


def marked(town: Municipality) -> None:
    """Give every learner a tag of their own and one of three markers."""
    learners = range(len(town.background))
    town.background["tag"] = [f"zq-tag-{number:04d}" for number in learners]
    town.background["marker"] = [GEMS[number % len(GEMS)] for number in learners]


def asked_of(root: Path, *commands: str) -> str:
    """Run commands as a person would; return all that they print."""
    done = [CliRunner().invoke(entrance, [*command.split(), "--home", str(root)]) for command in commands]
    assert [one.exit_code for one in done] == [0] * len(done), [one.output for one in done]
    return "\n".join(one.output for one in done)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """Go the whole way, in a home of its own, with a background that cannot be mistaken."""
    root, files = tmp_path_factory.mktemp("marked-home"), tmp_path_factory.mktemp("files-of-the-provider")
    quick_home(root)
    slices = root / "models" / "slices.toml"
    declared = slices.read_text(encoding="utf-8") + MARKED
    home = Home.find(root)
    desk = Desk(home, home.settings(), now=demo_clock())
    town = simulate(SimulationConfig(learners=90, responses_per_learner=60, seed=5, until=UNTIL), desk.curriculum)
    marked(town)
    town.write(files)
    slices.write_text(declared + TAGGED, encoding="utf-8")
    with listening() as heard:
        ingest(desk, files)
        slices.write_text(declared, encoding="utf-8")
        profile(desk)
        train(desk, folds=2)
        validate_candidate(desk)
        said = asked_of(root, *(command.format(root=root) for command in COMMANDS))
        promote(desk, "A. Approver", "the proof that nothing comes out")
    yield Walked(desk, town, heard.getvalue() + said)
    desk.store.close()


def learners_beside(found: Found, places: Iterator[tuple[str, str]]) -> list[str]:
    """Return the lines in which a marker and a learner stand together, of the places that name markers."""
    lines = [line for place, text in places if place in found for line in text.splitlines()]
    return [line for line in lines if MARKER.search(line) and LEARNER.search(line)]


def test_the_enclave_holds_what_was_handed_over(walked: Walked) -> None:
    held = found_in(files_under(walked.desk.home.var), TAG)
    assert set().union(*held.values()) == set(walked.town.background["tag"])
    assert {place.partition(":")[0] for place in held} <= {file.name for file in walked.enclave}


def test_no_file_table_log_or_artifact_holds_a_value(walked: Walked) -> None:
    assert found_in(walked.places(), TAG) == {}


def test_no_answer_of_the_service_holds_a_value(walked: Walked) -> None:
    served = list(walked.served())
    exports = [(address, text) for address, text in served if address.endswith("/export")]
    for address, text in exports:  # what is held about a person is told to that person, and nobody else's
        assert len(set(TAG.findall(text))) <= 1, address
    answers = [one for one in served if one not in exports]
    assert len(answers) > 60
    assert {text[:3] for _, text in answers} >= {"200", "201", "404", "422"}
    assert found_in(iter(answers), TAG) == {}
    named = found_in(iter(answers), MARKER)
    assert set(named) == {"/v1/audits/latest"}, "groups are named in audits alone"
    assert learners_beside(named, iter(answers)) == []


def test_groups_are_named_by_audits_alone_and_never_beside_a_learner(walked: Walked) -> None:
    named = found_in(walked.places(), MARKER)
    assert {place for place in named if not AUDITS.search(place)} == set()
    assert learners_beside(named, walked.places()) == []


@pytest.mark.parametrize("wrapping", ["plain", "gzip", "parquet", "utf-16", "database", "blob"])
def test_a_value_that_came_out_would_be_found(wrapping: str, walked: Walked, tmp_path: Path) -> None:
    """The control: what the tests above look for is put where it must not be, in every wrapping there is."""
    tag = str(walked.town.background["tag"].iloc[7])
    leak(wrapping, tmp_path / "leak", tag)
    assert set().union(*found_in(files_under(tmp_path), TAG).values()) == {tag}


def leak(wrapping: str, path: Path, word: str) -> None:
    """Write a word into a file, wrapped."""
    if wrapping == "parquet":
        pd.DataFrame({"learner_id": ["L0008"] * 50, "tag": [word] * 50}).to_parquet(path)
    elif wrapping in {"database", "blob"}:
        cell = zlib.compress(word.encode()) if wrapping == "blob" else word
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("CREATE TABLE anything (cell)")
            file.execute("INSERT INTO anything VALUES (?)", (cell,))
    else:
        plain, wide = word.encode(), word.encode("utf-16-le")
        path.write_bytes({"plain": plain, "gzip": gzip.compress(plain), "utf-16": wide}[wrapping])


def test_a_marker_beside_a_learner_would_be_found(walked: Walked) -> None:
    learner = walked.town.background["learner_id"].iloc[0]
    leaking = [("validation.md", f"{learner}: zq-ruby"), ("card.md", "zq-ruby: 50 learners")]
    found = found_in(iter(leaking), MARKER)
    assert learners_beside(found, iter(leaking)) == [f"{learner}: zq-ruby"]


def test_every_read_says_who_and_why(walked: Walked) -> None:
    purposes = [entry.purpose for entry in log(walked.desk.settings)]
    assert any(purpose.startswith("validation of bundle") for purpose in purposes)
    assert any(purpose.startswith("audit of bundle") for purpose in purposes)
    assert {entry.who for entry in log(walked.desk.settings)} == {account()}
