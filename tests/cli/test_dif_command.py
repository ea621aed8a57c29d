"""From a bent item to evidence without it, and back: found, listed, left out everywhere, returned by a person."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from polku.cli.desk import Desk
from polku.cli.evidence import evidence, withholding
from polku.cli.profile import champion_lens
from polku.errors import DefinitionError, InputError
from polku.fairness.items.review import FILE
from polku.home import Home
from polku.profiles import Lens, current
from polku.records import Responses
from polku.training import fit, load_spec
from terminal import Terminal

LEARNERS, ITEMS = 500, 10
BENT = "i03"


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return responses to a test with one item that is harder for girls, and the background."""
    rng = np.random.default_rng(12)
    girl = np.arange(LEARNERS) % 2 == 0
    hard = np.linspace(-1, 1, ITEMS) + 1.8 * girl[:, None] * (np.arange(ITEMS) == 3)
    right = rng.random((LEARNERS, ITEMS)) < expit(rng.normal(size=LEARNERS)[:, None] - hard)
    learner, item = (place.ravel() for place in np.indices(right.shape))
    names = np.array([f"l{number:04d}" for number in range(LEARNERS)])
    responses = pd.DataFrame(
        {
            "response_id": [f"r{number}" for number in range(right.size)],
            "learner_id": names[learner],
            "item_id": [f"i{number:02d}" for number in item],
            "skill_ids": [f"s{number % 3}" for number in item],
            "answered_at": item,
            "correct": right.ravel().astype(float),
        }
    )
    return responses, pd.DataFrame({"learner_id": names, "gender": np.where(girl, "girl", "boy")})


@pytest.fixture
def home(own_home: Home, tmp_path: Path) -> Home:
    """Return a home with the shipped rooms and a list of its own."""
    root = tmp_path / "home"
    root.mkdir()
    for room in ("features", "serve"):
        (root / room).symlink_to(own_home.root / room)
    (root / "models").mkdir()
    for found in own_home.models.iterdir():
        (root / "models" / found.name).symlink_to(found)
    return Home.find(root)


@pytest.fixture
def terminal(home: Home, tmp_path: Path, tables: tuple[pd.DataFrame, pd.DataFrame]) -> Terminal:
    """Return a terminal on that home, its store filled."""
    made = Terminal(home, tmp_path)
    tables[0].to_csv(tmp_path / "long.csv", index=False)
    tables[1].to_csv(tmp_path / "pupils.csv", index=False)
    return made


@pytest.fixture
def desk(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tables: tuple[pd.DataFrame, pd.DataFrame]) -> Desk:
    for name, value in terminal.environment.items():
        monkeypatch.setenv(name, value)
    desk = Desk.at(None)
    with desk.store.begin() as tx:
        tx.responses.add(Responses.from_frame(tables[0], clock=False))
    return desk


@pytest.fixture
def listed(terminal: Terminal, desk: Desk) -> Desk:
    """Return the desk after the command put what it found under review."""
    terminal.run("ingest", terminal.folder / "pupils.csv", "--kind", "background")
    assert terminal.json("dif", "--withhold")["withheld"] == [BENT]
    return desk


def lines(home: Home) -> list[dict[str, str]]:
    with (home.models / FILE).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_plain_files_are_screened_and_nothing_is_kept(terminal: Terminal, home: Home) -> None:
    files = ("--answers", terminal.folder / "long.csv", "--background", terminal.folder / "pupils.csv")
    found = terminal.json("dif", *files)
    assert list(found["flagged"]) == [BENT]
    assert found["withheld"] == []
    assert not (home.models / FILE).exists()
    wide = pd.read_csv(terminal.folder / "long.csv").pivot(index="learner_id", columns="item_id", values="correct")  # noqa: PD010 - no aggregation
    wide.reset_index().to_csv(terminal.folder / "wide.csv", index=False)
    again = terminal.json("dif", "--answers", terminal.folder / "wide.csv", *files[2:])
    assert again["cells"] == found["cells"]


