"""Errors as people and machines read them."""

from __future__ import annotations

import pytest

from polku import errors
from polku.errors import (
    ConflictError,
    DefinitionError,
    ForbiddenError,
    InputError,
    NotFoundError,
    NotReadyError,
    NotReleasedError,
    PolkuError,
    UnauthorizedError,
    nearest,
)

KINDS = [
    (PolkuError, 500, "internal"),
    (InputError, 422, "invalid-input"),
    (DefinitionError, 500, "invalid-definition"),
    (NotFoundError, 404, "not-found"),
    (ConflictError, 409, "conflict"),
    (NotReleasedError, 409, "not-released"),
    (UnauthorizedError, 401, "unauthorized"),
    (ForbiddenError, 403, "forbidden"),
    (NotReadyError, 503, "not-ready"),
]


@pytest.mark.parametrize(
    ("got", "hint", "text"),
    [
        (None, None, "what"),
        ("x", None, "what\n  got: x"),
        (None, "y", "what\n  try: y"),
        ("x", "y", "what\n  got: x\n  try: y"),
        (0, "", "what\n  got: 0\n  try: "),
        (False, None, "what\n  got: False"),
        ("", None, "what\n  got: "),
    ],
)
def test_absent_beats_are_left_out_and_only_absent_ones(got: object, hint: str | None, text: str) -> None:
    assert str(PolkuError("what", got=got, hint=hint)) == text


@pytest.mark.parametrize(("kind", "status", "slug"), KINDS)
def test_each_kind_has_its_status_and_slug(kind: type[PolkuError], status: int, slug: str) -> None:
    error = kind("something", got=3, hint="this")
    assert (error.status, error.slug) == (status, slug)
    assert (error.what, error.got, error.hint, error.args) == ("something", 3, "this", ("something",))


def test_every_kind_is_listed_here_and_is_told_apart_by_its_slug() -> None:
    defined = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PolkuError)}
    assert defined == {kind for kind, _, _ in KINDS}
    assert len({slug for _, _, slug in KINDS}) == len(KINDS)


def test_a_deliberate_error_is_never_mistaken_for_one_of_python() -> None:
    for kind, _, _ in KINDS:
        assert not issubclass(kind, ValueError | KeyError | OSError | RuntimeError)


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("trian", ["train", "audit"], "did you mean 'train'?"),
        ("zzz", ["b", "a"], "one of: a, b"),
        ("a", [], "nothing of this kind is defined yet"),
        ("", ["a"], "one of: a"),
    ],
)
def test_nearest(name: str, known: list[str], hint: str) -> None:
    assert nearest(name, known) == hint


def test_nearest_lists_twelve_names_and_says_when_there_are_more() -> None:
    names = [f"n{number:02}" for number in range(13)]
    assert nearest("zzz", names[:12]) == f"one of: {', '.join(names[:12])}"
    assert nearest("zzz", reversed(names)) == f"one of: {', '.join(names[:12])}, …"


def test_nearest_does_not_depend_on_the_order_of_names() -> None:
    names = ["skill_a", "skill_b", "skill_c"]
    assert nearest("skill_", names) == nearest("skill_", iter(names[::-1])) == nearest("skill_", set(names))
