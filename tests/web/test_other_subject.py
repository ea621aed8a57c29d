"""Chemistry in the service and on its page: a curriculum that was imported, a line in the settings, and no code."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from polku.cli.curriculum import command
from polku.curriculum import Curriculum
from polku.exchange.case_read import of_json
from polku.home import Home
from terminal import reraise
from village import ALICE, GROUP, Village, row


@pytest.fixture(scope="module")
def chemistry_home(home: Home, standards_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home whose curriculum is upper-secondary chemistry."""
    root = tmp_path_factory.mktemp("chemistry")
    for room in ("features", "models", "mlruns"):
        (root / room).symlink_to(home.root / room)
    shutil.copytree(home.serve, root / "serve")
    settings = root / "serve" / "settings.toml"
    stated = re.sub(r'(?m)^curriculum = ".*"', 'curriculum = "kemia"', settings.read_text(encoding="utf-8"))
    settings.write_text(stated, encoding="utf-8")
    edges = root / "kemia.csv"
    edges.write_text("before,after\nKE1,KE2\nKE2,KE3\n", encoding="utf-8")
    lops = standards_dir / "eperusteet" / "lops2019-peruste-6828810.json"
    more = ["--subject", "KE", "--prerequisites", str(edges), "--to", "kemia", "--home", str(root)]
    reraise(CliRunner().invoke(command, ["import", str(lops), *more]))
    return Home.find(root)


@pytest.fixture
def village(make_village: Callable[..., Village], chemistry_home: Home) -> Village:
    return make_village(where=chemistry_home)


@pytest.fixture
def chemistry(chemistry_home: Home) -> Curriculum:
    return Curriculum.load(chemistry_home.curriculum_path("kemia"))


def test_the_service_suggests_in_chemistry(village: Village, chemistry: Curriculum) -> None:
    first = [one for one in chemistry.order if chemistry.area_of(one) == "KE1"]
    rows = [
        row(f"ke-{skill}-{number}", item_id=f"{skill}-{number}", skill_ids=[skill])
        for skill in first
        for number in range(4)
    ]
    assert village.post(*rows)["accepted"] == len(rows)
    path = village.get(f"/v1/learners/{ALICE}/path")
    offered = [option["skill_id"] for option in path["options"]]
    assert 2 <= len(offered) <= 3
    assert set(offered) <= set(chemistry.order)
    assert {chemistry.area_of(one) for one in offered} & {"KE2", "KE4", "KE5", "KE6"}


def test_the_page_shows_chemistry(village: Village, chemistry: Curriculum) -> None:
    path = village.get(f"/v1/learners/{ALICE}/path")
    title = chemistry.skills[path["options"][0]["skill_id"]].title["sv"]
    page = village.client.get(f"/?group={GROUP}&learner={ALICE}&lang=sv")
    assert page.status_code == 200
    assert title in page.text


def test_the_service_speaks_case_of_chemistry(village: Village, chemistry: Curriculum) -> None:
    document = village.get("/ims/case/v1p1/CFDocuments")["CFDocuments"][0]
    assert document["title"] == "Kemia"
    package = village.get(f"/ims/case/v1p1/CFPackages/{document['identifier']}")
    assert of_json(package, "service").curriculum.hash == chemistry.hash
