"""A provider joins by configuration only, gets suggestions in its own way, and leaves: nothing is left of it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from databases import OWNER, as_role, new_database
from polku.cli import polku as entrance
from polku.cli.candidates import Candidate
from polku.cli.departure import depart
from polku.cli.desk import Desk
from polku.cli.estate import REVIEWED, RULINGS, Holdings, holdings
from polku.cli.handover import write
from polku.cli.ingest import ingest
from polku.curriculum import Curriculum
from polku.errors import ConflictError
from polku.fairness import keep_background
from polku.fairness.items.review import Review
from polku.home import OVERRIDES, Home
from polku.simulate import SimulationConfig, simulate
from polku.testing.store import offer, sample
from polku.web.service import Tenants
from village import NOW

SEVEN = tuple(f"1.2.246.562.10.0000000000{number}" for number in range(1, 8))
EIGHTH = "1.2.246.562.10.00000000008"
ROWS = pd.DataFrame({"learner_id": ["l0"], "response_id": ["r"], "item_id": ["i"], "y_true": [1.0], "y_prob": [0.5]})
REFERENCES = pd.DataFrame({"response_id": ["r"], "baseline": [0.5]})
SENTENCE = "Tätä taitoa kaupunki numero kahdeksan ehdottaa"


@dataclass
class Platform:
    """A platform of seven providers, a terminal at it, and an eighth provider's folder of what it brings."""

    home: Home
    brings: Path

    def polku(self, *arguments: str | Path, expect: int = 0) -> Result:
        """Run ``polku provider …``."""
        done = CliRunner().invoke(entrance, ["provider", *map(str, arguments)], catch_exceptions=True)
        failed = done.exception is not None and not isinstance(done.exception, SystemExit)
        assert (1 if failed else done.exit_code) == expect, f"{done.output}\n{done.exception}"
        return done

    def desk(self, provider: str) -> Desk:
        """Return the desk of a provider."""
        return Desk.at(self.home.root, provider)

    def held(self, provider: str) -> Holdings:
        """Return how much is held of a provider."""
        return holdings(self.desk(provider))


@pytest.fixture
def addresses(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Return where data lie, as the environment says it: in two files, or in one PostgreSQL with its roles."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return {
            "store": f"sqlite:///{tmp_path / 'polku.db'}",
            "background": f"sqlite:///{tmp_path / 'background.db'}",
        }
    name = f"polku_{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]}"
    url = new_database(request.getfixturevalue("postgres"), name)
    return {"store": url, "store_owner": as_role(url, OWNER), "background": as_role(url, OWNER)}


