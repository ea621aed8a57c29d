"""What a researcher downloads is what the page shows: the same cells, the same figures, the same hidden ones."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

import pytest

from polku.fairness import Audit, Cell
from polku.fairness.evidence import EVERYONE
from polku.paths import LANGUAGES
from polku.web.pages.audit_shelf import Kept, material, one_of, over_time, shelf
from polku.web.pages.charts import Figure
from polku.web.pages.research_compare import MARKS, NAMES, Pairing, changed, figures, overall
from polku.web.viewer import Role
from staged import Stage
from village import TestClient

ATTRIBUTES = ("gender", "home_language")


@pytest.fixture(scope="module")
def researcher(staged: Stage) -> TestClient:
    return staged.caller(Role.RESEARCHER)


@pytest.fixture(scope="module")
def kept(staged: Stage) -> tuple[Kept, Kept]:
    with staged.village.store.read() as tx:
        one, other = (one_of(tx, audit_id) for audit_id in staged.audits)
    return one, other


@pytest.fixture(scope="module")
def pairs(staged: Stage, kept: tuple[Kept, Kept]) -> dict[tuple[str, str], list[Figure]]:
    """Return the figures of both versions by attribute and language."""
    made = {}
    with staged.village.store.read() as tx:
        for language in LANGUAGES:
            base = material(staged.village.app.state.service, tx, kept[1], language)
            for attribute in ATTRIBUTES:
                made[attribute, language] = list(figures(Pairing(*kept, attribute), base))
    return made


def table(client: TestClient, audit_id: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/research/audits/{audit_id}/cells.csv").text)))


@pytest.mark.parametrize("which", [0, 1])
def test_the_table_and_the_whole_file_hold_the_same_cells(staged: Stage, researcher: TestClient, which: int) -> None:
    audit_id = staged.audits[which]
    rows = table(researcher, audit_id)
    cells = Audit.from_json(researcher.get(f"/research/audits/{audit_id}/audit.json").text).cells
    assert len(rows) == len(cells)
    for row, cell in zip(rows, cells, strict=True):
        assert (row["attribute"], row["group"], row["metric"]) == (cell.attribute, cell.group, cell.metric)
        assert row["verdict"] == cell.verdict
        for name, value in (("n", cell.n), ("estimate", cell.estimate), ("rest", cell.rest), ("gap", cell.gap)):
            assert (row[name] == "") == (value is None)
            assert value is None or float(row[name]) == value
        ends = [row["low"], row["high"]]
        assert ends == ["", ""] if cell.interval is None else [float(one) for one in ends] == list(cell.interval)


@pytest.mark.parametrize("which", [0, 1])
def test_a_hidden_cell_is_empty_in_every_column_of_figures(staged: Stage, researcher: TestClient, which: int) -> None:
    rows = table(researcher, staged.audits[which])
    hidden = [row for row in rows if row["n"] == ""]
    assert {(row["attribute"], row["group"]) for row in hidden} >= {("home_language", "sv")}
    for row in hidden:
        assert {row[name] for name in ("n", "estimate", "rest", "gap", "low", "high", "p")} == {""}
        assert row["verdict"] == "not_enough_evidence"


@pytest.mark.parametrize("which", [0, 1])
def test_never_one_group_alone_is_hidden(staged: Stage, researcher: TestClient, which: int) -> None:
    """The total is known, so one hidden group would be the difference of the others."""
    rows = table(researcher, staged.audits[which])
    for attribute, metric in {(row["attribute"], row["metric"]) for row in rows if row["attribute"] != EVERYONE}:
        of = [row for row in rows if (row["attribute"], row["metric"]) == (attribute, metric)]
        assert len([row for row in of if row["n"] == ""]) != 1


@pytest.mark.parametrize("which", [0, 1])
def test_no_curve_of_a_hidden_group_leaves(staged: Stage, researcher: TestClient, which: int) -> None:
    said = json.loads(researcher.get(f"/research/audits/{staged.audits[which]}/audit.json").text)
    rows = table(researcher, staged.audits[which])
    never = {(row["attribute"], row["group"]) for row in rows} - {
        (row["attribute"], row["group"]) for row in rows if row["n"]
    }
    assert not never & {(curve["attribute"], curve["group"]) for curve in said["curves"]}


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize("which", [0, 1])
def test_the_page_writes_the_gaps_of_the_file(
    staged: Stage, researcher: TestClient, kept: tuple[Kept, Kept], which: int, attribute: str
) -> None:
    audit_id = staged.audits[which]
    page = unescape(researcher.get(f"/research/audits/{audit_id}?by={attribute}&lang=en").text)
    with staged.village.store.read() as tx:
        written = material(staged.village.app.state.service, tx, kept[which], "en").figures
    audit = Audit.from_json(researcher.get(f"/research/audits/{audit_id}/audit.json").text)
    told = [cell for cell in audit.cells if cell.attribute == attribute and cell.gap is not None and cell.interval]
    assert told
    for cell in told:
        assert written.gap(cell.metric, cell.gap) in page, cell


@pytest.mark.parametrize(
    ("form", "kind", "name"),
    [
        ("audit.json", "application/json", "audit-111111111111-audit.json"),
        ("cells.csv", "text/csv; charset=utf-8", "audit-111111111111-cells.csv"),
    ],
)
def test_files_have_their_kind_and_name(staged: Stage, researcher: TestClient, form: str, kind: str, name: str) -> None:
    answer = researcher.get(f"/research/audits/{staged.audits[0]}/{form}")
    assert answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.content == researcher.get(f"/research/audits/{staged.audits[0]}/{form}").content


@pytest.mark.parametrize(
    ("form", "hint"),
    [
        ("cells.cvs", "cells.csv"),
        ("audit.jsn", "audit.json"),
        ("cells.xlsx", ""),
        ("rows.csv", ""),
        ("learners.csv", ""),
        ("enclave.json", ""),
    ],
)
def test_there_is_no_other_form(staged: Stage, researcher: TestClient, form: str, hint: str) -> None:
    answer = researcher.get(f"/research/audits/{staged.audits[0]}/{form}")
    assert answer.status_code == 422
    assert hint in answer.text


@pytest.mark.parametrize("role", [Role.LEARNER, Role.GUARDIAN, Role.TEACHER, Role.PRINCIPAL])
@pytest.mark.parametrize("form", ["audit.json", "cells.csv"])
def test_files_are_for_who_may_see_audits(staged: Stage, role: Role, form: str) -> None:
    assert staged.caller(role).get(f"/research/audits/{staged.audits[0]}/{form}").status_code == 403


def written(cell: Cell | None) -> bool:
    return cell is not None and cell.gap is not None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_each_pair_tells_both_versions_in_its_table(
    staged: Stage,
    kept: tuple[Kept, Kept],
    pairs: dict[tuple[str, str], list[Figure]],
    attribute: str,
    language: str,
) -> None:
    with staged.village.store.read() as tx:
        base = material(staged.village.app.state.service, tx, kept[1], language)
    metrics = dict(Pairing(*kept, attribute).metrics())
    titles = {base.wording.named("metric", metric): metric for metric in metrics}
    for made in pairs[attribute, language]:
        metric = titles[made.title]
        assert len(made.table.rows) == len(metrics[metric])
        for row, pair in zip(made.table.rows, metrics[metric].values(), strict=True):
            for place, cell in zip((1, 5), pair, strict=True):
                hidden = cell is None or cell.n is None
                assert row[place + 1] == (base.figures.gap(metric, cell.gap) if cell and not hidden else "–")  # noqa: RUF001 - a dash
                assert hidden or row[place + 3].split(" ", 1)[0] == MARKS[cell.verdict]  # type: ignore[union-attr] # not None


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_a_drawing_has_a_row_for_each_gap_that_is_told(
    kept: tuple[Kept, Kept], pairs: dict[tuple[str, str], list[Figure]], attribute: str
) -> None:
    metrics = Pairing(*kept, attribute).metrics()
    told = sum(
        written(cell) and cell is not None and cell.interval is not None
        for _, groups in metrics
        for pair in groups.values()
        for cell in pair
    )
    labels = [
        name for made in pairs[attribute, "en"] for name in re.findall(r">([AB]): [^<]+</text>", str(made.svg or ""))
    ]
    assert set(labels) <= set(NAMES)
    assert 0 < len(labels) <= told


def test_a_version_beside_itself_changes_nothing(staged: Stage, kept: tuple[Kept, Kept]) -> None:
    with staged.village.store.read() as tx:
        base = material(staged.village.app.state.service, tx, kept[0], "en")
    for one in kept:
        for attribute in ATTRIBUTES:
            assert changed(Pairing(one, one, attribute), base) == ()
        assert all(row[1] == row[2] for row in overall(one, one, base).rows)


def test_a_change_of_verdict_is_told_both_ways(staged: Stage, kept: tuple[Kept, Kept]) -> None:
    with staged.village.store.read() as tx:
        base = material(staged.village.app.state.service, tx, kept[0], "en")
    there = changed(Pairing(*kept, "gender"), base)
    back = changed(Pairing(kept[1], kept[0], "gender"), base)
    turned = [re.sub(r": (.+) → (.+)$", r": \2 → \1", one) for one in there]
    assert there
    assert sorted(turned) == sorted(back)


def test_the_overall_table_is_that_of_both_audits(staged: Stage, kept: tuple[Kept, Kept]) -> None:
    with staged.village.store.read() as tx:
        base = material(staged.village.app.state.service, tx, kept[1], "en")
    made = overall(*kept, base)
    names = [name for name in base.gates.metrics if any(name in one.audit.overall for one in kept)]
    assert [row[0] for row in made.rows] == [base.wording.named("metric", name) for name in names]
    for row, name in zip(made.rows, names, strict=True):
        assert row[1:] == tuple(base.figures.value(name, one.audit.overall.get(name)) for one in kept)


def test_over_the_versions_one_attribute_alone_is_told(staged: Stage) -> None:
    with staged.village.store.read() as tx:
        found, unread = shelf(tx)
        base = material(staged.village.app.state.service, tx, found[-1], "en")
    assert unread == 0
    assert [one.version.audit_id for one in found] == staged.audits
    for attribute in ATTRIBUTES:
        (rows,) = (one.rows for one in over_time(found, base, attribute).audit.supplements)
        assert {row[0] for row in rows} == {attribute}
        assert not any("sv" in row for row in rows if [one for one in row if isinstance(one, float)])
