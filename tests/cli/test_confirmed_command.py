"""``polku confirmed`` and ``polku members`` against a platform and a register on this machine."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from book import open_book
from lms import Course, launched, serving
from polku.cli import polku
from polku.cli.desk import Desk
from polku.cli.oneroster import SECRET
from polku.errors import InputError, NotFoundError
from polku.exchange import read_relations
from polku.exchange.lti import SCORE, Offered
from polku.home import Home
from polku.records import Roster
from polku.store.holds import RESTRICTION
from polku.store.rostered import Rostered

SKILLS = ("MA79.S1.01", "MA79.S1.02")
Command = Callable[..., Result]


@pytest.fixture(scope="module")
def served(own_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """Return a platform that a home of its own is registered with."""
    root = tmp_path_factory.mktemp("platform") / "home"
    shutil.copytree(own_home.root, root)
    (root / "serve" / "lti").mkdir(exist_ok=True)
    with serving(root / "serve" / "lti") as made:
        yield made


@pytest.fixture
def course(served: Course) -> Course:
    served.reset()
    return served


@pytest.fixture
def desk(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Return a desk of one group, its teacher, and a learner who came by the platform."""
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path}/polku.db")
    made = Desk.at(course.folder.parents[1])
    learners: list[dict[str, object]] = [
        {"learner_id": name, "grade": 7, "group_id": "7A", "school_id": "s1"} for name in ("anna", "olli")
    ]
    teacher = {"teacher_id": "T1", "group_id": "7A", "starts_on": dt.date(2025, 8, 1), "ends_on": None}
    with made.store.begin() as tx:
        tx.roster.replace(Roster.of(learners, [teacher]))
    launched(made.store, Offered(**course.addresses))
    yield made
    made.store.close()


