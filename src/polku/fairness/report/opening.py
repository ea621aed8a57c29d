"""The first screen: what was audited, the verdict in words, what follows, and what is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from polku.fairness.cell import Cell
from polku.fairness.evidence import EVERYONE
from polku.fairness.gates import Finding, findings
from polku.fairness.report.figures import NOTHING
from polku.fairness.report.reasons import reason, rule
from polku.fairness.report.view import Material
from polku.schemas.gates import INVARIANTS, Outcome

MOST = 3
"""Findings listed on the first screen; the rest stand in their sections."""
_KINDS = ("concern", "pass", "not_enough_evidence", "hidden")


@dataclass(frozen=True)
class Counted:
    """A number and what it counts; `kind` chooses its mark."""

    kind: str
    number: str
    words: str


@dataclass(frozen=True)
class Listed:
    """Findings under one heading, the first few of them, and how many more there are."""

    title: str
    items: tuple[str, ...]
    more: str


@dataclass(frozen=True)
class Opening:
    """The summary.

    Parameters
    ----------
    facts : tuple of (str, str)
        What was audited: label and value.
    verdict, headline, sentence : str
        The verdict's key, its words, and what it means.
    counts : tuple of Counted
        Cells by verdict, and cells not shown.
    lists : tuple of Listed
        What blocks, and what warns.
    noticed, hidden : str
        Which gaps could have been noticed; what is not shown.
    """

    facts: tuple[tuple[str, str], ...]
    verdict: str
    headline: str
    sentence: str
    counts: tuple[Counted, ...]
    lists: tuple[Listed, ...]
    noticed: str
    hidden: str


def opening(material: Material) -> Opening:
    """Return the summary of an audit in plain words."""
    audit, say = material.audit, material.wording.say
    found = findings(audit, material.gates)
    return Opening(
        facts=tuple(_facts(material)),
        verdict=audit.verdict,
        headline=say(f"brief.{audit.verdict}"),
        sentence=say(f"brief.{audit.verdict}_means"),
        counts=tuple(_counts(material)),
        lists=tuple(_listed(found, outcome, material) for outcome in ("block", "warn")),
        noticed=_noticed(material),
        hidden=hidden(material),
    )


def hidden(material: Material) -> str:
    """Return how much is not shown, by which limit, and in whose view."""
    suppressed, say = material.audit.suppressed, material.wording.say
    view = say("hidden.inside" if material.inside else "hidden.outside")
    if not suppressed["cells"]:
        return f"{view} {say('hidden.nothing', k=suppressed['k'])}"
    return f"{view} {say('hidden.cells', count=suppressed['cells'], k=suppressed['k'])}"


def statements(found: Iterable[Finding], material: Material) -> tuple[str, ...]:
    """Return findings as paragraphs, one for each metric, attribute and rule: groups, gaps, harm, and what follows."""
    together: dict[tuple[str, ...], list[Finding]] = {}
    for finding in found:
        cell = finding.cell
        key = (cell.metric, cell.attribute, cell.verdict, rule(finding, material.figures))
        together.setdefault(key, []).append(finding)
    return tuple(_statement([one.cell for one in alike], key[-1], material) for key, alike in together.items())


def _statement(cells: Sequence[Cell], follows: str, material: Material) -> str:
    first, wording = cells[0], material.wording
    where = wording.named("metric", first.metric)
    if first.attribute != EVERYONE:
        where += f" {NOTHING} {wording.attribute(first.attribute)}"
    harm = f"harm.{first.metric}"
    means = wording.say(harm) if wording.has(harm) and first.verdict == "concern" else ""
    said = [f"{where}: {'; '.join(_briefly(cell, material) for cell in cells)}.", means, f"({follows})"]
    return " ".join(text for text in said if text)


def _briefly(cell: Cell, material: Material) -> str:
    """Return a group with its gap, or, where there is no gap to tell, with the reason."""
    group = material.wording.group(cell.attribute, cell.group)
    if cell.gap is None or cell.metric in INVARIANTS or cell.attribute == EVERYONE:
        return f"{group}, {reason(cell, material.figures, material.audit.method).rstrip('.')}"
    return f"{group} {material.figures.gap(cell.metric, cell.gap)}"


def resampled(material: Material) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what was resampled, table by table, in one order whether it was just made or read from JSON."""
    units = material.audit.method.get("resampled", {})
    return [(name, units[name]) for name in ("predictions", "paths") if name in units]


def _facts(material: Material) -> list[tuple[str, str]]:
    audit, wording = material.audit, material.wording
    say, numbers = wording.say, wording.numbers
    subject = audit.method.get("subject", {})
    facts = []
    if "bundle" in audit.hashes:
        facts.append((say("brief.bundle"), audit.hashes["bundle"][:12]))
    elif "predictions" in audit.hashes:
        facts.append((say("brief.predictions"), audit.hashes["predictions"][:12]))
    if "model" in subject:
        facts.append((say("brief.model"), str(subject["model"])))
    if "trained" in subject:
        facts.append((say("brief.trained"), numbers.day(date.fromisoformat(subject["trained"]))))
    for name, unit in resampled(material):
        facts.append((say(f"brief.learners_{name}"), numbers.whole(unit["learners"])))
    if audit.threshold is not None:
        facts.append((say("brief.threshold"), numbers.round_percent(audit.threshold)))
    compared = dict.fromkeys(cell.attribute for cell in audit.cells if cell.attribute != EVERYONE)
    facts.append((say("brief.compared"), ", ".join(wording.attribute(name) for name in compared) or NOTHING))
    return facts


def counted(cells: Iterable[Cell]) -> dict[str, int]:
    """Return the number of cells by verdict, the gravest first; those without figures apart, as "hidden"."""
    kinds = ["hidden" if cell.n is None else cell.verdict for cell in cells]
    return {kind: kinds.count(kind) for kind in _KINDS}


def _counts(material: Material) -> list[Counted]:
    numbers, say = material.wording.numbers, material.wording.say
    return [
        Counted(kind if count else "none", numbers.whole(count), say(f"brief.count_{kind}", count=count))
        for kind, count in counted(material.audit.cells).items()
    ]


def _listed(found: list[Finding], outcome: Outcome, material: Material) -> Listed:
    say = material.wording.say
    texts = statements([finding for finding in found if finding.outcome == outcome], material)
    more = say("brief.more", count=len(texts) - MOST) if len(texts) > MOST else ""
    return Listed(say(f"brief.{outcome}"), texts[:MOST] or (say(f"brief.no_{outcome}"),), more)


def _noticed(material: Material) -> str:
    """Say which gaps in error rates would have been noticed, so that a pass is not read as more than it is."""
    rates = (cell for cell in material.audit.cells if cell.metric in {"held_back", "missed_need"})
    sizes = sorted(cell.mde for cell in rates if cell.mde is not None)
    say, figures = material.wording.say, material.figures
    if not sizes:
        return say("brief.noticed_nothing")
    middle = figures.size("held_back", sizes[len(sizes) // 2])
    return say("brief.noticed", middle=middle, largest=figures.size("held_back", sizes[-1]))
