"""Kept answers where callers sign in: a relation that ends, ends for them too, however long others are remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from issuer import ISSUER, Issuer, bearer
from polku.home import Home
from polku.paths.days import day_of
from polku.records.relations import Kind, Relation
from village import ALICE, DAY, NOW, Village, open_village

PATH = f"/v1/learners/{ALICE}/path"


def given(village: Village) -> int:
    """Return how many answers were given again."""
    number: int = village.app.state.kept.given
    return number


@pytest.fixture
def signed(
    settled: Path, tmp_path: Path, signing_home: Callable[[str], Home], keys: Issuer
) -> Callable[[list[Relation]], Village]:
    """Return a maker of villages whose callers sign in, with these relations."""

    def made(relations: list[Relation]) -> Village:
        where = f'issuer = "{ISSUER}"\nkeys = "{keys.path}"\nremember_s = 60\n'
        village = open_village(settled, tmp_path / "signed.db", signing_home(f'[access]\nsign_in = "oidc"\n{where}'))
        with village.store.begin() as tx:
            tx.relations.replace(relations)
        return village

    return made


@pytest.fixture
def keys(tmp_path: Path) -> Issuer:
    """Return an issuer of this test's own."""
    return Issuer(tmp_path / "keys.json")


def guardian(last: int | None) -> Relation:
    """Return the relation of somebody at home, to some day from today on."""
    today = day_of(NOW)
    until = None if last is None else today + dt.timedelta(last)
    return Relation("G1", Kind.GUARDIAN, "learner", ALICE, today - dt.timedelta(30), until, restricted=False)


ENDS = {
    "ended": [guardian(-1)],
    "taken out": [],
    "restricted": [guardian(None)._replace(restricted=True)],
}


@pytest.mark.parametrize("how", ENDS)
def test_a_relation_that_ends_ends_at_once(signed: Callable[[list[Relation]], Village], keys: Issuer, how: str) -> None:
    village = signed([guardian(None)])
    headers = bearer(keys.token("guardian", "G1"))
    assert [village.client.get(PATH, headers=headers).status_code for _ in range(2)] == [200, 200]
    assert given(village) == 1
    with village.store.begin() as tx:
        tx.relations.replace(ENDS[how])
    assert village.client.get(PATH, headers=headers).status_code == 403
    village.store.close()


def test_a_relation_ends_with_its_last_day(signed: Callable[[list[Relation]], Village], keys: Issuer) -> None:
    village = signed([guardian(0)])
    headers = bearer(keys.token("guardian", "G1"))
    midnight = NOW - NOW % DAY + DAY
    village.clock.now = midnight - 20_000_000
    assert [village.client.get(PATH, headers=headers).status_code for _ in range(2)] == [200, 200]
    village.clock.now = midnight
    assert village.client.get(PATH, headers=headers).status_code == 403
    village.store.close()


def test_what_one_may_see_is_not_given_to_another(signed: Callable[[list[Relation]], Village], keys: Issuer) -> None:
    village = signed([guardian(None)])
    good, other = bearer(keys.token("guardian", "G1")), bearer(keys.token("guardian", "G2"))
    assert [village.client.get(PATH, headers=good).status_code for _ in range(2)] == [200, 200]
    assert village.client.get(PATH, headers=other).status_code == 403
    assert village.client.get(PATH).status_code == 401
    elsewhere = bearer(keys.token("guardian", "G1", "elsewhere"))
    assert village.client.get(PATH, headers=elsewhere).status_code == 403
    village.store.close()


def test_an_answer_first_asked_for_after_the_end_is_not_kept(
    signed: Callable[[list[Relation]], Village], keys: Issuer
) -> None:
    village = signed([guardian(None)])
    headers = bearer(keys.token("guardian", "G1"))
    assert village.client.get(f"/v1/learners/{ALICE}/profile", headers=headers).status_code == 200
    with village.store.begin() as tx:  # the relation is remembered for a minute from here on
        tx.relations.replace([guardian(-1)])
    assert village.client.get(PATH, headers=headers).status_code == 403
    assert len(village.app.state.kept) == 0
    with village.store.read() as tx:
        assert [one.what for one in tx.reads.of(ALICE)] == ["/v1/learners/{learner_id}/profile"]
    village.store.close()
