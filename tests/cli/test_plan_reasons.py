"""What `polku plan` prints: one language for reading, or everything in three languages to four ages."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polku.cli.plan import command as plan_command
from polku.cli.reasons import for_reading, in_band, in_full
from polku.cli.simulate import command as simulate_command
from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import LANGUAGES, SkillState, Texts, load_policy, plan
from polku.paths.bands import BANDS

HOME = Home.find()
PAGE = HOME.root / "docs" / "reference" / "reasons.md"
TEXTS = Texts.load(HOME.serve / "text")
GRAPH = Curriculum.load(HOME.serve / "curricula" / "fi-mathematics.json")
STATES = {name: SkillState(0.4, 5, 0.1, 1_780_000_000_000_000, 0.4) for name in GRAPH.order[40:70]}
ANSWER = plan(GRAPH, STATES, load_policy(HOME.models), grade=5, now=1_780_660_800_000_000).to_dict(TEXTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_for_reading_everything_is_in_one_language(language: str) -> None:
    lines = list(for_reading(ANSWER, TEXTS, language))
    text = "\n".join(lines)
    for option in ANSWER["options"]:
        assert all(f"      {reason[language]}" in lines for reason in option["reasons"])
        assert option["next_step"][language] in text
    for other in set(LANGUAGES) - {language}:
        assert TEXTS.say(other, "page.options") not in text
    assert lines[0] == ANSWER["stands_on"][language]


@pytest.mark.parametrize("print_in", [for_reading, in_full])
def test_the_terms_add_up_to_what_is_printed(print_in: Callable[..., object]) -> None:
    printed = "\n".join(print_in(ANSWER, TEXTS, "en") if print_in is for_reading else in_full(ANSWER, TEXTS))
    sums = re.findall(r"What the suggestion is made of: (.+) = (-?\d+)$", printed, re.MULTILINE)
    assert len(sums) == len(ANSWER["options"])
    for (parts, total), option in zip(sums, ANSWER["options"], strict=True):
        assert sum(int(part.rsplit(" ", 1)[1]) for part in parts.split(" + ")) == int(total)
        assert int(total) == round(100 * option["score"])


def test_in_full_says_each_option_in_every_language_to_every_age() -> None:
    printed = "\n".join(in_full(ANSWER, TEXTS))
    for band in BANDS:
        for option in in_band(ANSWER, TEXTS, band)["options"]:
            for language in LANGUAGES:
                assert option["next_step"][language] in printed
                assert all(one[language] in printed for one in option["what_if"])
    assert printed.count("| 16+ |") == 3 * len(ANSWER["options"])


def test_without_a_band_asked_for_it_is_the_grade_s() -> None:
    assert in_band(ANSWER, TEXTS, None)["band"] == "10-12"
    assert "(10-12)" in "\n".join(for_reading(ANSWER, TEXTS, "sv"))


def run(*arguments: str | Path, expect: int = 0) -> Result:
    """Run a command of `polku` in this process."""
    commands = {"plan": plan_command, "simulate": simulate_command}
    name, *more = map(str, arguments)
    done = CliRunner().invoke(commands[name], [*more, "--home", str(HOME.root)])
    assert done.exit_code == expect, done.output
    return done


def test_the_page_is_what_its_commands_print(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    block = re.search(r"```sh\n(.+?)```", page, re.DOTALL)
    assert block is not None
    for command in block[1].splitlines():
        done = run(*(word.replace("var/reasons", str(tmp_path / "town")) for word in shlex.split(command)[1:]))
    said = page[page.index("## Suomeksi") :]
    assert said.strip() == done.stdout.strip(), "print it anew: the commands stand on the page"


def test_the_band_asked_for_is_printed_and_given_as_data(tmp_path: Path) -> None:
    rows = "\n".join(f"r{n},anna,i{n},{skill},{n},{n % 2}" for n, skill in enumerate("aab" * 3))
    (tmp_path / "a.csv").write_text(f"response_id,learner_id,item_id,skill_ids,answered_at,correct\n{rows}\n")
    arguments = ("plan", "--responses", tmp_path / "a.csv", "--band", "7-9")
    assert "(7-9): " in run(*arguments, "--language", "en").stdout
    given = json.loads(run(*arguments, "--json").stdout)
    assert given["band"] == "7-9"
    assert given["options"][0]["what_if"][-1]["id"].startswith("what_if.")
    assert "7-9" in run(*arguments[:-1], "3-6", expect=2).stderr
