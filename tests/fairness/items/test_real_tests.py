"""Published tests by gender: a concept inventory in biology, and TIMSS 2007 mathematics, grade 4, two booklets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from polku.fairness.items import Answers, ItemAudit, compare_items, matching_of, screen_items
from polku.schemas.slices import Inference, Slice, Slices

Real = tuple[Answers, pd.DataFrame]
SLICES = Slices(attributes={"gender": Slice(question="Do the items ask the same of both genders?")})


@pytest.fixture(scope="module")
def hci(data_dir: Path) -> Real:
    """Return the Homeostasis Concept Inventory (McFarland et al. 2017): 405 and 246 students, 20 items."""
    table = pd.read_csv(data_dir / "irt" / "hci" / "HCI.csv")
    learner = [f"{number:04d}" for number in range(len(table))]
    background = pd.DataFrame({"learner_id": learner, "gender": table["gender"]})
    return Answers.from_matrix(table.filter(like="Item").assign(learner_id=learner)), background


@pytest.fixture(scope="module")
def timss(data_dir: Path) -> Real:
    """Return two booklets of TIMSS 2007 (Lee, Park & Taylan 2011): 698 pupils, 25 items, 11 of them in both."""
    table = pd.read_csv(data_dir / "irt" / "timss2007_g4_lee" / "responses.csv")
    learner = table["idstud"].astype(str)
    background = pd.DataFrame({"learner_id": learner, "gender": table["girl"]})
    return Answers.from_matrix(table.drop(columns=["idstud", "idbook", "girl"]).assign(learner_id=learner)), background


def members(real: Real) -> NDArray[np.bool_]:
    answers, background = real
    gender = background.set_index("learner_id")["gender"].loc[answers.learners.tolist()]
    return np.asarray(gender == 0, dtype=np.bool_)


def by_hand(answers: Answers, item: int, member: NDArray[np.bool_]) -> tuple[float, float]:
    """Return log odds ratio and chi-square of one item over total scores, table by table."""
    wide = pd.DataFrame({"learner": answers.learner, "item": answers.item, "right": answers.right})
    scores = wide.groupby("learner")["right"].sum()
    booklet = wide.groupby("learner")["item"].sum()
    mine = wide[wide["item"] == item].set_index("learner")["right"]
    r = s = distance = variance = 0.0
    for _, part in mine.groupby([booklet.loc[mine.index], scores.loc[mine.index]]):
        group = member[part.index.to_numpy()]
        table = np.array(
            [[(part[~group] == 1).sum(), (part[~group] == 0).sum()], [part[group].sum(), (part[group] == 0).sum()]]
        )
        n, (line, column) = table.sum(), (table.sum(axis=1), table.sum(axis=0))
        r, s = r + table[0, 0] * table[1, 1] / n, s + table[0, 1] * table[1, 0] / n
        distance += table[0, 0] - line[0] * column[0] / n
        variance += line.prod() * column.prod() / (n**2 * (n - 1)) if n > 1 else 0.0
    return float(np.log(r / s)), float(max(abs(distance) - 0.5, 0.0) ** 2 / variance)


@pytest.mark.parametrize("name", ["hci", "timss"])
def test_mantel_haenszel_agrees_with_tables_made_one_by_one(name: str, request: pytest.FixtureRequest) -> None:
    real: Real = request.getfixturevalue(name)
    answers, member = real[0], members(real)
    found = compare_items(answers, matching_of(answers), member, Inference(), purify=False)
    tested = [one for one in found.items if one.uniform is not None]
    assert len(tested) >= 20
    for one in tested:
        assert one.uniform is not None
        log_odds, statistic = by_hand(answers, one.item, member)
        assert one.uniform.d_dif == pytest.approx(-2.35 * log_odds)
        assert one.uniform.chi2 == pytest.approx(statistic, abs=1e-9)


def test_logistic_regression_agrees_with_scikit_learn(hci: Real) -> None:
    answers, member = hci[0], members(hci)
    found = compare_items(answers, matching_of(answers), member, Inference(), purify=False)
    score = np.bincount(answers.learner, answers.right)
    x = (score - score.mean()) / score.std()
    design = np.column_stack([x, member, x * member])
    for item in (0, 10, 18):
        right = np.zeros(len(x))
        right[answers.learner[answers.rows[item]]] = answers.right[answers.rows[item]]
        model = LogisticRegression(C=1e9, tol=1e-9, max_iter=1000).fit(design, right)
        curves = found.items[item].curves
        assert curves is not None
        assert curves.tilt == pytest.approx(2.35 * model.coef_[0, 2], abs=1e-3)


def report(real: Real) -> ItemAudit:
    return screen_items(*real, SLICES)


def test_the_inventory_shows_no_class_c_and_leaves_most_of_it_open(hci: Real) -> None:
    audit = report(hci)
    assert audit.method["standing"] == "score"
    assert len(audit.cells) == 20
    assert not audit.flagged
    assert audit.verdict == "not_enough_evidence", "651 students do not rule class C out for every item"
    assert {cell.n for cell in audit.cells} == {405}
    by_item = audit.to_frame().set_index("item_id")
    assert by_item["ets"].loc["Item 19"] in {"B", "C"}, "uncorrected, it would have been flagged"
    assert (by_item["p_adjusted"] > 0.05).all()
    assert (by_item["mde"] > 1.5).all()


def test_timss_is_matched_within_booklets_and_says_what_is_too_small(timss: Real) -> None:
    audit = report(timss)
    assert audit.method["standing"] == "score"
    assert not audit.flagged
    cells = audit.to_frame().set_index("item_id")
    assert set(cells["n"] + cells["rest"]) == {344, 698}
    untested = cells[cells["p"].isna()]
    assert set(untested.index) == {"M031245", "M031247", "M041069"}
    assert untested["reason"].str.contains("fewer than 30 right answers").all()


@pytest.mark.parametrize("name", ["hci", "timss"])
def test_dif_planted_into_real_answers_is_found(name: str, request: pytest.FixtureRequest) -> None:
    answers, background = request.getfixturevalue(name)
    member = members((answers, background))
    item = "Item 5" if name == "hci" else "M031219"
    rows = answers.rows[answers.items.tolist().index(item)]
    wronged = rows[member[answers.learner[rows]]]
    right = answers.right.copy()
    right[wronged[np.random.default_rng(0).random(len(wronged)) < 0.45]] = 0.0
    bent = Answers(*(getattr(answers, field) if field != "right" else right for field in answers.__dataclass_fields__))
    assert list(screen_items(bent, background, SLICES).flagged) == [item]
