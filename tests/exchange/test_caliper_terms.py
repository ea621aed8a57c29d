"""Caliper's vocabulary: every property holds what its type says and nothing else, every action belongs to its event."""

from __future__ import annotations

from typing import Any

import pytest

from polku.exchange import caliper_terms as terms
from polku.exchange.caliper_rules import check_entity, check_event
from polku.exchange.forms import FaultError

V1P2 = "http://purl.imsglobal.org/ctx/caliper/v1p2"
SITE = "https://x.fi"
HEAD: dict[str, Any] = {"@context": V1P2, "id": f"{SITE}/e/1", "type": "Entity"}
MOMENT = "2026-03-05T09:12:33.120Z"
KINDS: dict[str, tuple[frozenset[str], list[Any], list[Any]]] = {
    "texts": (terms.TEXTS, ["", "x"], [1, [], {}, True]),
    "times": (terms.TIMES, [MOMENT], ["", "2026-03-05", "2026-03-05T09:12:33Z", "2026-13-05T09:12:33.120Z", 1]),
    "durations": (terms.DURATIONS, ["PT5S"], ["5 s", 5, ""]),
    "numbers": (terms.NUMBERS, [0, 1.5, -1], ["1", True, []]),
    "whole numbers": (terms.WHOLE - {"count"}, [0, -1], [1.5, "1", True]),
    "counts": (terms.COUNTS, [0, 3], [-1, 1.5, "1"]),
    "truths": (terms.TRUTHS, [True, False], ["true", 1, 0]),
    "lists of texts": (terms.LISTS_OF_TEXTS, [[], ["a"]], ["a", [1], {}]),
}


@pytest.mark.parametrize(("names", "good", "bad"), KINDS.values(), ids=KINDS)
def test_a_property_holds_what_its_type_says(names: frozenset[str], good: list[Any], bad: list[Any]) -> None:
    for name in names:
        for value in good:
            check_entity({**HEAD, name: value})
        check_entity({**HEAD, name: None})
        for value in bad:
            with pytest.raises(FaultError, match=name):
                check_entity({**HEAD, name: value})


def test_a_thing_is_of_a_type_that_may_stand_there_or_an_iri() -> None:
    for name, types in terms.THINGS.items():
        check_entity({**HEAD, name: f"{SITE}/any"})
        for kind in sorted(types - terms.NEEDED.keys() - {"SystemIdentifier"})[:3]:
            check_entity({**HEAD, name: {"id": SITE, "type": kind}})
        wrong: list[Any] = ["no iri", 1, [], {"id": SITE}, {"type": "Person"}, {"id": SITE, "type": "Guess"}]
        for value in wrong:
            with pytest.raises(FaultError, match=name):
                check_entity({**HEAD, name: value})
        if "Score" not in types:
            with pytest.raises(FaultError, match=f"{name}.type: not_allowed"):
                check_entity({**HEAD, name: {"id": SITE, "type": "Score"}})


def test_lists_hold_things_of_their_types() -> None:
    for name, types in terms.LISTS.items():
        kind = min(types - terms.NEEDED.keys())
        check_entity({**HEAD, name: [f"{SITE}/any", {"id": SITE, "type": kind}]})
        wrong: list[Any] = [{}, "x", [1], ["no iri"], [{"id": SITE, "type": "Guess"}]]
        for value in wrong:
            with pytest.raises(FaultError, match=name):
                check_entity({**HEAD, name: value})


def test_collections_hold_what_they_collect() -> None:
    for kind, types in terms.ITEMS.items():
        more = {"metric": "WordsRead", "metricValue": 1}
        check_entity({**HEAD, "type": kind, "items": [{"id": SITE, "type": min(types), **more}]})
        with pytest.raises(FaultError, match=r"items\[0\].type"):
            check_entity({**HEAD, "type": kind, "items": [{"id": SITE, "type": "Score"}]})


def test_words_are_those_of_their_lists() -> None:
    for name, words in terms.TERMS.items():
        for word in words:
            check_entity({**HEAD, name: word})
        with pytest.raises(FaultError, match=f"{name}: not_one_of"):
            check_entity({**HEAD, name: "Guess"})
    check_entity({**HEAD, "roles": sorted(terms.ROLES)})
    with pytest.raises(FaultError, match="roles"):
        check_entity({**HEAD, "roles": ["Learner#Grader"]})


def event(kind: str, action: str, **more: Any) -> dict[str, Any]:
    urn = "urn:uuid:12c05c4e-253f-4073-9f29-5786f3ff3f36"
    made = {"@context": V1P2, "id": urn, "type": kind, "profile": "GeneralProfile", "actor": SITE, "action": action}
    return {**made, "object": SITE, "eventTime": MOMENT, **more}


def test_every_event_takes_its_own_actions_and_a_plain_one_any() -> None:
    for kind, actions in terms.EVENTS.items():
        for action in terms.ACTIONS:
            check_event(event("Event", action))
            if action in actions:
                check_event(event(kind, action))
        other = min(terms.ACTIONS - actions)
        with pytest.raises(FaultError, match="action: not_one_of"):
            check_event(event(kind, other))


def test_what_an_event_is_about_and_makes_is_of_the_type_that_the_standard_names() -> None:
    for name, table in (("object", terms.ABOUT), ("generated", terms.MADE)):
        for kind, types in table.items():
            action = min(terms.EVENTS[kind])
            check_event(event(kind, action, **{name: {"id": SITE, "type": min(types)}}))
            with pytest.raises(FaultError, match=f"{name}.type"):
                check_event(event(kind, action, **{name: {"id": SITE, "type": "Person"}}))
