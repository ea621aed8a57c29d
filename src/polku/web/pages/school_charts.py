"""A school's tables as charts: grades side by side, in order of grade, never of figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton

from polku.paths.days import LOCALES
from polku.web.aggregates import USED, Row
from polku.web.monthly import STAGES, stage_of
from polku.web.pages.charts import Figure, HeatCell, HeatMap, HeatRow, Numbers, Table, Trend, TrendChart
from polku.web.pages.charts.heat import HIDDEN
from polku.web.wording import Say

Title = Callable[[str], str]


@dataclass(frozen=True)
class Words:
    """What charts are worded by.

    Parameters
    ----------
    say : callable
        Texts in the reader's language.
    language : str
        The reader's.
    numbers : Numbers
        Writes numbers in it.
    """

    say: Say
    language: str
    numbers: Numbers

    def grade(self, grade: int) -> str:
        """Return a grade's name."""
        return self.say("research.school.grade", grade=grade)

    def stage(self, stage: str) -> str:
        """Return the name of a stage by its grades."""
        grades = STAGES[stage]
        return self.say("research.school.stage", first=grades[0], last=grades[-1])

    def month(self, month: str) -> str:
        """Return a month (YYYY-MM) as the language writes it."""
        return format_skeleton("yM", date.fromisoformat(f"{month}-01"), locale=LOCALES[self.language])

    def share(self, row: Row | None, figure: str) -> str:
        """Return a figure of a row as a table writes it: a share, that it is not told, or that there is none."""
        if row is None:
            return HIDDEN
        value = row.figures.get(figure)
        if value is None:
            return self.say("research.school.hidden") if row.learners is None else HIDDEN
        return self.numbers.round_percent(value)


def heat_maps(rows: Sequence[Row], figure: str, title: Title, words: Words) -> Iterator[Figure]:
    """Yield a heat map for each stage: what the rows are about down the side, the stage's grades across."""
    for stage, known in by_stage(rows):
        grades = sorted({row.grade for row in known})
        found = {(row.about, row.grade): row for row in known}
        named = {about: title(about) for about in dict.fromkeys(row.about for row in known)}
        lines = tuple(
            HeatRow(name, tuple(cell_of(found.get((about, grade)), figure) for grade in grades))
            for about, name in named.items()
        )
        sentence = " ".join(
            _range(grade, [row for row in known if row.grade == grade], figure, words) for grade in grades
        )
        chart = HeatMap(tuple(map(str, grades)), lines, lambda share: words.numbers.whole(round(100 * share)))
        header = (words.say("research.school.objective"), *map(words.grade, grades))
        table = Table(
            f"{words.say('research.school.coverage')}: {words.stage(stage)}",
            header,
            tuple(
                (name, *(words.share(found.get((about, grade)), figure) for grade in grades))
                for about, name in named.items()
            ),
            frozenset(range(1, len(header))),
        )
        yield Figure(words.stage(stage), "", sentence, chart.draw(table.caption, sentence, f"heat-{stage}"), table)


def trends(rows: Sequence[Row], figure: str, heading: str, words: Words, beside: str = "") -> Iterator[Figure]:
    """Yield lines over the months for each stage, one a grade; `beside` is a difference that the table adds."""
    months = sorted({row.about for row in rows})
    for stage, known in by_stage(rows):
        grades = sorted({row.grade for row in known})
        found = {(row.about, row.grade): row for row in known}
        lines = tuple(
            Trend(words.grade(grade), tuple(_value(found.get((month, grade)), figure) for month in months))
            for grade in grades
        )
        if not any(share is not None for one in lines for share in one.shares) and not _hidden(known):
            continue
        chart = TrendChart(tuple(map(words.month, months)), lines, words.numbers.round_percent)
        sentence = " ".join(_course(one, months, words) for one in lines)
        header = (words.say("research.school.month"), *map(words.grade, grades))
        written = tuple(
            (words.month(month), *(_told(found.get((month, grade)), figure, beside, words) for grade in grades))
            for month in months
        )
        table = Table(f"{heading}: {words.stage(stage)}", header, written, frozenset(range(1, len(header))))
        drawn = chart.draw(table.caption, sentence, f"{figure}-{stage}")
        yield Figure(words.stage(stage), "", sentence, drawn, table)


def decisions(rows: Sequence[Row], words: Words) -> Figure | None:
    """Return what became of suggestions, decisions down the side and grades across; None where none were made."""
    if not rows:
        return None
    grades = sorted({row.grade for row in rows})
    found = {row.grade: row for row in rows}
    names = {name: words.say("research.used." + name) for name in USED}
    lines = tuple(HeatRow(said, tuple(cell_of(found[grade], name) for grade in grades)) for name, said in names.items())
    chart = HeatMap(tuple(map(str, grades)), lines, lambda share: words.numbers.whole(round(100 * share)))
    sentence = " ".join(
        words.say("research.school.accepted", grade=grade, share=words.share(found[grade], "accept"))
        for grade in grades
    )
    header = (words.say("research.school.decision"), *map(words.grade, grades))
    offered = (words.say("research.school.options"), *(_count(found[grade], words) for grade in grades))
    shares = tuple((said, *(words.share(found[grade], name) for grade in grades)) for name, said in names.items())
    heading = words.say("research.school.decisions")
    table = Table(heading, header, (offered, *shares), frozenset(range(1, len(header))))
    return Figure(words.say("research.school.all_grades"), "", sentence, chart.draw(heading, sentence, "used"), table)


def by_stage(rows: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows of each stage that has any, earlier stages first."""
    listed = list(rows)
    for stage in STAGES:
        if known := [row for row in listed if stage_of(row.grade) == stage]:
            yield stage, known


def cell_of(row: Row | None, figure: str) -> HeatCell:
    """Return a row's figure as a cell: nothing, hidden, or its share."""
    return HeatCell() if row is None else HeatCell(row.figures.get(figure), hidden=row.learners is None)


def _value(row: Row | None, figure: str) -> float | None:
    return None if row is None else row.figures.get(figure)


def _hidden(rows: Iterable[Row]) -> bool:
    return any(row.learners is None for row in rows)


def _range(grade: int, rows: Sequence[Row], figure: str, words: Words) -> str:
    """Say between which shares a grade's cells lie, or that none can be told."""
    shares = [row.figures[figure] for row in rows if figure in row.figures]
    if not shares:
        return words.say("research.school.grade_hidden", grade=grade)
    low, high = (words.numbers.round_percent(share) for share in (min(shares), max(shares)))
    return words.say("research.school.range", grade=grade, low=low, high=high)


def _course(one: Trend, months: Sequence[str], words: Words) -> str:
    """Say a line's first and last share."""
    told = [(month, share) for month, share in zip(months, one.shares, strict=True) if share is not None]
    if not told:
        return words.say("research.school.line_hidden", line=one.label)
    ends = {"first": told[0][0], "last": told[-1][0]}
    shares = {"before": told[0][1], "now": told[-1][1]}
    return words.say(
        "research.school.course",
        line=one.label,
        **{name: words.month(month) for name, month in ends.items()},
        **{name: words.numbers.round_percent(share) for name, share in shares.items()},
    )


def _told(row: Row | None, figure: str, beside: str, words: Words) -> str:
    said = words.share(row, figure)
    difference = None if row is None or not beside else row.figures.get(beside)
    return said if difference is None else f"{said} ({words.numbers.signed(100 * difference, 0)})"


def _count(row: Row, words: Words) -> str:
    offered = row.figures.get("offered")
    return words.share(row, "offered") if offered is None else words.numbers.short(offered, 1)
