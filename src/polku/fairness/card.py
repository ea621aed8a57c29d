"""The model card: what people wrote about a model, then tables from its release, validation and audit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from polku.fairness.audit import Audit
from polku.fairness.cell import Cell
from polku.fairness.gates import Finding, findings
from polku.fairness.supplement import Supplement
from polku.schemas.gates import Gate, Gates
from polku.store.values import Release
from polku.training.validation import Validation, to_markdown

_WORDS = {"pass": "pass", "concern": "**concern**", "not_enough_evidence": "not enough evidence"}


def model_card(
    sections: str,
    audit: Audit,
    gates: Gates,
    release: Release | None = None,
    *,
    validation: Validation | None = None,
) -> str:
    """Return the card of one audited bundle.

    Parameters
    ----------
    sections : str
        Markdown written by people: purpose, limits, who decides, oversight (``models/<model>/card.md``).
    audit : Audit
        The bundle's audit; its cells are shown by the stricter disclosure limit.
    gates : Gates
        The gates of the release.
    release : Release, optional
        Who approved it and why; without it the card says that it is not released.
    validation : Validation, optional
        What the bundle showed on the provider's own answers; without it the card says that it is not validated.

    Returns
    -------
    str
        Markdown.
    """
    shown = audit.outside()
    found = findings(shown, gates)
    parts = [
        sections.strip(),
        "<!-- Everything below is generated from release, validation and audit. -->",
        "## Release",
        _release(release),
        "## Validation\n\nNot validated." if validation is None else to_markdown(validation, heading="##").strip(),
        "## Audit",
        _verdict(shown, gates),
        "The whole audit, with charts, is logged to the run of the model: `audit/report.{fi,sv,en}.html`.",
        _table(["metric", "over all learners"], [[name, _figure(value)] for name, value in shown.overall.items()]),
        "## Groups against all others",
        _table(
            ["attribute", "group", "metric", "learners", "value", "gap", "interval", "verdict"], map(_cell, shown.cells)
        ),
        "## Beside the cells",
        _table(["table", "lines", "lines not shown"], map(_beside, shown.supplements)),
        "## What follows",
        _table(
            ["outcome", "cell", "why"], [_follows(one) for one in found if one.cell.verdict != "not_enough_evidence"]
        ),
        "## Not enough evidence",
        _unknown([one for one in found if one.cell.verdict == "not_enough_evidence"]),
        "## Gates",
        _table(["metric", "question", "limit", "blocks at", "outcome", "evidence required"], _gates(gates)),
        "## Hashes",
        _table(["what", "SHA-256"], [[name, f"`{value}`"] for name, value in sorted(shown.hashes.items())]),
    ]
    return "\n\n".join(parts) + "\n"


def _release(release: Release | None) -> str:
    if release is None:
        return "Not released."
    return (
        f"Release {release.number} of bundle `{release.bundle_id}`, on audit `{release.audit_id}` and validation "
        f"`{release.validation_id}`.\n\n"
        f"Approved by {release.approver}: {release.reason}"
    )


def _verdict(audit: Audit, gates: Gates) -> str:
    suppressed = audit.suppressed
    return (
        f"Verdict: {_WORDS[audit.verdict]}. Error rates are taken at a probability of {gates.threshold:g}. "
        f"{suppressed['cells']} cells are not shown: they rest on fewer than {suppressed['k']} learners, or would give "
        f"such a group away.\n\n{gates.priority.why}"
    )


def _unknown(found: list[Finding]) -> str:
    """Return the cells without enough evidence, one line a group."""
    if not found:
        return "Every cell could be judged."
    groups: dict[tuple[str, str], list[str]] = {}
    for one in found:
        groups.setdefault((one.cell.attribute, one.cell.group), []).append(one.cell.metric)
    rows = [[attribute, group, ", ".join(metrics)] for (attribute, group), metrics in groups.items()]
    said = "Whoever approves the release acknowledges that nothing can be said of these:"
    return f"{said}\n\n{_table(['attribute', 'group', 'metrics'], rows)}"


def _beside(table: Supplement) -> list[str]:
    return [table.topic, str(len(table.rows)), str(table.suppressed)]


def _cell(cell: Cell) -> list[str]:
    interval = "-" if cell.interval is None else f"{cell.interval[0]:+.3f} to {cell.interval[1]:+.3f}"
    gap = "-" if cell.gap is None else f"{cell.gap:+.3f}"
    n = "-" if cell.n is None else str(cell.n)
    figures = [n, _figure(cell.estimate), gap, interval]
    return [cell.attribute, cell.group, cell.metric, *figures, _WORDS[cell.verdict]]


def _follows(finding: Finding) -> list[str]:
    cell = finding.cell
    return [finding.outcome, f"{cell.metric}, {cell.attribute} = {cell.group}", f"{cell.reason}; {finding.why}"]


def _gates(gates: Gates) -> list[list[str]]:
    return [
        [
            name,
            gate.question,
            f"{gate.limit:g}" + (" (ratio)" if gate.scale == "ratio" else "") + _most(gate),
            "-" if gate.block_at is None else f"{gate.block_at:g}",
            gate.outcome,
            "yes" if gate.required else "no",
        ]
        for name, gate in gates.metrics.items()
    ]


def _most(gate: Gate) -> str:
    return "" if gate.most is None else f"; {gate.most:g} at most over all learners"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, or "None." when it has no rows."""
    body = ["| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in rows]
    if not body:
        return "None."
    return "\n".join(["| " + " | ".join(header) + " |", "|" + "---|" * len(header), *body])
