"""Puts a report together: one HTML file that asks nothing of any network."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from polku.fairness.audit import Audit
from polku.fairness.report import beside, by_group, closing
from polku.fairness.report.figures import Figures
from polku.fairness.report.opening import opening
from polku.fairness.report.view import Material
from polku.fairness.report.wording import Wording
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

_FOLDER = Path(__file__).parent / "templates"
_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def report(audit: Audit, gates: Gates, slices: Slices, wording: Wording, *, inside: bool = False) -> str:
    """Return an audit as a page: the same bytes for the same audit, definitions, texts and code.

    Parameters
    ----------
    audit : Audit
        What was found.
    gates : Gates
        Those that the audit was made under.
    slices : Slices
        The questions of its attributes.
    wording : Wording
        The reader's language.
    inside : bool
        Whether to show cells by the limit for auditors inside the enclave; the page says which it is.

    Returns
    -------
    str
        HTML with its style inside; no script, no address that a browser would fetch.
    """
    shown = audit if inside else audit.outside()
    material = Material(shown, gates, slices, Figures(wording, gates), inside)
    sections = [
        by_group.everyone(material),
        *by_group.sections(material),
        *beside.sections(material),
        *closing.sections(material),
    ]
    style = Markup((_FOLDER / "report.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    values = {"opening": opening(material), "sections": sections, "style": style, "wording": wording}
    return _TEMPLATES.get_template("report.html").render(values, language=wording.language, inside=inside)
