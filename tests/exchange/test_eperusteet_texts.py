"""Texts of ePerusteet: markup, languages, codes and moments, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.curriculum import LANGUAGES, Code
from polku.exchange.eperusteet_texts import code_of, coded, day, many, refs, said, speakable, texts
from polku.exchange.plain_text import plain

PLAIN = {
    "Geometria ": "Geometria",
    "<p> </p>": "",
    "<p>&nbsp;</p>": "",
    "<p>yksi</p><p>kaksi</p>": "yksi kaksi",
    "<ul><li>yksi</li><li>kaksi</li></ul>": "yksi kaksi",
    "yksi<br/>kaksi": "yksi kaksi",
    "<strong>lihavoitu</strong> sana": "lihavoitu sana",
    'tutkii <abbr data-viite="42">verrantoa</abbr>.': "tutkii verrantoa.",
    "x<sup>2</sup> ja H<sub>2</sub>O": "x2 ja H2O",
    "a &lt; b &amp; c": "a < b & c",
    "a < b ja c > d": "a < b ja c > d",
    "<script>alert(1)</script>teksti": "teksti",
    "<style>p {color: red}</style><p>teksti</p>": "teksti",
    "teksti<!-- huomautus -->": "teksti",
    "kah\u00adden tavun\u200b sana": "kahden tavun sana",
    "laskin \U0001f9ee": "laskin \U0001f9ee",
    "puolikas \ud83e": "puolikas",
    "rivi\n\n  toinen\trivi": "rivi toinen rivi",
}
CODED = {
    "T1 tutkia": ("T", "T1", "tutkia"),
    " T14 ratkaista": ("T", "T14", "ratkaista"),
    "T2: arvioida": ("T", "T2", "arvioida"),
    "T3. arvioida": ("T", "T3", "arvioida"),
    "T 5 harjoitella": ("T", "T5", "harjoitella"),
    "t6 harjoitella": ("T", "T6", "harjoitella"),
    "T7a laulaa": ("T", "T7A", "laulaa"),
    "T1": ("T", "T1", "T1"),
    "Tavoite on tutkia": ("T", "", "Tavoite on tutkia"),
    "TVT1 tutkia": ("T", "", "TVT1 tutkia"),
    "M3 undersöka": ("T", "T3", "undersöka"),
    "S2 Luvut": ("S", "S2", "Luvut"),
    "I4 Funktioner": ("S", "S4", "Funktioner"),
    "S4 \u2013 Geometria": ("S", "S4", "Geometria"),
    "L4 Monilukutaito": ("L", "L4", "Monilukutaito"),
    "Monilukutaito (L4)": ("L", "L4", "Monilukutaito"),
    "Multilitteracitet (K4) ": ("L", "L4", "Multilitteracitet"),
    "Ajattelu (L1) ja muuta": ("L", "", "Ajattelu (L1) ja muuta"),
}
DAYS = {
    "midnight in Helsinki, winter": (1420063200000, "2015-01-01"),
    "midnight in Helsinki, summer": (1627765200000, "2021-08-01"),
    "an instant with a zone": ("2015-12-31T22:30:00Z", "2016-01-01"),
    "a day": ("2016-08-01", "2016-08-01"),
    "a local moment": ("2016-08-01T12:00:00", "2016-08-01"),
    "a fraction": (1420063200000.5, "2015-01-01"),
    "nothing": (None, ""),
    "words": ("elokuussa", ""),
    "a truth": (True, ""),
    "a list": ([1], ""),
    "beyond all calendars": (10**18, ""),
}
CODES = [
    (
        {"koodi": {"arvo": "MAB2", "koodisto": "moduulikoodistolops2021", "versio": 2}},
        Code("moduulikoodistolops2021", "2", "MAB2"),
    ),
    ({"koodi": {"arvo": "MA", "uri": "oppiaineetyleissivistava2_ma"}}, Code("oppiaineetyleissivistava2", "", "MA")),
    ({"koodiArvo": "TE", "koodiUri": "oppiaineetyleissivistava_te"}, Code("oppiaineetyleissivistava", "", "TE")),
    ({"koodi": {"arvo": " ÄI1 "}}, Code("koodisto", "", "ÄI1")),
    ({"koodi": {"uri": "oppiaineetyleissivistava2_ma"}}, None),
    ({"koodi": {"arvo": ""}}, None),
    ({"koodi": "MA"}, None),
    ({"koodi": None, "koodiArvo": None}, None),
    ({}, None),
]


@pytest.mark.parametrize(("given_text", "shown"), PLAIN.items(), ids=list(map(ascii, PLAIN)))
def test_markup_becomes_text(given_text: str, shown: str) -> None:
    assert plain(given_text) == shown


@given(st.text(max_size=40))
def test_text_is_on_one_line_and_stays_as_it_is_when_read_again(text: str) -> None:
    once = plain(text)
    assert "\n" not in once
    assert once == once.strip()
    assert once.encode().decode() == once
    if not {"<", "&"} & set(once):
        assert plain(once) == once


@pytest.mark.parametrize("nothing", [None, 1, [], {}, b"x"])
def test_what_is_no_text_shows_nothing(nothing: object) -> None:
    assert plain(nothing) == ""


@pytest.mark.parametrize(("text", "found"), CODED.items(), ids=CODED)
def test_a_code_comes_off_either_end(text: str, found: tuple[str, str, str]) -> None:
    letter, code, rest = found
    assert coded({"fi": text}, letter)[0] == code
    assert coded({"fi": text}, letter)[2] == {"fi": rest}


def test_a_label_is_lettered_by_language_wherever_the_code_stood() -> None:
    assert coded({"sv": "M3 undersöka"}, "T")[1] == {"fi": "T3", "sv": "M3", "en": "T3"}
    assert coded({"fi": "S3 Algebra", "sv": "Algebra"}, "S")[1] == {"fi": "S3", "sv": "I3", "en": "S3"}
    assert coded({"fi": "tutkia"}, "T") == ("", {}, {"fi": "tutkia"})
    assert coded({}, "T") == ("", {}, {})


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ({"fi": "yksi", "sv": "ett", "en": "one"}, {"fi": "yksi", "sv": "ett", "en": "one"}),
        ({"sv": "ett", "_id": "1", "_tunniste": "x"}, {"sv": "ett"}),
        ({"fi": "Algebra", "sv": "Algebra"}, {"fi": "Algebra", "sv": "Algebra"}),
        (
            {"fi": "ohjata oppilasta laskemaan", "sv": "ohjata oppilasta laskemaan"},
            {"fi": "ohjata oppilasta laskemaan"},
        ),
        ({"fi": "handleda eleven att räkna", "sv": "handleda eleven att räkna"}, {"sv": "handleda eleven att räkna"}),
        ({"fi": 7, "sv": None, "en": " "}, {}),
        ("Geometria ", {"fi": "Geometria"}),
        (None, {}),
        ([], {}),
    ],
)
def test_only_what_is_written_is_taken(raw: object, found: dict[str, str]) -> None:
    assert texts(raw) == found


def test_missing_languages_show_the_first_and_say_which_are_real() -> None:
    assert said({"fi": "a.", "sv": "b"}, "x").title == {"fi": "a", "sv": "b", "en": "a"}
    assert said({"fi": "a", "sv": "b"}, "x").written == ("fi", "sv")
    assert said(dict.fromkeys(LANGUAGES, "a"), "x").written == ()
    assert said({}, "x").title == dict.fromkeys(LANGUAGES, "x")
    assert said({"fi": "."}, "x").title["fi"] == "."


@pytest.mark.parametrize(("stated", "shown"), DAYS.values(), ids=DAYS)
def test_a_day_is_that_of_finland(stated: object, shown: str) -> None:
    assert day(stated) == shown


@pytest.mark.parametrize(("raw", "found"), CODES)
def test_a_code_is_its_value_never_its_address(raw: dict[str, object], found: Code | None) -> None:
    assert code_of(raw) == found


@given(st.text() | st.integers() | st.none())
def test_an_id_can_be_carried_by_responses(code: object) -> None:
    found = speakable(code)
    assert not set(found) & set(" ;\t\n\x00\x7f")


def test_lists_hold_what_they_should() -> None:
    assert many([{"a": 1}, None, "x", []]) == [{"a": 1}]
    assert many({"a": 1}) == []
    assert refs(["1", 2, None, {"id": 3}]) == ["1", "2"]
    assert refs("12") == []
