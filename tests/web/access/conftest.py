"""A platform of two providers whose callers sign in, with people of every role and every kind of relation."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from issuer import ISSUER, Issuer
from polku.home import Home
from polku.paths.days import day_of
from polku.records import Roster
from polku.records.relations import Kind, Permit, Relation
from polku.store import Store
from polku.store.transaction import Transaction
from village import ALICE, GROUP, HERE, NOW, TestClient, Village, open_village

OPENS = "what a sender alone knows, long enough that nobody guesses it"
SENDERS = f"""
[access.senders.moodle]
provider = "demo"
secret_sha256 = {hashlib.sha256(OPENS.encode()).hexdigest()!r}
[access.senders.store]
provider = "demo"
secret_sha256 = {hashlib.sha256(OPENS[::-1].encode()).hexdigest()!r}
scopes = ["learners:read"]
"""
SIGNED_IN = f'[access]\nsign_in = "oidc"\nissuer = "{ISSUER}"\nkeys = "keys.json"\ncookie = "desktop"\nremember_s = 0\n'
TODAY = day_of(NOW)
SCHOOL, OTHER_SCHOOL = "Koivurannan koulu", "Sinijärven lukio"
OTHER, HIDDEN = "L0002", "L0003"
"""A learner of another group, and one whose identity is protected, alone in the third."""
OTHER_GROUP, HIDDEN_GROUP = "3A", "4A"


def days(first: int, last: int | None = None) -> tuple[dt.date, dt.date | None]:
    """Return two dates, given in days from today."""
    return TODAY + dt.timedelta(first), None if last is None else TODAY + dt.timedelta(last)


PERIODS: dict[str, tuple[tuple[dt.date, dt.date | None], bool]] = {
    "own": (days(-30), False),
    "last day": (days(-30, 0), False),
    "first day": (days(0), False),
    "ended": (days(-30, -1), False),
    "not begun": (days(1, 30), False),
    "restricted": (days(-30), True),
}


def relations() -> Iterator[Relation]:
    """Yield one person for each role and period, named ``role/period``, and one for each kind of teaching."""
    about = {
        Kind.GUARDIAN: ("learner", ALICE),
        Kind.TEACHER: ("group", GROUP),
        Kind.PRINCIPAL: ("school", SCHOOL),
    }
    others = {Kind.GUARDIAN: OTHER, Kind.TEACHER: OTHER_GROUP, Kind.PRINCIPAL: OTHER_SCHOOL}
    hidden = {Kind.GUARDIAN: HIDDEN, Kind.TEACHER: HIDDEN_GROUP}
    for kind, target in about.items():
        for name, (period, restricted) in PERIODS.items():
            yield Relation(f"{kind}/{name}", kind, *target, *period, restricted)
        yield Relation(f"{kind}/other", kind, target[0], others[kind], *days(-30))
    for kind, target_id in hidden.items():
        yield Relation(f"{kind}/own", kind, about[kind][0], target_id, *days(-30))
    for kind in (Kind.SUBSTITUTE, Kind.CO_TEACHER, Kind.SPECIAL_EDUCATION):
        yield Relation(f"teacher/{kind}", kind, "group", GROUP, *days(-3, 3))
    yield Relation("teacher/of one", Kind.SPECIAL_EDUCATION, "learner", ALICE, *days(-30))
    yield Relation("teacher/at home", Kind.GUARDIAN, "learner", ALICE, *days(-30))


PERMITS = [
    Permit("P1", "researcher/own", *(day or TODAY for day in days(-30, 30))),
    Permit("P2", "researcher/ended", *(day or TODAY for day in days(-30, -1))),
    Permit("P3", "researcher/not begun", *(day or TODAY for day in days(1, 30))),
]


def people(tx: Transaction) -> None:
    """Put everybody's relations into a store."""
    tx.relations.replace(relations())
    tx.relations.protect([HIDDEN])
    tx.relations.permit(PERMITS)


@pytest.fixture(scope="session")
def signing_home(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Home]:
    """Return a maker of homes: a copy of the root rooms, callers sign in as given, and a second provider joined."""

    def made(access: str) -> Home:
        root = tmp_path_factory.mktemp("platform")
        for room in ("features", "models", "serve"):
            shutil.copytree(home.root / room, root / room)
        settings = root / "serve" / "settings.toml"
        kept = settings.read_text(encoding="utf-8").split("[access]")[0]
        settings.write_text(kept + access, encoding="utf-8")
        provider = root / "serve" / "providers" / "elsewhere"
        provider.mkdir(parents=True)
        (provider / "provider.toml").write_text('name = "Elsewhere"\n', encoding="utf-8")
        return Home.find(root)

    return made


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Return the platform's issuer."""
    return Issuer(tmp_path_factory.mktemp("issuer") / "keys.json")


@pytest.fixture(scope="session")
def platform(
    settled: Path, signing_home: Callable[[str], Home], issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Village]:
    """Return the service of two providers, each with a learner of the same id; for tests that change nothing."""
    home = signing_home(SIGNED_IN.replace("keys.json", str(issuer.path)) + SENDERS)
    village = open_village(settled, tmp_path_factory.mktemp("platform") / "polku.db", home)
    with village.store.begin() as tx:
        people(tx)
    with elsewhere(village.store).begin() as tx:
        tx.roster.replace(Roster.of([{"learner_id": ALICE, "grade": 7, "group_id": GROUP, "school_id": SCHOOL}]))
    with TestClient(village.app, **HERE) as village.client:
        yield village
    village.store.close()


def elsewhere(store: Store) -> Store:
    """Return the other provider's store."""
    return store.for_provider("elsewhere")
