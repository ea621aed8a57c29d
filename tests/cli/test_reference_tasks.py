"""What stands behind the steps of a demonstration: simulated, said so, in a home of its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from polku.cli.demo import furnished
from polku.cli.desk import Desk
from polku.cli.reference_tasks import DIFFICULTIES, PUBLISHERS, resources_of
from polku.curriculum import Curriculum
from polku.curriculum.resources import Catalogue, read_resources
from polku.home import Home
from polku.web.reference_vendor import VENDOR
from polku.web.vendors import load_vendors

DAY = "2026-06-05"


@pytest.fixture(scope="module")
def mathematics(home: Home) -> Curriculum:
    return Curriculum.load(home.curriculum_path("fi-mathematics"))


def test_every_skill_has_resources_of_several_publishers_that_say_what_they_are(mathematics: Curriculum) -> None:
    catalogue = Catalogue(resources_of(mathematics), mathematics)
    assert catalogue.aligned() == len(catalogue)
    assert set(Counter(one.maker for one in catalogue.resources)) == set(PUBLISHERS)
    for one in catalogue.resources:
        assert urlsplit(one.url).hostname == "example.org", "an address that is nobody's"
        assert all("simul" in text for text in one.title.values())
        assert set(one.title) == {"fi", "sv", "en"}
    assert all(catalogue.suited(skill, day=DAY) for skill in mathematics.skills)


def test_a_demonstration_is_furnished_in_a_home_of_its_own(home: Home, tmp_path: Path) -> None:
    before = {path.name for path in (home.root / "serve").rglob("*")}
    stores = {name: f"sqlite:///{tmp_path}/{name}.db" for name in ("store", "background")}
    origin = tmp_path / "origin"
    origin.mkdir()
    for room in ("features", "models", "serve"):
        (origin / room).symlink_to(home.root / room)
    desk = Desk(Home.find(origin), home.settings().model_copy(update=stores))
    own = furnished(desk, tmp_path / "demo")
    with own.store.read() as tx:
        assert tx.catalogue.counts() == {VENDOR: 3 * len(DIFFICULTIES) * len(desk.curriculum.skills)}
        assert {one.language for one in tx.catalogue.of(VENDOR)} == {"fi", "sv", "en"}
    own.store.close()
    (vendor,) = load_vendors(own.home).values()
    assert len(vendor.secret()) >= 32
    assert (vendor.folder / "reference.secret").stat().st_mode & 0o077 == 0
    assert read_resources(own.home.serve / "resources" / "catalogue.jsonl")
    assert own.home.settings().provider_id == desk.home.settings().provider_id
    assert {path.name for path in (home.root / "serve").rglob("*")} == before, "nothing is written into the checkout"