@pytest.fixture
def cities(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Return the providers that are on the platform already: two, where a test does not ask for more."""
    return SEVEN[: getattr(request, "param", 2)]


@pytest.fixture
def platform(
    home: Home, addresses: dict[str, str], cities: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Platform:
    """Return a platform on which some providers have something in every place."""
    root = tmp_path / "home"
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, root / room)
    monkeypatch.setenv("POLKU_HOME", str(root))
    for name, variable in OVERRIDES.items():
        monkeypatch.delenv(variable, raising=False)
        if name in addresses:
            monkeypatch.setenv(variable, addresses[name])
    made = Platform(Home.find(root), tmp_path / "brings")
    for city in cities:
        folder = made.home.providers_folder / city
        folder.mkdir(parents=True)
        (folder / "provider.toml").write_text(f'name = "City {city[-1]}"\n', encoding="utf-8")
        settle(made.desk(city))
    bring(made)
    return made


def settle(desk: Desk) -> None:
    """Put a little of a provider in every place that holds something."""
    with desk.store as store:
        with store.begin() as tx:
            tx.responses.add(sample())
        offer(store, "l0", "a")
        store.seal()
    Candidate("ab1" + "0" * 61, "run", "1", trained_at=1).keep(desk, ROWS, REFERENCES)
    card = desk.home.var / "cards" / desk.settings.provider_id / "release-1.md"
    card.parent.mkdir(parents=True)
    card.write_text("a card")
    attributes = pd.DataFrame({"learner_id": ["l0"], "gender": ["girl"]})
    keep_background(desk.home, desk.settings, attributes, source="sis")


def bring(made: Platform) -> None:
    """Write what the eighth provider brings: its own policy, wording, and a word on an edge."""
    serve, models = made.home.serve, made.home.models
    for place, text in {
        "provider.toml": 'name = "City of Eight"\nlanguage = "fi"\n',
        "models/path/policy.toml": (models / "path" / "policy.toml")
        .read_text(encoding="utf-8")
        .replace("options = 3", "options = 2"),
        "text/page.fi.toml": (serve / "text" / "page.fi.toml").read_text(encoding="utf-8"),
        "curricula/softened.csv": "provider_id,before,after,strength,by,reason,since\n"
        + ",".join([EIGHTH, *edge(made.home), "soft", "M. Aalto", "taught side by side", "2026-06-05"])
        + "\n",
    }.items():
        path = made.brings / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    said = made.brings / "text" / "page.fi.toml"
    lines = said.read_text(encoding="utf-8").splitlines()
    lines[lines.index("[page]") + 1] = f'title = "{SENTENCE}"'
    said.write_text("\n".join(lines) + "\n", encoding="utf-8")


def edge(home: Home) -> tuple[str, str]:
    """Return the first hard edge of the platform's curriculum."""
    graph = Curriculum.load(home.curriculum_path("fi-mathematics"))
    after = next(skill for skill in graph.order if graph.prerequisites(skill))
    return graph.prerequisites(after)[0], after


def answers(made: Platform, folder: Path) -> str:
    """Ingest a few simulated learners of the eighth provider; return one of them."""
    desk = made.desk(EIGHTH)
    town = simulate(SimulationConfig(learners=16, seed=5, responses_per_learner=30), desk.curriculum)
    town.write(folder)
    with desk.store:
        ingest(desk, folder)
    return str(town.responses["learner_id"].value_counts().index[0])


@pytest.mark.parametrize("cities", [7], indirect=True)
@pytest.mark.parametrize("addresses", ["sqlite", "postgresql"], indirect=True)
def test_the_eighth_joins_is_served_in_its_own_way_and_leaves_nothing(platform: Platform, tmp_path: Path) -> None:
    seven = {city: platform.held(city) for city in SEVEN}
    before = tree(platform.home.root, without=EIGHTH)
    platform.polku("join", EIGHTH, "--from", platform.brings)
    assert tree(platform.home.root, without=EIGHTH) == before, "joining writes the provider's folder and nothing else"
    learner = answers(platform, tmp_path / "files")
    served_in_its_own_way(platform, learner)
    Candidate("cd2" + "0" * 61, "run", "1", trained_at=1).keep(platform.desk(EIGHTH), ROWS, REFERENCES)
    held = platform.held(EIGHTH)
    assert held["store"]["responses"] > 300
    assert held["background"]["background_values"] > 0

    to = tmp_path / "handover"
    done = platform.polku("leave", EIGHTH, "--to", to, "--delete", "--by", "Aino Virtanen, data protection")
    assert "deleted; nothing is left" in done.output
    proof = json.loads((to / "proof.json").read_text(encoding="utf-8"))
    assert proof["nothing_left"] is True
    assert not any(count for things in proof["after"].values() for count in things.values())
    assert proof["before"]["store"] == {**held["store"], "log": proof["before"]["store"]["log"]}
    assert proof["by"] == "Aino Virtanen, data protection"
    text = (to / "proof.txt").read_text(encoding="utf-8")
    assert "poistosta vastaa Aino Virtanen" in text, "in the language of the provider's settings"
    assert "Mitään ei ole jäljellä." in text
    assert len(proof["not_reached"]) == 3
    assert proof["manifest_sha256"] == hashlib.sha256((to / "manifest.json").read_bytes()).hexdigest()

    after = Desk(platform.home, platform.home.settings().model_copy(update={"provider_id": EIGHTH}))
    assert not any(count for things in holdings(after).values() for count in things.values())
    assert tree(platform.home.root, without="nothing") == before
    assert {city: platform.held(city) for city in SEVEN} == seven
    for city in SEVEN:
        with platform.desk(city).store as store:
            assert store.verify_log(store.seal()).whole


def served_in_its_own_way(platform: Platform, learner: str) -> None:
    """Check that a running service offers the eighth's learner a path by its own curriculum, policy and words."""
    with platform.desk("demo").store as store:
        tenants = Tenants(platform.home, store, lambda: NOW)
        mine, other = tenants.of(EIGHTH), tenants.of(SEVEN[0])
        before, after = edge(platform.home)
        with mine.store.begin() as tx:
            path, standing = mine.suggester.preview(tx, learner)
            offered = mine.suggester.offer(tx, learner)
            common = other.suggester.released(tx)
        assert offered.suggestions
        assert len(path.options) <= 2
        assert path.rung == "prerequisite_rule", "nothing is released for it yet, and the path says so"
        own = standing.released
        assert (own.policy.offer.options, common.policy.offer.options) == (2, 3)
        assert before not in own.lens.curriculum.prerequisites(after)
        assert before in common.lens.curriculum.prerequisites(after)
        assert mine.suggester.texts.say("fi", "page.title") == SENTENCE
        assert other.suggester.texts.say("fi", "page.title") != SENTENCE
        assert mine.suggester.texts.say("sv", "page.title") == other.suggester.texts.say("sv", "page.title")


def tree(root: Path, *, without: str) -> dict[str, str]:
    """Return the hash of every file of a home, but for those of a provider."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and without not in path.parts)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_what_is_handed_over_is_everything_listed_and_signed(platform: Platform, tmp_path: Path) -> None:
    city, to = SEVEN[1], tmp_path / "handover"
    held = platform.held(city)
    said = json.loads(platform.polku("leave", city, "--to", to, "--json").stdout)
    assert (said["provider_id"], said["left"]) == (city, None)
    manifest: dict[str, Any] = json.loads((to / "manifest.json").read_text(encoding="utf-8"))
    listed = {line["path"]: line["sha256"] for line in manifest["files"]}
    on_disk = tree(to, without="nothing")
    assert listed == {path: value for path, value in on_disk.items() if path != "manifest.json"}
    assert {path.split("/")[0] for path in listed} == {"README.txt", "store", "background", "files", "configuration"}
    assert manifest["rows"]["store"] == held["store"]
    assert pq.read_table(to / "store" / "responses.parquet").num_rows == 12
    assert manifest["log_head"]["seq"] == 1
    (value,) = pq.read_table(to / "background" / "background_values.parquet").to_pylist()
    assert (value["learner_id"], value["attribute"], value["value"]) == ("l0", "gender", "girl")
    assert "files/var/candidates/" in " ".join(listed)
    assert f"files/serve/providers/{city}/provider.toml" in listed
    written = " ".join(path.read_text(encoding="utf-8") for path in (to / "configuration").iterdir())
    assert "postgresql" not in written, "the platform's own addresses stay here"
    now = platform.held(city)
    assert now["store"] == held["store"], "nothing was deleted"
    assert now["background"]["background_reads"] == held["background"]["background_reads"] + 1, "the look is logged"


def test_a_ruling_in_the_platforms_list_goes_too_and_others_stay(platform: Platform, tmp_path: Path) -> None:
    common = platform.home.serve / "curricula" / "softened.csv"
    before, after = edge(platform.home)
    rest = f"{before},{after},soft,M. Aalto,taught side by side,2026-06-05"
    head = "provider_id,before,after,strength,by,reason,since"
    common.write_text("\n".join([head, f"{SEVEN[0]},{rest}", f"{SEVEN[1]},{rest}", ""]), encoding="utf-8")
    assert platform.held(SEVEN[0])["files"][RULINGS] == 1
    platform.polku("leave", SEVEN[0], "--to", tmp_path / "out", "--delete", "--by", "Aino")
    assert common.read_text(encoding="utf-8") == "\n".join([head, f"{SEVEN[1]},{rest}", ""])
    assert platform.held(SEVEN[1])["files"][RULINGS] == 1


def test_items_under_review_in_the_platforms_list_go_along_and_go_too(platform: Platform, tmp_path: Path) -> None:
    found = {"i1": "gender girl: class C"}
    day = date(2026, 6, 5)
    review = Review().add(SEVEN[0], found, day).add(SEVEN[1], found, day)
    review.save(platform.home)
    assert platform.held(SEVEN[0])["files"][REVIEWED] == 1
    platform.polku("leave", SEVEN[0], "--to", tmp_path / "out", "--delete", "--by", "Aino")
    assert [entry.provider_id for entry in Review.load(platform.home).entries] == [SEVEN[1]]
    (told,) = json.loads((tmp_path / "out" / "configuration" / "items_under_review.json").read_text(encoding="utf-8"))
    assert (told["provider_id"], told["item_id"]) == (SEVEN[0], "i1")
    proof = json.loads((tmp_path / "out" / "proof.json").read_text(encoding="utf-8"))
    assert (proof["before"]["files"][REVIEWED], proof["after"]["files"][REVIEWED]) == (1, 0)


def test_the_providers_are_listed_with_how_much_they_hold(platform: Platform) -> None:
    lines = {line["provider_id"]: line for line in json.loads(platform.polku("list", "--json").stdout)}
    assert lines.keys() == {"demo", *SEVEN[:2]}
    assert lines[SEVEN[0]] == {
        "provider_id": SEVEN[0],
        "name": "City 1",
        "learners": 0,
        "responses": 12,
        "release": None,
    }
    assert lines["demo"]["responses"] == 0
    shown = platform.polku("list").stdout.splitlines()
    assert len(shown) == 4
    assert shown[0].split() == ["provider", "name", "learners", "responses", "release"]


def test_an_embedded_store_has_no_roles(platform: Platform) -> None:
    assert "an embedded store has none" in str(platform.polku("roles", expect=1).exception)


@pytest.mark.parametrize("cities", [0], indirect=True)
@pytest.mark.parametrize("addresses", ["postgresql"], indirect=True)
def test_the_roles_of_a_new_database_are_granted_and_said(
    platform: Platform, addresses: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = json.loads(platform.polku("roles", "--json").stdout)
    assert (said["role"], said["problems"]) == ("polku_app", [])
    assert "row-level security holds it" in platform.polku("roles").stdout
    monkeypatch.setenv("POLKU_BACKGROUND", f"sqlite:///{tmp_path / 'background.db'}")
    monkeypatch.setenv("POLKU_STORE", addresses["store_owner"])
    assert "polku_owner owns tables" in platform.polku("roles").stdout


def _one_row_more(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["rows"]["store"]["responses"] += 1
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def _one_byte(folder: Path) -> None:
    with (folder / "store" / "responses.csv").open("a") as stream:
        stream.write("x")


def _no_log(folder: Path) -> None:
    (folder / "store" / "log.parquet").unlink()


HARMS: dict[str, Callable[[Path], None]] = {"a byte": _one_byte, "a file": _no_log, "a row": _one_row_more}


REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("join", "../evil", "--name", "x"), "a provider is named by its OID"),
    (("join", "1.2.3", "--name", "x"), "a provider is named by its OID"),
    (("join", SEVEN[0], "--name", "x"), "this provider is here already"),
    (("join", EIGHTH), "a provider has a name"),
    (("join", EIGHTH, "--name", " "), "a provider has a name"),
    (("join", EIGHTH, "--from", "/nowhere"), "there is no such folder to join from"),
    (("join", EIGHTH, "--from", "BRINGS", "--name", "x"), "the name is said twice"),
    (("leave", SEVEN[0], "--to", "OUT", "--delete"), "somebody answers for a deletion"),
    (("leave", SEVEN[0], "--to", "OUT", "--delete", "--by", " "), "somebody answers for a deletion"),
    (("leave", SEVEN[0], "--to", "HOME/var/out"), "outside the home's own rooms"),
    (("leave", SEVEN[0], "--to", "HOME/features"), "holds something already"),
]


def test_what_is_refused_is_said_and_changes_nothing(platform: Platform, tmp_path: Path) -> None:
    before, held = tree(platform.home.root, without="nothing"), platform.held(SEVEN[0])
    places = {"OUT": tmp_path / "out", "HOME": platform.home.root, "BRINGS": platform.brings}
    for arguments, says in REFUSED:
        given = list(arguments)
        for name, place in places.items():
            given = [part.replace(name, str(place)) for part in given]
        assert says in str(platform.polku(*given, expect=1).exception), arguments
    assert tree(platform.home.root, without="nothing") == before
    assert platform.held(SEVEN[0]) == held


@pytest.mark.parametrize("cities", [0], indirect=True)
def test_what_does_not_hold_leaves_no_folder_behind(platform: Platform) -> None:
    (platform.brings / "models" / "path" / "policy.toml").write_text("options = 'many'")
    done = platform.polku("join", EIGHTH, "--from", platform.brings, expect=1)
    assert "policy.toml" in str(done.exception)
    assert not (platform.home.providers_folder / EIGHTH).exists()


def test_what_was_not_handed_over_whole_is_not_deleted(platform: Platform, tmp_path: Path) -> None:
    desk = platform.desk(SEVEN[0])
    for harm in HARMS.values():
        to = tmp_path / harm.__name__
        write(desk, to)
        held = platform.held(SEVEN[0])
        harm(to)
        with pytest.raises(ConflictError, match=r"is not whole|not handed over whole"):
            depart(desk, to, by="Aino")
        assert platform.held(SEVEN[0]) == held
        assert not (to / "proof.json").exists()
    desk.store.close()


def test_an_answer_that_arrives_after_the_handing_over_stops_the_deletion(platform: Platform, tmp_path: Path) -> None:
    desk, to = platform.desk(SEVEN[0]), tmp_path / "out"
    write(desk, to)
    with desk.store.begin() as tx:
        tx.responses.add(sample("late"))
    with pytest.raises(ConflictError, match="responses: 24 instead of 12"):
        depart(desk, to, by="Aino")
    with platform.desk(SEVEN[0]).store as store, store.read() as tx:
        assert tx.responses.count() == 24


def test_erasing_a_learner_reaches_what_training_left_of_them_and_no_other_provider(platform: Platform) -> None:
    arguments = ["rights", "erase", "l0", "--yes", "--by", "A01", "--json", "--provider", SEVEN[0]]
    said = json.loads(CliRunner().invoke(entrance, arguments, catch_exceptions=False).stdout)
    assert (said["predictions"], said["background"], said["rows"]["responses"]) == (1, 1, 4)
    for city, left in ((SEVEN[0], 0), (SEVEN[1], 1)):
        assert len(Candidate("ab1" + "0" * 61, "run", "1", trained_at=1).predictions(platform.desk(city))) == left
