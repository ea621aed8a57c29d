"""``polku sandbox``: a provider of simulated learners, keys to it, and a walk through the interface in five minutes."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from polku.cli.demo import UNTIL, demo_clock
from polku.cli.desk import Desk, say
from polku.cli.reference_tasks import provide
from polku.errors import InputError
from polku.home import ROOMS, Home
from polku.records import Items, Responses, Roster
from polku.simulate import SimulationConfig, simulate

if TYPE_CHECKING:
    from polku.web.access.personas import Personas

PROVIDER = "sandbox"
SKILL = "MA79.S2.01"
SETTINGS = '\n[access]\nsign_in = "demo"\nproduction = false\n'


@dataclass(frozen=True)
class Step:
    """One step of the walk.

    Parameters
    ----------
    why : str
        What it shows.
    line : str
        What to type.
    """

    why: str
    line: str


@dataclass(frozen=True)
class Place:
    """What the walk goes past.

    Parameters
    ----------
    learner_id, group_id, teacher_id, suggestion_id : str
        Of the simulated municipality.
    """

    learner_id: str
    group_id: str
    teacher_id: str
    suggestion_id: str


def sandbox_desk(home: Path | None, learners: int, seed: int) -> Desk:
    """Return a desk on a fresh provider of simulated learners, in ``var/sandbox`` of a home.

    Nothing is trained: paths stand on the built-in rules. Whatever was there is made anew.

    Parameters
    ----------
    home : Path or None
        Whose definitions to use.
    learners, seed : int
        Size and root of the simulation.
    """
    origin = Home.find(home)
    if origin.settings().production:
        raise InputError("a sandbox is no part of production", hint="polku sandbox --home of a test installation")
    root = origin.var / PROVIDER
    shutil.rmtree(root, ignore_errors=True)
    for room in ROOMS:
        shutil.copytree(origin.root / room, root / room)
    _settle(root / "serve" / "settings.toml", root)
    own = Home.find(root)
    desk = Desk(own, own.settings().model_copy(update=_stores(root)), now=demo_clock())
    _fill(desk, learners, seed)
    provide(desk)
    return desk


def _settle(path: Path, root: Path) -> None:
    """Write the sandbox's settings: its own provider and stores, sign-in by personas."""
    kept = [
        one for one in path.read_text(encoding="utf-8").splitlines() if not one.startswith(("provider_id", "store ="))
    ]
    before, _, _ = "\n".join(kept).partition("[access]")
    own = [f'provider_id = "{PROVIDER}"', f'store = "{_stores(root)["store"]}"']
    path.write_text("\n".join(own) + "\n" + before + SETTINGS, encoding="utf-8")


def _stores(root: Path) -> dict[str, str]:
    return {
        "provider_id": PROVIDER,
        "store": f"sqlite:///{root / 'polku.db'}",
        "background": f"sqlite:///{root / 'background.db'}",
    }


def _fill(desk: Desk, learners: int, seed: int) -> None:
    """Put a class or two into the store."""
    config = SimulationConfig(learners=learners, seed=seed, responses_per_learner=60, grades=(7, 8), until=UNTIL)
    town = simulate(config, desk.curriculum)
    items = town.items.assign(skill_ids=town.items["skill_ids"].map(lambda text: tuple(text.split(";"))))
    with desk.store.begin() as tx:
        tx.roster.replace(Roster(town.roster, town.teachers))
        tx.items.replace(Items(items))
        tx.responses.add(Responses.from_frame(town.responses))


def place_of(desk: Desk) -> Place:
    """Return a learner of the sandbox with a teacher of today, and what is suggested to them."""
    from polku.paths.days import day_of
    from polku.paths.suggester import Suggester

    today = day_of(desk.now())
    with desk.store.begin() as tx:
        teachers: list[dict[Any, Any]] = tx.roster.teachers().to_dict("records")
        now = next(one for one in teachers if one["starts_on"] <= today <= (one["ends_on"] or today))
        learner_id = tx.roster.group(now["group_id"])[0].learner_id
        offer = Suggester(desk.home, desk.now).offer(tx, learner_id)
    return Place(learner_id, now["group_id"], now["teacher_id"], offer.suggestions[0].suggestion_id)


def keys_of(personas: Personas, place: Place) -> dict[str, str]:
    """Return the tokens by the name of their variable: of a service, a teacher, a learner, an administrator."""
    from polku.web.viewer import Role

    people = {
        "SERVICE": (Role.SERVICE, "sandbox-service"),
        "TEACHER": (Role.TEACHER, place.teacher_id),
        "LEARNER": (Role.LEARNER, place.learner_id),
        "ADMINISTRATOR": (Role.ADMINISTRATOR, "sandbox-administrator"),
    }
    return {name: personas.token(role, subject, PROVIDER) for name, (role, subject) in people.items()}


