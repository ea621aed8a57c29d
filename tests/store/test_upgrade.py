"""Upgrading with data: what the release before kept is there afterwards, word for word, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, select, text
from sqlalchemy import func as sql

from polku.store import Store
from polku.store.engine import begin, create, of_tenant
from polku.store.migrate import configuration, current, migrate, to_head, versions
from polku.store.packing import unpacked

PREVIOUS = "0003"
"""The version of the release before this one."""
CITIES = ("city", "town")
CONTENT: dict[str, list[dict[str, Any]]] = {
    "responses": [
        {
            "response_id": f"r{number}",
            "learner_id": f"l{number % 3}",
            "item_id": "i",
            "skill_ids": "a;b",
            "answered_at": number,
            "known_at": number + 1,
            "clock": True,
            "correct": 0.5,
            "duration_s": None if number % 2 else 1.5,
            "recorded_at": 7,
        }
        for number in range(40)
    ],
    "refused": [
        {"refused_id": "x", "source": "a.csv", "line": 3, "reason": "missing", "column_name": "item_id"}
        | {"explanation": "", "content": '{"learner_id": "l0"}', "learner_id": "l0", "refused_at": 7}
    ],
    "learners": [{"learner_id": f"l{number}", "grade": 7, "group_id": "7A", "school_id": None} for number in range(3)],
    "teachers": [{"relation": 1, "teacher_id": "t", "group_id": "7A", "starts_on": date(2025, 8, 1), "ends_on": None}],
    "items": [{"item_id": "i", "skill_ids": "a;b", "title": "ä €"}],
    "profiles": [
        {"learner_id": "l0", "feature_set_hash": "f", "item_stats_hash": "i", "content": b"\x00\xff", "stored_at": 7}
    ],
    "bundles": [{"bundle_id": "b", "manifest": "{}", "added_at": 1}],
    "bundle_files": [{"bundle_id": "b", "path": "model.txt", "sha256": "0" * 64, "content": b"tree"}],
    "audits": [{"audit_id": "a", "bundle_id": "b", "number": 1, "content": "{}", "added_at": 2}],
    "validations": [
        {"validation_id": "v", "bundle_id": "b", "number": 1, "verdict": "pass", "content": "{}", "added_at": 2}
    ],
    "releases": [
        {"number": 1, "bundle_id": "b", "audit_id": "a", "approver": "Ada", "reason": "term", "released_at": 3}
        | {"validation_id": "v"}
    ],
    "log": [{"entry_id": "e", "kind": "offered", "commitment": "c", "appended_at": 4}],
    "log_payloads": [{"entry_id": "e", "learner_id": "l0", "salt": b"salt", "payload": "{}"}],
    "suggestions": [
        {"suggestion_id": "s", "entry_id": "e", "learner_id": "l0", "position": 0, "skill_id": "a", "kind": "continue"}
        | {"score": 0.1, "propensity": 1.0, "rung": "model", "policy_hash": "p", "bundle_id": "b", "offered_at": 4}
    ],
    "decisions": [
        {"decision_id": "d", "entry_id": "e", "suggestion_id": "s", "learner_id": "l0", "skill_id": "a"}
        | {"decision": "reject", "decided_by": "t", "role": "teacher", "reason": "not now", "decided_at": 5}
    ],
    "path_settings": [
        {"settings_id": "p", "entry_id": "e", "scope": "learner", "subject": "l0", "learner_id": "l0"}
        | {"content": '{"load": 2}', "set_by": "t", "role": "teacher", "set_at": 6}
    ],
}
"""A row or more of every table of that release, in the order of what refers to what."""


@pytest.fixture
def before(empty_database: str) -> Iterator[Engine]:
    """Return an engine on a database as the release before left it, with two providers in it."""
    engine = create(empty_database)
    migrate(engine, PREVIOUS)
    with begin(engine, write=True) as connection:
        found = reflected(connection)
        assert found.tables.keys() - {"alembic_version"} == CONTENT.keys(), "every table of that release is filled"
        for city in CITIES:
            for name, rows in CONTENT.items():
                connection.execute(found.tables[name].insert(), [{"provider_id": city, **row} for row in rows])
    yield engine
    engine.dispose()


def reflected(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


def kept(engine: Engine, city: str) -> dict[str, list[dict[str, Any]]]:
    """Return what the tables of the release before hold of a city, in the columns that it wrote."""
    with begin(of_tenant(engine, city), write=False) as connection:
        found = reflected(connection)
        return {
            name: [
                {column: plain(column, row[column]) for column in first}
                for row in connection.execute(
                    select(found.tables[name]).where(found.tables[name].c.provider_id == city).order_by(*order)
                ).mappings()
            ]
            for name, (first, *_) in CONTENT.items()
            for order in [found.tables[name].primary_key.columns]
        }


def plain(column: str, value: Any) -> Any:
    """Return what the log says as text, as it was stored then."""
    return unpacked(value) if column == "payload" and isinstance(value, bytes) else value


def expected() -> dict[str, list[dict[str, Any]]]:
    found = {name: sorted(rows, key=lambda row: str(next(iter(row.values())))) for name, rows in CONTENT.items()}
    return {name: [dict(row) for row in rows] for name, rows in found.items()}


def test_nothing_is_lost_or_changed_on_the_way_up(before: Engine) -> None:
    assert kept(before, "city") == expected()
    to_head(before)
    for city in CITIES:
        assert kept(before, city) == expected()


def test_what_was_kept_serves_at_once(before: Engine) -> None:
    to_head(before)
    store = Store(before, "city")
    with store.begin() as tx:
        assert (tx.responses.count(), tx.responses.count("l0"), len(tx.responses.all())) == (40, 14, 40)
        champion = tx.bundles.champion_release()
        assert champion is not None
        assert (champion.bundle_id, champion.approver, champion.validation_id) == ("b", "Ada", "v")
        assert [one.skill_id for one in tx.decisions.rejected("l0")] == ["a"]
        tx.log.append("read", {}, "l0")
    assert store.seal().seq == 2
    erased = store.erase("l0")
    assert (erased.rows["responses"], erased.rows["suggestions"], erased.rows["path_settings"]) == (14, 1, 1)
    assert kept(before, "town") == expected(), "another provider's learner of the same id stays"


def test_the_way_down_and_up_again_keeps_what_the_older_release_knew(before: Engine) -> None:
    to_head(before)
    migrate(before, PREVIOUS)
    with begin(before, write=False) as connection:
        assert current(connection) == PREVIOUS
        assert reflected(connection).tables.keys() - {"alembic_version"} == CONTENT.keys()
    assert kept(before, "city") == expected()
    to_head(before)
    assert kept(before, "city") == expected()


def test_every_single_step_up_and_down_holds(before: Engine) -> None:
    with begin(before, write=False) as connection:
        steps = [version for version in versions(configuration(connection)) if version and version > PREVIOUS]
    for version in [*steps, *reversed(steps[:-1]), PREVIOUS, *steps]:
        migrate(before, version)
        assert kept(before, "city") == expected(), version


def test_older_rows_are_held_by_row_level_security_too(before: Engine) -> None:
    """PostgreSQL only: SQLite has no such thing."""
    to_head(before)
    statement = select(sql.count()).select_from(text("responses"))
    seen = {}
    for city in (*CITIES, "nobody"):
        with begin(of_tenant(before, city), write=False) as connection:
            seen[city] = connection.scalar(statement)
    everything = 80
    postgresql = {"city": 40, "town": 40, "nobody": 0}
    assert seen == (postgresql if before.dialect.name == "postgresql" else dict.fromkeys(seen, everything))
