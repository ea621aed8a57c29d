"""A provider's word on edges: who, when, why; the curriculum gets another hash, and nothing is taken off the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from polku.curriculum import Curriculum, Overlay, Ruling, curriculum_of
from polku.curriculum.overlay import RulingWarning, Strength, file_of
from polku.errors import ConflictError, DefinitionError, InputError, NotFoundError
from polku.home import Home

GRAPH = Curriculum.from_json(
    '{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "c", "prerequisites": ["a", "b"]}]}'
)
TODAY = date(2026, 6, 5)


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    (tmp_path / "serve" / "curricula").mkdir(parents=True)
    return Home(tmp_path)


def ruled(*rulings: tuple[str, Strength], provider: str = "demo", start: Overlay | None = None) -> Overlay:
    overlay = start or Overlay()
    for edge, strength in rulings:
        before, after = list(edge)
        overlay = overlay.rule(
            GRAPH, provider, (before, after), strength, by=" M. Aalto ", reason="side by side", on=TODAY
        )
    return overlay


def test_a_softened_edge_helps_and_orders_no_more() -> None:
    soft = ruled(("bc", "soft")).on(GRAPH, "demo")
    assert soft.prerequisites("c") == ("a",)
    assert soft.skills["c"].recommended_after == ("b",)
    assert soft.hash != GRAPH.hash
    assert soft.order == GRAPH.order
    assert soft.frontier(["a"]) == ("b", "c")


def test_it_is_the_providers_own_matter() -> None:
    assert ruled(("bc", "soft")).on(GRAPH, "elsewhere").hash == GRAPH.hash
    both = ruled(("ab", "soft"), provider="elsewhere", start=ruled(("bc", "soft")))
    assert both.on(GRAPH, "demo").prerequisites("b") == ("a",)
    assert both.on(GRAPH, "elsewhere").prerequisites("b") == ()


def test_what_is_hardened_again_is_as_before_and_both_rulings_stay() -> None:
    again = ruled(("bc", "soft"), ("bc", "hard"))
    assert again.on(GRAPH, "demo").hash == GRAPH.hash
    assert [ruling.strength for ruling in again.rulings] == ["soft", "hard"]
    assert ruled(("bc", "soft"), start=again).softened("demo").keys() == {("b", "c")}


def test_a_file_gives_back_what_was_written(empty_home: Home) -> None:
    assert Overlay.load(empty_home) == Overlay()
    overlay = ruled(("bc", "soft"), ("ab", "soft"), ("bc", "hard"))
    overlay.save(empty_home)
    assert Overlay.load(empty_home) == overlay
    assert overlay.rulings[0] == Ruling("demo", "b", "c", "soft", "M. Aalto", "side by side", "2026-06-05")


@pytest.mark.parametrize(("edge", "said"), [(("b", "d"), "no such skill"), (("x", "c"), "no such skill")])
def test_an_unknown_skill_is_named(edge: tuple[str, str], said: str) -> None:
    with pytest.raises(NotFoundError, match=said):
        Overlay().rule(GRAPH, "demo", edge, "soft", by="M", reason="r", on=TODAY)


def test_only_a_hard_edge_can_be_softened() -> None:
    with pytest.raises(NotFoundError, match="no such hard edge"):
        Overlay().rule(GRAPH, "demo", ("c", "a"), "soft", by="M", reason="r", on=TODAY)


@pytest.mark.parametrize(("by", "reason"), [("", "r"), ("M", "  ")])
def test_a_ruling_has_a_name_and_a_reason(by: str, reason: str) -> None:
    with pytest.raises(InputError, match="needs a name and a reason"):
        Overlay().rule(GRAPH, "demo", ("b", "c"), "soft", by=by, reason=reason, on=TODAY)


def test_saying_it_twice_is_refused() -> None:
    with pytest.raises(ConflictError, match="soft already"):
        ruled(("bc", "soft"), ("bc", "soft"))
    with pytest.raises(ConflictError, match="hard already"):
        ruled(("bc", "hard"))


LESS = Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "c"}]}')


@pytest.mark.parametrize("curriculum", [LESS, Curriculum.of_skills("ab")])
def test_a_ruling_on_an_edge_that_is_gone_is_named_and_can_be_taken_back(curriculum: Curriculum) -> None:
    overlay = ruled(("bc", "soft"), ("ab", "soft"))
    assert ("b", "c") in {(one.before, one.after) for one in overlay.idle(curriculum, "demo")}
    assert overlay.idle(GRAPH, "demo") == overlay.idle(curriculum, "elsewhere") == ()
    assert not any(overlay.on(curriculum, "demo").prerequisites(skill) for skill in curriculum.order)
    lifted = overlay.rule(curriculum, "demo", ("b", "c"), "hard", by="M", reason="gone", on=TODAY)
    assert ("b", "c") not in {(one.before, one.after) for one in lifted.idle(curriculum, "demo")}
    with pytest.raises(NotFoundError, match="no such"):
        lifted.rule(curriculum, "demo", ("b", "c"), "soft", by="M", reason="back", on=TODAY)


def test_an_installation_says_which_ruling_speaks_of_nothing(home: Home, tmp_path: Path) -> None:
    settings = home.settings()
    (tmp_path / "serve" / "curricula").mkdir(parents=True)
    own = Home(tmp_path)
    written = home.curriculum_path(settings.curriculum).read_bytes()
    (tmp_path / "serve" / "curricula" / f"{settings.curriculum}.json").write_bytes(written)
    ruled(("bc", "soft"), provider=settings.provider_id).save(own)
    with pytest.warns(RulingWarning, match="softens an edge that the curriculum no longer has: b before c"):
        found = curriculum_of(own, settings)
    assert found.hash == Curriculum.load(home.curriculum_path(settings.curriculum)).hash


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("demo,b,c,softer,M,r,2026-06-05", "no such strength"),
        ("demo,b,c,soft,,r,2026-06-05", "lacks something"),
        ("demo,b,c,soft,M,r", "has other columns"),
    ],
)
def test_a_file_that_says_something_else_is_refused(empty_home: Home, line: str, said: str) -> None:
    file_of(empty_home).write_text(f"provider_id,before,after,strength,by,reason,since\n{line}\n")
    with pytest.raises(DefinitionError, match=said):
        Overlay.load(empty_home)


def test_a_file_saved_by_a_spreadsheet_is_read_or_refused_by_name(empty_home: Home) -> None:
    text = "provider_id,before,after,strength,by,reason,since\ndemo,b,c,soft,M. Mäki,rinnakkain,2026-06-05\n"
    file_of(empty_home).write_text(text, encoding="utf-8-sig")
    assert Overlay.load(empty_home).rulings[0].by == "M. Mäki"
    file_of(empty_home).write_text(text, encoding="cp1252")
    with pytest.raises(DefinitionError, match="is not UTF-8"):
        Overlay.load(empty_home)


def test_an_installation_speaks_of_its_own_curriculum(home: Home, tmp_path: Path) -> None:
    settings = home.settings()
    written = Curriculum.load(home.curriculum_path(settings.curriculum))
    assert curriculum_of(home, settings).hash == written.hash
    (tmp_path / "serve" / "curricula").mkdir(parents=True)
    own = Home(tmp_path)
    own_file = tmp_path / "serve" / "curricula" / f"{settings.curriculum}.json"
    own_file.write_bytes(home.curriculum_path(settings.curriculum).read_bytes())
    after = next(skill for skill in written.order if written.prerequisites(skill))
    edge = (written.prerequisites(after)[0], after)
    Overlay().rule(written, settings.provider_id, edge, "soft", by="M", reason="r", on=TODAY).save(own)
    assert edge[0] not in curriculum_of(own, settings).prerequisites(after)
    assert curriculum_of(own, settings.model_copy(update={"provider_id": "other"})).hash == written.hash


def test_rulings_are_plain_values() -> None:
    ruling = ruled(("bc", "soft")).rulings[0]
    assert replace(ruling, strength="hard") != ruling
