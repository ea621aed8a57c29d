"""``polku curriculum``: what the answers say about the prerequisite edges, and a teacher's word on them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from polku.cli import catalogue, curricula
from polku.cli.desk import Desk, bar, home_options, json_option, print_json, say
from polku.cli.evaluate import fitting_curriculum
from polku.cli.train import stored_responses
from polku.curriculum import Curriculum, Overlay
from polku.curriculum.overlay import FILE, Strength
from polku.errors import InputError
from polku.exchange import FORMATS, read_responses
from polku.fairness import load_slices
from polku.fairness.edges import GroupEdges, edges_by_group
from polku.paths import load_policy
from polku.records import Responses
from polku.training.edge_contrast import Rate
from polku.training.edges import LEAST, SAID, Band, Edge, edge_evidence

WIDTH = 150
WORDS = {"against": "speak against it", "unclear": "do not say", "for": "speak for it"}
COUNTED = {
    "against": "the data speak against it",
    "unclear": "the data do not say",
    "for": "the data speak for it",
    "not_enough_evidence": "not enough evidence",
}
NOTE = """\
Success on the skill that builds on the other, by answers given without and with the other shown (95 %, number of
learners). Beyond others: the difference at equal success on everything else, in points of a hundred, less the same
for skills that do not belong to it. An edge is for teachers to dispute; nothing here is about a learner."""


def gathered(desk: Desk, path: Path | None, format_: str) -> tuple[Responses, Curriculum]:
    """Return answers and the curriculum they speak of: of the store, or of a file.

    Raises
    ------
    InputError
        If there are no responses.
    """
    if path is None:
        return stored_responses(desk), desk.curriculum
    reading = read_responses(path, format_, deny=desk.deny)
    say(f"{path.name}: {len(reading.responses):,} responses accepted, {len(reading.refused):,} refused")
    if not len(reading.responses):
        raise InputError("no response could be used", got=f"{len(reading.refused)} refused rows in {path.name}")
    return reading.responses, fitting_curriculum(desk, reading.responses.skills.tolist())


def judged(desk: Desk, responses: Responses, graph: Curriculum) -> list[Edge]:
    """Return what the data say of every edge, by what the path policy calls shown."""
    shown = load_policy(desk.home.models).evidence
    limits = {"shown_at": shown.shown_at, "skill_answers": shown.skill_answers}
    with bar("looking at edges") as on_step:
        return edge_evidence(responses, graph, **limits, on_step=on_step)  # type: ignore[arg-type] # int and float


def counts(edges: list[Edge]) -> dict[str, int]:
    """Return how many edges the data say what of."""
    found = Counter(edge.says for edge in edges)
    return {said: found[said] for said in SAID}


def show(edges: list[Edge], graph: Curriculum, language: str, top: int) -> None:
    """Print the edges worth a look, then how many there are of each kind."""
    table = Table("comes first", "builds on it", "without it", "with it shown", "beyond others", "the data", box=None)
    for edge in [one for one in edges if one.beyond is not None][:top]:
        names = [_named(graph, skill, language) for skill in (edge.before, edge.after)]
        table.add_row(*names, _rate(edge.unshown), _rate(edge.shown), _band(edge.beyond), WORDS[edge.says])
    if table.row_count:
        out = Console(highlight=False)
        out.width = max(out.width, WIDTH)
        out.print(table)
        click.echo(f"\n{NOTE}\n")
    for said, count in counts(edges).items():
        click.echo(f"{count:>6,}  {COUNTED[said]}")
    click.echo(f"\nNothing is said of an edge with fewer than {LEAST} learners on either side.")


def _named(graph: Curriculum, skill: str, language: str) -> str:
    title = graph.skills[skill].title[language]
    return skill if title == skill else f"{title} [dim]{skill}[/dim]"


def _rate(rate: Rate | None) -> str:
    return "-" if rate is None else f"{rate.value:.0%} ({rate.low:.0%}-{rate.high:.0%}, {rate.learners})"


def _band(band: Band | None) -> str:
    return "-" if band is None else f"{100 * band.value:+.0f} ({100 * band.low:+.0f} to {100 * band.high:+.0f})"


def show_groups(found: GroupEdges) -> None:
    """Print the edges by group, those with a figure only."""
    table = Table("comes first", "builds on it", found.attribute, "beyond others", "the data", box=None)
    for row in found.rows:
        if row.beyond is not None:
            table.add_row(row.before, row.after, row.group, _band(row.beyond), WORDS[row.says])
    if table.row_count:
        Console(highlight=False).print(table)
    for note in found.notes:
        click.echo(note)


@click.group(short_help="Take curricula in and out; ask what the answers say about their edges.")
def command() -> None:
    """Curricula of ePerusteet and CASE come in, ours go out; edges are hypotheses to look at and dispute.

    \b
    Example:
      polku curriculum import lops2019.json --subject KE --prerequisites kemia.csv --to kemia
      polku curriculum evidence
      polku curriculum soften MA79.S3.01 MA79.S3.02 --by "M. Aalto" --reason "taught side by side"
    """


@command.command(short_help="Print what the answers say about each edge.")
@click.option("--responses", type=click.Path(path_type=Path), help="Answers from this file instead of the store.")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="auto", show_default=True, help="Format of --responses."
)
@click.option(
    "--by", "attribute", metavar="ATTRIBUTE", help="By groups of this attribute, read in the enclave; needs --purpose."
)
@click.option("--purpose", metavar="TEXT", help="Why the background is read; logged.")
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Most edges to print.")
@click.option("--language", type=click.Choice(["fi", "sv", "en"]), help="Of the titles; default: from the settings.")
@home_options
@json_option
def evidence(
    responses: Path | None,
    format_: str,
    attribute: str | None,
    purpose: str | None,
    top: int,
    language: str | None,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Print what the answers say about each prerequisite edge, those spoken against first.

    \b
    Example:
      polku curriculum evidence --top 40
      polku curriculum evidence --by home_language --purpose "review of the graph, autumn 2026" --json
    """
    desk = Desk.at(home, provider)
    if attribute is not None and not (purpose or "").strip():
        raise InputError(
            "the background is read for a purpose", got="--by without --purpose", hint="say why: --purpose TEXT"
        )
    answers, graph = gathered(desk, responses, format_)
    if attribute is not None:
        by_group = edges_by_group(
            desk.settings, answers, graph, load_slices(desk.home), attribute, purpose=purpose or ""
        )
        if as_json:
            print_json(by_group.to_dict())
            return
        show_groups(by_group)
        return
    edges = judged(desk, answers, graph)
    if as_json:
        print_json({"counts": counts(edges), "edges": [edge.to_dict() for edge in edges], "curriculum": graph.hash})
        return
    show(edges, graph, language or desk.settings.language, top)


