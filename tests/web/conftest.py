"""A small municipality in a store of its own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from polku.cli.desk import Desk
from polku.curriculum import Curriculum
from polku.home import Home
from polku.records import Items, Responses, Roster
from polku.simulate import SimulationConfig, simulate
from polku.store import Store
from village import Village, open_village


@pytest.fixture(scope="session")
def settled(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the store file of a simulated municipality: roster, items, responses; nothing released."""
    town = simulate(
        SimulationConfig(learners=48, seed=3, responses_per_learner=60, silent_share=0.05),
        Curriculum.load(home.curriculum_path("fi-mathematics")),
    )
    path = tmp_path_factory.mktemp("village") / "polku.db"
    items = town.items.assign(skill_ids=town.items["skill_ids"].map(lambda text: tuple(text.split(";"))))
    with Store.open(f"sqlite:///{path}", "demo") as store, store.begin() as tx:
        tx.roster.replace(Roster(town.roster, town.teachers.iloc[:0]))
        tx.items.replace(Items(items))
        tx.responses.add(Responses.from_frame(town.responses))
    return path


@pytest.fixture
def make_village(home: Home, settled: Path, tmp_path: Path) -> Iterator[Callable[..., Village]]:
    """Return a maker of villages, each on a copy of the store."""
    made: list[Village] = []

    def make(origin: Path = settled, where: Home = home) -> Village:
        made.append(open_village(origin, tmp_path / f"polku{len(made)}.db", where))
        return made[-1]

    yield make
    for village in made:
        village.client.close()
        village.store.close()


@pytest.fixture
def village(make_village: Callable[..., Village]) -> Village:
    """Return a village of this test's own."""
    return make_village()


@pytest.fixture
def released(make_village: Callable[..., Village], town: Desk) -> Village:
    """Return the service of a municipality that went the whole way, on a copy of its store."""
    return make_village(Path(town.settings.store.removeprefix("sqlite:///")), town.home)
