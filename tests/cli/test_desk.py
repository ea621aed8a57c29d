"""What every command shares: the home it works in, how it talks, and how it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import pytest

import polku.cli
from polku.cli import COMMANDS, main
from polku.cli.desk import Desk, bar, make_folder_of, print_json, say
from polku.errors import ConflictError, DefinitionError, NotFoundError
from polku.home import Home
from polku.store import Store


@pytest.fixture
def desk(own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk on an empty store of its own."""
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path}/deep/er/polku.db")
    monkeypatch.setenv("POLKU_BACKGROUND", f"sqlite:///{tmp_path}/background.db")
    return Desk.at(own_home.root)


def test_a_desk_opens_its_home_and_nothing_before_it_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    assert list(tmp_path.iterdir()) == []
    assert len(desk.curriculum) > 100
    assert desk.curriculum is desk.curriculum
    assert desk.deny.rule("Hetu") == "personal identity code"
    assert list(tmp_path.iterdir()) == []
    with desk.store.read() as tx:
        assert tx.responses.count() == 0
    assert [path.name for path in (tmp_path / "deep" / "er").glob("*.db")] == ["polku.db"]


def test_a_provider_given_at_the_terminal_goes_before_the_settings(
    desk: Desk, own_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.settings.provider_id == desk.store.provider_id == "demo"
    assert Desk.at(own_home.root, "town").store.provider_id == "town"
    assert Desk.at(own_home.root, "").settings.provider_id == "demo"
    monkeypatch.setenv("POLKU_PROVIDER", "city")
    assert Desk.at(str(own_home.root)).settings.provider_id == "city"
    assert Desk.at(str(own_home.root), "town").settings.provider_id == "town"


def test_a_desk_without_a_home_says_so(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="is not a Polku home"):
        Desk.at(tmp_path)


@pytest.mark.parametrize("url", ["postgresql://host/name", "https://example.org/x/y", "var/polku.db"])
def test_only_an_embedded_store_gets_a_folder(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_folder_of(url)
    assert list(tmp_path.iterdir()) == []
    make_folder_of(f"sqlite:///{tmp_path}/a/b/c.db")
    make_folder_of(f"sqlite:///{tmp_path}/a/b/c.db")
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["a", "a/b"]


def test_results_and_talk_go_apart(capsys: pytest.CaptureFixture[str]) -> None:
    say("reading [bold]answers[/bold]")
    print_json({"ä": [1, None], "b": 0.5})
    out, err = capsys.readouterr()
    assert err == "reading [bold]answers[/bold]\n", "what people write is no markup"
    assert json.loads(out) == {"ä": [1, None], "b": 0.5}
    assert "ä" in out


def test_an_undefined_figure_is_never_printed_as_nan() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_json({"auc": float("nan")})


def test_a_bar_talks_on_standard_error_only_and_ends_full(capsys: pytest.CaptureFixture[str]) -> None:
    with bar("folding") as on_step:
        on_step(3, 7)
    with bar("nothing to do"):
        pass
    out, err = capsys.readouterr()
    assert out == ""
    assert "7/7" in err
    assert "1/1" in err


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (
            NotFoundError("no such learner", got="L9", hint="look"),
            2,
            "polku: no such learner\n  got: L9\n  try: look\n",
        ),
        (ConflictError("other content"), 2, "polku: other content\n"),
        (click.Abort(), 130, "stopped\n"),
        (KeyboardInterrupt(), 130, "stopped\n"),
        (click.UsageError("no such option"), 2, "Error: no such option\n"),
        (click.FileError("a.csv", "is a folder"), 1, "Error: Could not open file 'a.csv': is a folder\n"),
    ],
)
def test_how_a_command_ends(
    error: BaseException,
    code: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(polku.cli, "polku", failing)
    monkeypatch.setattr(sys, "argv", ["polku"])
    with pytest.raises(SystemExit, match=f"^{code}$"):
        main()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(says)


def test_a_slip_in_our_own_code_is_not_dressed_up_as_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def failing() -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr(polku.cli, "polku", failing)
    monkeypatch.setattr(sys, "argv", ["polku"])
    with pytest.raises(ZeroDivisionError, match="a slip"):
        main()


def test_every_command_listed_has_a_file_and_every_file_of_a_command_is_listed() -> None:
    group = polku.cli.polku
    assert isinstance(group, click.Group)
    context = click.Context(group)
    assert group.list_commands(context) == list(COMMANDS)
    for name, summary in COMMANDS.items():
        command = group.get_command(context, name)
        assert command is not None
        assert command.short_help == summary, name
        assert command.help, name
    folder = Path(polku.cli.__file__).parent
    shared = {"__init__", "__main__", "audited_paths", "candidates", "desk", "evidence", "reasons", "supplements"}
    shared |= {
        "catalogue",
        "confirmed_lti",
        "confirmed_oneroster",
        "curricula",
        "demo_people",
        "departure",
        "estate",
        "everybody",
        "fetching",
        "handover",
        "joining",
        "naming",
        "reference_tasks",
        "transfer",
    }
    assert {path.stem for path in folder.glob("*.py")} - shared == {name.replace("-", "_") for name in COMMANDS}


def test_a_store_that_cannot_be_opened_is_said_in_three_beats(own_home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    given = Desk.at(own_home.root).settings.model_copy(update={"store": f"sqlite:///{tmp_path}/notes.db"})
    (tmp_path / "notes.db").write_text("these are no tables\n" * 50)
    with pytest.raises(Exception, match=r"the store cannot be opened\n  got: .*\n  try: give a path") as caught:
        Desk(own_home, given).store  # noqa: B018 - opening is the point
    assert type(caught.value).__name__ == "NotReadyError"


def test_two_desks_of_two_providers_share_a_store_and_see_nothing_of_each_other(desk: Desk, own_home: Home) -> None:
    other = Desk.at(own_home.root, "town")
    assert isinstance(desk.store, Store)
    with desk.store.begin() as tx:
        tx.bundles.add("bundle", {}, {})
    with other.store.read() as tx:
        assert tx.bundles.get("bundle") is None
