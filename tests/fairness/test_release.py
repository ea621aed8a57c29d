"""Nothing serves without an audit of its own that does not block, a name and a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.errors import DefinitionError, NotReleasedError
from polku.fairness import Audit, audit_together, model_card, promote
from polku.home import Home
from polku.records import Responses
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices
from polku.store import Store
from polku.training import Bundle, fit, load_spec

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
WHO = {"approver": "Aino Example, head of pedagogy", "reason": "autumn term"}


@pytest.fixture(scope="module")
def bundle(home: Home) -> Bundle:
    """Return a bundle of a model fitted on a handful of answers; its quality plays no part here."""
    rng = np.random.default_rng(0)
    learner = np.repeat(np.arange(24), 12)
    responses = Responses.from_columns(
        {
            "response_id": [f"r{row}" for row in range(len(learner))],
            "learner_id": [f"l{one}" for one in learner],
            "item_id": [f"i{one}" for one in rng.integers(0, 6, len(learner))],
            "skill_ids": ["s"] * len(learner),
            "answered_at": np.arange(len(learner)),
            "correct": rng.integers(0, 2, len(learner)).astype(float),
        },
        clock=False,
    )
    curriculum = Curriculum.of_skills(["s"])
    model = fit(load_spec(home, "baseline"), home, responses, curriculum, seed=0)
    gates = (home.models / "mastery" / "gates.toml").read_bytes()
    return Bundle.assemble(model, curriculum, policy=b"steps = 5\n", gates=gates)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "polku.db", "demo") as opened:
        yield opened


def audit_of(
    bundle: Bundle, tables: tuple[pd.DataFrame, pd.DataFrame], slices: Slices, gates: Gates, *, way_up: bool = True
) -> Audit:
    """Audit a world together with paths that are alike for everybody."""
    predictions, background = tables
    rng = np.random.default_rng(0)
    n = len(background)
    paths = pd.DataFrame(
        {
            "learner_id": background["learner_id"],
            "has_grade_level": np.arange(n) != (-1 if way_up else 3),
            "has_stretch": rng.random(n) < 0.6,
            "repair_share": rng.integers(0, 3, n) / 3,
            "path_length": 5,
            "silent": False,
        }
    )
    return audit_together(predictions, paths, background, slices, gates).about(bundle=bundle.id)


@pytest.fixture(scope="module")
def clean(bundle: Bundle, make_world: MakeWorld, slices: Slices, gates: Gates) -> Audit:
    return audit_of(bundle, make_world(1), slices, gates)


@pytest.fixture(scope="module")
def blocked(bundle: Bundle, make_world: MakeWorld, slices: Slices, gates: Gates) -> Audit:
    return audit_of(bundle, make_world(1, lower=0.0, shift=1.5), slices, gates)


def test_a_clean_bundle_is_released_with_its_audit(store: Store, bundle: Bundle, clean: Audit, gates: Gates) -> None:
    release = promote(store, bundle, clean, gates, **WHO)
    assert (release.approver, release.reason) == (WHO["approver"], "autumn term")
    with store.read() as tx:
        champion, kept = tx.bundles.champion(), tx.audits.latest(bundle.id)
    assert champion is not None
    assert champion.bundle_id == bundle.id
    assert kept is not None
    assert kept.audit_id == release.audit_id
    assert Audit.from_json(kept.audit_json) == clean


def test_a_planted_gap_is_refused_and_listed(store: Store, bundle: Bundle, blocked: Audit, gates: Gates) -> None:
    with pytest.raises(NotReleasedError, match=r"findings block the release[\s\S]*held_back of group = b"):
        promote(store, bundle, blocked, gates, **WHO)
    with store.read() as tx:
        assert tx.bundles.champion() is None
        assert tx.audits.latest() is None


def test_a_written_reason_overrides_a_concern_and_shows(
    store: Store, bundle: Bundle, blocked: Audit, gates: Gates
) -> None:
    release = promote(store, bundle, blocked, gates, **WHO, override="  a fix follows before the term starts ")
    assert release.reason == "autumn term | overrides: a fix follows before the term starts"
    card = model_card("# The model", blocked, gates, release)
    assert "a fix follows before the term starts" in card


def test_an_override_without_a_block_leaves_no_trace(store: Store, bundle: Bundle, clean: Audit, gates: Gates) -> None:
    assert promote(store, bundle, clean, gates, **WHO, override="just in case").reason == "autumn term"


def test_nothing_overrides_the_way_up(
    store: Store, bundle: Bundle, make_world: MakeWorld, slices: Slices, gates: Gates
) -> None:
    audit = audit_of(bundle, make_world(1), slices, gates, way_up=False)
    with pytest.raises(NotReleasedError, match=r"grade_level of all = all[\s\S]*nothing overrides an invariant"):
        promote(store, bundle, audit, gates, **WHO, override="it is only one")


@pytest.mark.parametrize("who", [{"approver": " "}, {"reason": ""}, {"override": "  "}])
def test_somebody_answers_for_it(store: Store, bundle: Bundle, clean: Audit, gates: Gates, who: dict[str, str]) -> None:
    with pytest.raises(NotReleasedError, match=f"a named approver and a written reason\n.*no {next(iter(who))}"):
        promote(store, bundle, clean, gates, **{**WHO, **who})


def test_the_audit_is_of_this_bundle(store: Store, bundle: Bundle, clean: Audit, gates: Gates) -> None:
    with pytest.raises(NotReleasedError, match="the audit is of another bundle"):
        promote(store, bundle, clean.about(bundle="f" * 64), gates, **WHO)


def test_the_audit_is_whole(store: Store, bundle: Bundle, clean: Audit, gates: Gates) -> None:
    half = replace(clean, cells=tuple(cell for cell in clean.cells if cell.metric != "grade_level"))
    with pytest.raises(NotReleasedError, match=r"leaves gated metrics out\n.*grade_level"):
        promote(store, bundle, half, gates, **WHO)


def test_the_audit_was_made_at_the_gates_threshold(store: Store, bundle: Bundle, clean: Audit, gates: Gates) -> None:
    with pytest.raises(NotReleasedError, match=r"another threshold\n.*0\.9"):
        promote(store, bundle, replace(clean, threshold=0.9), gates, **WHO)


def test_own_gates_are_stricter_and_audited(store: Store, bundle: Bundle, clean: Audit, gates: Gates) -> None:
    milder = gates.model_copy(update={"metrics": {name: gates.metrics[name] for name in ("auc", "grade_level")}})
    with pytest.raises(DefinitionError, match="may only be stricter"):
        promote(store, bundle, clean, milder, **WHO)
    demanding = gates.metrics["auc"].model_copy(update={"limit": 0.01})
    own = gates.model_copy(update={"metrics": {**gates.metrics, "auc": demanding}})
    with pytest.raises(NotReleasedError, match="under other gates"):
        promote(store, bundle, clean, own, **WHO)


def test_the_card_joins_what_people_wrote_and_what_was_found(
    home: Home, store: Store, bundle: Bundle, clean: Audit, gates: Gates
) -> None:
    sections = (home.models / "mastery" / "card.md").read_text(encoding="utf-8")
    card = model_card(sections, clean, gates, promote(store, bundle, clean, gates, **WHO))
    assert card.startswith("# The mastery model")
    for part in ("## Who decides", "Approved by Aino Example", bundle.id, gates.priority.why, "| held_back |"):
        assert part in card
    assert "Not released." in model_card(sections, clean, gates)


def test_the_card_names_what_nothing_can_be_said_of(clean: Audit, gates: Gates) -> None:
    first = replace(clean.cells[0], verdict="not_enough_evidence")
    card = model_card("# M", replace(clean, cells=(first, *clean.cells[1:])), gates)
    acknowledged = card.split("## Not enough evidence")[1]
    assert f"| {first.attribute} | {first.group} |" in acknowledged


def test_the_card_shows_no_small_group(make_world: MakeWorld, slices: Slices, gates: Gates, bundle: Bundle) -> None:
    audit = audit_of(bundle, make_world(1, learners=240, share=0.03), slices, gates)
    row = next(line for line in model_card("# M", audit, gates).splitlines() if line.startswith("| group | b | auc"))
    assert row == "| group | b | auc | - | - | - | - | not enough evidence |"
