"""Whether the audit finds what was planted in a simulated municipality, each by the right metric, and else is silent.

Run ``python benchmarks/audit_municipality.py [--seeds 40] [--planted 10] [--processes 2] [--results FILE]``. A
municipality goes the way of ``polku train`` and ``polku audit``: its answers are folded, the mastery model is
cross-validated by learner and fitted, a path is planned for everybody, predictions out of fold and paths are audited
together over all attributes, and the items are screened for the table beside them. An *alarm* is what ``polku audit``
raises of itself: any concern among those cells, or any item of concern.

The word problems alone are looked at once more, as anybody may do with ``--predictions``: a device of this bench, to
show what harder word problems do to predictions. It is in no audit, is no alarm, and stands in a column of its own.

*Found* is a planted inequity when the metric it belongs to raises a concern about the group it meets. Unequal
preparation is no inequity of items or practice: there the audit is to stay silent. Intervals are exact (Clopper &
Pearson 1934). The municipality is one grade, so that an item is met by as many learners as in a larger town.

Exits 1 when clean seeds alarm more often than one in eight, chance in few seeds aside; when a planted inequity that is
held to a bar is found in less than four of five; or when unequal preparation alone alarms as clean seeds may not.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two processes on two cores: threads of their own only wait
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pandas as pd
from scipy.stats import binomtest

from polku.cli.audited_paths import paths_of
from polku.cli.desk import Desk
from polku.fairness import Audit, audit_predictions, audit_together, keep_background, load_gates, load_slices
from polku.fairness.items import Answers, ItemAudit, screen_items
from polku.records import Responses, Roster
from polku.simulate import Municipality, Planted, SimulationConfig, simulate
from polku.simulate.items import FLATTER, HARDER
from polku.training import Bundle, cross_validate, fit, load_spec, predictions_frame

LEARNERS, RESPONSES, GRADES = 1000, 100, (7,)
ALARMS, CLEAN = 5, 40
"""Promised: at most so many of so many clean seeds alarm at all."""
POWER = 0.80
FIRST_PLANTED = 1000
"""Planted seeds are other ones than clean seeds."""

APART = "word problems"
"""The look that no audit takes of itself."""

Sign = tuple[str, str, str]
"""What raised a concern: where ("audit", "items", or apart from both "word problems"), attribute and group, metric."""


@dataclass(frozen=True)
class Case:
    """A kind of municipality.

    Parameters
    ----------
    name : str
        As printed.
    switches : mapping
        What is planted.
    expected : tuple of (str, str)
        Where, and which metric, it is to be found by; any of them. None for a world that is to stay silent.
    about : str
        Attribute and group that it meets.
    held : bool
        Whether the power is held to a bar.
    """

    name: str
    switches: dict[str, Any]
    expected: tuple[tuple[str, str], ...] = ()
    about: str = ""
    held: bool = True


GIRLS, OTHER = "gender girl", "home_language other"
CASES = (
    Case("nothing planted", {}),
    Case("unequal preparation", {"base_rate_gaps": True}),
    Case(
        "word problems harder by 1.5 logits",
        {"harder_items_for_language": Planted("home_language", "other", 1.5)},
        ((APART, "calibration"), ("items", "uniform")),
        OTHER,
    ),
    Case(
        "a twentieth of items harder by 1.5 logits",
        {"harder_items_for": Planted("gender", "girl", 1.5)},
        (("items", "uniform"),),
        GIRLS,
    ),
    Case(
        "a twentieth of items flatter by 0.95",
        {"flatter_items_for": Planted("gender", "girl", 0.95)},
        (("items", "uniform"), ("items", "non_uniform")),
        GIRLS,
    ),
    Case(
        "nine in ten practice sessions lost",
        {"fewer_opportunities_for": Planted("gender", "girl", 0.9)},
        (("audit", "silent"),),
        GIRLS,
    ),
    Case(
        "three in ten answers are guesses",
        {"noisier_answers_for": Planted("gender", "girl", 0.3)},
        (("audit", "auc"),),
        GIRLS,
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Look at every municipality that is asked for, print the table, and return whether a bar was missed."""
    asked = _parser().parse_args(arguments)
    wanted = [
        f"{place} {seed}"
        for place, case in enumerate(CASES)
        for seed in (range(asked.seeds) if place == 0 else range(FIRST_PLANTED, FIRST_PLANTED + asked.planted))
        if asked.cases is None or any(part in case.name for part in asked.cases)
    ]
    kept: dict[str, list[Sign]] = {}
    if asked.results and asked.results.exists():
        kept = {key: [_sign(one) for one in found] for key, found in json.loads(asked.results.read_text()).items()}
    with ExitStack() as stack:
        work: Callable[..., Iterator[tuple[str, list[Sign]]]] = map
        if asked.processes > 1:
            work = stack.enter_context(ProcessPoolExecutor(asked.processes)).map
        for done, (key, signs) in enumerate(work(looked_at, [key for key in wanted if key not in kept]), start=1):
            kept[key] = signs
            print(f"\r{done} municipalities", end="", file=sys.stderr, flush=True)
            if asked.results:
                asked.results.write_text(json.dumps(kept))
    print(file=sys.stderr)
    return printed({key: kept[key] for key in wanted})


