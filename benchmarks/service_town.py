"""The municipality of benchmarks/service.py: a home of its own, a released model, callers with signed tokens."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import pandas as pd
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from polku.curriculum import Curriculum
from polku.home import Home
from polku.records import Items, Responses, Roster
from polku.simulate import SimulationConfig, simulate
from polku.store import Store
from polku.training import Bundle, fit, load_spec

ISSUER, PROVIDER = "urn:polku:bench", "bench"
ACCESS = f'\nsign_in = "oidc"\nissuer = "{ISSUER}"\nkeys = "keys.json"\n'
LIMITS = "\n[limits]\nper_second = 100000\nburst = 1000000\n"
"""One machine asks for a whole town here; they are counted all the same."""
ROOMS = ("features", "models", "serve")
CLASS = 30
"""Learners of a class."""
CLASSES = 8
SCHOOL_YEAR_ENDS = date(2026, 6, 5)


@dataclass(frozen=True)
class Town:
    """A municipality that can be served.

    Parameters
    ----------
    home : Home
        Its definitions and settings.
    store : str
        Where its data are.
    learners, groups : tuple of str
        Who can be asked about.
    skills : int
        Of the curriculum; each is scored for each path.
    key : RSAKey
        Signs tokens.
    """

    home: Home
    store: str
    learners: tuple[str, ...]
    groups: tuple[str, ...]
    skills: int
    key: RSAKey

    def token(self, role: str, subject: str, **more: str) -> str:
        """Return a token, signed by RS256 and good for two hours."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": "polku", "sub": subject, "iat": now - 60, "exp": now + 7200}
        ours = {"polku_role": role, "polku_provider": PROVIDER}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, {**claims, **ours, **more}, self.key)


class Asking:
    """Requests of callers, as bytes.

    Parameters
    ----------
    town : Town
        Who there is.
    port : int
        Where the service listens.
    """

    def __init__(self, town: Town, port: int) -> None:
        self._host = f"127.0.0.1:{port}"
        self._feeds = town.token("service", "platform", scope="responses:write")
        self._groups = [
            self._get(f"/v1/groups/{one}/suggestions", town.token("teacher", f"T-{one}")) for one in town.groups
        ]
        self._paths = [self._path(town, place) for place in range(len(town.learners))]
        self._learners, self._number = town.learners, count(time.time_ns())

    def path(self, place: int) -> bytes:
        """Ask for one learner's path, as that learner or as who teaches them."""
        return self._paths[place % len(self._paths)]

    def group(self, place: int) -> bytes:
        """Ask for a class."""
        return self._groups[place % len(self._groups)]

    def answers(self, places: range) -> bytes:
        """Send a new answer of each of some learners."""
        body = json.dumps({"responses": [self._answer(place) for place in places]}).encode()
        head = f"POST /v1/responses HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {self._feeds}\r\n"
        return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    def _answer(self, place: int) -> dict[str, object]:
        number = next(self._number)
        return {
            "response_id": f"bench-{number}",
            "learner_id": self._learners[place % len(self._learners)],
            "item_id": f"item-{number % 400}",
            "skill_ids": [f"MA79.S2.{1 + number % 5:02d}"],
            "answered_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "correct": number // 7 % 2,
        }

    def _path(self, town: Town, place: int) -> bytes:
        who = town.learners[place]
        token = town.token("teacher", f"T-{town.groups[place // CLASS]}") if place % 2 else town.token("learner", who)
        return self._get(f"/v1/learners/{who}/path", token)

    def _get(self, address: str, token: str) -> bytes:
        return f"GET {address} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def build(checkout: Path, folder: Path, store: str | None) -> Town:
    """Simulate a municipality, fit a model on its answers and release it; nothing of the checkout is written to.

    The release names an audit that was not made: what is measured is how fast the service is, and nobody is served.
    """
    home, key = _home(checkout, folder / "home"), RSAKey.generate_key(2048, {"kid": "bench", "use": "sig"})
    (home.serve / "keys.json").write_text(json.dumps(KeySet([key]).as_dict(private=False)), encoding="utf-8")
    curriculum = Curriculum.load(home.curriculum_path("fi-mathematics"))
    config = SimulationConfig(learners=CLASS * CLASSES, seed=7, until=SCHOOL_YEAR_ENDS)
    town = simulate(config, curriculum)
    responses, roster = Responses.from_frame(town.responses), _in_classes(town.roster)
    url = store or f"sqlite:///{folder / 'polku.db'}"
    with Store.open(url, PROVIDER) as opened, opened.begin() as tx:
        tx.roster.replace(roster)
        tx.items.replace(
            Items(town.items.assign(skill_ids=town.items["skill_ids"].map(lambda text: tuple(text.split(";")))))
        )
        tx.responses.add(responses)
        gates = (home.models / "mastery" / "gates.toml").read_bytes()
        model = fit(load_spec(home, "mastery"), home, responses, curriculum)
        bundle = Bundle.assemble(
            model, curriculum, policy=(home.models / "path" / "policy.toml").read_bytes(), gates=gates
        )
        tx.bundles.add(bundle.id, bundle.files, bundle.manifest)
        audit, validation = tx.audits.add("{}", bundle.id), tx.validations.add("{}", bundle.id, "pass")
        tx.bundles.release(bundle.id, "the bench", "to be measured, never to be served", audit, validation)
    learners = tuple(roster.learners["learner_id"])
    return Town(home, url, learners, tuple(dict.fromkeys(roster.learners["group_id"])), len(curriculum.order), key)


def _home(checkout: Path, root: Path) -> Home:
    for room in ROOMS:
        shutil.copytree(checkout / room, root / room)
    settings = root / "serve" / "settings.toml"
    text = settings.read_text(encoding="utf-8").split("[access]")[0]
    text = text.replace("[service]\n", '[service]\nlog = "json"\n') + "[access]" + ACCESS + LIMITS
    settings.write_text(text, encoding="utf-8")
    return Home.find(root)


def _in_classes(learners: pd.DataFrame) -> Roster:
    """Return the learners in classes of thirty, each with one teacher."""
    ordered = learners.sort_values(["grade", "learner_id"], ignore_index=True)
    ordered["group_id"] = [f"C{place // CLASS}" for place in range(len(ordered))]
    groups = list(dict.fromkeys(ordered["group_id"]))
    lines = [
        {"teacher_id": f"T-{one}", "group_id": one, "starts_on": date(2025, 8, 1), "ends_on": None} for one in groups
    ]
    return Roster(ordered, pd.DataFrame(lines))
