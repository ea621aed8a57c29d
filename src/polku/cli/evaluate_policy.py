"""``polku evaluate-policy``: what another way of suggesting would be worth, by what was logged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.errors import InputError
from polku.home import load_toml
from polku.paths.evaluation import (
    LINES,
    Check,
    Decision,
    Estimate,
    Interval,
    Replayed,
    Target,
    decisions_of,
    evaluate,
    line,
    read_decisions,
    with_gains,
    write_decisions,
)
from polku.paths.evaluation.decisions import HORIZONS
from polku.schemas.policy import PathPolicy

WIDTH = 112


def logged(desk: Desk, log: Path | None, check: Check) -> list[Decision]:
    """Return the decisions of the store or of a file, with their gains."""
    if log is not None:
        return read_decisions(log)
    with desk.store.read() as tx:
        decisions, responses = decisions_of(tx), tx.responses.all()
    if not decisions:
        raise InputError("no suggestion is logged with its chances", hint="suggest first, or give a --log FILE")
    return with_gains(decisions, responses, replace(check, replaced_by=desk.curriculum.replaced_by))


def targets(desk: Desk, policy: Path | None, names: tuple[str, ...]) -> list[Target]:
    """Return the policies to be judged: the named lines (all by default), or a policy file."""
    chosen = [line(name, desk.curriculum) for name in names or (() if policy else LINES)]
    if policy is None:
        return chosen
    if not policy.is_file():
        raise InputError(
            "there is no such policy file", got=policy.name, hint="give a file like models/path/policy.toml"
        )
    return [Replayed(policy.stem, load_toml(policy, PathPolicy), desk.curriculum), *chosen]


def of_curriculum(decisions: list[Decision], curriculum: str) -> list[Decision]:
    """Return the decisions that were planned on a curriculum: on another, a policy cannot plan again."""
    kept = [one for one in decisions if one.situation is None or one.situation.get("curriculum") == curriculum]
    if len(kept) < len(decisions):
        say(f"{len(decisions) - len(kept):,} decisions were planned on another curriculum and are left out")
    return kept


def summary(decisions: list[Decision]) -> dict[str, int]:
    """Return what the log holds, in counts."""
    return {
        "decisions": len(decisions),
        "learners": len({one.learner_id for one in decisions}),
        "with_a_check": sum(any(gain is not None for gain in one.gains) for one in decisions),
        "drawn_among_several": sum(one.chance < 1.0 for one in decisions),
        "changed_by_people": sum(one.overridden for one in decisions),
    }


def show(estimates: list[Estimate]) -> None:
    """Print the estimates, then what was refused and why."""
    given = [one for one in estimates if one.refusal is None]
    if given:
        heads = (
            "target",
            "decisions",
            "runs",
            "effective",
            "max weight",
            "in use",
            "SNIPS",
            "doubly robust",
            "difference",
        )
        table = Table(*heads, box=None)
        for one in given:
            table.add_row(*_row(one))
        out = Console(highlight=False)
        out.width = max(out.width, WIDTH)
        out.print(table)
        click.echo("\nGain on the later check, in share of right answers; intervals are 95 %, by learner.")
    for one in estimates:
        if one.refusal is not None:
            click.echo(f"\n{one.target}, {one.horizon} in a row: {one.refusal}")


def _row(one: Estimate) -> list[str]:
    counts = [f"{one.horizon}", f"{one.windows:,}", f"{one.effective_samples:,.0f}", f"{one.max_weight:.1f}"]
    in_use = "-" if one.logged is None else f"{one.logged:+.3f}"
    return [one.target, *counts, in_use, *map(_interval, (one.snips, one.doubly_robust, one.difference))]


def _interval(given: Interval | None) -> str:
    return "-" if given is None else f"{given.value:+.3f} ({given.low:+.3f} to {given.high:+.3f})"


@click.command(short_help="Judge another way of suggesting by what was logged.")
@click.option("--policy", type=click.Path(path_type=Path), help="Policy file to judge, of the form of policy.toml.")
@click.option("--line", "lines", type=click.Choice(LINES), multiple=True, help="Built-in target; default: all of them.")
@click.option(
    "--decisions", "horizons", type=click.IntRange(1, 3), multiple=True, help="Decisions in a row; default: 1, 2 and 3."
)
@click.option(
    "--after-days", type=click.FloatRange(0), default=7.0, show_default=True, help="A check begins so long after."
)
@click.option(
    "--within-days", type=click.FloatRange(0), default=60.0, show_default=True, help="And ends so long after."
)
@click.option(
    "--check-items", type=click.Path(path_type=Path), help="Items of a check that everybody takes, one a line."
)
@click.option(
    "--log", type=click.Path(path_type=Path), help="Decisions from this file of JSON lines instead of the store."
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the decisions to this file of JSON lines."
)
@home_options
@json_option
def command(
    policy: Path | None,
    lines: tuple[str, ...],
    horizons: tuple[int, ...],
    after_days: float,
    within_days: float,
    check_items: Path | None,
    log: Path | None,
    out: Path | None,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Estimate what another way of suggesting would be worth, from logged suggestions and later answers.

    The gain is measured on items that the learner had not met before, at least a week after the suggestion. No value is
    given below 100 effective samples, or where the target would suggest what the log never could have. What people
    changed stays in: it is part of what a suggestion led to.

    \b
    Example:
      polku evaluate-policy --line uniform
      polku evaluate-policy --policy drafts/policy.toml --json
    """
    desk = Desk.at(home, provider)
    decisions = logged(desk, log, Check(after_days, within_days, _items(check_items)))
    if out is not None:
        write_decisions(decisions, out)
        say(f"{len(decisions):,} decisions written to {out.name}; keep it as you keep answers, it names learners")
    if policy is not None:
        decisions = of_curriculum(decisions, desk.curriculum.hash)
    judged = targets(desk, policy, lines)
    estimates = [one for target in judged for one in evaluate(decisions, target, horizons=horizons or HORIZONS)]
    if as_json:
        print_json({"log": summary(decisions), "estimates": [one.to_dict() for one in estimates]})
        return
    click.echo(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in summary(decisions).items()) + "\n")
    show(estimates)


def _items(path: Path | None) -> frozenset[str] | None:
    """Return the items named in a file, one a line."""
    if path is None:
        return None
    if not path.is_file():
        raise InputError("there is no such file of items", got=path.name, hint="write one item id a line")
    return frozenset(filter(None, map(str.strip, path.read_text(encoding="utf-8").splitlines())))
