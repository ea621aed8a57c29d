"""What is kept, and how: one store per provider, on SQLite or PostgreSQL.

The store keeps responses, roster, items, folded profiles, bundles with their audits, validations and releases, what
was suggested and what people decided. A :class:`Store` is bound to one provider; inside
:meth:`Store.begin` a transaction hands out one repository per noun, and everything done there is
committed together or not at all. Nobody calls commit.

Three promises are kept here and nowhere else. Responses are append-only and told apart by id: adding
again changes nothing, and other content under a known id goes to quarantine. A release needs a stored
bundle, a stored audit and a stored validation of that very bundle. And the suggestion log is a hash chain over salted
commitments, so that an altered, missing or reordered entry shows, while one learner's payloads can
still be erased.

The room does not judge: whether an audit lets a bundle serve is for :mod:`polku.fairness`, what a
bundle's files mean for :mod:`polku.training`. Background attributes are not kept here at all. SQLAlchemy
Core and Alembic stay inside this room; there are no object-relational classes.
"""

from polku.store.store import Store, utc_now
from polku.store.transaction import Transaction
from polku.store.values import (
    GENESIS,
    Added,
    Amended,
    Amendment,
    ChainHead,
    Decision,
    Erased,
    Hold,
    Learner,
    Logged,
    LogProblem,
    LogReport,
    Offer,
    Quarantined,
    Read,
    Rejection,
    Release,
    RolledOver,
    SettledPaths,
    Sighting,
    StoredAudit,
    StoredBundle,
    StoredValidation,
    Suggestion,
)

__all__ = [
    "GENESIS",
    "Added",
    "Amended",
    "Amendment",
    "ChainHead",
    "Decision",
    "Erased",
    "Hold",
    "Learner",
    "LogProblem",
    "LogReport",
    "Logged",
    "Offer",
    "Quarantined",
    "Read",
    "Rejection",
    "Release",
    "RolledOver",
    "SettledPaths",
    "Sighting",
    "Store",
    "StoredAudit",
    "StoredBundle",
    "StoredValidation",
    "Suggestion",
    "Transaction",
    "utc_now",
]
