"""Confirmed results to a register's gradebook, asked for real: both versions, once, and only what a teacher said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from book import Book, open_book
from polku.errors import InputError
from polku.exchange.oneroster_gradebook import Gradebook
from polku.exchange.oneroster_json import parts_of
from polku.exchange.oneroster_out import Seat, Statement
from polku.exchange.patience import TRIES
from polku.records.confirmed import Confirmed
from polku.store import Store
from polku.web import gradebook

SEATS = {"anna": Seat("u1", "c1", "s1", "t1"), "olli": Seat("u2", "c1", "s1", "t1")}


@pytest.fixture(scope="module")
def served() -> Iterator[Book]:
    with open_book() as server:
        yield server


@pytest.fixture
def book(served: Book) -> Book:
    served.reset()
    return served


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/polku.db", "demo") as made:
        yield made


def said(*learners: str, given: float | None = None, day: int = 5) -> list[Statement]:
    maximum = None if given is None else 10.0
    rows = [Confirmed(one, "S1", "T1", dt.date(2026, 3, day), given, maximum) for one in learners]
    return [Statement(one, SEATS[one.learner_id], "uuid-of-S1", "S1") for one in rows]


def sent(book: Book, store: Store, statements: list[Statement], version: str = "1.2") -> tuple[int, int, int]:
    waited: list[float] = []
    with Gradebook(book.access(version), waited.append) as asked:
        done = gradebook.send(store, "primus", asked, statements)
    return done.sent, done.as_before, done.refused.total() + done.left


def test_results_name_their_objective_and_arrive_once(book: Book, store: Store) -> None:
    assert sent(book, store, said("anna", "olli")) == (4, 0, 0)
    assert book.scopes == ["https://purl.imsglobal.org/spec/or/v1p2/scope/gradebook.createput"]
    assert [path.rpartition("/")[0] for path in book.held] == [
        f"/ims/oneroster/gradebook/v1p2/{kind}" for kind in ("categories", "lineItems", "results", "results")
    ]
    line, result = (
        body[noun] for body, noun in zip(list(book.held.values())[1:3], ("lineItem", "result"), strict=True)
    )
    assert line["learningObjectiveSet"] == [{"source": "case", "learningObjectiveIds": ["uuid-of-S1"]}]
    assert line["class"] == {"href": "/ims/oneroster/rostering/v1p2/classes/c1", "sourcedId": "c1", "type": "class"}
    assert (line["assignDate"], line["school"]["sourcedId"]) == ("2026-03-05T00:00:00.000Z", "s1")
    assert result["lineItem"]["sourcedId"] == line["sourcedId"]
    assert (result["scoreStatus"], result["textScore"], result.get("score")) == ("fully graded", "covered", None)
    objective = {"learningObjectiveId": "uuid-of-S1", "textScore": "covered"}
    assert result["learningObjectiveSet"] == [{"source": "case", "learningObjectiveResults": [objective]}]
    assert sent(book, store, said("anna", "olli")) == (0, 4, 0)
    assert sent(book, store, said("anna", "olli", given=8.0)) == (4 - 1, 1, 0), "a figure has a line item of its own"


def test_what_goes_out_can_be_read_back_as_any_results(book: Book, store: Store) -> None:
    sent(book, store, said("anna", given=8.0))
    results = [body["result"] for path, body in book.held.items() if "/results/" in path]
    found = {part.kind: part.rows[0].fields for part in parts_of("results", results)}
    assert found["results"]["score"] == "8.0"
    assert found["resultLearningObjectiveIds"]["learningObjectiveId"] == "uuid-of-S1"


def test_version_1_1_has_its_own_paths_and_takes_figures_alone(book: Book, store: Store) -> None:
    assert sent(book, store, said("anna"), "1.1") == (0, 0, 0)
    assert book.held == {}
    assert sent(book, store, said("anna", given=8.0), "1.1") == (3, 0, 0)
    assert book.scopes == ["https://purl.imsglobal.org/spec/or/v1p1/scope/gradebook.createput"]
    _, line, result = (next(iter(body.values())) for body in book.held.values())
    assert {path.rpartition("/")[0] for path in book.held} == {
        f"/ims/oneroster/v1p1/{kind}" for kind in ("categories", "lineItems", "results")
    }
    assert (line["assignDate"], line["resultValueMin"], line["resultValueMax"]) == ("2026-03-05", 0.0, 10.0)
    assert line["gradingPeriod"]["sourcedId"] == "t1"
    assert (result["score"], result["comment"]) == (8.0, "covered")
    assert result["metadata"] == {"learningObjectiveId": "uuid-of-S1"}
    assert not {"learningObjectiveSet", "textScore"} & set(result)


def test_what_is_refused_costs_itself_alone_and_is_tried_again(book: Book, store: Store) -> None:
    book.refuses = "/results/"
    assert sent(book, store, said("anna")) == (2, 0, 1)
    book.refuses = ""
    assert sent(book, store, said("anna")) == (1, 2, 0)
    book.first = [(503, {"Retry-After": "1"}), (429, {})]
    assert sent(book, store, said("anna", day=6)) == (3, 0, 0), "a busy one is asked again"
    book.first = [(503, {})] * TRIES
    assert sent(book, store, said("olli", day=7)) == (0, 0, 3), "one that stays away leaves the rest for the next run"


def test_what_went_out_is_erased_with_the_learner(book: Book, store: Store) -> None:
    sent(book, store, said("anna", "olli"))
    store.erase("anna")
    with store.read() as tx:
        kept = [one.learner_id for one in tx.register.all("primus", "put 1.2")]
    assert sorted(kept, key=str) == [None, None, "olli"]


def test_addresses_and_versions_that_are_not_spoken(book: Book) -> None:
    with pytest.raises(InputError, match="https alone"):
        Gradebook(book.access("1.2")._replace(url="http://register.example"))
    with pytest.raises(InputError, match="not spoken"):
        Gradebook(book.access("1.0"))
