"""What tests of the pages for learners and those at home share: a platform where people sign in, and its people."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from issuer import ISSUER, Issuer, bearer
from polku.home import Home
from polku.paths.days import day_of
from polku.records.relations import Kind, Relation
from polku.store.requests import Asked
from polku.store.transaction import Transaction
from polku.store.values import Decision
from serving import serving_here
from village import HERE, NOW, Answer, TestClient, Village, open_village

HTML = {"accept": "text/html"}
COOKIE = "desktop"
FRAMER = "https://desktop.city.example"


@dataclass
class Families:
    """A platform with a guardian ``home/<learner>`` for everybody and a teacher ``teacher/<group>`` for each group.

    Parameters
    ----------
    village : Village
        The service.
    issuer : Issuer
        Signs tokens.
    """

    village: Village
    issuer: Issuer

    def token(self, who: str) -> str:
        """Return the token of ``role:subject``."""
        role, _, subject = who.partition(":")
        return self.issuer.token(role, subject)

    def ask(self, who: str, address: str, **headers: str) -> Answer:
        """Open an address as somebody."""
        answer: Answer = self.village.client.get(address, headers=bearer(self.token(who)) | HTML | headers)
        return answer

    def show(self, who: str, address: str) -> str:
        """Return the page that somebody sees."""
        answer = self.ask(who, address)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def send(self, who: str, address: str, **form: str) -> Answer:
        """Send a form as somebody, and follow nowhere."""
        headers = bearer(self.token(who))
        answer: Answer = self.village.client.post(address, data=form, headers=headers, follow_redirects=False)
        return answer

    def follow(self, who: str, address: str, **form: str) -> str:
        """Send a form as somebody; return the page that it leads to."""
        answer = self.send(who, address, **form)
        assert answer.status_code == 303, answer.text
        return self.show(who, answer.headers["location"])

    def group_of(self, learner: str) -> str:
        """Return a learner's group."""
        with self.village.store.read() as tx:
            listed = tx.roster.learner(learner)
        assert listed is not None
        assert listed.group_id is not None
        return listed.group_id

    def path(self, learner: str) -> dict[str, Any]:
        """Return what is offered to a learner."""
        answer = self.village.client.get(
            f"/v1/learners/{learner}/path", headers=bearer(self.token(f"learner:{learner}"))
        )
        said: dict[str, Any] = answer.json()
        return said

    def decisions(self, learner: str) -> list[Decision]:
        """Return what was decided about a learner's suggestions and stands."""
        with self.village.store.read() as tx:
            return tx.decisions.of(learner)

    def asked(self, learner: str) -> list[Asked]:
        """Return everything that was asked about a learner."""
        with self.village.store.read() as tx:
            return tx.requests.of(learner)


@contextmanager
def open_families(home: Home, settled: Path, folder: Path) -> Iterator[Families]:
    """Give a copy of a municipality to people who sign in, in process."""
    made = make_families(home, settled, folder)
    made.village.client.close()
    with TestClient(made.village.app, **HERE) as made.village.client:
        yield made
    made.village.store.close()


@contextmanager
def serve_families(home: Home, settled: Path, folder: Path, framer: str) -> Iterator[tuple[Families, str]]:
    """Give the same on a free port of loopback, for a browser; with its address."""
    made = make_families(home, settled, folder, framer)
    with serving_here(made.village.app) as port:
        yield made, f"http://127.0.0.1:{port}"
    made.village.client.close()
    made.village.store.close()


def make_families(home: Home, settled: Path, folder: Path, framer: str = FRAMER) -> Families:
    """Make a service on a copy of a store, with everybody's relations in it."""
    issuer = Issuer(folder / "keys.json")
    village = open_village(settled, folder / "polku.db", signing_home(home, folder / "home", issuer, framer))
    with village.store.begin() as tx:
        tx.relations.replace(everybody(tx))
    return Families(village, issuer)


def signing_home(home: Home, root: Path, issuer: Issuer, framer: str) -> Home:
    """Return a copy of the root rooms whose callers sign in, and whose fragments a desktop may frame."""
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, root / room)
    settings = root / "serve" / "settings.toml"
    kept = settings.read_text(encoding="utf-8").split("[access]")[0]
    access = f'[access]\nsign_in = "oidc"\nissuer = "{ISSUER}"\nkeys = "{issuer.path}"\ncookie = "{COOKIE}"\n'
    settings.write_text(f'{kept}{access}remember_s = 0\n[pages]\nembed_in = ["{framer}"]\n', encoding="utf-8")
    return Home.find(root)


def everybody(tx: Transaction) -> Iterator[Relation]:
    """Yield somebody at home for each learner, somebody who teaches each group, and relations that open nothing."""
    today = day_of(NOW)
    since, ended = today - dt.timedelta(30), today - dt.timedelta(1)
    for learner in tx.roster.learners()["learner_id"].tolist():
        yield Relation(f"home/{learner}", Kind.GUARDIAN, "learner", learner, since, None, False)
        yield Relation(f"ended/{learner}", Kind.GUARDIAN, "learner", learner, since, ended, False)
        yield Relation(f"restricted/{learner}", Kind.GUARDIAN, "learner", learner, since, None, True)
    for group in tx.roster.groups():
        yield Relation(f"teacher/{group}", Kind.TEACHER, "group", group, since, None, False)
        yield Relation(f"once/{group}", Kind.TEACHER, "group", group, since, ended, False)
