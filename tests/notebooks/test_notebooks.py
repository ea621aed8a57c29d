"""The notebooks: kept without outputs, run from the top in a fresh kernel, and what they find."""

from __future__ import annotations

import ast
import copy
import importlib
import json
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from polku.exchange import read_responses
from polku.home import Home

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
REAL, SIMULATED = FOLDER / "from-responses-to-a-path.ipynb", FOLDER / "meet-the-municipality.ipynb"
AUDIT = FOLDER / "reading-an-audit.ipynb"
SECONDS = 600
"""Most a cell may take on a busy machine; a whole notebook takes about a minute on two idle cores."""


def read(path: Path) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call] # it has no types
    return notebook


def left_behind(notebook: NotebookNode) -> list[str]:
    """Say what a run has left in a notebook: outputs, counts, or metadata beyond the kind of kernel."""
    found = []
    for number, cell in enumerate(notebook.cells, start=1):
        found += [f"outputs in cell {number}"] * bool(cell.get("outputs"))
        found += [f"a count in cell {number}"] * (cell.get("execution_count") is not None)
        found += [f"metadata in cell {number}"] * bool(cell.metadata)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    plain = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return found + ["metadata of the notebook"] * (dict(notebook.metadata) != plain)


@dataclass(frozen=True)
class Executed:
    """A notebook after its run, and what was asked of its variables."""

    notebook: NotebookNode
    values: dict[str, Any]

    @property
    def outputs(self) -> list[NotebookNode]:
        return [output for cell in self.notebook.cells for output in cell.get("outputs", [])]

    def text(self) -> str:
        """Return all text that a reader could see, figures aside."""
        shown = [output.text for output in self.outputs if output.output_type == "stream"]
        for output in self.outputs:
            shown += [str(value) for kind, value in output.get("data", {}).items() if not kind.startswith("image/")]
        return "\n".join(shown)

    def figures(self) -> int:
        return sum("image/png" in output.get("data", {}) for output in self.outputs)

    def complaints(self) -> list[str]:
        """Return what went to standard error: warnings, mostly."""
        return [output.text for output in self.outputs if output.get("name") == "stderr"]


def execute(notebook: NotebookNode, folder: Path, ask: Mapping[str, str], **environment: str) -> Executed:
    """Run a notebook from the top in a kernel of this interpreter, then evaluate expressions in it.

    It runs in a folder of its own, so that nothing rests on where a notebook is opened.
    """
    asked = ", ".join(f"{name!r}: {expression}" for name, expression in ask.items())
    question = f"import json\nprint(json.dumps({{{asked}}}))"
    notebook = copy.deepcopy(notebook)
    notebook.cells.append(nbformat.v4.new_code_cell(question))  # type: ignore[no-untyped-call] # it has no types
    place = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources=place)
    client.execute(env=os.environ | {"IPYTHONDIR": str(folder / "ipython")} | environment)
    answer = notebook.cells.pop().outputs[0].text
    return Executed(notebook, json.loads(answer))


def named(text: str, ids: Collection[str]) -> set[str]:
    """Return the ids that occur in a text as words."""
    return set(re.findall(r"\w+", text)) & set(ids)