def test_what_was_found_is_told_in_words_and_written_down(terminal: Terminal, desk: Desk, home: Home) -> None:
    terminal.run("ingest", terminal.folder / "pupils.csv", "--kind", "background")
    told = terminal.run("dif", "--withhold").stdout
    assert f"{BENT}, gender girl: class C: harder for the group at equal standing" in told
    (line,) = lines(home)
    assert (line["provider_id"], line["item_id"], line["outcome"]) == (desk.settings.provider_id, BENT, "")
    assert "gender girl: class C" in line["found"]
    terminal.run("check")


def test_the_evidence_leaves_a_listed_item_out_and_the_screening_still_looks_at_it(
    terminal: Terminal, listed: Desk
) -> None:
    responses, out = evidence(listed)
    assert out == (BENT,)
    assert BENT not in responses.items
    assert len(responses) == LEARNERS * (ITEMS - 1)
    again = terminal.json("dif", "--withhold")
    assert list(again["flagged"]) == [BENT]
    assert again["withheld"] == [], "it is on the list already"
    assert again["method"]["contrasts"]["gender girl"]["anchors"] <= ITEMS - 1


def test_a_model_carries_the_list_and_its_profiles_follow_it(listed: Desk) -> None:
    responses, out = evidence(listed)
    few = responses.of_learners(responses.learners[:60])
    model = withholding(fit(load_spec(listed.home, "baseline"), listed.home, few, listed.curriculum), out)
    assert model.item_statistics.withheld == (BENT,)
    assert BENT not in model.item_statistics.items
    lens = Lens(model.feature_set, model.item_statistics, listed.curriculum)
    with listed.store.begin() as tx:
        assert current(tx, "l0000", lens).answers == ITEMS - 1
        assert tx.responses.count("l0000") == ITEMS, "nothing is deleted"


def test_profiles_without_a_released_model_leave_it_out_too(listed: Desk) -> None:
    lens, source = champion_lens(listed)
    assert source == "store"
    assert lens.item_statistics.withheld == (BENT,)


def test_a_person_returns_an_item_with_name_and_reason(terminal: Terminal, listed: Desk, home: Home) -> None:
    assert "a name and a reason" in terminal.refused("dif", "--return", BENT)
    terminal.run("dif", "--return", BENT, "--by", "M. Aalto", "--reason", "reworded")
    assert evidence(listed)[1] == ()
    (line,) = lines(home)
    assert (line["outcome"], line["reviewed_by"], line["reason"]) == ("returned", "M. Aalto", "reworded")
    assert terminal.json("dif", "--withhold")["withheld"] == [], "a person has decided"
    terminal.run("dif", "--leave-out", BENT, "--by", "A. Berg", "--reason", "read it again")
    assert evidence(listed)[1] == (BENT,)


def test_evidence_that_is_all_under_review_is_none(listed: Desk, home: Home) -> None:
    rows = [f"demo,i{number:02d},2026-06-05,found,,,\n" for number in range(ITEMS)]
    (home.models / FILE).write_text("provider_id,item_id,since,found,outcome,reviewed_by,reason\n" + "".join(rows))
    with pytest.raises(InputError, match="no responses but to items under review"):
        evidence(listed)


def test_a_list_that_does_not_hold_stops_check_and_training_alike(terminal: Terminal, desk: Desk, home: Home) -> None:
    (home.models / FILE).write_text("item_id\ni03\n", encoding="utf-8")
    assert "has other columns" in terminal.refused("check")
    with pytest.raises(DefinitionError, match="has other columns"):
        evidence(desk)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--answers", "long.csv"), "plain files come in pairs"),
        (("--answers", "{}/long.csv", "--background", "{}/pupils.csv", "--withhold"), "are in no evidence"),
        (("--return", "i99", "--by", "A", "--reason", "b"), "not under review"),
        ((), "the store holds no responses"),
    ],
)
def test_what_cannot_be_done_is_said(terminal: Terminal, arguments: tuple[str, ...], says: str) -> None:
    assert says in terminal.refused("dif", *(one.replace("{}", str(terminal.folder)) for one in arguments))


def test_a_background_without_an_attribute_compares_nobody(terminal: Terminal) -> None:
    terminal.write("bare.csv", "learner_id\nl0000\n")
    files = ("--answers", terminal.folder / "long.csv", "--background", terminal.folder / "bare.csv")
    assert "no attribute to compare" in terminal.refused("dif", *files)
