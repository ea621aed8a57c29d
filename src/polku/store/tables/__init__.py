"""The tables. Primary keys start with ``provider_id``; times are integer microseconds UTC.

The other indexes start with a column of their own: one that started with ``provider_id`` would be picked for every
query as long as PostgreSQL has no statistics of a table, as in the middle of the first ingest. Offers and decisions are
never filled in bulk: theirs by time start with it.

The migrations build the same tables step by step; a test compares the two.
"""

from __future__ import annotations

from polku.store.tables.amendments import amendments
from polku.store.tables.answers import items, refused, responses
from polku.store.tables.base import metadata
from polku.store.tables.deliveries import deliveries, repeats, webhooks
from polku.store.tables.people import learners, path_settings, profiles, teachers
from polku.store.tables.relations import permits, protected, relations
from polku.store.tables.released import audits, bundle_files, bundles, releases, validations
from polku.store.tables.requests import requests
from polku.store.tables.rights import holds, reads, seen
from polku.store.tables.rostered import rostered
from polku.store.tables.streams import elements, receipts
from polku.store.tables.trail import decisions, log, log_payloads, suggestions
from polku.store.tables.vendors import catalogue, launches, pairwise

__all__ = [
    "amendments",
    "audits",
    "bundle_files",
    "bundles",
    "catalogue",
    "decisions",
    "deliveries",
    "elements",
    "holds",
    "items",
    "launches",
    "learners",
    "log",
    "log_payloads",
    "metadata",
    "pairwise",
    "path_settings",
    "permits",
    "profiles",
    "protected",
    "reads",
    "receipts",
    "refused",
    "relations",
    "releases",
    "repeats",
    "requests",
    "responses",
    "rostered",
    "seen",
    "suggestions",
    "teachers",
    "validations",
    "webhooks",
]
