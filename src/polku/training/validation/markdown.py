"""A validation as text: for MLflow, for the model card, and for the person at the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from polku.training.data_problems import Problem
from polku.training.validation.report import Check, Finding, GroupFigures, Validation

WORDS: Final[dict[Finding, str]] = {
    "pass": "pass",
    "concern": "concern",
    "not_enough_evidence": "not enough evidence",
    "not_answerable": "not answerable",
}

HOW: Final = (
    "A figure is judged with its interval, whose unit is the learner: a concern needs all of it beyond the limit, "
    "a pass all of it within."
)


def to_markdown(validation: Validation, *, local: bool = False, heading: str = "#") -> str:
    """Return a validation as Markdown.

    Parameters
    ----------
    validation : Validation
        What was found.
    local : bool
        Whether learners about whom a person must act are named by their pseudonymous ids.
    heading : str
        Mark of the highest heading.

    Returns
    -------
    str
    """
    parts = [
        f"{heading} Validation of bundle `{validation.bundle_id[:12]}`: {validation.verdict}",
        f"On {validation.responses:,} responses of {validation.learners:,} learners of the provider. {HOW}",
        *(f"Stands in the way: {check}" for check in validation.blocking),
        *validation.notes,
        f"{heading}# Questions",
        _table(["check", "question", "figure", "interval", "limit", "finding", "why"], map(_check, validation.checks)),
        f"{heading}# Groups with enough evidence",
        _table(
            ["by", "group", "learners", "responses", "observed minus predicted", "slope", "finding"],
            map(_group, validation.groups),
        ),
        f"{heading}# Problems of the data",
        _problems(validation.problems, local),
    ]
    return "\n\n".join(parts) + "\n"


def check_line(check: Check) -> tuple[str, str, str]:
    """Return figure, interval and limit of a check, "-" where there is none."""
    interval = "-" if check.low is None or check.high is None else f"{check.low:+.3f} to {check.high:+.3f}"
    return ("-" if check.value is None else f"{check.value:+.3f}"), interval, f"{check.limit:g}"


def _check(check: Check) -> list[str]:
    follows = f"{WORDS[check.finding]}, blocks" if check.blocks else WORDS[check.finding]
    return [check.name, check.question, *check_line(check), follows, check.reason]


def _group(group: GroupFigures) -> list[str]:
    figures = [
        "-" if ends is None else f"{ends[0]:+.3f} ({ends[1]:+.3f} to {ends[2]:+.3f})"
        for ends in (group.level, group.slope)
    ]
    sizes = [f"{group.learners:,}", f"{group.responses:,}"]
    return [group.check, group.group, *sizes, *figures, WORDS[group.finding]]


def _problems(problems: Sequence[Problem], local: bool) -> str:
    if not problems:
        return "None found."
    return "\n\n".join(_problem(problem, local) for problem in problems)


def _problem(problem: Problem, local: bool) -> str:
    examples = f" First: {', '.join(problem.examples)}." if problem.examples else ""
    learners = f" Learners: {', '.join(problem.learners)}." if local and problem.learners else ""
    return f"- **{problem.name}**: {problem.count:,} {problem.what}.{examples}{learners} What to do: {problem.advice}."


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, or "None." when it has no rows."""
    body = ["| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in rows]
    if not body:
        return "None."
    return "\n".join(["| " + " | ".join(header) + " |", "|" + "---|" * len(header), *body])
