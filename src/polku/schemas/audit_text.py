"""Schema of ``serve/text/audit.<language>.toml``: the words of the audit report."""

from __future__ import annotations

from polku.schemas.base import Definition
from polku.schemas.text import Messages


class AuditTextFile(Definition):
    """What the audit report says, in one language."""

    page: Messages
    """Title, landmarks, headings and short labels."""
    brief: Messages
    """The summary on the first screen."""
    verdict: Messages
    """Verdicts on cells and on the whole, in words."""
    outcome: Messages
    """What gates do: block, warn, report."""
    why: Messages
    """The rule that an outcome follows from."""
    reason: Messages
    """Why a cell has its verdict."""
    unit: Messages
    """How figures and gaps are written."""
    metric: Messages
    """Names of the metrics."""
    asks: Messages
    """The question each metric answers; in English word for word as in ``gates.toml``."""
    harm: Messages
    """What a gap in a metric would mean for those whom it meets."""
    attribute: Messages
    """Names of background attributes."""
    compares: Messages
    """The question of each attribute; in English word for word as in ``slices.toml``."""
    group: Messages
    """Names of groups, ``missing`` for all attributes or ``gender.girl`` for one."""
    column: Messages
    """Headings of table columns."""
    value: Messages
    """Words that stand as values in tables."""
    chart: Messages
    """Sentences beside charts, and words in them."""
    topic: Messages
    """Titles of the tables beside the cells."""
    about: Messages
    """How to read each of those tables."""
    hidden: Messages
    """What is not shown, and why."""
    note: Messages
    """Notes of an audit that are known by kind."""
    refused: Messages
    """Why rows could not be used."""
    priority: Messages
    """What is put first, calibration or error rates; ``why`` in English word for word as in ``gates.toml``."""
    method: Messages
    """How figures were made."""
    origin: Messages
    """Hashes, seed and how to make the report again."""
