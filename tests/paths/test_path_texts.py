"""Texts are complete, plural forms are right, and no word speaks ill of a learner."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from polku.curriculum import Curriculum
from polku.errors import DefinitionError, NotFoundError
from polku.home import Home
from polku.paths import KINDS, LANGUAGES, RUNGS, Reason, SkillState, Step, Texts, load_policy, plan
from polku.paths.bands import BANDS
from polku.paths.rules import RULES
from polku.paths.texts import problems
from polku.schemas.text import PAGE_FILES, TextFile

FOLDER = Home.find().serve / "text"
PAGE = Home.find().root / "docs" / "speaking-of-learners.md"
TEXTS = Texts.load(FOLDER)
PAGES = tuple(f"{name}." for name in PAGE_FILES)


# --- complete


def test_all_languages_say_the_same_messages() -> None:
    assert TEXTS.languages == LANGUAGES
    assert len(TEXTS.keys()) > 50


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("kind", KINDS),
        ("rung", RUNGS),
        ("decision", ("accept", "edit", "skip", "reject", "pause")),
        ("term", (*RULES, "order")),
        ("rule", (*RULES, "order")),
        ("why", (*KINDS, "order", "beneath", "next")),
        ("right", ("all", "most", "half", "some", "none")),
        *((f"learner.{band}.next_step", KINDS) for band in BANDS),
        ("sureness", ("sure", "fairly", "unsure")),
    ],
)
def test_there_is_a_text_for_every_name(table: str, names: tuple[str, ...]) -> None:
    assert {key for key in TEXTS.keys() if key.startswith(f"{table}.")} == {f"{table}.{name}" for name in names}  # noqa: SIM118


def test_every_planner_text_is_used() -> None:
    code = "".join(path.read_text() for path in (Home.find().root / "src/polku/paths").glob("*.py"))
    for table in ("evidence", "link", "change", "note"):
        for key in (key for key in TEXTS.keys() if key.startswith(f"{table}.")):  # noqa: SIM118 - not a mapping
            assert f'"{key}"' in code, key


@pytest.mark.parametrize(
    ("forms", "says"),
    [
        ({"fi": {"a": {"other": "x"}}, "sv": {}}, "a is missing in sv"),
        ({"fi": {"a": {"other": "{skill}"}}, "sv": {"a": {"other": "x"}}}, r"a\.other in sv does not use {skill}"),
        ({"fi": {"a": {"one": "x", "other": "{count}"}}, "sv": {"a": {"other": "{count}"}}}, "a in sv has"),
        ({"fi": {"a": {"one": "{n}", "other": "x"}}}, r"a\.other in fi does not use {n}"),
        ({"en": {"a": {"few": "x", "one": "x", "other": "x"}}}, "a in en has"),
    ],
)
def test_incomplete_texts_are_refused(forms: dict[str, dict[str, dict[str, str]]], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        Texts(forms)


def test_a_form_for_one_may_say_the_number_in_a_word() -> None:
    assert problems({"fi": {"a": {"one": "yksi", "other": "{count}"}}}) == []


def test_every_text_to_learners_is_used() -> None:
    code = (Home.find().root / "src/polku/paths/invitation.py").read_text()
    for key in (key for key in TEXTS.keys() if key.startswith("learner.7-9.what_if.")):  # noqa: SIM118 - not a mapping
        assert f'"{key.removeprefix("learner.7-9.")}"' in code, key


def test_every_rule_of_the_policy_has_a_name_and_a_meaning() -> None:
    for rule in (*(choice.name for choice in load_policy(Home.find().models).rules), "order"):
        for language in LANGUAGES:
            name, meaning = TEXTS.say(language, f"term.{rule}"), TEXTS.say(language, f"rule.{rule}")
            assert not name.endswith("."), "a name stands in a list"
            assert meaning.endswith("."), "a meaning is a sentence"
            assert len(meaning.split()) > len(name.split())


def test_page_texts_join_the_others(tmp_path: Path) -> None:
    for language in LANGUAGES:
        shutil.copy(FOLDER / f"{language}.toml", tmp_path)
        shutil.copy(FOLDER / f"learner.{language}.toml", tmp_path)
        (tmp_path / f"page.{language}.toml").write_text(
            '[page]\na = "A"\n[page.group.size]\none = "1"\nother = "{count}"\n'
        )
    texts = Texts.load(tmp_path)
    assert texts.say("sv", "page.a") == "A"
    assert texts.say("fi", "page.group.size", {"count": 3}) == "3"


@pytest.mark.parametrize("name", PAGE_FILES)
def test_each_kind_of_page_has_a_file_with_a_table_of_its_own(tmp_path: Path, name: str) -> None:
    for language in LANGUAGES:
        shutil.copy(FOLDER / f"{language}.toml", tmp_path)
        shutil.copy(FOLDER / f"learner.{language}.toml", tmp_path)
        (tmp_path / f"{name}.{language}.toml").write_text(f'[{name}]\nb = "B"\n')
    assert Texts.load(tmp_path).say("en", f"{name}.b") == "B"
    (tmp_path / f"{name}.sv.toml").write_text('[other]\nb = "B"\n')
    with pytest.raises(DefinitionError, match=rf"{name}\.sv\.toml: unknown key other"):
        Texts.load(tmp_path)


def test_an_unknown_key_in_a_file_is_refused(tmp_path: Path) -> None:
    for language in LANGUAGES:
        shutil.copy(FOLDER / f"{language}.toml", tmp_path)
        shutil.copy(FOLDER / f"learner.{language}.toml", tmp_path)
    (tmp_path / "sv.toml").write_text((FOLDER / "sv.toml").read_text() + '\n[rungs]\nmodel = "x"\n')
    with pytest.raises(DefinitionError, match=r"(?s)sv\.toml: unknown key rungs.*did you mean 'rung'"):
        Texts.load(tmp_path)


# --- said


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("fi", 1, "Tästä taidosta on vasta yksi vastaus."),
        ("fi", 2, "Tästä taidosta on vasta 2 vastausta."),
        ("sv", 2, "Det finns bara 2 svar om den här färdigheten hittills."),
        ("en", 1, "We have only one answer about this skill so far."),
        ("en", 3, "We have only 3 answers about this skill so far."),
    ],
)
def test_a_number_chooses_its_form(language: str, count: int, said: str) -> None:
    assert TEXTS.say(language, "evidence.few", {"count": count}) == said


def test_a_title_is_said_in_the_reader_s_language() -> None:
    title = {"fi": "Murtoluvut", "sv": "Bråk", "en": "Fractions"}
    assert Reason("link.builds_on", {"skill": title}).to_dict(TEXTS) == {
        "id": "link.builds_on",
        "fi": "Rakentuu tämän varaan: Murtoluvut",
        "sv": "Bygger på: Bråk",
        "en": "Builds on: Fractions",
    }


def test_what_is_not_there_names_the_nearest() -> None:
    with pytest.raises(NotFoundError, match=r"(?s)no such text.*did you mean 'kind\.repair'"):
        TEXTS.say("fi", "kind.repare")
    with pytest.raises(NotFoundError, match="no texts in this language"):
        TEXTS.say("de", "kind.repair")


# --- the reasons of a step


def reasons(step: Step) -> list[str]:
    return [reason.id for reason in step.reasons]


def test_a_step_says_why_on_what_evidence_how_sure_where_it_leads_and_what_would_change_it() -> None:
    graph = Curriculum.from_json(
        '{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "c", "prerequisites": ["b"]}]}'
    )
    known = {"a": SkillState(0.9, 8, 0.05), "b": SkillState(0.3, 4, 0.2)}
    step = plan(graph, known, load_policy(Home.find().models)).options[0]
    assert reasons(step) == [
        "why.repair", "evidence.some", "sureness.fairly", "link.builds_on", "link.leads_to", "change.some",
    ]  # fmt: skip
    assert step.next_step == Reason("next_step.repair", {"skill": graph.skills["b"].title})
    assert [one.id for one in step.what_if] == ["what_if.opens", "what_if.tasks"]


# --- words


def pattern(words: list[str]) -> re.Pattern[str]:
    """Match any of the words; a star stands for any ending."""
    stems = [re.escape(word).replace(r"\*", r"\w*") for word in words]
    return re.compile(rf"\b({'|'.join(stems)})\b", re.IGNORECASE)


def refused() -> dict[str, re.Pattern[str]]:
    """Read the words we do not use from the page that names them."""
    rows = re.findall(r"^\| (fi|sv|en) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {language: pattern(re.findall("`(.+?)`", words)) for language, words in rows}


def sentences(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for below in node.values():
            yield from sentences(below)
    else:
        yield str(node)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.name)
def test_no_text_speaks_ill_of_a_learner(path: Path) -> None:
    language = path.name.split(".")[-2]
    found = [text for text in sentences(tomllib.loads(path.read_text())) if refused()[language].search(text)]
    assert not found


def test_what_is_said_of_one_learner_speaks_no_ill_either() -> None:
    """The texts as they are filled in, names of skills included."""
    page = (Home.find().root / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")
    parts = re.split(r"^## .+$", page, flags=re.MULTILINE)[1:]
    for language, said in zip(LANGUAGES, parts, strict=True):
        assert len(said) > 2000
        assert not refused()[language].search(said)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fi", "Heikot taidot"), ("fi", "Oppija on jäljessä muista"), ("fi", "Riskiryhmä"),
        ("sv", "svaga elever"), ("sv", "Eleven ligger efter"), ("sv", "i riskzonen"),
        ("en", "The learner is behind."), ("en", "at risk"), ("en", "Failed"), ("en", "weaknesses"),
        ("fi", "heikentynyt"), ("fi", "huonompaan"), ("fi", "hitaasti"), ("fi", "on jäänyt jälkeen"),
        ("fi", "puutteita"), ("fi", "osaamattomuus"), ("fi", "hylkäämisen"), ("fi", "kykenemättömälle"),
        ("sv", "svagare"), ("sv", "dåligt"), ("sv", "bristerna"), ("sv", "har hamnat efter"), ("sv", "dumma"),
        ("sv", "underkända"), ("sv", "misslyckas"), ("sv", "oförmågan"), ("sv", "okunniga"),
        ("en", "struggling"), ("en", "lagging"), ("en", "deficiencies"), ("en", "lazy"), ("en", "low-ability group"),
        ("en", "below average"), ("en", "inadequate"), ("en", "failures"), ("en", "poorly"),
    ],
)  # fmt: skip
def test_the_refused_words_are_found(language: str, text: str) -> None:
    assert refused()[language].search(text)


@pytest.mark.parametrize(
    ("language", "text"), [
        ("sv", "Efter svaren kommer nästa steg"), ("sv", "latitud"), ("fi", "heijastus"), ("en", "afraid"),
        ("fi", "Sen jälkeen on helpompi jatkaa"), ("fi", "puuttuva luku"), ("en", "a slow walk"), ("en", "flag"),
    ],
)  # fmt: skip
def test_ordinary_words_pass(language: str, text: str) -> None:
    assert not refused()[language].search(text)


def test_skill_names_follow_a_colon_or_stand_in_quotes() -> None:
    fill = dict.fromkeys(("skill", "next", "later", "objective", "area", "module", "day"), "<S>")
    for language in LANGUAGES:
        for key in (key for key in TEXTS.keys() if not key.startswith(PAGES)):  # noqa: SIM118 - not a mapping
            said = TEXTS.say(language, key, {**fill, "count": 2, "grade": 4})
            assert said.count("<S>") == said.count(": <S>") + len(re.findall("[“”]<S>”", said)), said


def test_the_schema_names_every_table() -> None:
    assert set(TextFile.model_fields) == {key.split(".")[0] for key in TEXTS.keys()} - {*PAGE_FILES, "learner"}  # noqa: SIM118


def test_in_all_languages_at_once_and_again() -> None:
    title = {"fi": "Murtoluvut", "sv": "Bråk", "en": "Fractions"}
    first = TEXTS.in_all("link.builds_on", {"skill": title})
    first["en"] = "changed by whoever got it"
    assert TEXTS.in_all("link.builds_on", {"skill": dict(title)}) == {
        language: TEXTS.say(language, "link.builds_on", {"skill": title}) for language in LANGUAGES
    }


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (0, False), ("1", 1)])
def test_what_is_equal_and_reads_otherwise_is_said_otherwise(one: Any, other: Any) -> None:
    texts = Texts({"en": {"count": {"other": "it is {value}"}}})
    said = [texts.in_all("count", {"value": value})["en"] for value in (one, other)]
    assert said == [f"it is {one}", f"it is {other}"]


def test_the_same_values_under_other_names_are_told_apart() -> None:
    texts = Texts({"en": {"pair": {"other": "{a} before {b}"}}})
    assert texts.in_all("pair", {"a": "x", "b": "y"}) == {"en": "x before y"}
    assert texts.in_all("pair", {"b": "x", "a": "y"}) == {"en": "y before x"}
