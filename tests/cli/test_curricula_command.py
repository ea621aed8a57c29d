"""Another subject without a line of code: imported from ePerusteet, prerequisites added, a path planned in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner, Result

from polku.cli.curriculum import command
from polku.cli.plan import command as plan
from polku.curriculum import Curriculum
from polku.errors import ConflictError, InputError
from polku.exchange.case_read import read_case
from polku.home import Home
from terminal import reraise

Run = Callable[..., Result]
EDGES = "before,after\nKE1,KE2\nKE2,KE3\nKE9,KE4\n"


@pytest.fixture
def here(tmp_path: Path, home: Home) -> Home:
    """Return a home whose curricula are its own."""
    for room in ("features", "models"):
        (tmp_path / room).symlink_to(home.root / room)
    (tmp_path / "serve" / "curricula").mkdir(parents=True)
    (tmp_path / "serve" / "text").symlink_to(home.serve / "text")
    (tmp_path / "serve" / "settings.toml").write_bytes((home.serve / "settings.toml").read_bytes())
    return Home(tmp_path)


@pytest.fixture
def run(here: Home) -> Run:
    def asked(*arguments: str | Path, of: Command = command) -> Result:
        stores = {"POLKU_STORE": f"sqlite:///{here.root / 'polku.db'}"}
        named = [] if "diff" in arguments else ["--home", str(here.root)]
        return CliRunner(env=stores).invoke(of, [*map(str, arguments), *named])

    return asked


@pytest.fixture(scope="module")
def lops(standards_dir: Path) -> Path:
    return standards_dir / "eperusteet" / "lops2019-peruste-6828810.json"


@pytest.fixture(scope="module")
def imported(lops: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return upper-secondary chemistry, imported once."""
    folder = tmp_path_factory.mktemp("kemia")
    edges, written = folder / "kemia.csv", folder / "kemia.json"
    edges.write_text(EDGES, encoding="utf-8")
    arguments = ["import", lops, "--subject", "KE", "--prerequisites", edges, "--to", written]
    reraise(CliRunner().invoke(command, [str(one) for one in arguments]))
    return written


@pytest.fixture
def chemistry(imported: Path, here: Home) -> Path:
    """Return upper-secondary chemistry as a curriculum of this home."""
    path = here.serve / "curricula" / "kemia.json"
    path.write_bytes(imported.read_bytes())
    return path


def test_the_whole_curriculum_is_counted_and_nothing_is_written(run: Run, lops: Path) -> None:
    done = run("import", lops, "--json")
    reraise(done)
    said = json.loads(done.stdout)
    assert {kind: said["account"][kind]["accepted"] for kind in ("subjects", "modules", "objectives")} == {
        "subjects": 22,
        "modules": 362,
        "objectives": 1421,
    }
    assert (said["refused"], said["written"]) == ([], None)


def test_chemistry_is_planned_end_to_end(run: Run, chemistry: Path, tmp_path: Path) -> None:
    curriculum = Curriculum.load(chemistry)
    assert len({one.area for one in curriculum.skills.values()}) == 6
    first = [name for name, one in curriculum.skills.items() if one.area == "KE1"]
    goal = next(name for name, one in curriculum.skills.items() if one.area == "KE3")
    rows = ["response_id,learner_id,item_id,skill_ids,answered_at,correct"]
    for number, skill in enumerate(first * 5):
        rows.append(f"r{number},L1,{skill}-{number},{skill},2026-03-{1 + number:02d}T10:00:00+02:00,1")
    answers = tmp_path / "answers.csv"
    answers.write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = run("--responses", answers, "--curriculum", chemistry, "--goal", goal, "--json", of=plan)
    reraise(done)
    path = json.loads(done.stdout)
    steps = [one["skill_id"] for one in path["path"]]
    assert 2 <= len(path["options"]) <= 3
    assert {curriculum.area_of(one) for one in steps} <= {"KE2", "KE3"}
    assert steps
    assert not set(steps) & set(first)
    places = [curriculum.index(one) for one in steps if one in curriculum.ancestors(goal)]
    assert places == sorted(places)
    assert any("KE2" in reason["en"] for option in path["options"] for reason in option["reasons"])


def test_an_account_names_what_was_not_taken(run: Run, lops: Path, tmp_path: Path) -> None:
    edges = tmp_path / "edges.csv"
    edges.write_text(EDGES, encoding="utf-8")
    done = run("import", lops, "--subject", "KE", "--prerequisites", edges)
    reraise(done)
    assert "refused: edges line 4: no skill 'KE9'" in done.stdout
    assert "2 objectives are written in sv only" in done.stdout
    assert "nothing is written" in done.stdout


def test_a_file_that_is_there_is_kept(run: Run, lops: Path, chemistry: Path) -> None:
    before = chemistry.read_bytes()
    with pytest.raises(ConflictError, match="there already"):
        reraise(run("import", lops, "--to", "kemia"))
    assert chemistry.read_bytes() == before
    reraise(run("import", chemistry, "--to", "kemia", "--replace"))
    assert chemistry.read_bytes() == before


def test_a_subject_without_skills_is_refused(run: Run, lops: Path) -> None:
    with pytest.raises(InputError, match="no objective that answers can speak for"):
        reraise(run("import", lops, "--subject", "TO"))


def test_out_as_case_and_back_there_is_no_difference(run: Run, chemistry: Path, tmp_path: Path) -> None:
    case = tmp_path / "kemia.case.json"
    reraise(run("export", chemistry, "--to", case, "--base", "https://polku.example.fi/ims/case/v1p1"))
    assert read_case(case).curriculum.hash == Curriculum.load(chemistry).hash
    done = run("diff", chemistry, case)
    reraise(done)
    assert done.stdout == "nothing changed\n"


def test_a_new_version_is_compared(run: Run, chemistry: Path, tmp_path: Path) -> None:
    document = json.loads(chemistry.read_text(encoding="utf-8"))
    gone = document["skills"].pop()
    document["objectives"][0]["title"]["fi"] = "muu"
    newer = tmp_path / "newer.json"
    newer.write_text(json.dumps(document), encoding="utf-8")
    done = run("diff", chemistry, newer)
    reraise(done)
    assert f"  - {gone['id']}" in done.stdout
    assert f"  ~ {document['objectives'][0]['id']} (title)" in done.stdout
    found = json.loads(run("diff", newer, chemistry, "--json").stdout)
    assert found["added"]["skills"] == [gone["id"]]


def test_resources_come_into_the_catalogue_and_go(run: Run, chemistry: Path, tmp_path: Path) -> None:
    goal = {"alignmenttype": "teaches", "objectkey": "6833421", "targetname": "x"}
    name = [{"language": "fi", "materialname": "Moolit"}]
    page, gone = tmp_path / "page.json", tmp_path / "gone.xml"
    page.write_text(json.dumps([{"id": 1, "materialname": name, "alignmentobject": [goal]}]), encoding="utf-8")
    done = run("resources", page, "--curriculum", chemistry, "--skill", "KE1.6833421")
    reraise(done)
    assert "1 of them aligned" in done.stdout
    assert "Moolit  https://aoe.fi/#/materiaali/1" in done.stdout
    header = '<header status="deleted"><identifier>oai:aoe.fi:1</identifier></header>'
    gone.write_text(f"<aoe_request><record>{header}</record></aoe_request>", encoding="utf-8")
    done = run("resources", gone, "--curriculum", chemistry)
    reraise(done)
    assert "0 resources" in done.stdout
