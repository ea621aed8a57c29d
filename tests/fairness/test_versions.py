"""Audits of several versions side by side: what each was allowed to publish, and nothing more."""

from __future__ import annotations

from dataclasses import replace

from polku.fairness import Audit
from polku.fairness.versions import COLUMNS, MOST, versions_supplement

Line = dict[str, object]


def lines_of(audits: list[tuple[str, str, Audit]]) -> list[Line]:
    table = versions_supplement(audits)
    assert table.columns == COLUMNS
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_a_gap_stands_beside_the_same_gap_of_the_version_before(fair: Audit, wronged: Audit) -> None:
    lines = lines_of([("one", "2025-12-01", fair), ("two", "now", wronged)])
    held_back = [line for line in lines if (line["group"], line["metric"]) == ("b", "held_back")]
    assert [(line["version"], line["made"]) for line in held_back] == [("one", "2025-12-01"), ("two", "now")]
    cells = {cell.metric: cell for cell in wronged.cells if cell.group == "b"}
    cell = cells["held_back"]
    assert cell.interval is not None
    shown = [held_back[1][name] for name in ("n", "estimate", "rest", "gap", "low", "high", "verdict")]
    assert shown == [cell.n, cell.estimate, cell.rest, cell.gap, *cell.interval, cell.verdict]


def test_versions_of_one_cell_follow_each_other(fair: Audit, wronged: Audit) -> None:
    lines = lines_of([("one", "x", fair), ("two", "now", wronged)])
    keys = [(line["attribute"], line["group"], line["metric"]) for line in lines]
    assert keys == [key for key in dict.fromkeys(keys) for _ in range(keys.count(key))]


def test_what_an_audit_withheld_stays_withheld(fair: Audit, wronged: Audit) -> None:
    hidden = tuple((cell.attribute, cell.group, cell.metric) for cell in fair.cells if cell.group == "b")
    guarded = replace(fair, withheld=hidden)
    lines = lines_of([("one", "x", guarded), ("two", "now", wronged)])
    assert {line["version"] for line in lines if line["group"] == "b"} == {"two"}
    table = versions_supplement([("one", "x", guarded), ("two", "now", wronged)])
    assert table.suppressed == len(hidden)


def test_only_the_last_versions_are_shown(fair: Audit) -> None:
    audits = [(f"v{number}", "x", fair) for number in range(MOST + 3)]
    assert {line["version"] for line in lines_of(audits)} == {f"v{number}" for number in range(3, MOST + 3)}


def test_one_version_is_no_comparison(fair: Audit) -> None:
    assert versions_supplement([("one", "now", fair)]).rows == ()


def test_audits_that_could_not_be_read_are_counted(fair: Audit) -> None:
    both = [("one", "x", fair), ("two", "now", fair)]
    assert versions_supplement(both, unread=2).notes[-1] == "2 audits of an earlier form are left out"
    assert len(versions_supplement(both).notes) == 1