def looked_at(key: str) -> tuple[str, list[Sign]]:
    """Make one municipality, audit it in full, and return every concern."""
    place, seed = map(int, key.split())
    desk = Desk.at(None)
    config = SimulationConfig(
        seed=seed, learners=LEARNERS, responses_per_learner=RESPONSES, grades=GRADES, **CASES[place].switches
    )
    town = simulate(config, desk.curriculum)
    responses = Responses.from_frame(town.responses)
    predictions, paths = predicted(desk, responses, town)
    slices, gates = load_slices(desk.home), load_gates(desk.home, desk.settings.model)
    whole = audit_together(predictions, paths, town.background, slices, gates, seed=seed)
    told = town.truth.items.query("word_problem")["item_id"]
    turned = turned_items(town.truth.items, CASES[place].switches)
    some = audit_predictions(predictions[predictions["item_id"].isin(told)], town.background, slices, gates, seed=seed)
    items = screen_items(Answers.from_responses(responses), town.background, slices, limits=gates.items)
    return key, [*_signs("audit", whole), *_signs(APART, some), *_item_signs(items, turned)]


def predicted(desk: Desk, responses: Responses, town: Municipality) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what ``polku train`` and ``polku audit`` audit: predictions out of fold, and a path for everybody."""
    spec = load_spec(desk.home, desk.settings.model)
    folds = cross_validate(responses, [spec], desk.home, desk.curriculum, k=spec.folds)
    policy = (desk.home.models / "path" / "policy.toml").read_bytes()
    gates = (desk.home.models / spec.name / "gates.toml").read_bytes()
    model = fit(spec, desk.home, responses, desk.curriculum)
    bundle = Bundle.assemble(model, desk.curriculum, policy=policy, gates=gates)
    with TemporaryDirectory(prefix="polku-town") as folder:
        stores = {name: f"sqlite:///{Path(folder) / name}.db" for name in ("store", "background")}
        own = Desk(desk.home, desk.settings.model_copy(update=stores))
        keep_background(own.home, own.settings, town.background, source="simulated")
        with own.store.begin() as tx:
            tx.roster.replace(Roster(town.roster, town.teachers.iloc[:0]))
            tx.responses.add(responses)
        paths = paths_of(own, bundle)
        own.store.close()
    return predictions_frame(responses, folds.predictions[spec.name]), paths


def _signs(where: str, audit: Audit) -> Iterator[Sign]:
    concerns = (cell for cell in audit.cells if cell.verdict == "concern")
    yield from ((where, f"{cell.attribute} {cell.group}", cell.metric) for cell in concerns)


def _item_signs(audit: ItemAudit, turned: frozenset[str]) -> Iterator[Sign]:
    """Tell items that were turned for a group, by the kind of difference that was found, from those that were not."""
    for cell in audit.cells:
        if cell.verdict == "concern":
            yield "items", f"{cell.attribute} {cell.group}", cell.kind if cell.item_id in turned else "clean item"


def turned_items(items: pd.DataFrame, switches: dict[str, Any]) -> frozenset[str]:
    """Return the items that a switch has made other ones for a group."""
    marks = {
        "harder_items_for_language": items["word_problem"],
        "harder_items_for": items["uneven"] == HARDER,
        "flatter_items_for": items["uneven"] == FLATTER,
    }
    return frozenset(item for name, mark in marks.items() if name in switches for item in items.loc[mark, "item_id"])


def _sign(raw: list[str]) -> Sign:
    where, about, metric = raw
    return where, about, metric


def printed(found: dict[str, list[Sign]]) -> int:
    """Print a line a case; return whether a bar was missed."""
    missed = 0
    line = "{:42} {:>5}  {:22} {:22} {:>8}  {}"
    print(f"{LEARNERS:,} learners of grade {GRADES[0]}, {RESPONSES} answers each; mean, exact 95 % interval")
    print(
        "alarm: any concern of a whole audit, or of its table of items; apart: the bench's own look at word problems\n"
    )
    print(line.format("municipality", "seeds", "alarm", "found as it should", "apart", "the right metric; others"))
    for place, case in enumerate(CASES):
        runs = [signs for key, signs in found.items() if key.startswith(f"{place} ")]
        if not runs:
            continue
        alarms, hits = sum(map(alarmed, runs)), sum(hit(case, signs) for signs in runs)
        bad = too_many(alarms, len(runs)) if not case.expected else case.held and too_few(hits, len(runs))
        missed += bad
        right = share(hits, len(runs)) if case.expected else "-"
        apart = f"{sum(any(where == APART for where, *_ in signs) for signs in runs)} of {len(runs)}"
        why = "; ".join(filter(None, [*(" ".join(one) for one in case.expected), others(case, runs)]))
        figures = case.name, len(runs), share(alarms, len(runs)), right, apart, why
        print((line.format(*figures) + "   MISSED" * bad).rstrip())
    return int(missed > 0)


def alarmed(signs: list[Sign]) -> bool:
    """Return whether an audit with its table of items raised any concern."""
    return any(where != APART for where, *_ in signs)


def hit(case: Case, signs: list[Sign]) -> bool:
    """Return whether a planted inequity was found where it belongs; of two groups either side tells it."""
    attribute = case.about.split(" ")[0]
    return any((where, metric) in case.expected and about.startswith(attribute) for where, about, metric in signs)


def others(case: Case, runs: list[list[Sign]]) -> str:
    """Count the runs in which anything else raised a concern, by place and metric."""
    seen = [{(where, metric) for where, _, metric in signs} - set(case.expected) for signs in runs]
    every = sorted({one for some in seen for one in some})
    return ", ".join(f"{where} {metric} {sum((where, metric) in some for some in seen)}" for where, metric in every)


def too_many(alarms: int, runs: int) -> bool:
    """Return whether so many alarms are more than promised; with fewer seeds, more than chance allows."""
    if runs >= CLEAN:
        return alarms * CLEAN > ALARMS * runs
    return bool(binomtest(alarms, runs).proportion_ci(0.95, method="exact").low > ALARMS / CLEAN)


def too_few(hits: int, runs: int) -> bool:
    """Return whether the power promised lies above what these runs allow."""
    return bool(binomtest(hits, runs).proportion_ci(0.95, method="exact").high < POWER)


def share(k: int, n: int) -> str:
    """Return a count of so many with the exact interval of its share."""
    bounds = binomtest(k, n).proportion_ci(0.95, method="exact")
    return f"{k} of {n} [{bounds.low:.2f} {bounds.high:.2f}]"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=CLEAN, help="clean municipalities")
    parser.add_argument("--planted", type=int, default=10, help="municipalities of every other kind")
    parser.add_argument("--cases", nargs="*", help="parts of the names of the kinds to run; default: all")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--results", type=Path, help="where concerns are kept, so that a run can go on later")
    return parser


if __name__ == "__main__":
    sys.exit(main())
