"""The conformance kit: what a feed would come to at the doors, with nothing kept."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from polku.errors import InputError
from polku.exchange.conforming import Known, Report
from polku.exchange.conforming_feeds import READERS, conformance
from polku.exchange.links import Links
from polku.records import DenyRules, Items

SKILL = "MA79.S2.01"
NOW = 1_780_660_800_000_000
KNOWN = Known(
    Links({SKILL: SKILL}, {"i7"}),
    Items.of([{"item_id": "i7", "skill_ids": (SKILL,), "title": ""}]),
    frozenset({SKILL}),
    DenyRules(),
    NOW,
)
RESPONSE = {
    "response_id": "r1",
    "learner_id": "pw-1",
    "item_id": "i7",
    "answered_at": "2026-05-20T09:15:00Z",
    "correct": 1,
}


def of(standard: str, feed: object, again: object = None) -> Report:
    first, second = (one if isinstance(one, bytes) else json.dumps(one).encode() for one in (feed, again or feed))
    return conformance(standard, first, second, KNOWN)


def statement(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"7f5b1c1e-0000-4000-8000-{number:012d}",
        "actor": {"account": {"homePage": "https://v.example", "name": "pw-1"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "https://v.example/tasks/i7"},
        "result": {"score": {"scaled": 1.0}},
        "timestamp": "2026-05-20T09:15:00Z",
        **more,
    }


def test_a_sound_feed_conforms_and_says_what_it_holds() -> None:
    made = of("xapi", [statement(1), statement(2), statement(2)])
    assert made.conforms, made.faults
    assert (made.outcomes, made.resolved, made.repeated) == ({"evidence": 3}, 3, 1)
    assert made.earliest == made.latest == "2026-05-20T09:15:00+00:00"


def test_refused_elements_are_counted_by_reason_with_the_first_examples() -> None:
    made = of("xapi", [statement(n, result={"score": {"scaled": 2.0}}) for n in range(1, 6)])
    count, first = made.refused["out_of_range"]
    assert (count, len(first), first[0].place) == (5, 3, 1)
    assert "score" in first[0].at_fault
    assert made.faults == ("would be refused: 5 (see the reasons)",)


def test_personal_data_are_counted_and_shown_nowhere() -> None:
    made = of("xapi", [statement(actor={"mbox": "mailto:anna@school.example"})])
    assert made.dropped == {"e-mail address": 1}
    assert not made.conforms
    assert "anna@" not in json.dumps(made.to_dict())


def test_a_link_that_leads_nowhere_is_named() -> None:
    made = of("xapi", [statement(object={"id": "https://v.example/tasks/other"})])
    assert (made.unresolved, made.unknown) == (1, ("https://v.example/tasks/other",))
    other = of("responses", [RESPONSE | {"skill_ids": ["ALGEBRA"]}])
    assert other.faults == ("lead to no skill of the curriculum: 1",)


def test_the_same_id_with_other_content_is_a_conflict_between_readings_too() -> None:
    within = of("xapi", [statement(1), statement(1, result={"score": {"scaled": 0.0}})])
    between = of("xapi", [statement(1)], [statement(1, result={"score": {"scaled": 0.0}}), statement(2)])
    assert len(within.conflicts) == len(between.conflicts) == 1
    assert of("xapi", [statement(1)], [statement(1), statement(2)]).conforms, "what is new is no fault"


def test_what_happened_in_the_future_and_an_empty_feed_do_not_conform() -> None:
    late = of("responses", [RESPONSE | {"answered_at": "2027-05-20T09:15:00Z"}])
    assert late.faults == ("in the future: 1",)
    assert of("responses", {"responses": []}).faults == ("the feed holds nothing",)


@pytest.mark.parametrize("feed", [{"responses": [RESPONSE]}, [RESPONSE], RESPONSE])
def test_answers_come_as_an_object_a_list_or_one_a_line(feed: object) -> None:
    assert of("responses", feed).outcomes == {"evidence": 1}


def test_an_answer_that_does_not_hold_is_refused_as_at_the_door() -> None:
    made = of("responses", [RESPONSE | {"answered_at": "2026-05-20T09:15:00"}, 7])
    assert set(made.refused) == {"no_zone", "wrong_type"}


def test_caliper_envelopes_are_opened() -> None:
    envelope = {"sensor": "https://v.example", "sendTime": "2026-05-20T09:15:00.000Z", "dataVersion": "x"}
    made = of("caliper", envelope | {"data": ["https://v.example/terms/1", 5]})
    assert made.outcomes == {"no_effect": 1, "refused": 1}


def test_items_of_a_case_package_are_looked_up_in_the_curriculum() -> None:
    items = [{"identifier": name, "fullStatement": name} for name in (SKILL, "other")]
    made = of("case", {"CFDocument": {"identifier": "d", "title": "D"}, "CFItems": items, "CFAssociations": []})
    assert (made.outcomes["item"], made.resolved, made.unknown) == (2, 1, ("other",))


def test_a_delivery_of_oneroster_may_hold_names_which_are_dropped() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "orgs.csv", "sourcedId,status,dateLastModified,name,type\no1,active,2026-05-20T09:15:00Z,S,school\n"
        )
        archive.writestr(
            "users.csv",
            "sourcedId,status,dateLastModified,role,givenName,email\nu1,active,2026-05-20T09:15:00Z,student,Anna,a@b.fi\n",
        )
    made = of("oneroster", packed.getvalue())
    assert made.conforms, (made.faults, made.refused)
    assert made.outcomes["orgs"] == 1
    assert made.dropped["e-mail address"] == 1


@pytest.mark.parametrize("standard", [name for name in READERS if name in {"case", "oneroster"}])
def test_what_is_not_that_standard_at_all_says_so(standard: str) -> None:
    with pytest.raises(InputError, match=r"no JSON|no zip|archive|not"):
        of(standard, b"{")