def walk(url: str, place: Place) -> list[Step]:
    """Return the walk: what to type, in order."""
    learner, group = f"{url}/v1/learners/{place.learner_id}", f"{url}/v1/groups/{place.group_id}"
    answer: dict[str, Any] = {
        "response_id": "sandbox-1",
        "learner_id": place.learner_id,
        "item_id": f"{SKILL}-01",
        "skill_ids": [SKILL],
        "answered_at": f"{UNTIL.isoformat()}T08:00:00+03:00",
        "correct": 1,
    }
    decision = f"{url}/v1/suggestions/{place.suggestion_id}/decision"
    return [
        Step("what is suggested to a group", _curl("SERVICE", f"{group}/suggestions")),
        Step("one learner's next steps, each with its reasons", _curl("SERVICE", f"{learner}/path")),
        Step(
            "an answer comes in; typed again it gives the same answer and has no second effect",
            _curl("SERVICE", f"{url}/v1/responses", {"responses": [answer]}, "Idempotency-Key: sandbox-1"),
        ),
        Step("what the answers say so far", _curl("SERVICE", f"{learner}/profile")),
        Step("a task to do on a skill, with a link that opens it", _curl("SERVICE", f"{learner}/tasks?skill={SKILL}")),
        Step("a teacher decides", _curl("TEACHER", decision, {"decision": "accept", "reason": "fits_now"})),
        Step("what became of each suggestion", _curl("TEACHER", f"{learner}/suggestions?limit=5")),
        Step(
            "a learner objects to profiling",
            _curl("LEARNER", f"{learner}/objection", {"reason": "I choose my own tasks"}, method="PUT"),
        ),
        Step("their path goes on, in the curriculum's order", _curl("LEARNER", f"{learner}/path")),
        Step("they take the objection back", _curl("LEARNER", f"{learner}/objection", method="DELETE")),
        Step(
            "a system of yours is told of new suggestions; the answer holds the secret that signs them",
            _curl("SERVICE", f"{url}/v1/webhooks", {"url": "http://127.0.0.1:9000/polku"}),
        ),
        Step("who is told", _curl("SERVICE", f"{url}/v1/webhooks")),
        Step("what a service may not see: 403, a problem document", _curl("SERVICE", f"{learner}/export")),
        Step(
            "what answers say of a vendor's own tasks",
            _curl("ADMINISTRATOR", f"{url}/v1/vendors/reference/feedback"),
        ),
        Step("all schools together, small cells suppressed", _curl("ADMINISTRATOR", f"{url}/v1/aggregates")),
    ]


def _curl(key: str, url: str, body: object = None, *headers: str, method: str | None = None) -> str:
    import json

    sent = [] if body is None else ["Content-Type: application/json", *headers]
    said = "".join(f" -H {shlex.quote(one)}" for one in sent)
    said += "" if body is None else f" -d {shlex.quote(json.dumps(body))}"
    said += "" if method is None else f" -X {method}"
    return f'curl -s {shlex.quote(url)} -H "Authorization: Bearer ${key}"{said}'


@click.command(short_help="Serve a provider of simulated learners to try the interface on.")
@click.option("--learners", default=40, show_default=True, help="Learners to simulate.")
@click.option("--seed", default=2026, show_default=True, help="Everything is drawn from it.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; default: from serve/settings.toml.")
@click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="Whose definitions; default: the checkout."
)
def command(learners: int, seed: int, port: int | None, home: Path | None) -> None:
    """Make a provider of simulated learners, print keys and a walk through the interface, and serve it on loopback.

    Everything stays in var/sandbox and is made anew each time; the keys end with the process.

    \b
    Example:
      polku sandbox
    """
    from polku.cli.serve import refuse_beyond_loopback
    from polku.web import create_app
    from polku.web.observe.logs import configure
    from polku.web.server import Server, configuration

    desk = sandbox_desk(home, learners, seed)
    service = desk.settings.service
    refuse_beyond_loopback(service.host)
    place, chosen = place_of(desk), port or service.port
    configure(service.log)
    app = create_app(desk.home, desk.store, now=desk.now)
    for line in printed(f"http://{service.host}:{chosen}", place, app.state.sign_in.personas):
        click.echo(line)
    say("the sandbox is open; stop with Ctrl-C")
    Server(configuration(app, service, service.host, chosen), app.state.operation).run()


def printed(url: str, place: Place, personas: Personas) -> list[str]:
    """Return what the command prints: keys, then each step with what it shows. A shell may read all of it."""
    keys = [f"export {name}={token}" for name, token in keys_of(personas, place).items()]
    steps = [line for one in walk(url, place) for line in ("", f"# {one.why}", one.line)]
    return ["# keys of simulated people; good for a working day or until the sandbox stops", *keys, *steps]
