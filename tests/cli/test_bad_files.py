"""Files that cannot be used, or not all of them: a clear error or a refusal with its reason, and nothing lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polku.store import Store

HEADER = "response_id,learner_id,item_id,skill_ids,answered_at,correct\n"
GOOD = "r1,anna,i1,a,2026-03-01T10:00:00Z,1\n"
Run = Callable[..., Any]


def ingest(polku: Run, path: Path, text: str | bytes) -> dict[str, Any]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    lines = json.loads(polku("ingest", path, "--json").stdout)
    assert len(lines) == 1
    line: dict[str, Any] = lines[0]
    assert line["rows"] == line["accepted"] + line["repeated"] + line["refused"] + line["conflicts"]
    return line


def quarantine(folder: Path) -> list[dict[str, Any]]:
    with Store.open(f"sqlite:///{folder / 'polku.db'}", "demo") as store, store.read() as tx:
        return [kept._asdict() for kept in tx.refused.list()]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("r2,anna,i1,a,2026-03-01T10:00:00Z,nan\n", "not_finite"),
        ("r2,anna,i1,a,2026-03-01T10:00:00Z,1.5\n", "out_of_range"),
        ("r2,anna,i1,a,2026-03-01T10:00:00,1\n", "no_zone"),
        ("r2,,i1,a,2026-03-01T10:00:00Z,1\n", "missing"),
        ("r2,anna,i1,a,2026-03-01T10:00:00Z,1,7,8\n", "field_count"),
    ],
)
def test_a_row_that_does_not_hold_is_kept_with_its_reason(polku: Run, tmp_path: Path, row: str, reason: str) -> None:
    line = ingest(polku, tmp_path / "answers.csv", HEADER + GOOD + row)
    assert (line["accepted"], line["refused"]) == (1, 1)
    [kept] = quarantine(tmp_path)
    assert kept["reason"] == reason
    assert kept["line"] == 3


def test_broken_utf8_costs_its_row_only(polku: Run, tmp_path: Path) -> None:
    line = ingest(
        polku, tmp_path / "answers.csv", (HEADER + GOOD).encode() + b"r2,\xff\xfe,i1,a,2026-03-01T10:00:00Z,1\n"
    )
    assert (line["accepted"], line["refused"]) == (1, 1)


def test_an_id_with_another_answer_is_kept_aside(polku: Run, tmp_path: Path) -> None:
    line = ingest(polku, tmp_path / "answers.csv", HEADER + GOOD + GOOD.replace(",1\n", ",0\n") + GOOD)
    assert (line["accepted"], line["repeated"], line["refused"]) == (1, 1, 1)
    again = ingest(polku, tmp_path / "more.csv", HEADER + GOOD.replace(",1\n", ",0\n"))
    assert (again["accepted"], again["conflicts"]) == (0, 1)
    assert [kept["reason"] for kept in quarantine(tmp_path)] == ["conflict", "conflict"]


def test_a_personal_identity_code_never_reaches_the_store(polku: Run, tmp_path: Path) -> None:
    code = "131052-" + "308T"  # the example of the Digital and Population Data Services Agency
    line = ingest(polku, tmp_path / "answers.csv", HEADER + GOOD + GOOD.replace("r1,anna", f"r2,{code}"))
    assert (line["accepted"], line["refused"]) == (1, 1)
    assert code not in str(quarantine(tmp_path))
    assert code.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("polku.db*"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (HEADER, "no rows"),
        ("response_id,user_id,item_id,skill_ids,answered_at,correct\n" + GOOD, "learner_id"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_try(polku: Run, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(text)
    error = polku("ingest", path, expect=2).stderr
    assert says in error
    assert "try:" in error


def test_a_cycle_in_a_curriculum_is_named_edge_by_edge(polku: Run, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(HEADER + GOOD)
    graph = {
        "skills": [
            {"id": "a", "prerequisites": ["b"]},
            {"id": "b", "prerequisites": ["c"]},
            {"id": "c", "prerequisites": ["a"]},
        ]
    }
    (tmp_path / "skills.json").write_text(json.dumps(graph))
    error = polku(
        "plan", "--responses", tmp_path / "answers.csv", "--curriculum", tmp_path / "skills.json", expect=2
    ).stderr
    assert "a → c → b → a" in error


def test_reading_twice_changes_nothing(polku: Run, tmp_path: Path) -> None:
    first = ingest(polku, tmp_path / "answers.csv", HEADER + GOOD)
    second = ingest(polku, tmp_path / "answers.csv", HEADER + GOOD)
    assert (first["accepted"], second["accepted"], second["repeated"]) == (1, 0, 1)


def test_an_unknown_command_gets_the_nearest(polku_process: Run) -> None:
    assert "ingest" in polku_process("injest", expect=2).stderr
