"""``polku vendors`` and ``polku conformance`` at the terminal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import numpy as np
import pytest

from polku.cli import fetching
from polku.errors import InputError
from polku.home import Home
from terminal import HEADER, Terminal

SKILL = "MA79.S2.01"
VENDOR = 'name = "Lab"\nlaunch = "https://lab.example/{token}"\nsecret_env = "POLKU_LAB"\ncatalogue = "lab.csv"\n'
CATALOGUE = f"item_id,skill_ids,title,share_right\nt1,{SKILL},One,0.7\nt2,{SKILL},Two,\nt3,,Three,\nt4,ALGEBRA,Four,2\n"

pytestmark = pytest.mark.xdist_group("market")


@pytest.fixture(scope="module")
def terminal(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Return a terminal on a home with a vendor whose tasks forty learners answered."""
    root = tmp_path_factory.mktemp("market")
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, root / room)
    folder = root / "serve" / "vendors"
    (folder / "lab.toml").write_text(VENDOR, encoding="utf-8")
    (folder / "lab.csv").write_text(CATALOGUE, encoding="utf-8")
    made = Terminal(Home.find(root), tmp_path_factory.mktemp("terminal"))
    rng = np.random.default_rng(3)
    rows = [
        f"r{item}-{learner},l{learner},{item},{SKILL},2026-05-20T09:15:00Z,{int(rng.random() < share)}"
        for item, share, learners in (("t1", 0.7, 40), ("t2", 0.5, 9), ("own", 0.6, 40))
        for learner in range(learners)
    ]
    made.run("ingest", made.write("answers.csv", HEADER + "\n".join(rows) + "\n"))
    return made


def test_a_catalogue_comes_in_with_reasons_and_goes_out_as_feedback(terminal: Terminal) -> None:
    said = terminal.json("vendors", "import", "lab")
    assert (said["taken"], said["withdrawn"], said["repeated"]) == (2, 0, 0)
    assert [one["reason"] for one in said["refused"]] == ["no_skills", "out_of_range"]
    assert terminal.json("vendors", "list") == [{"vendor": "lab", "name": "Lab", "tasks": 2}]
    first, second = terminal.json("vendors", "feedback", "lab")
    assert (first["item_id"], first["learners"], first["dif"]) == ("t1", 40, None)
    assert 0.4 < first["share_right"] < 0.95
    assert first["discrimination_se"] > 0.0
    assert (second["learners"], second["share_right"], second["note"]) == (None, None, "too few answers to say")
    assert "fewer than ten learners" in terminal.run("vendors", "feedback", "lab").stderr
    assert terminal.json("vendors", "exposure")[0] == {
        "vendor": "lab",
        "tasks": 2,
        "offered": 0,
        "expected": 0.0,
        "z": None,
    }
    assert "expected" in terminal.run("vendors", "exposure").stderr


def test_an_id_belongs_to_who_brought_it_first(terminal: Terminal) -> None:
    path = terminal.write("other.csv", f"item_id,skill_ids\nt1,{SKILL}\nt9,NOWHERE\n")
    items = terminal.write("items.csv", f"item_id,skill_ids\nt9,{SKILL}\n")
    terminal.run("ingest", items)
    terminal.run("vendors", "import", "lab")
    said = terminal.run("vendors", "import", "lab", path)
    assert "t9 belongs to somebody else" in said.stdout
    assert "1 tasks, 1 withdrawn, 1 refused" in said.stderr
    terminal.run("vendors", "import", "lab")


def test_who_is_not_there_is_refused(terminal: Terminal) -> None:
    assert "no such vendor" in terminal.refused("vendors", "import", "lap")
    assert "a file or an address" in terminal.refused("conformance")
    assert "no such file" in terminal.refused("conformance", "none.json")


def test_a_file_is_checked_and_nothing_kept(terminal: Terminal) -> None:
    row = {
        "response_id": "x1",
        "learner_id": "pw-1",
        "item_id": "t1",
        "answered_at": "2026-05-20T09:15:00Z",
        "correct": 1,
    }
    terminal.run("vendors", "import", "lab")
    path = terminal.write("feed.json", json.dumps({"responses": [row]}))
    said = terminal.json("conformance", path, "--standard", "responses")
    assert (said["conforms"], said["outcomes"], said["faults"]) == (True, {"evidence": 1}, [])
    again = terminal.json("vendors", "feedback", "lab")
    assert again[0]["learners"] == 40


class Feeds(BaseHTTPRequestHandler):
    """Answers some addresses as vendors sometimes do."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/feed")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * (2048 if self.path == "/large" else 2))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Feeds)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_is_fetched_within_bounds(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetching.fetch(f"{address}/feed", loopback=True) == b"xx"
    monkeypatch.setattr(fetching, "LARGEST", 1024)
    with pytest.raises(InputError, match="too large"):
        fetching.fetch(f"{address}/large", loopback=True)
    with pytest.raises(InputError, match="not given"):
        fetching.fetch(f"{address}/moved", loopback=True)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://169.254.169.254/latest", "https://10.0.0.1/", "file:///etc"]
)
def test_nothing_of_anybodys_own_network_is_fetched(url: str) -> None:
    with pytest.raises(InputError, match=r"this machine|open internet|by https|no address"):
        fetching.fetch(url, loopback=False)


def test_nobody_listens(address: str) -> None:
    del address
    with pytest.raises(InputError, match="did not come"):
        fetching.fetch("http://127.0.0.1:1/", loopback=True)
