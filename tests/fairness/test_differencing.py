"""No two published tables about nearly the same learners."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.fairness import Audit
from polku.fairness.differencing import BUCKETS, Fingerprint, Kind, guarded, kind_of
from polku.fairness.ledger import Ledger
from polku.schemas.gates import PATH_METRICS, PREDICTION_METRICS

IDS = np.array([f"l{number}" for number in range(200)], dtype=object)
GROUPS = np.array(["a", "b"] * 100, dtype=object)
A = ("group", "a")


def of(
    kept: np.ndarray, groups: np.ndarray = GROUPS, key: str = "demo", kind: Kind = "predictions", name: str = "group"
) -> Fingerprint:
    return Fingerprint.of(kind, IDS[kept], {name: groups[kept]}, key)


def all_but(*left_out: int) -> np.ndarray:
    return np.delete(np.arange(200), left_out)


@given(left_out=st.sets(st.integers(0, 199), max_size=40))
def test_tables_differ_in_at_least_so_many_learners(left_out: set[int]) -> None:
    whole, part = of(all_but()), of(all_but(*left_out))
    in_a = sum(one % 2 == 0 for one in left_out)
    apart = [count for count in (in_a, len(left_out) - in_a) if count]
    found = whole.difference(part, A)
    assert (found == 0) == (not left_out)
    assert found <= min(apart, default=0)


def test_neither_order_nor_what_is_between_plays_a_part() -> None:
    turned = np.arange(200)[::-1]
    assert of(turned).difference(of(all_but()), A) == 0


def test_other_learners_differ_everywhere() -> None:
    one, other = of(np.arange(100)), of(np.arange(100, 200))
    assert one.difference(other, A) > 50
    assert one.difference(of(np.arange(100), key="another provider"), A) > 40


def test_a_learner_who_changes_group_shows() -> None:
    moved = GROUPS.copy()
    moved[0] = "b"
    assert of(all_but()).difference(of(all_but(), moved), A) == 1


def test_a_group_that_was_not_there_differs_by_all_its_learners() -> None:
    assert 0 < of(all_but()).difference(of(all_but(*range(0, 200, 2))), A) <= 100


def test_what_is_kept_comes_back_and_names_nobody() -> None:
    one = of(all_but())
    text = one.to_json()
    back = Fingerprint.from_json(text)
    assert back.difference(one, A) == 0
    assert back.kind == "predictions"
    assert back.sizes == one.sizes == {("group", "a"): 100, ("group", "b"): 100}
    assert len(back.everybody) == BUCKETS
    assert not [learner for learner in IDS if f'"{learner}"' in text]


@pytest.mark.parametrize(("left_out", "withheld"), [(0, False), (3, True), (60, False)])
def test_an_attribute_that_gives_learners_away_is_withheld(fair: Audit, left_out: int, withheld: bool) -> None:
    now, before = of(all_but()), of(all_but(*range(left_out)))
    found, published = guarded(fair, now, [before])
    keys = {(cell.attribute, cell.group, cell.metric) for cell in fair.cells if cell.attribute == "group"}
    assert (set(found.withheld) >= keys) == withheld
    assert (found == fair) != withheld
    assert published.attributes == (set() if withheld else {"group"})
    shown = {cell.attribute for cell in found.outside().cells if cell.estimate is not None}
    assert shown == ({"other"} if withheld else {"group", "other"})
    if withheld:
        assert f"{len(keys)} cells of predictions are withheld" in found.notes[-1]
        assert found.outside().suppressed["cells"] == len(keys)


def test_nothing_published_before_withholds_nothing(fair: Audit) -> None:
    now = of(all_but())
    found, published = guarded(fair, now, [])
    assert found is fair
    assert published.groups == now.groups


def test_tables_of_another_kind_are_not_set_against_each_other(fair: Audit) -> None:
    """Few of the roster have no answers yet: paths are about nearly the learners of the predictions."""
    paths, predictions = of(all_but(), kind="paths"), of(all_but(3))
    assert paths.close_to([predictions], 10) == frozenset()
    assert paths.close_to([predictions, of(all_but(5), kind="paths")], 10) == {"group"}
    assert guarded(fair, predictions, [paths])[0] is fair


def test_only_cells_of_its_kind_are_withheld(fair: Audit) -> None:
    """A newcomer without answers is in the paths alone; predictions are of the same learners as before."""
    now, before = of(all_but(), kind="paths"), of(all_but(3), kind="paths")
    found, published = guarded(fair, now, [before])
    assert found is fair, "it has cells of predictions only"
    assert published.attributes == frozenset()


def test_every_metric_is_of_one_kind() -> None:
    assert {kind_of(metric) for metric in PREDICTION_METRICS} == {"predictions"}
    assert {kind_of(metric) for metric in PATH_METRICS} == {"paths"}


def test_an_attribute_that_was_not_published_is_nothing_to_be_set_against() -> None:
    before, now = of(all_but(), name="another"), of(all_but(3))
    assert now.close_to([before], 10) == frozenset()
    assert now.close_to([of(all_but()).without({"group"})], 10) == frozenset()


def test_what_was_withheld_stands_in_nobodys_way(fair: Audit) -> None:
    """A learner a day: withheld until ten have come to either group; the days between hold nothing up."""
    published = [of(all_but(*range(40)))]
    shown = []
    for day in range(1, 41):
        found, left = guarded(fair, of(all_but(*range(40 - day))), published)
        published.append(left)
        if found is fair:
            shown.append(day)
    assert shown
    assert min(shown) >= 19
    assert all(later - earlier >= 19 for earlier, later in itertools.pairwise(shown))


def test_the_ledger_keeps_each_table_once_for_its_provider(tmp_path: Path) -> None:
    open_for: Callable[[str], Ledger] = lambda provider: Ledger.open(tmp_path / "b.db", provider)  # noqa: E731 - one line
    with open_for("one") as ledger:
        for table in (of(all_but()), of(all_but(1)), of(all_but()), of(all_but(), kind="paths")):
            ledger.add(table)
        found = [(table.kind, sum(table.sizes.values())) for table in ledger.published()]
        assert found == [("predictions", 200), ("predictions", 199), ("paths", 200)]
    with open_for("another") as other:
        assert other.published() == []
