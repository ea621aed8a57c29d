"""The list of items under review: a machine may add to it, only a person takes off it, and that stays written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from polku.errors import ConflictError, DefinitionError, InputError, NotFoundError
from polku.fairness.items import Review
from polku.fairness.items.review import FILE
from polku.home import Home

DAY = date(2026, 6, 5)
LIST = Review().add("demo", {"i1": "gender girl: class C, harder", "i2": "s2 yes: class C"}, DAY)
HEAD = "provider_id,item_id,since,found,outcome,reviewed_by,reason\n"


@pytest.fixture
def bare(tmp_path: Path) -> Home:
    for room in ("features", "models", "serve"):
        (tmp_path / room).mkdir()
    return Home(tmp_path)


def test_no_list_is_an_empty_list(bare: Home) -> None:
    assert Review.load(bare) == Review()
    assert Review().out("demo") == ()


def test_what_is_written_reads_back(bare: Home) -> None:
    decided = LIST.decide("demo", "i1", "left_out", by="M. Aalto", reason="reads, not\nreckons")
    decided.save(bare)
    assert Review.load(bare) == decided
    assert [path.name for path in bare.models.iterdir()] == [FILE]


def test_items_are_out_until_a_person_returns_them() -> None:
    assert LIST.out("demo") == ("i1", "i2")
    assert LIST.out("other") == ()
    returned = LIST.decide("demo", "i1", "returned", by="M. Aalto", reason="reworded")
    assert returned.out("demo") == ("i2",)
    kept_out = LIST.decide("demo", "i1", "left_out", by="M. Aalto", reason="a riddle")
    assert kept_out.out("demo") == ("i1", "i2")


def test_a_machine_does_not_overrule_a_person() -> None:
    returned = LIST.decide("demo", "i1", "returned", by="M. Aalto", reason="reworded")
    again = returned.add("demo", {"i1": "gender girl: class C", "i3": "gender girl: class C"}, DAY)
    assert again.out("demo") == ("i2", "i3")
    assert again.add("other", {"i1": "s2 yes: class C"}, DAY).out("other") == ("i1",)


def test_a_decision_needs_an_outcome_a_name_and_a_reason() -> None:
    for by, reason in (("", "why"), ("M. Aalto", " ")):
        with pytest.raises(InputError, match="an outcome, a name and a reason"):
            LIST.decide("demo", "i1", "returned", by=by, reason=reason)
    with pytest.raises(InputError, match="an outcome, a name and a reason"):
        LIST.decide("demo", "i1", "", by="M. Aalto", reason="why")


def test_a_decision_is_about_an_item_on_the_list_and_not_made_twice() -> None:
    with pytest.raises(NotFoundError, match="not under review") as missing:
        LIST.decide("demo", "i11", "returned", by="M. Aalto", reason="why")
    assert missing.value.hint == "did you mean 'i1'?"
    decided = LIST.decide("demo", "i1", "returned", by="M. Aalto", reason="why")
    with pytest.raises(ConflictError, match="returned already"):
        decided.decide("demo", "i1", "returned", by="A. Berg", reason="why")
    assert decided.decide("demo", "i1", "left_out", by="A. Berg", reason="read it again").out("demo") == ("i1", "i2")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("item_id,reason\ni1,why\n", "has other columns"),
        (HEAD + "demo,i1,2026-06-05\n", "has other columns"),
        (HEAD + "demo,i1,2026-06-05,found,gone,A,why\n", "no such outcome"),
        (HEAD + "demo,i1,2026-06-05,found,returned,,why\n", "without name or reason"),
        (HEAD + "demo,,2026-06-05,found,,,\n", "without provider or item"),
        (HEAD + "demo,i1,2026-06-05,found,,,\n" * 2, "stands there twice"),
    ],
)
def test_a_list_that_nobody_could_act_on_is_refused(bare: Home, text: str, message: str) -> None:
    (bare.models / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=message):
        Review.load(bare)
