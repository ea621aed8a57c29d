"""Sequences in blocks of three lines that count the answers, with a map from items to named concepts.

Yeung (2019), *Deep-IRT: make deep learning based knowledge tracing explainable using item response theory*, EDM: the
FSAI-F1toF3 set, mathematics of grades 7 to 9. One block a learner, who has no id::

    75                  number of answers
    107,107,123         items
    0,1,0               1 right, 0 wrong

Beside the files lies ``conceptname_question_id.csv``: ``dataset_question_id`` is the item's number in the lists
(``question_id`` is another system's) and ``concept_name`` its concept.

========= ==============================================================================================
learner   ``s`` and twelve digits of the SHA-256 of the lists: the same in every file
item      ``i107``
skill     the concept's name; the number before it will not do, two concepts share 10.1
area      ``chapter 10``, the whole part of that number
order     place in the block, from 0; there is no clock
response  ``s0f1e2d3c4b5a-0``
========= ==============================================================================================

A folder is all its ``.csv`` files. Every fold's training and validation files hold all learners once, so five folds
hold each learner five times: with equal lists, equal ids and counted as repeats. Within a fold (files whose names end
in the same number) equal lists are two learners, and the second is ``s0f1e2d3c4b5a-2``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from polku.errors import InputError
from polku.exchange.areas import Place, curriculum_json
from polku.exchange.blocks import (
    Block,
    answer_table,
    broken_block,
    counts_answers,
    peek_blocks,
    read_lines,
    split_blocks,
)
from polku.exchange.ids import pair, prefixed
from polku.exchange.raw import RawTable
from polku.exchange.reading import Reading, check
from polku.exchange.several import companion, matching, read_companion, read_several, texts
from polku.home import digest
from polku.records import DenyRules, Items, Reason, Responses

CONCEPTS = "conceptname_question_id.csv"
NAMES = {"item_id": "item", "skill_ids": "item", "answered_at": "place"}
SIZE = 3
Copies = Counter[tuple[str, str]]


def fits_fsaif(path: Path) -> bool:
    """Tell whether a folder or file is of this format."""
    if path.is_dir():
        return (path / CONCEPTS).is_file()
    first = peek_blocks(path)
    return bool(first) and counts_answers(first)


def read_fsaif(path: Path, deny: DenyRules, items: Items | None = None) -> Reading:
    """Read a file, or all files of a folder.

    Parameters
    ----------
    path : Path
        File or folder; the map of concepts lies in the folder.
    deny : DenyRules
        What may never be kept.
    items : Items, optional
        Gives the skills of items that the map does not know; without it, answers to them are refused.

    Returns
    -------
    Reading
        Responses without a clock, and the concepts as a curriculum. A broken block is one refused row.

    Raises
    ------
    InputError
        If there are no files, one holds no blocks, or the map is missing.
    """
    map_file = companion(path if path.is_dir() else path.parent, CONCEPTS, "it maps items to concepts")
    concept_map = read_companion(map_file, ("dataset_question_id", "concept_name"), deny)
    concepts = _concepts(concept_map)
    files = [file for file in matching(path, "*.csv") if file.name != CONCEPTS]
    if not files:
        raise InputError(f"{path.name} holds no files of sequences", got=CONCEPTS, hint="give the folder with both")
    copies: Copies = Counter()
    raw = read_several(files, lambda file: _read(file, copies, deny))
    item = raw.column("item").dictionary_encode()
    skills = pa.array([concepts.get(word, "") for word in item.dictionary.to_pylist()], pa.string())
    columns = {
        "response_id": pair(raw.column("learner_id"), raw.column("place")),
        "learner_id": raw.column("learner_id"),
        "item_id": prefixed("i", raw.column("item")),
        "skill_ids": skills.take(item.indices),
        "answered_at": raw.column("place"),
        "correct": raw.column("correct"),
    }
    notes = (f"skills come from {CONCEPTS}", "answers are in order of place; there are no times", *concept_map.notes)
    reading = check(replace(raw, notes=notes + raw.notes), columns, deny, items, NAMES)
    return replace(reading, curriculum_json=_curriculum(reading.responses))


def _concepts(raw: RawTable) -> dict[str, str]:
    """Return the concepts of each item, joined by ``;``."""
    concepts: dict[str, set[str]] = {}
    for number, name in zip(texts(raw, "dataset_question_id"), texts(raw, "concept_name"), strict=True):
        concepts.setdefault(number, set()).add(" ".join(name.replace(";", ",").split()))
    return {number: ";".join(sorted(words)) for number, words in concepts.items()}


def _read(file: Path, copies: Copies, deny: DenyRules) -> RawTable:
    """Read one file; `copies` counts the blocks of each fold that came before, and gets those of this file."""
    lines, notes = read_lines(file)
    whole, broken = split_blocks(lines, SIZE, _head_fits)
    if not whole:
        hint = "a block is the number of answers and, below it, items and correctness"
        raise InputError(f"{file.name} holds no blocks of three lines", got=f"{len(lines)} lines", hint=hint)
    fold = re.search("[0-9]*$", file.stem)
    blocks = [(_learner(block, fold[0] if fold else "", copies), block) for block in whole]
    refused = tuple(broken_block(part, file.name, Reason.BROKEN_BLOCK, deny) for part in broken)
    return replace(answer_table(blocks, ("item", "correct")), broken=refused, notes=notes)


def _head_fits(head: tuple[str, ...], length: int) -> bool:
    return head == (str(length),)


def _learner(block: Block, fold: str, copies: Copies) -> str:
    """Return a learner's id from the lists."""
    lists = digest(*(",".join(line.fields).encode() for line in block[1:]))[:12]
    copies[fold, lists] += 1
    copy = copies[fold, lists]
    return f"s{lists}" if copy == 1 else f"s{lists}-{copy}"


def _curriculum(responses: Responses) -> str | None:
    """Return the concepts that occur; those without a number have no area."""
    number = re.compile(r"([0-9]+)\.[0-9]")
    skills = {
        name: Place(name, f"chapter {found[1]}" if (found := number.match(name)) else "") for name in responses.skills
    }
    return curriculum_json("fsaif", skills, {place.area: place.area for place in skills.values()})
