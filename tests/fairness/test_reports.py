"""What people read: the table in the terminal and the card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polku.fairness import Audit, findings, model_card, summary
from polku.fairness.summary import COLUMNS
from polku.schemas.gates import Gates


def rows(text: str) -> list[str]:
    """Return the lines of the table of groups."""
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("attribute"))
    return lines[start : lines.index("", start)]


def test_every_group_has_a_row_and_every_metric_a_column(fair: Audit, gates: Gates) -> None:
    text = summary(fair, gates)
    header, *body = rows(text)
    headers = [line.split()[3:] for line in text.splitlines() if line.startswith("attribute")]
    assert header.split()[:3] == ["attribute", "group", "learners"]
    assert [metric for line in headers for metric in line] == list(dict.fromkeys(cell.metric for cell in fair.cells))
    assert max(map(len, headers)) <= COLUMNS
    assert [line.split()[:2] for line in body] == [
        ["group", "a"],
        ["group", "b"],
        ["other", "x"],
        ["other", "y"],
        ["other", "z"],
    ]


def test_marks_tell_the_verdicts_apart(fair: Audit, gates: Gates) -> None:
    first, second, third, *rest = fair.cells
    changed = (
        replace(first, verdict="concern"),
        replace(second, verdict="not_enough_evidence"),
        replace(third, estimate=None, verdict="not_enough_evidence"),
        *rest,
    )
    line = rows(summary(replace(fair, cells=changed), gates))[1]
    assert f"{first.estimate:.3f}!" in line
    assert f"{second.estimate:.3f}?" in line
    assert " -?" in line


def test_what_was_left_out_is_said(fair: Audit, gates: Gates) -> None:
    text = summary(replace(fair, refused={"predictions: y_prob is not a number": 3}, notes=("a note",)), gates)
    assert text.endswith("3 rows left out: predictions: y_prob is not a number\na note")


def test_reports_are_short_lines_without_ends_of_blanks(wronged: Audit, gates: Gates) -> None:
    assert not [line for line in summary(wronged, gates).splitlines() if line != line.rstrip()]


def tables(card: str) -> dict[str, list[str]]:
    """Return the Markdown tables of a card by the heading they stand under."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in card.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("|"):
            found.setdefault(heading, []).append(line)
    return found


def test_the_tables_of_the_card_are_whole(wronged: Audit, gates: Gates) -> None:
    found = tables(model_card("# M", wronged, gates))
    assert set(found) >= {"Audit", "Groups against all others", "What follows", "Gates", "Hashes"}
    for lines in found.values():
        widths = {line.replace("\\|", "").count("|") for line in lines}
        assert len(widths) == 1, lines
    assert len(found["Groups against all others"]) == 2 + len(wronged.cells)
    assert len(found["Gates"]) == 2 + len(gates.metrics)


def test_bars_in_reasons_do_not_break_a_table(fair: Audit, gates: Gates) -> None:
    cell = replace(fair.cells[0], group="a|b", verdict="concern")
    found = tables(model_card("# M", replace(fair, cells=(cell, *fair.cells[1:])), gates))
    assert any("a\\|b" in line for line in found["What follows"])


def test_a_card_without_findings_says_none(fair: Audit, gates: Gates) -> None:
    calm = replace(fair, cells=tuple(replace(cell, verdict="pass", gap=0.0) for cell in fair.cells))
    card = model_card("# M", calm, gates)
    assert "## What follows\n\nNone." in card
    assert "Every cell could be judged." in card


@pytest.mark.parametrize("word", ["fair", "unbiased", "at risk", "weak", "behind"])
def test_reports_promise_nothing_and_call_nobody_names(wronged: Audit, gates: Gates, word: str) -> None:
    texts = [summary(wronged, gates), *(str(finding) for finding in findings(wronged, gates)), *wronged.notes]
    assert not [text for text in texts if f" {word} " in text.lower()]
