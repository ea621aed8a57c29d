"""What `polku audit` reports beside its cells: grades, places never seen, terms, versions, items."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from polku.cli.candidates import Candidate
from polku.cli.desk import Desk, bar
from polku.cli.dif import dif_of_store
from polku.cli.evidence import evidence
from polku.errors import InputError
from polku.fairness import Audit, Supplement, load_slices
from polku.fairness.files import read_table
from polku.fairness.generalisation import generalisation_supplement
from polku.fairness.items.supplement import items_supplement
from polku.fairness.labels import audit_labels
from polku.fairness.over_time import audit_terms, without_terms
from polku.fairness.release import gates_of
from polku.fairness.versions import MOST, versions_supplement
from polku.records import Responses
from polku.store.values import StoredAudit
from polku.training import Bundle
from polku.training.crossvalidation import DIFFICULTY
from polku.training.elsewhere import folds_of_places, places_of, predict_elsewhere


def supplements(
    desk: Desk,
    candidate: Candidate,
    bundle: Bundle,
    *,
    seed: int,
    grades: Path | None = None,
    leave_out_schools: bool = False,
    audit: Audit | None = None,
) -> tuple[Supplement, ...]:
    """Make the tables beside the cells of a candidate's audit.

    Parameters
    ----------
    desk : Desk
        Home, store and enclave.
    candidate : Candidate
        Whose out-of-fold predictions.
    bundle : Bundle
        What is audited.
    seed : int
        Of every draw.
    grades : Path, optional
        File of teachers' grades: ``learner_id, grade``, optional ``subject, school_id``. It is read and not kept.
    leave_out_schools : bool
        Whether to fit the model anew without each school; takes a fit a school.
    audit : Audit, optional
        The audit just made: the last of the versions, and the threshold of the terms.

    Returns
    -------
    tuple of Supplement
        Labels and generalisation where asked for; terms, versions and items always.

    Raises
    ------
    InputError
        If the grades cannot be used, or there are fewer than two schools to leave out.
    NotFoundError
        If the candidate was kept by a Polku that kept no references, and `grades` are given.
    """
    tables = []
    if grades is not None:
        tables.append(_labels(desk, candidate, grades, seed))
    if leave_out_schools:
        tables.append(_generalisation(desk, candidate, bundle, seed))
    threshold = gates_of(bundle).threshold if audit is None or audit.threshold is None else audit.threshold
    tables += [_terms(desk, candidate, threshold, seed), _versions(desk, bundle, audit)]
    return (*tables, items_supplement(dif_of_store(desk)))


def _labels(desk: Desk, candidate: Candidate, grades: Path, seed: int) -> Supplement:
    """Report grades at equal item evidence, the evidence being answers beside the difficulty of what was asked."""
    answers = candidate.predictions(desk).drop(columns="y_prob")
    expected = candidate.references(desk)[["response_id", DIFFICULTY]].rename(columns={DIFFICULTY: "y_prob"})
    with desk.store.read() as tx:
        roster = tx.roster.learners()
    return audit_labels(
        desk.home,
        desk.settings,
        read_table(grades, as_text=True),
        answers.merge(expected, on="response_id"),
        roster=roster if len(roster) else None,
        purpose=f"teachers' grades beside the evidence of bundle {candidate.bundle_id}",
        seed=seed,
    )


def _generalisation(desk: Desk, candidate: Candidate, bundle: Bundle, seed: int) -> Supplement:
    responses, _ = evidence(desk)
    with desk.store.read() as tx:
        roster = tx.roster.learners().dropna(subset=["school_id"])
    known = dict(zip(roster["learner_id"], roster["school_id"], strict=True))
    folds = folds_of_places(places_of(responses, known))
    with bar("leaving schools out") as on_step:
        elsewhere = predict_elsewhere(responses, folds, bundle.model.spec, desk.home, desk.curriculum, on_step=on_step)
    return generalisation_supplement(candidate.predictions(desk), elsewhere, load_slices(desk.home), seed=seed)


def _terms(desk: Desk, candidate: Candidate, threshold: float, seed: int) -> Supplement:
    responses, _ = evidence(desk)
    if not responses.clock:
        return without_terms("no terms: the answers have an order, but no dates")
    return audit_terms(
        desk.home,
        desk.settings,
        candidate.predictions(desk).merge(_dates(responses), on="response_id"),
        threshold=threshold,
        purpose=f"school terms of bundle {candidate.bundle_id}",
        seed=seed,
    )


def _dates(responses: Responses) -> pd.DataFrame:
    """Return when each response was given, as UTC timestamps."""
    at = pd.to_datetime(pd.Series(responses.answered_at), unit="us", utc=True)
    return pd.DataFrame({"response_id": responses.response_id, "answered_at": at})


def _versions(desk: Desk, bundle: Bundle, audit: Audit | None) -> Supplement:
    """Set the kept audits of other bundles before this one."""
    with desk.store.read() as tx:
        kept = tx.audits.last_of_each(MOST)
    others = [one for one in kept if audit is None or one.bundle_id != bundle.id]
    told = [(one, _readable(one)) for one in others]
    earlier = [(one.bundle_id[:12], _day(one), found) for one, found in told if found is not None]
    versions = earlier if audit is None else [*earlier, (bundle.id[:12], "now", audit)]
    return versions_supplement(versions, unread=len(others) - len(earlier))


def _readable(kept: StoredAudit) -> Audit | None:
    """Return a kept audit; None where it was written in another form, by an earlier Polku."""
    try:
        return Audit.from_json(kept.audit_json)
    except InputError:
        return None


def _day(kept: StoredAudit) -> str:
    return datetime.fromtimestamp(kept.added_at / 1e6, UTC).date().isoformat()
