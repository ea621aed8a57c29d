"""The sandbox: made in seconds, and every line of its walk does what it says."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from polku.cli import polku
from polku.cli.desk import Desk
from polku.cli.sandbox import PROVIDER, Place, place_of, printed, sandbox_desk, walk
from polku.errors import InputError
from polku.home import Home
from polku.web import create_app
from serving import serving_here
from village import HERE, Answer, TestClient

URL = "http://127.0.0.1:8000"
GOOD = [200, 200, 200, 200, 200, 201, 200, 200, 200, 200, 201, 200, 403, 200, 200]
"""What each step answers."""


@pytest.fixture(scope="module")
def sandbox(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, Place, TestClient, list[str]]]:
    root = tmp_path_factory.mktemp("sandbox")
    for room in ("features", "models", "serve"):
        (root / room).symlink_to(home.root / room)
    started = time.perf_counter()
    desk = sandbox_desk(root, learners=30, seed=5)
    place = place_of(desk)
    print(f"\nthe sandbox was made in {time.perf_counter() - started:.0f} s")  # noqa: T201 - the figure that the page names
    app = create_app(desk.home, desk.store, now=desk.now)
    with TestClient(app, **HERE) as caller:
        yield desk, place, caller, printed(URL, place, app.state.sign_in.personas)
    desk.store.close()


def typed(line: str, keys: dict[str, str], caller: TestClient) -> Answer:
    """Do what a shell and curl would do with a line."""
    words = shlex.split(line)
    assert words[:2] == ["curl", "-s"]
    headers, body, method, rest = {}, None, None, words[3:]
    while rest:
        flag, value, *rest = rest
        if flag == "-H":
            name, said = value.split(": ", 1)
            headers[name] = _filled(said, keys)
        elif flag == "-X":
            method = value
        else:
            assert flag == "-d"
            body = value
    answer: Answer = caller.request(
        method or ("GET" if body is None else "POST"), words[2].removeprefix(URL), headers=headers, content=body
    )
    return answer


def _filled(text: str, keys: dict[str, str]) -> str:
    for name, value in keys.items():
        text = text.replace(f"${name}", value)
    return text


def test_every_line_of_the_walk_works(sandbox: tuple[Desk, Place, TestClient, list[str]]) -> None:
    _, place, caller, lines = sandbox
    keys = dict(line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
    assert set(keys) == {"SERVICE", "TEACHER", "LEARNER", "ADMINISTRATOR"}
    commands = [line for line in lines if line.startswith("curl")]
    answers = [typed(line, keys, caller) for line in commands]
    assert [one.status_code for one in answers] == GOOD, [one.text[:200] for one in answers]
    assert len(commands) == len(walk(URL, place))
    shown = answers[8].json()
    assert shown["notes"][0]["id"] == "note.objection"
    again = typed(commands[2], keys, caller)
    assert (again.content, again.headers["idempotency-replayed"]) == (answers[2].content, "true")
    assert all(one.headers["polku-demo"] for one in answers)


def test_nothing_of_the_sandbox_is_outside_its_folder(sandbox: tuple[Desk, Place, TestClient, list[str]]) -> None:
    desk, place, _, _ = sandbox
    assert desk.settings.provider_id == PROVIDER
    assert desk.home.root.parent.name == "var"
    assert Path(str(desk.store.engine.url.database)).parent == desk.home.root
    with desk.store.read() as tx:
        assert tx.roster.count() == 30
        assert tx.bundles.champion_release() is None
        assert tx.suggestions.get(place.suggestion_id)


def test_the_page_for_those_who_join_is_the_walk(sandbox: tuple[Desk, Place, TestClient, list[str]]) -> None:
    text = Path(__file__).parents[2].joinpath("docs", "joining.md").read_text(encoding="utf-8")
    for step in walk(URL, sandbox[1]):
        assert step.why in text, step.why


def test_there_is_no_sandbox_in_production(home: Home, tmp_path: Path) -> None:
    for room in ("features", "models"):
        (tmp_path / room).symlink_to(home.root / room)
    settings: Any = tmp_path / "serve" / "settings.toml"
    settings.parent.mkdir()
    access = '[access]\nsign_in = "oidc"\nproduction = true\nissuer = "https://i.example"\nkeys = "keys.json"\n'
    kept = (home.serve / "settings.toml").read_text(encoding="utf-8").split("[access]")[0]
    kept = kept.replace('"demo"', '"1.2.246.562.10.346830761110"')
    settings.write_text(kept + access, encoding="utf-8")
    with pytest.raises(InputError, match="no part of production"):
        sandbox_desk(tmp_path, learners=2, seed=1)


def test_a_task_is_opened_answered_and_counts_once(sandbox: tuple[Desk, Place, TestClient, list[str]]) -> None:
    desk, place, caller, lines = sandbox
    keys = dict(line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
    asked = f"/v1/learners/{place.learner_id}/tasks?skill=MA79.S3.01&purpose=check"
    service = {"Authorization": f"Bearer {keys['SERVICE']}"}
    said = caller.get(asked, headers=service).json()
    assert [one["vendor"] for one in said["tasks"]] == ["reference"] * 3
    assert caller.get(asked, headers=service).json()["tasks"][0]["item_id"] == said["tasks"][0]["item_id"]
    launch = said["tasks"][0]["launch"]
    assert place.learner_id not in launch
    shown = caller.get(launch)
    assert shown.status_code == 200, shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    token = launch.split("token=")[1]
    for _ in range(2):
        back = caller.post("/demo/vendor/result", content=f"token={token}&correct=1", follow_redirects=False)
        assert (back.status_code, back.headers["location"]) == (303, "/me")
    with desk.store.read() as tx:
        answers = [one for one in tx.responses.of([place.learner_id]) if one.item_id == said["tasks"][0]["item_id"]]
        assert [one.correct for one in answers] == [1.0]
        assert tx.launches.all()[-1].purpose == "check"
    assert caller.get(asked, headers=service).json()["tasks"][0]["item_id"] != said["tasks"][0]["item_id"]
    teacher = {"Authorization": f"Bearer {keys['TEACHER']}"}
    assert {one["launch"] for one in caller.get(asked, headers=teacher).json()["tasks"]} == {None}


def test_a_link_that_does_not_hold_opens_nothing(sandbox: tuple[Desk, Place, TestClient, list[str]]) -> None:
    _, _, caller, _ = sandbox
    assert caller.get("/demo/vendor/task?token=a.b.c").status_code == 422
    assert caller.post("/demo/vendor/result", content="token=a.b.c&correct=1").status_code == 422
    assert caller.get("/demo/vendor/feed/nothing").status_code == 404


def test_the_walk_through_conformance_is_typed_line_by_line(
    sandbox: tuple[Desk, Place, TestClient, list[str]],
) -> None:
    desk, _, _, _ = sandbox
    text = Path(__file__).parents[2].joinpath("docs", "joining.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith(".venv/bin/polku conformance ")]
    assert len(lines) == 3
    app = create_app(desk.home, desk.store, now=desk.now)
    with serving_here(app) as port:
        said = [
            CliRunner().invoke(polku, shlex.split(_here(line, desk, port).removeprefix(".venv/bin/polku ")))
            for line in lines
        ]
    assert [one.exit_code for one in said] == [0, 1, 1], [one.output for one in said]
    assert said[0].output.splitlines()[-1] == "conforms"
    assert "does not conform:" in said[1].output
    report = json.loads(said[2].stdout)
    assert report["conforms"] is False
    assert sum(one["count"] for one in report["refused"].values()) >= 2, report["refused"]
    assert (report["unresolved"], len(report["conflicts"])) == (1, 1)
    assert "pupil@vendor.example" not in said[2].stdout


def _here(line: str, desk: Desk, port: int) -> str:
    return line.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{port}").replace("var/sandbox", str(desk.home.root))