def decide(desk: Desk, edge: tuple[str, str], strength: Strength, by: str, reason: str) -> dict[str, Any]:
    """Write down what a person decided about an edge; return the curriculum's hashes before and after."""
    written = Curriculum.load(desk.home.curriculum_path(desk.settings.curriculum))
    provider, before = desk.settings.provider_id, Overlay.load(desk.home)
    today = datetime.fromtimestamp(desk.now() / 1e6, UTC).date()
    after = before.rule(written, provider, edge, strength, by=by, reason=reason, on=today)
    hashes = [one.on(written, provider).hash for one in (before, after)]
    after.save(desk.home)
    return {"edge": list(edge), "strength": strength, "by": by, "curriculum_before": hashes[0], "curriculum": hashes[1]}


def _ruling(strength: Strength, help_: str) -> None:
    """Add the command that rules an edge to be of a strength."""

    @command.command(
        name={"soft": "soften", "hard": "harden"}[strength], short_help=help_, help=f"{help_}\n\n{_AFTERWARDS}"
    )
    @click.argument("before")
    @click.argument("after")
    @click.option("--by", required=True, metavar="NAME", help="Who decides.")
    @click.option("--reason", required=True, metavar="TEXT", help="Why.")
    @home_options
    @json_option
    def ruled(
        before: str, after: str, by: str, reason: str, home: Path | None, provider: str | None, as_json: bool
    ) -> None:
        desk = Desk.at(home, provider)
        done = decide(desk, (before, after), strength, by, reason)
        if as_json:
            print_json(done)
            return
        click.echo(f"{before} before {after} is {strength} for {desk.settings.provider_id}, written to {FILE} by {by}.")
        click.echo("What is released stays as it is: train, audit and promote a bundle with the changed curriculum.")


_AFTERWARDS = (
    "BEFORE and AFTER are skill ids. A released bundle keeps its curriculum; the changed one needs its own audit."
)
_ruling("soft", "Soften an edge for this provider: it no longer orders paths.")
_ruling("hard", "Put a softened edge back.")
for _part in (curricula.import_, curricula.diff, curricula.export, catalogue.resources):
    command.add_command(_part)