def check_shown(done: Executed, figures: int) -> None:
    """Check that every cell ran, every figure was drawn, and nothing complained."""
    code = [cell for cell in done.notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert done.complaints() == []
    assert done.figures() == figures


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Home) -> None:
    """Keep the kernel's connection files out of the user's folders, and the home the checkout's."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("POLKU_HOME", str(home.root))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_what_a_run_leaves(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert left_behind(notebook) == []


def test_what_a_run_leaves_is_noticed() -> None:
    notebook = read(SIMULATED)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs = [nbformat.v4.new_output("stream", text="L0001")]  # type: ignore[no-untyped-call] # it has no types
    cell.execution_count = 1
    notebook.metadata["path"] = "somewhere"
    assert [what.rsplit(" in ", 1)[0] for what in left_behind(notebook)] == [
        "outputs",
        "a count",
        "metadata of the notebook",
    ]


def test_an_id_in_a_text_is_noticed() -> None:
    assert named("learner_id  u17-3  u171", ["u17", "u3"]) == {"u17"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_uses_public_names_only(path: Path) -> None:
    code = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    rooms = re.findall(r"^(?:from|import) (polku\S*)", code, re.MULTILINE)
    assert rooms
    assert [room for room in rooms if room.count(".") != 1] == []
    assert re.findall(r"\._\w+", code) == []


def test_without_data_a_notebook_says_what_to_do(tmp_path: Path) -> None:
    notebook = read(REAL)
    first = next(number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells = notebook.cells[: first + 1]
    with pytest.raises(CellExecutionError, match=r"no data at .*set POLKU_DATA to the folder"):
        execute(notebook, tmp_path, {}, POLKU_DATA=str(tmp_path / "nowhere"))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_what_a_notebook_takes_from_polku_is_there(path: Path) -> None:
    """And every cell is Python; the two longest run whole in ``make prove``."""
    cells = [ast.parse(cell.source) for cell in read(path).cells if cell.cell_type == "code"]
    taken = [node for cell in cells for node in ast.walk(cell) if isinstance(node, ast.ImportFrom)]
    own = [(str(node.module), one.name) for node in taken if str(node.module).startswith("polku") for one in node.names]
    assert own
    assert [name for room, name in own if not hasattr(importlib.import_module(room), name)] == []


@pytest.mark.long
def test_from_responses_to_a_path(tmp_path: Path, data_dir: Path) -> None:
    ask = {
        "accounted": "reading.rows == len(responses) + len(reading.refused) + reading.repeated",
        "twins": "len(twins)",
        "auc": "summary['auc', 'mean'].to_dict()",
        "ece": "summary.loc['mastery', ('ece', 'mean')]",
        "rise": "same['mean'].iloc[-1] - same['mean'].iloc[0]",
        "kinds": "sorted(set(kinds))",
        "supposed": "[{third: 1, second: 2}.get(step.skill_id, 0) for step in with_edge.path]",
    }
    done = execute(read(REAL), tmp_path, ask, POLKU_DATA=str(data_dir))
    check_shown(done, figures=5)
    assert done.values["accounted"]
    assert done.values["twins"] > 30
    assert done.values["auc"]["mastery"] > 0.7 > done.values["auc"]["difficulty"]
    assert done.values["ece"] < 0.05
    assert done.values["rise"] > 0.05
    assert done.values["kinds"] == ["continue"], "without prerequisites and grades every option carries on"
    way = [place for place in done.values["supposed"] if place]
    assert way in ([1], [1, 2]), "with one supposed prerequisite the way begins there"
    learners = read_responses(data_dir / "assistments2009").responses.learners
    assert named(done.text(), learners.tolist()) == set()


@pytest.mark.long
def test_meet_the_municipality(tmp_path: Path) -> None:
    ask = {
        "learners": "roster.index.tolist()",
        "auc": "prediction['auc']",
        "off": "{name: truth.loc[truth['answers'] > 10, name].mean() for name in ('model off', 'built-in off')}",
        "concerns": "concerns[['world', 'audited', 'attribute', 'group', 'metric']].values.tolist()",
        "below": "{name: table.loc['other', 'mean'] for name, table in off.items()}",
        "grade_level": "float(offered['has_grade_level'].mean())",
        "exposure": "sorted(set(exposed.query('metric == \"grade_level\"')['verdict']))",
    }
    done = execute(read(SIMULATED), tmp_path, ask)
    check_shown(done, figures=7)
    assert done.values["auc"] > 0.7
    assert done.values["off"]["model off"] < done.values["off"]["built-in off"]
    found = {tuple(cell[:2]) for cell in done.values["concerns"]}
    assert found == {("planted", "word problems")}, "found where it was planted, and nowhere else"
    assert ["planted", "word problems", "home_language", "other", "calibration"] in done.values["concerns"]
    assert done.values["below"]["planted"] < done.values["below"]["nothing planted"] - 1
    assert done.values["grade_level"] == 1
    assert done.values["exposure"] == ["pass"]
    assert done.text().count("| suomi | svenska | English |") >= 2
    assert named(done.text(), done.values["learners"]) == set()


def test_reading_an_audit(tmp_path: Path, data_dir: Path) -> None:
    ask = {
        "few": "few[['n', 'verdict']].tolist()",
        "undecided": "int((first.to_frame()['verdict'] == 'not_enough_evidence').sum())",
        "false_alarms": "[false_alarms, WORLDS]",
        "noticed": "{metric: None if size != size else float(size) for metric, size in noticed.items()}",
        "learners": "[*eedi['learner_id'].unique(), *oulad['learner_id'].unique()]",
    }
    done = execute(read(AUDIT), tmp_path, ask, POLKU_DATA=str(data_dir))
    check_shown(done, figures=6)
    assert done.values["few"] == [39, "not_enough_evidence"]
    assert done.values["undecided"] > 20
    false_alarms, worlds = done.values["false_alarms"]
    assert false_alarms["bare limit of 0.05"] > worlds / 2
    assert false_alarms["audit"] <= 3
    noticed = done.values["noticed"]
    assert noticed["auc"] is None, "what is taken from everybody in a group changes no order in it"
    assert all(0 < noticed[metric] <= 0.8 for metric in ("calibration", "held_back", "missed_need"))
    assert named(done.text(), done.values["learners"]) == set()
