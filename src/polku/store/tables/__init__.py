"""The tables. Primary keys start with ``provider_id``; times are integer microseconds UTC.

The other indexes start with a column of their own: one that started with ``provider_id`` would be picked for every
query as long as PostgreSQL has no statistics of a table, as in the middle of the first ingest.

The migrations build the same tables step by step; a test compares the two.
"""

from __future__ import annotations

from polku.store.tables.answers import items, refused, responses
from polku.store.tables.base import metadata
from polku.store.tables.people import learners, path_settings, profiles, teachers
from polku.store.tables.released import audits, bundle_files, bundles, releases, validations
from polku.store.tables.trail import decisions, log, log_payloads, suggestions

__all__ = [
    "audits",
    "bundle_files",
    "bundles",
    "decisions",
    "items",
    "learners",
    "log",
    "log_payloads",
    "metadata",
    "path_settings",
    "profiles",
    "refused",
    "releases",
    "responses",
    "suggestions",
    "teachers",
    "validations",
]
