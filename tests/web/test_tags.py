"""Answers that still hold, and lists in pages."""

from __future__ import annotations

from typing import Any

import pytest

from village import ALICE, GROUP, Village, assert_problem, row

TAGGED = [
    f"/v1/learners/{ALICE}/path",
    f"/v1/learners/{ALICE}/profile",
    f"/v1/learners/{ALICE}/suggestions",
    f"/v1/groups/{GROUP}/suggestions",
    "/v1/aggregates",
    "/v1/webhooks",
]


@pytest.mark.parametrize("address", TAGGED)
def test_what_still_holds_is_not_sent_again(village: Village, address: str) -> None:
    village.client.get(address)  # the first look at a group or path offers it
    first = village.client.get(address)
    tag = first.headers["etag"]
    assert "private" in first.headers["cache-control"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = village.client.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in again.headers
    assert village.client.get(address, headers={"If-None-Match": '"other"'}).content == first.content


def test_a_new_answer_has_a_new_tag(village: Village) -> None:
    address = f"/v1/learners/{ALICE}/profile"
    tag = village.client.get(address).headers["etag"]
    assert village.post(row())["accepted"] == 1
    changed = village.client.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_a_look_that_is_answered_by_304_is_written_down_too(village: Village) -> None:
    address = f"/v1/learners/{ALICE}/profile"
    tag = village.client.get(address).headers["etag"]
    village.client.get(address, headers={"If-None-Match": tag})
    with village.store.read() as tx:
        assert len([one for one in tx.reads.of(ALICE) if one.what.endswith("/profile")]) == 2


def test_no_problem_and_no_page_has_a_tag(village: Village) -> None:
    for address in ("/v1/learners/nobody/path", "/v1/nothing", "/", "/healthz"):
        assert "etag" not in village.client.get(address, headers={"If-None-Match": "*"}).headers


def test_head_says_the_tag_alone(village: Village) -> None:
    address = f"/v1/learners/{ALICE}/profile"
    head = village.client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == village.client.get(address).headers["etag"]


def test_the_life_of_suggestions_comes_in_pages(village: Village) -> None:
    for number in range(4):
        village.post(row(f"new-{number}", correct=number % 2))
        village.clock.now += 86_400_000_000 * 20
        village.get(f"/v1/learners/{ALICE}/path?steps={number + 2}")
    address = f"/v1/learners/{ALICE}/suggestions"
    whole = [one["suggestion_id"] for one in village.get(address)["suggestions"]]
    first = village.get(f"{address}?limit=2")
    second = village.get(f"{address}?limit=500&after={first['next']}")
    assert [one["suggestion_id"] for page in (first, second) for one in page["suggestions"]] == whole
    assert second["next"] is None
    assert len(whole) > 2


def test_pauses_come_in_pages(village: Village) -> None:
    said = {"by": "T07", "role": "teacher"}
    for learner in ("L0001", "L0002", "L0003"):
        assert village.client.put(f"/v1/learners/{learner}/pause", json=said).status_code == 200
    first = village.get("/v1/pauses?limit=2")
    second = village.get(f"/v1/pauses?limit=2&after={first['next']}")
    assert [one["subject"] for page in (first, second) for one in page["pauses"]] == ["L0001", "L0002", "L0003"]
    assert second["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "after=%00"])
def test_a_page_that_is_none_is_refused(village: Village, query: str) -> None:
    assert_problem(village.client.get(f"/v1/learners/{ALICE}/suggestions?{query}"), 422, "invalid-input")


def test_a_group_comes_in_pages_of_learners_and_whole_in_what_it_does_together(village: Village) -> None:
    address = f"/v1/groups/{GROUP}/suggestions"
    whole = village.get(address)
    assert whole["next"] is None
    pages: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        pages.append(village.get(f"{address}?limit=2" + (f"&after={after}" if after else "")))
        after = pages[-1]["next"]
    assert len(pages) == -(-len(whole["learners"]) // 2) > 2
    assert [one for page in pages for one in page["learners"]] == whole["learners"]
    for name in ("by_skill", "together", "short_task_helps", "drift"):
        assert all(page[name] == whole[name] for page in pages), name


TABLES = ("coverage", "growth", "suggestions")


def test_aggregates_come_in_pages_one_table_after_the_other(village: Village) -> None:
    village.get(f"/v1/groups/{GROUP}/suggestions")  # offers something
    whole: dict[str, list[object]] = {}
    for name in TABLES:
        alone = village.get(f"/v1/aggregates?table={name}&limit=500")
        assert not [one for one in TABLES if one != name and alone[one]]
        assert alone["next"] is None
        whole[name] = alone[name]
    found: dict[str, list[object]] = {name: [] for name in TABLES}
    after: str | None = ""
    sizes = []
    while after is not None:
        page = village.get("/v1/aggregates?limit=37" + (f"&after={after}" if after else ""))
        for name in TABLES:
            found[name] += page[name]
        sizes.append(sum(len(page[name]) for name in TABLES))
        after = page["next"]
    assert found == whole
    assert all(whole.values())
    assert set(sizes[:-1]) == {37}
    assert 0 < sizes[-1] <= 37


def test_a_page_of_aggregates_has_a_tag_of_its_own(village: Village) -> None:
    first = village.client.get("/v1/aggregates?limit=10")
    second = village.client.get(f"/v1/aggregates?limit=10&after={first.json()['next']}")
    assert first.headers["etag"] != second.headers["etag"]
    again = village.client.get("/v1/aggregates?limit=10", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", ["/v1/aggregates", "/v1/schools/S1/aggregates", f"/v1/groups/{GROUP}/suggestions"])
def test_no_list_takes_a_page_that_is_none(village: Village, address: str) -> None:
    for query in ("limit=0", "limit=501", "after=%00", "table=" + "learners" * ("aggregates" in address)):
        answer = village.client.get(f"{address}?{query}")
        assert answer.status_code == (200 if query == "table=" else 422), query