@pytest.fixture
def run(desk: Desk) -> Command:
    def run(*arguments: str | Path) -> Result:
        given = [*map(str, arguments), "--home", str(desk.home.root)]
        return CliRunner().invoke(polku, given, catch_exceptions=False)

    return run


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Write what teachers confirmed: two that go out, and one of a learner whom the platform does not know."""
    path = tmp_path / "confirmed.csv"
    head = "learner_id,skill_id,confirmed_by,confirmed_on,given,maximum"
    rows = [
        f"anna,{SKILLS[0]},T1,2026-03-05,,",
        f"anna,{SKILLS[1]},T1,2026-03-05,8,10",
        f"olli,{SKILLS[0]},T1,2026-03-05,,",
    ]
    path.write_text("\n".join([head, *rows, f"anna,{SKILLS[0]},T9,2026-03-06,,"]))
    return path


def test_scores_go_to_the_platform_once(run: Command, course: Course, listed: Path) -> None:
    done = run("confirmed", listed, "--to", "lti")
    for words in ("confirmed 2, refused 2", "sent 2, there already 0, refused 0", "takes no score there"):
        assert words in done.stderr
    figures = {line["label"]: course.scores[f"/lines/{n}/lineitem", "u-anna"] for n, line in enumerate(course.lines)}
    assert [one.get("scoreGiven") for one in figures.values()] == [None, 8.0]
    assert not any(label.startswith("MA79") for label in figures), "a teacher reads a title"
    again = json.loads(run("confirmed", listed, "--to", "lti", "--platform", "opi", "--json").stdout)
    assert (again["sent"], again["as_before"], again["confirmed"], again["left"]) == (0, 2, 2, 0)
    assert again["not_out"] == {"conflict": 1, "unknown_reference": 1}


def test_what_the_platform_refuses_and_what_is_left_is_said(run: Command, course: Course, listed: Path) -> None:
    course.unknown.add("u-anna")
    assert "refused by the other side: 2 (404)" in run("confirmed", listed, "--to", "lti").stderr
    course.unknown.clear()
    course.tokens.clear()
    course.first = [(307, {}, {})]
    said = run("confirmed", listed, "--to", "lti").stderr
    assert "left for the next run: 2; the platform refused" in said


def test_nothing_leaves_of_a_learner_whose_data_are_restricted(
    run: Command, course: Course, desk: Desk, listed: Path
) -> None:
    with desk.store.begin() as tx:
        tx.holds.put(RESTRICTION, "learner", "anna", by="A1", role="administrator")
    said = json.loads(run("confirmed", listed, "--to", "lti", "--json").stdout)
    assert (said["sent"], said["not_out"]["not_allowed"]) == (0, 2)
    assert course.asked == []


def test_which_platform_and_which_course_is_asked_for(run: Command, course: Course, desk: Desk, listed: Path) -> None:
    with pytest.raises(InputError, match="which platform is meant"):
        run("confirmed", listed, "--to", "lti", "--platform", "moodle")
    with pytest.raises(InputError, match="which platform is meant"):
        run("confirmed", listed, "--to", "lti", "--provider", "town")
    launched(desk.store, Offered(f"{course.url}/link", None, None, (SCORE,)), context="club")
    with pytest.raises(InputError, match="in several courses"):
        run("confirmed", listed, "--to", "lti")
    assert course.asked == [], "nothing is asked before that is clear"
    assert "sent 1" in run("confirmed", listed, "--to", "lti", "--context", "club").stderr


def test_a_gradebook_needs_what_it_is_reached_by(run: Command, listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET, raising=False)
    url = ("--to", "https://register.example")
    client = ("--token-url", "https://register.example/t", "--client", "c")
    with pytest.raises(InputError, match="--token-url"):
        run("confirmed", listed, *url)
    with pytest.raises(InputError, match="secret is not set"):
        run("confirmed", listed, *url, *client)
    monkeypatch.setenv(SECRET, "s3")
    done = run(
        "confirmed", listed, *url, "--token-url", "https://register.example/t", "--client", "c", "--version", "1.1"
    )
    assert "confirmed 0, refused 4" in done.stderr, "no register knows these learners: nothing is sent"


def test_results_go_to_a_gradebook_once(
    run: Command, desk: Desk, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, "s3")
    group = Rostered("c1", None, {"terms": ["t1"], "school": "s1"})
    seat = Rostered("e1", "anna", {"role": "learner", "class": "c1", "user": "u1", "school": "s1"})
    with desk.store.begin() as tx:
        tx.register.take("primus", "classes", [(group, False)], "r1")
        tx.register.take("primus", "enrollments", [(seat, False)], "r1")
    with open_book() as book:
        access = book.access("1.2")
        way = ("--to", access.url, "--token-url", access.token_url, "--client", "polku", "--source", "primus")
        done = run("confirmed", listed, *way)
        assert "confirmed 2, refused 2" in done.stderr
        assert "sent 5, there already 0, refused 0" in done.stderr, "a category, and of each its line item and result"
        assert "sent 0, there already 5, refused 0" in run("confirmed", listed, *way).stderr
        older = run("confirmed", listed, *way, "--version", "1.1").stderr
    assert "not sent: 1 without a figure of the teacher's" in older
    assert "sent 3, there already 0, refused 0" in older


def test_members_are_written_as_proposals_that_relations_reads(
    run: Command, course: Course, desk: Desk, tmp_path: Path
) -> None:
    course.members += [{"user_id": who, "name": "X", "roles": ["Learner"]} for who in ("anna", "olli")]
    course.members.append({"user_id": "T2", "email": "t@example.org", "roles": ["Instructor"]})
    target = tmp_path / "proposed.csv"
    done = run("members", "--to", target)
    assert "proposed 1; nothing is opened by it" in done.stderr
    assert "dropped: e-mail address: 1" in done.stderr
    [found] = read_relations(target, deny=desk.deny).rows
    assert (found.subject, found.object_type, found.object_id) == ("T2", "group", "7A")
    assert run("members", "--context", "7A").stdout.startswith("subject,kind,object_type")
    assert json.loads(run("members", "--json").stdout)["counts"]["learners"] == 2
    with desk.store.read() as tx:
        assert tx.relations.all() == []


def test_members_of_no_course_are_not_asked_for(run: Command, course: Course, desk: Desk) -> None:
    with pytest.raises(InputError, match="which course is meant"):
        run("members", "--context", "8B")
    with pytest.raises(InputError, match="which platform is meant"):
        run("members", "--platform", "moodle")
    with desk.store.begin() as tx:
        known = next(iter(tx.register.all("lti:opi", "contexts")))
        silent = known._replace(content={**known.content, "members": None})
        tx.register.take("lti:opi", "contexts", [(silent, False)], "")
    with pytest.raises(NotFoundError, match="has told its members"):
        run("members")
    assert course.asked == []
