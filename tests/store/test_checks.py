from __future__ import annotations

from collections.abc import Callable

import pytest

from polku.store import Store
from polku.testing.store import CHECKS, StoreFactory, check_providers_are_apart, check_store


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_back_end_keeps_every_promise(
    check: Callable[[StoreFactory], None], open_store: Callable[[str], Store]
) -> None:
    check(open_store)


def test_all_checks_share_one_database(open_store: Callable[[str], Store]) -> None:
    check_store(open_store)


def test_a_store_that_mixes_providers_is_found_out(open_store: Callable[[str], Store]) -> None:
    with pytest.raises(AssertionError, match="a provider sees nothing of another"):
        check_providers_are_apart(lambda _: open_store("everybody"))
