"""Nothing serves without an audit of its own that does not block, a name and a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.errors import DefinitionError, NotReleasedError
from polku.fairness import Audit, Grounds, audit_together, model_card, promote
from polku.home import Home
from polku.records import Responses
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices
from polku.store import Store
from polku.training import Bundle, fit, load_spec
from polku.training.validation import Check, Validation, limits_hash, load_limits

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
On = Callable[..., Grounds]
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


@pytest.fixture(scope="module")
def on(home: Home, bundle: Bundle) -> On:
    """Return a maker of what a release stands on: an audit, and a validation with one check, as given."""
    limits = load_limits(home, "mastery")

    def made(audit: Audit, gates: Gates, *, of: str = "", **check: Any) -> Grounds:
        question, reason = "Does it predict better than the smoothed difficulty?", "the whole interval lies within"
        plain = {"name": "difficulty", "question": question, "finding": "pass", "reason": reason, "limit": 0.0}
        figures = {"value": -0.1, "low": -0.2, "high": -0.05, "learners": 24, "responses": 288}
        rules = {"outcome": "block", "required": False, "overridable": False}
        found = Check(**{**plain, **figures, **rules, **check})
        hashes = {"data": "d" * 64, "limits": limits_hash(limits)}
        validation = Validation(of or bundle.id, (found,), (), (), 24, 288, hashes)
        return Grounds(audit, gates, validation, limits)

    return made


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
            "fallback": False,
            "unchanged": True,
        }
    )
    return audit_together(predictions, paths, background, slices, gates).about(bundle=bundle.id)


@pytest.fixture(scope="module")
def clean(bundle: Bundle, make_world: MakeWorld, slices: Slices, gates: Gates) -> Audit:
    return audit_of(bundle, make_world(1), slices, gates)


@pytest.fixture(scope="module")
def blocked(bundle: Bundle, make_world: MakeWorld, slices: Slices, gates: Gates) -> Audit:
    return audit_of(bundle, make_world(1, lower=0.0, shift=1.5), slices, gates)


def test_a_clean_bundle_is_released_with_its_audit(
    store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On
) -> None:
    release = promote(store, bundle, on(clean, gates), **WHO)
    assert (release.approver, release.reason) == (WHO["approver"], "autumn term")
    with store.read() as tx:
        champion, kept = tx.bundles.champion(), tx.audits.latest(bundle.id)
    assert champion is not None
    assert champion.bundle_id == bundle.id
    assert kept is not None
    assert kept.audit_id == release.audit_id
    assert Audit.from_json(kept.audit_json) == clean


def test_a_planted_gap_is_refused_and_listed(
    store: Store, bundle: Bundle, blocked: Audit, gates: Gates, on: On
) -> None:
    with pytest.raises(NotReleasedError, match=r"findings block the release[\s\S]*held_back of group = b"):
        promote(store, bundle, on(blocked, gates), **WHO)
    with store.read() as tx:
        assert tx.bundles.champion() is None
        assert tx.audits.latest() is None


def test_a_written_reason_overrides_a_concern_and_shows(
    store: Store, bundle: Bundle, blocked: Audit, gates: Gates, on: On
) -> None:
    release = promote(store, bundle, on(blocked, gates), **WHO, override="  a fix follows before the term starts ")
    assert release.reason == "autumn term | overrides: a fix follows before the term starts"
    card = model_card("# The model", blocked, gates, release)
    assert "a fix follows before the term starts" in card


def test_a_release_stands_on_its_validation(store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On) -> None:
    grounds = on(clean, gates)
    with store.begin() as tx:
        tx.bundles.add(bundle.id, bundle.files, bundle.manifest)
        known = tx.validations.add(grounds.validation.to_json(), bundle.id, "pass")
    assert promote(store, bundle, grounds, **WHO).validation_id == known, "the one that is stored is not stored again"
    other = on(clean, gates, learners=23)
    with store.read() as tx:
        kept = tx.validations.get(str(promote(store, bundle, other, **WHO).validation_id))
    assert kept is not None
    assert Validation.from_json(kept.content) == other.validation


@pytest.mark.parametrize(
    "check", [{"finding": "concern"}, {"finding": "not_enough_evidence", "required": True, "overridable": True}]
)
def test_nothing_overrides_what_the_limits_do_not_let_override(
    store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On, check: dict[str, Any]
) -> None:
    message = r"1 checks of the validation block the release[\s\S]*difficulty: [\s\S]*the limits let no approver"
    with pytest.raises(NotReleasedError, match=message):
        promote(store, bundle, on(clean, gates, **check), **WHO, override="it will do")
    with store.read() as tx:
        assert tx.bundles.champion() is None


def test_a_concern_of_the_validation_is_overridden_where_the_limits_let_it(
    store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On
) -> None:
    grounds = on(clean, gates, finding="concern", overridable=True)
    with pytest.raises(NotReleasedError, match="or override with a written reason"):
        promote(store, bundle, grounds, **WHO)
    release = promote(store, bundle, grounds, **WHO, override="two new textbooks")
    assert release.reason == "autumn term | overrides: two new textbooks"
    card = model_card("# M", clean, gates, release, validation=grounds.validation)
    assert "refused" in card
    assert "two new textbooks" in card
    assert "Not validated." in model_card("# M", clean, gates, release)


def test_what_only_warns_does_not_block(store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On) -> None:
    for check in ({"finding": "concern", "outcome": "warn"}, {"finding": "not_enough_evidence"}):
        assert promote(store, bundle, on(clean, gates, **check), **WHO).reason == "autumn term"


def test_the_validation_is_of_this_bundle_under_these_limits(
    store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On
) -> None:
    with pytest.raises(NotReleasedError, match="the validation is of another bundle"):
        promote(store, bundle, on(clean, gates, of="f" * 64), **WHO)
    grounds = on(clean, gates)
    stricter = grounds.limits.model_copy(
        update={"evidence": grounds.limits.evidence.model_copy(update={"learners": 99})}
    )
    with pytest.raises(NotReleasedError, match=r"made under other limits\n  try: polku validate again"):
        promote(store, bundle, replace(grounds, limits=stricter), **WHO)


def test_an_override_without_a_block_leaves_no_trace(
    store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On
) -> None:
    assert promote(store, bundle, on(clean, gates), **WHO, override="just in case").reason == "autumn term"


def test_nothing_overrides_the_way_up(
    store: Store, bundle: Bundle, make_world: MakeWorld, slices: Slices, gates: Gates, on: On
) -> None:
    audit = audit_of(bundle, make_world(1), slices, gates, way_up=False)
    with pytest.raises(NotReleasedError, match=r"grade_level of all = all[\s\S]*nothing overrides an invariant"):
        promote(store, bundle, on(audit, gates), **WHO, override="it is only one")


@pytest.mark.parametrize("who", [{"approver": " "}, {"reason": ""}, {"override": "  "}])
def test_somebody_answers_for_it(
    store: Store, bundle: Bundle, clean: Audit, gates: Gates, who: dict[str, str], on: On
) -> None:
    with pytest.raises(NotReleasedError, match=f"a named approver and a written reason\n.*no {next(iter(who))}"):
        promote(store, bundle, on(clean, gates), **{**WHO, **who})


def test_the_audit_is_of_this_bundle(store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On) -> None:
    with pytest.raises(NotReleasedError, match="the audit is of another bundle"):
        promote(store, bundle, on(clean.about(bundle="f" * 64), gates), **WHO)


def test_the_audit_is_whole(store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On) -> None:
    half = replace(clean, cells=tuple(cell for cell in clean.cells if cell.metric != "grade_level"))
    with pytest.raises(NotReleasedError, match=r"leaves gated metrics out\n.*grade_level"):
        promote(store, bundle, on(half, gates), **WHO)


def test_the_audit_was_made_at_the_gates_threshold(
    store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On
) -> None:
    with pytest.raises(NotReleasedError, match=r"another threshold\n.*0\.9"):
        promote(store, bundle, on(replace(clean, threshold=0.9), gates), **WHO)


def test_own_gates_are_stricter_and_audited(store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On) -> None:
    milder = gates.model_copy(update={"metrics": {name: gates.metrics[name] for name in ("auc", "grade_level")}})
    with pytest.raises(DefinitionError, match="may only be stricter"):
        promote(store, bundle, on(clean, milder), **WHO)
    demanding = gates.metrics["auc"].model_copy(update={"limit": 0.01})
    own = gates.model_copy(update={"metrics": {**gates.metrics, "auc": demanding}})
    with pytest.raises(NotReleasedError, match="under other gates"):
        promote(store, bundle, on(clean, own), **WHO)


def test_the_card_joins_what_people_wrote_and_what_was_found(
    home: Home, store: Store, bundle: Bundle, clean: Audit, gates: Gates, on: On
) -> None:
    sections = (home.models / "mastery" / "card.md").read_text(encoding="utf-8")
    card = model_card(sections, clean, gates, promote(store, bundle, on(clean, gates), **WHO))
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
