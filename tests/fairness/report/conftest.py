"""Audits with everything that a report can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from polku.fairness import Audit, Curve, Supplement, audit_together
from polku.fairness.report import AuditFolder, Wording, read_texts
from polku.fairness.report.figures import Figures
from polku.home import Home
from polku.paths import Texts
from polku.schemas.gates import Gates
from polku.schemas.slices import Inference, Slice, Slices

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
TERMS = ("attribute", "group", "metric", "term", "n", "estimate", "rest", "gap", "low", "high")
OVER_TIME = (
    ("gender", "girl", "held_back", "2025-autumn", 90, 0.2, 0.25, -0.05, -0.1, 0.0),
    ("gender", "girl", "held_back", "2026-spring", 90, 0.2, 0.22, -0.02, -0.08, 0.04),
    ("gender", "boy", "held_back", "2025-autumn", 90, 0.25, 0.2, 0.05, 0.0, 0.1),
    ("gender", "boy", "held_back", "2026-spring", None, None, None, None, None, None),
)
ITEMS = (
    ("gender", "girl", "uniform", "i<1>", "C", "harder", -1.8, 90, None),
    ("gender", "girl", "count", None, None, None, None, None, 12),
)


@pytest.fixture(scope="session")
def texts(home: Home) -> Texts:
    """Return the words in every language."""
    return read_texts(home.serve / "text")


@pytest.fixture(scope="session")
def english(texts: Texts) -> Wording:
    """Return the English words."""
    return Wording(texts, "en")


@pytest.fixture(scope="session")
def figures(english: Wording, gates: Gates) -> Figures:
    """Return English figures under the shipped gates."""
    return Figures(english, gates)


def curves() -> tuple[Curve, ...]:
    """Return both kinds of curves of everybody and of two groups."""
    x, wrong = (0.1, 0.4, 0.6, 0.9), (0.0, 0.2, 0.6, 1.0)
    right = (0.0, 0.5, 0.9, 1.0)
    band = (0.05, 0.3, 0.5, 0.8), (0.2, 0.5, 0.7, 0.95)
    groups = (("all", "all"), ("gender", "girl"), ("gender", "boy"))
    return tuple(
        curve
        for group in groups
        for curve in (
            Curve(*group, "reliability", x, (0.12, 0.42, 0.61, 0.8), *band, (60, 80, 90, 70)),
            Curve(*group, "roc", wrong, right, right, right, (90, 90, 90, 90)),
        )
    )


@pytest.fixture(scope="session")
def whole(make_world: MakeWorld, gates: Gates) -> Audit:
    """Return an audit of predictions and paths that finds concerns, hides a group, and has tables beside its cells."""
    predictions, background = make_world(1, learners=420, lower=0.0, shift=1.5)
    rng = np.random.default_rng(5)
    ids = background["learner_id"]
    languages = np.where(np.arange(len(ids)) < 7, "sv", np.where(np.arange(len(ids)) < 40, "<other>", "fi"))
    background = pd.DataFrame(
        {
            "learner_id": ids,
            "gender": background["group"].map({"a": "girl", "b": "boy"}),
            "home_language": languages,
        }
    )
    paths = pd.DataFrame(
        {
            "learner_id": ids,
            "has_grade_level": 1,
            "has_stretch": rng.random(len(ids)) < 0.5,
            "path_length": rng.integers(3, 9, len(ids)),
        }
    )
    attributes = {name: Slice(question="Do the groups meet the same errors?") for name in ("gender", "home_language")}
    slices = Slices(attributes=attributes, inference=Inference(permutations=199, resamples=199))
    done = audit_together(predictions, paths, background, slices, gates, seed=1)
    tables = (
        Supplement("terms", TERMS, OVER_TIME, suppressed=2),
        Supplement(
            "items",
            ("attribute", "group", "kind", "item_id", "class", "direction", "d_dif", "n", "passed"),
            ITEMS,
            notes=("repeated answers: the first counts",),
        ),
        Supplement("stability", ("shoe_size", "alike"), (("42", True),)),
        Supplement("versions", ("attribute",), ()),
    )
    done = replace(done, curves=curves(), notes=(*done.notes, "a note of no known kind"))
    done = replace(done, refused={"predictions: y_prob is not a number": 3})
    return done.beside(*tables).about(code="c" * 64)


@pytest.fixture(scope="session")
def folder(whole: Audit, home: Home) -> AuditFolder:
    """Return the audit with the definitions it was made under."""
    definitions = (home.models / "mastery" / "gates.toml", home.models / "slices.toml")
    return AuditFolder(whole, *(path.read_bytes().decode() for path in definitions))


@pytest.fixture(scope="session")
def pages(folder: AuditFolder, texts: Texts) -> dict[str, str]:
    """Return the report in each language."""
    files = folder.files(texts)
    return {name.split(".")[1]: content for name, content in files.items() if name.endswith(".html")}


class Outline(HTMLParser):
    """Collects what a page is made of: tags with attributes, in order, and the text of each element kind."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "br"}:
            self.open.append(tag)
            self.text.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.text[tag][-1] += data

    @property
    def prose(self) -> str:
        """Return everything a reader reads."""
        return " ".join(self.text["main"])


@pytest.fixture(scope="session")
def outlines(pages: dict[str, str]) -> dict[str, Outline]:
    """Return the parsed pages; a tag that closes another fails here."""
    found = {}
    for language, page in pages.items():
        found[language] = Outline()
        found[language].feed(page)
        found[language].close()
        assert not found[language].open
    return found
