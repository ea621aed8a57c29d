"""One audit as a page that people can read: a single HTML file in Finnish, Swedish or English.

The first screen says in plain words what was compared, what was found and what is not shown; then come each attribute
with its figures, curves and gaps, the tables beside the cells, and how everything was made. Each chart stands beside a
sentence and its data. The page loads nothing, needs no script, prints, and can be read with a keyboard or a screen
reader. It names what a gap would mean for those whom it meets; it never calls a model just.

What this folder does not do: judge. Verdicts come from :mod:`polku.fairness.verdict`, consequences from
:mod:`polku.fairness.gates`; here they are put into words of ``serve/text/audit.<language>.toml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from polku.lazily import lazily

if TYPE_CHECKING:
    from polku.fairness.report.folder import AuditFolder
    from polku.fairness.report.page import report
    from polku.fairness.report.wording import Wording, read_texts

__all__ = ["AuditFolder", "Wording", "read_texts", "report"]

__getattr__ = lazily(__name__, {"folder": ["AuditFolder"], "page": ["report"], "wording": ["Wording", "read_texts"]})
