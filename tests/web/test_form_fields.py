"""Forms and addresses: what is read from a form, what is refused, and which way leads back."""

from __future__ import annotations

import tomllib

import pytest

from polku.errors import InputError
from polku.home import Home
from polku.store.requests import CHOICES
from polku.web.pages.forms import LARGEST, OURS, Fields, speaking
from polku.web.pages.navigation import HOMES, PAGES, home_of, place_of, places, with_query
from polku.web.pages.teacher_words import DECISIONS, REASONS, WEEKS, reason_of
from polku.web.said import WHY
from polku.web.viewer import Role, Viewer, operator


@pytest.mark.parametrize(
    ("form", "name", "last", "every"),
    [
        (b"", "a", "", []),
        (b"a=", "a", "", []),
        (b"a", "a", "", []),
        (b"a=1", "a", "1", ["1"]),
        (b"a=1&a=2", "a", "2", ["1", "2"]),
        (b"a=1&b=2", "a", "1", ["1"]),
        (b"a=+1+", "a", "1", ["1"]),
        (b"a=%20", "a", "", []),
        (b"a=%C3%A4", "a", "ä", ["ä"]),
        (b"a=%E4", "a", "\ufffd", ["\ufffd"]),
        (b"a=x%26b%3Dy", "a", "x&b=y", ["x&b=y"]),
        (b"a=1;b=2", "a", "1;b=2", ["1;b=2"]),
        (b"A=1", "a", "", []),
        (b"a=1=2", "a", "1=2", ["1=2"]),
    ],
)
def test_what_a_form_says(form: bytes, name: str, last: str, every: list[str]) -> None:
    fields = Fields.of(form)
    assert fields.get(name) == last
    assert fields.all(name) == every


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("0", 0), ("2", 2), ("04", 4), ("999", 999), ("1000", None), ("", None), ("-1", None), ("%2B1", None),
        ("1.5", None), ("1,5", None), ("1e2", None), ("x", None), ("%D9%A3", None), ("%C2%B2", None), ("1_0", None),
    ],
)  # fmt: skip
def test_a_number_is_small_and_whole_or_none(said: str, number: int | None) -> None:
    assert Fields.of(f"weeks={said}".encode()).number("weeks") == number


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        (b"a=" + b"x" * LARGEST, "too large"),
        (b"&" * 400, "too many fields"),
        (b"&".join(b"f%d=1" % number for number in range(201)), "too many fields"),
    ],
)
def test_a_form_has_its_bounds(form: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        Fields.of(form)


def test_a_form_may_be_as_large_as_its_bounds() -> None:
    assert len(Fields.of(b"a=" + b"x" * (LARGEST - 2)).get("a")) == LARGEST - 2
    assert len(Fields.of(b"&".join(b"f%d=1" % number for number in range(200))).said) == 200


@pytest.mark.parametrize(
    "address", ["/", "/groups/7A", "/groups/7%20A", "/a?b=c&d=e", "/a#b", "/groups/ä", "/a//b", "/a:b", "/@host"]
)
def test_an_address_of_ours(address: str) -> None:
    assert OURS.fullmatch(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "groups", "//host", "/\\host", "\\\\host", "///host", "http://host", "https:/host", "javascript:x", " /a",
        "/a b", "/a\n", "/a\tb", "/a\x00", "/a\x7f", "/a\\b", "?a", "#a", "./a", "../a", "\t//host", "/\t/host",
    ],
)  # fmt: skip
def test_an_address_of_somebody_else_is_never_led_to(address: str) -> None:
    assert not OURS.fullmatch(address)
    assert Fields({"back": [address]}).back("/home").headers["location"] in {"/home", with_query("/a")}


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
@pytest.mark.parametrize(
    ("back", "path", "kept"),
    [
        ("/groups/7A", "/groups/7A?", ""),
        ("/groups/7A?lang=xx", "/groups/7A?", ""),
        ("/groups/7A?done=1&goal=2&of=3", "/groups/7A?", ""),
        ("/learners/L1?band=7-9", "/learners/L1?", "band=7-9&"),
        ("/learners/L1?band=7-9&band=16%2B", "/learners/L1?", "band=16%2B&"),
    ],
)
def test_the_way_back_keeps_the_place_and_the_language(lang: str, back: str, path: str, kept: str) -> None:
    answer = Fields({"back": [back], "lang": [lang]}).back("/")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{path}{kept}lang={lang}"


