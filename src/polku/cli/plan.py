"""``polku plan``: one learner's path with its reasons, from the store or from plain files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.cli.evaluate import fitting_curriculum
from polku.cli.reasons import for_reading, in_band, in_full
from polku.curriculum import Curriculum
from polku.errors import InputError, NotFoundError, nearest
from polku.exchange import FORMATS, read_responses
from polku.paths import Path as LearningPath
from polku.paths import Texts, load_policy
from polku.paths.bands import BANDS, Band
from polku.paths.proposal import Wishes, propose, states_of
from polku.paths.suggester import Suggester
from polku.profiles import FeatureSet, Profile
from polku.records import Responses
from polku.training import fit_item_statistics
from polku.training.contributions import mastery_contributions


def plan_stored(
    desk: Desk, learner_id: str, goal: str | None, steps: int, grade: int | None, horizon: int | None = None
) -> LearningPath:
    """Plan from the store: with the champion where one is released, else by the prerequisite rule.

    Raises
    ------
    NotFoundError
        If neither roster nor responses know the learner.
    """
    suggester = Suggester(desk.home, desk.now)
    with desk.store.begin() as tx:
        return suggester.preview(tx, learner_id, goal=goal, steps=steps, grade=grade, horizon=horizon)[0]


def ask_stored(desk: Desk, learner_id: str, goal: str | None, grade: int | None) -> dict[str, Any]:
    """Return what a short diagnostic asks a learner of the store next, ready for JSON.

    Returns
    -------
    dict
        `learner_id`, `done`, `asked` (answers so far), `skill_id` and `item_id` (None when done).

    Raises
    ------
    NotFoundError
        If neither roster nor responses know the learner, or the goal is no skill.
    """
    with desk.store.read() as tx:
        found = Suggester(desk.home, desk.now).question(tx, learner_id, goal=goal, grade=grade)
    said = {"done": found.ask is None, "asked": found.asked, "skill_id": found.ask, "item_id": found.item_id}
    return {"learner_id": learner_id, **said}


def answer_stored(
    desk: Desk, learner_id: str, goal: str | None, steps: int, grade: int | None, horizon: int | None = None
) -> dict[str, Any]:
    """Plan from the store, ready for JSON; where a released model speaks, say what its numbers are made of.

    Returns
    -------
    dict
        As :meth:`polku.paths.Path.to_dict`. Each option has `mastery_contributions`
        (:meth:`polku.training.Contributions.to_dict`): what the model's probability of success on the skill is made
        of. It explains that one number; why a step is suggested stands in its `terms` and `reasons`.

    Raises
    ------
    NotFoundError
        If neither roster nor responses know the learner.
    """
    now = desk.now()  # one moment for the path and for what its numbers are made of
    suggester = Suggester(desk.home, lambda: now)
    with desk.store.begin() as tx:
        path, standing = suggester.preview(tx, learner_id, goal=goal, steps=steps, grade=grade, horizon=horizon)
    answer, model = path.to_dict(suggester.texts), standing.released.model
    if model is not None:
        skills = [option.skill_id for option in path.options]
        moment = now if standing.profile.clock else None
        made_of = mastery_contributions(model, standing.profile, skills, moment)
        for option in answer["options"]:
            option["mastery_contributions"] = made_of[option["skill_id"]].to_dict()
    return answer


def plan_files(
    desk: Desk, responses: Path, curriculum: Path | None, wishes: Wishes, *, learner_id: str | None, format_: str
) -> tuple[LearningPath, str]:
    """Plan from plain files, by the prerequisite rule; returns the path and whose it is.

    Raises
    ------
    InputError
        If the file holds several learners and none is named.
    NotFoundError
        If the named learner has no responses in it.
    """
    reading = read_responses(responses, format_, deny=desk.deny)
    say(f"{responses.name}: {len(reading.responses):,} responses accepted, {len(reading.refused):,} refused")
    for note in reading.notes:
        say(f"note: {note}")
    everyone = reading.responses
    graph = Curriculum.load(curriculum) if curriculum else fitting_curriculum(desk, everyone.skills.tolist())
    chosen = _chosen(everyone, learner_id)
    profile = Profile.empty(FeatureSet.load(desk.home.features), fit_item_statistics(everyone, graph), graph)
    profile.fold(everyone.of_learners([chosen]))
    now = int(everyone.known_at.max()) if everyone.clock else None
    states, policy = states_of(profile, graph, None, now), load_policy(desk.home.models)
    return propose(profile, states, graph, policy, wishes, learner_id=chosen, modelled=False, now=now), chosen


def _chosen(everyone: Responses, learner_id: str | None) -> str:
    known = [str(learner) for learner in everyone.learners]
    if learner_id is None and len(known) == 1:
        return known[0]
    if learner_id is None:
        raise InputError(
            "the file does not hold exactly one learner",
            got=f"{len(known)} learners",
            hint="--learner ID says whose path",
        )
    if learner_id not in known:
        raise NotFoundError("no responses of this learner", got=learner_id, hint=nearest(learner_id, known))
    return learner_id


@click.command(short_help="Print one learner's path with its reasons.")
@click.option("--learner", metavar="ID", help="Whose path; may be left out for a file of one learner.")
@click.option("--goal", metavar="SKILL", help="Skill to lead to; default: the learner's grade.")
@click.option("--steps", type=click.IntRange(1, 50), default=5, show_default=True, help="Longest path.")
@click.option("--horizon", type=click.IntRange(1, 40), help="Steps left until the goals are looked at.")
@click.option("--diagnostic", is_flag=True, help="Say what a short diagnostic asks next, from the store.")
@click.option("--grade", type=click.IntRange(1, 12), help="Grade; default: from the roster.")
@click.option("--responses", type=click.Path(path_type=Path), help="Plan from this file instead of the store.")
@click.option("--curriculum", type=click.Path(path_type=Path), help="Curriculum, with --responses.")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="auto", show_default=True, help="Format of --responses."
)
@click.option(
    "--language", type=click.Choice(["fi", "sv", "en"]), help="Language for reading; default: from the settings."
)
@click.option("--band", type=click.Choice(BANDS), help="Age of the reader, years; default: from the grade.")
@click.option("--reasons", is_flag=True, help="All reasons in three languages, and what learners of four ages read.")
@home_options
@json_option
def command(
    learner: str | None,
    goal: str | None,
    steps: int,
    horizon: int | None,
    diagnostic: bool,
    grade: int | None,
    responses: Path | None,
    curriculum: Path | None,
    format_: str,
    language: str | None,
    band: Band | None,
    reasons: bool,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Suggest next steps for one learner, each with its reasons in Finnish, Swedish and English.

    \b
    Example:
      polku plan --learner L0001 --json
      polku plan --learner L0001 --reasons
      polku plan --learner L0001 --diagnostic
      polku plan --responses answers.csv --curriculum skills.json --grade 8
    """
    desk = Desk.at(home, provider)
    texts = Texts.load(desk.home.serve / "text")
    if responses is not None and not diagnostic:
        wishes = Wishes(grade=grade, goal=goal, steps=steps, horizon=horizon)
        path, learner_id = plan_files(desk, responses, curriculum, wishes, learner_id=learner, format_=format_)
    elif learner is None or responses is not None or curriculum is not None:
        hint = "--curriculum goes with --responses, --diagnostic with --learner alone"
        raise InputError("give --learner ID, or --responses FILE", hint=hint)
    elif diagnostic:
        _print_question(ask_stored(desk, learner, goal, grade), as_json=as_json)
        return
    elif as_json:
        answer = answer_stored(desk, learner, goal, steps, grade, horizon)
        print_json({"learner_id": learner, **in_band(answer, texts, band)})
        return
    else:
        path, learner_id = plan_stored(desk, learner, goal, steps, grade, horizon), learner
    answer = path.to_dict(texts)
    if as_json:
        print_json({"learner_id": learner_id, **in_band(answer, texts, band)})
        return
    spoken = language or desk.settings.language
    lines = in_full(answer, texts) if reasons else for_reading(in_band(answer, texts, band), texts, spoken)
    click.echo("\n".join(lines))


def _print_question(said: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(said)
    elif said["done"]:
        click.echo(f"Enough is known to suggest steps ({said['asked']} answers): nothing to ask.")
    else:
        item = f", for instance item {said['item_id']}" if said["item_id"] else ""
        click.echo(f"After {said['asked']} answers, ask next about {said['skill_id']}{item}.")
