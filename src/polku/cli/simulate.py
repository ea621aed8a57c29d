"""``polku simulate``: write the files of a simulated municipality."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.errors import InputError
from polku.simulate import Planted, SimulationConfig, simulate

PLANTS = (
    "harder_items_for_language",
    "fewer_opportunities_for",
    "noisier_answers_for",
    "harder_items_for",
    "flatter_items_for",
    "harsher_grades_for",
)


def planted(texts: tuple[str, ...]) -> dict[str, Planted]:
    """Read ``switch=attribute:group:size`` texts into the simulation's switches.

    Raises
    ------
    InputError
        If a text has another shape, names no switch, or one that was named before.

    Examples
    --------
    >>> planted(("fewer_opportunities_for=home_language:other:0.4",))["fewer_opportunities_for"].size
    0.4
    """
    found = {}
    for text in texts:
        switch, _, rest = text.partition("=")
        parts = rest.split(":")
        if switch in found:
            raise InputError("the same inequity is planted twice", got=switch, hint="plant each switch once")
        try:
            attribute, group, size = parts
            found[switch] = Planted(attribute, group, float(size))
        except ValueError as error:
            raise InputError(
                "a planted inequity is SWITCH=ATTRIBUTE:GROUP:SIZE",
                got=text,
                hint=f"{PLANTS[0]}=home_language:other:0.8",
            ) from error
        if switch not in PLANTS:
            raise InputError("no such switch", got=switch, hint=f"one of: {', '.join(PLANTS)}")
    return found


@click.command(short_help="Write the files of a simulated municipality.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--learners", default=600, show_default=True, help="Learners on the roster.")
@click.option("--responses-per-learner", default=150, show_default=True, help="Mean number of responses.")
@click.option("--seed", default=2026, show_default=True, help="Everything is drawn from it.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), default="2026-06-05", show_default=True, help="Day of the extract."
)
@click.option(
    "--law", type=click.Choice(["strength", "states"]), default="strength", show_default=True, help="Law of learning."
)
@click.option(
    "--plant", multiple=True, metavar="SWITCH=ATTRIBUTE:GROUP:SIZE", help="Plant a known inequity; default none."
)
@click.option("--school-leniency", default=0.0, show_default=True, help="Spread of grading between schools, in points.")
@click.option("--with-truth", is_flag=True, help="Also write the hidden values, for proofs.")
@home_options
@json_option
def command(
    folder: Path,
    learners: int,
    responses_per_learner: int,
    seed: int,
    until: datetime,
    law: str,
    plant: tuple[str, ...],
    school_leniency: float,
    with_truth: bool,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Write responses, roster, teachers, items, background and grades of a simulated municipality into FOLDER.

    \b
    Example:
      polku simulate var/town --learners 300
      polku simulate var/town --plant harder_items_for_language=home_language:other:0.8
    """
    plants = planted(plant)
    config = SimulationConfig(
        seed=seed,
        learners=learners,
        responses_per_learner=responses_per_learner,
        until=until.date(),
        law=law,  # type: ignore[arg-type]  # click's choice is the literal
        harder_items_for_language=plants.get("harder_items_for_language"),
        fewer_opportunities_for=plants.get("fewer_opportunities_for"),
        noisier_answers_for=plants.get("noisier_answers_for"),
        harder_items_for=plants.get("harder_items_for"),
        flatter_items_for=plants.get("flatter_items_for"),
        harsher_grades_for=plants.get("harsher_grades_for"),
        school_leniency=school_leniency,
    )
    desk = Desk.at(home, provider)
    town = simulate(config, desk.curriculum)
    paths = town.write(folder, with_truth=with_truth)
    counts = {"learners": len(town.roster), "responses": len(town.responses), "items": len(town.items), "seed": seed}
    if as_json:
        print_json(counts | {"files": [str(path) for path in paths]})
        return
    say(f"{counts['learners']} learners, {counts['responses']} responses to {counts['items']} items in {folder}")