@pytest.mark.parametrize(
    ("address", "query", "made"),
    [
        ("/a", {}, "/a"),
        ("/a", {"b": None}, "/a"),
        ("/a", {"b": ""}, "/a"),
        ("/a", {"b": 0}, "/a?b=0"),
        ("/a", {"b": "c d"}, "/a?b=c+d"),
        ("/a", {"b": "&="}, "/a?b=%26%3D"),
        ("/a", {"b": "ä"}, "/a?b=%C3%A4"),
        ("/a#x", {"b": "c"}, "/a?b=c#x"),
        ("/a#x", {}, "/a#x"),
        ("/a", {"b": "c", "d": None, "e": "f"}, "/a?b=c&e=f"),
    ],
)
def test_a_query_says_what_there_is(address: str, query: dict[str, str | int | None], made: str) -> None:
    assert with_query(address, **query) == made


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("7A", "/groups/7A"),
        ("7 A", "/groups/7%20A"),
        ("a/b", "/groups/a%2Fb"),
        ("../x", "/groups/..%2Fx"),
        ("a?b#c", "/groups/a%3Fb%23c"),
        ("ä", "/groups/%C3%A4"),
        ("50%", "/groups/50%25"),
        ("<b>", "/groups/%3Cb%3E"),
        ('"', "/groups/%22"),
    ],
)
def test_an_id_stays_one_part_of_an_address(name: str, made: str) -> None:
    assert place_of("groups", name) == made


def viewer(role: Role) -> Viewer:
    return Viewer("x", role, "demo", frozenset(), None)


@pytest.mark.parametrize(
    ("role", "listed"),
    [
        (Role.TEACHER, ["/groups", "/paper"]),
        (Role.LEARNER, ["/me"]),
        (Role.GUARDIAN, ["/family"]),
        (Role.PRINCIPAL, ["/school"]),
        (Role.ADMINISTRATOR, ["/school", "/research"]),
        (Role.RESEARCHER, ["/research"]),
        (Role.AUDITOR, ["/research"]),
        (Role.SERVICE, []),
    ],
)
def test_who_is_offered_which_pages(role: Role, listed: list[str]) -> None:
    assert [one.address for one in places(viewer(role), "/")] == listed
    assert home_of(viewer(role)) == HOMES[role]
    assert not listed or home_of(viewer(role)) == listed[0]


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/groups", ["/groups"]),
        ("/groups/7A", ["/groups"]),
        ("/groups/7A/together", ["/groups"]),
        ("/paper/7A", ["/paper"]),
        ("/groupsx", []),
        ("/learners/L1", []),
        ("/", []),
    ],
)
def test_where_one_is_is_said_once(path: str, here: list[str]) -> None:
    assert [one.address for one in places(viewer(Role.TEACHER), path) if one.here] == here


def test_no_page_about_single_learners_is_offered_to_who_sees_none() -> None:
    for role in (Role.PRINCIPAL, Role.ADMINISTRATOR, Role.RESEARCHER, Role.AUDITOR):
        assert not {"/groups", "/paper", "/me", "/family"} & {address for address, _ in PAGES[role]}


def test_only_where_nobody_signs_in_does_the_page_say_who_speaks() -> None:
    assert speaking(viewer(Role.TEACHER)) == {}
    assert set(speaking(operator("demo"))) == {"by", "role"}


@pytest.mark.parametrize("said", REASONS)
def test_a_fixed_reason_is_kept(said: str) -> None:
    assert reason_of(said) == said


@pytest.mark.parametrize("said", ["", " ", "On_paper", "on_paper ", "lazy", "the child is tired", "on_paper,too_early"])
def test_free_words_about_a_child_are_not_kept(said: str) -> None:
    assert reason_of(said) is None


def test_every_reason_of_the_pages_is_one_that_the_interface_takes_and_has_its_words(home: Home) -> None:
    assert {*REASONS, *CHOICES} < set(WHY)
    assert len(set(WHY)) == len(WHY)
    for language in ("fi", "sv", "en"):
        texts = tomllib.loads((home.serve / "text" / f"page.{language}.toml").read_text(encoding="utf-8"))
        assert set(texts["page"]["reason"]) == set(WHY), language


def test_rule_three_a_teacher_accepts_edits_skips_rejects_and_pauses() -> None:
    assert set(DECISIONS) == {"accept", "edit", "skip", "reject", "pause"}
    assert all(0 < one <= 8 for one in WEEKS)
