"""A small municipality in a store of its own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from families import Families, open_families
from polku.cli.desk import Desk
from polku.curriculum import Curriculum
from polku.home import Home
from polku.records import Items, Responses, Roster
from polku.simulate import SimulationConfig, simulate
from polku.store import Store
from staged import Stage, open_stage
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


@pytest.fixture(scope="session")
def apart(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return the checkout's rooms under a root of their own: what is erased is not what somebody works with."""
    root = tmp_path_factory.mktemp("apart")
    for room in ("features", "models", "serve", "mlruns"):
        (root / room).symlink_to(home.root / room)
    return Home.find(root)


@pytest.fixture
def make_village(apart: Home, settled: Path, tmp_path: Path) -> Iterator[Callable[..., Village]]:
    """Return a maker of villages, each on a copy of the store."""
    made: list[Village] = []

    def make(origin: Path = settled, where: Home = apart) -> Village:
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


@pytest.fixture(scope="session")
def families(home: Home, settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Families]:
    """Return a platform with somebody at home for each learner; each test asks about learners of its own."""
    with open_families(home, settled, tmp_path_factory.mktemp("families")) as made:
        yield made


@pytest.fixture(scope="session")
def staged(home: Home, settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a demonstration with something on every page, for tests that change nothing."""
    with open_stage(home, settled, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture(scope="module")
def hamlet(settled: Path, apart: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """Return a village that the tests of one file share: each looks at what the others leave alone."""
    village = open_village(settled, tmp_path_factory.mktemp("hamlet") / "polku.db", apart)
    yield village
    village.client.close()
    village.store.close()
