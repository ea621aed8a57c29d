from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from polku.errors import ConflictError, NotFoundError, NotReleasedError, PolkuError
from polku.store import Store, Transaction
from polku.testing.store import release

FILES = {"model.txt": b"tree\n" * 1_000, "item_statistics.json": b"{}", "curriculum.json": "ä".encode()}
MANIFEST = {"model": "mastery", "files": {"model.txt": "…"}, "seed": 1}


@pytest.fixture
def with_bundle(any_store: Store) -> Store:
    """Return a store with one bundle, audited, validated and not released."""
    with any_store.begin() as tx:
        tx.bundles.add("one", FILES, MANIFEST)
        tx.audits.add('{"verdict": "pass"}', "one")
        tx.validations.add('{"checks": []}', "one", "pass")
    return any_store


def stands_on(tx: Transaction, bundle_id: str) -> tuple[str, str]:
    """Return the ids of a bundle's last audit and last validation."""
    audit, validation = tx.audits.latest(bundle_id), tx.validations.latest(bundle_id)
    assert audit is not None
    assert validation is not None
    return audit.audit_id, validation.validation_id


def test_a_bundle_comes_back_byte_for_byte(with_bundle: Store) -> None:
    with with_bundle.read() as tx:
        assert tx.bundles.get("one") == ("one", MANIFEST, FILES)
        assert tx.bundles.get("two") is None


def test_adding_the_same_bundle_again_changes_nothing(with_bundle: Store) -> None:
    with with_bundle.begin() as tx:
        tx.bundles.add("one", dict(reversed(FILES.items())), dict(reversed(MANIFEST.items())))
        assert tx.bundles.get("one") == ("one", MANIFEST, FILES)


@pytest.mark.parametrize(
    ("files", "manifest"), [({**FILES, "model.txt": b"other"}, MANIFEST), ({}, MANIFEST), (FILES, {"model": "x"})]
)
def test_other_content_under_the_same_id_is_a_conflict(
    with_bundle: Store, files: dict[str, bytes], manifest: dict[str, object]
) -> None:
    with with_bundle.begin() as tx, pytest.raises(ConflictError, match="stored with other content"):
        tx.bundles.add("one", files, manifest)


def test_the_last_release_is_champion(with_bundle: Store) -> None:
    with with_bundle.begin() as tx:
        assert (tx.bundles.champion(), tx.bundles.champion_release()) == (None, None)
        tx.bundles.add("two", {}, {})
        tx.audits.add("{}", "two")
        tx.validations.add("{}", "two", "pass")
        for bundle in ("one", "two", "one"):
            tx.bundles.release(bundle, "Ada", f"{bundle} is better", *stands_on(tx, bundle))
    with with_bundle.read() as tx:
        champion, record = tx.bundles.champion(), tx.bundles.champion_release()
        assert champion == ("one", MANIFEST, FILES)
        assert record is not None
        assert (record.number, record.bundle_id, record.approver, record.reason) == (3, "one", "Ada", "one is better")
        assert [release.bundle_id for release in tx.bundles.releases()] == ["one", "two", "one"]


def test_nothing_serves_without_an_audit_of_its_own(with_bundle: Store) -> None:
    with with_bundle.begin() as tx:
        audit, validation = stands_on(tx, "one")
        tx.bundles.add("two", {}, {})
        with pytest.raises(NotReleasedError, match="an audit of its own"):
            tx.bundles.release("two", "Ada", "why not", audit, validation)
        with pytest.raises(NotReleasedError, match="an audit of its own"):
            tx.bundles.release("one", "Ada", "why not", "no such audit", validation)
        with pytest.raises(NotReleasedError, match="only a stored bundle"):
            tx.bundles.release("three", "Ada", "why not", audit, validation)
        assert tx.bundles.releases() == []


def test_nothing_serves_without_a_validation_of_its_own(with_bundle: Store) -> None:
    with with_bundle.begin() as tx:
        audit, validation = stands_on(tx, "one")
        tx.bundles.add("two", {}, {})
        of_two = tx.audits.add("{}", "two")
        for bundle, audit_id, other in (("one", audit, "none"), ("two", of_two, validation)):
            with pytest.raises(NotReleasedError, match=r"a validation of its own\n.*\n  try: run polku validate"):
                tx.bundles.release(bundle, "Ada", "why not", audit_id, other)
        assert tx.bundles.releases() == []


@pytest.mark.parametrize(("approver", "reason"), [("", "why"), ("Ada", "  ")])
def test_somebody_answers_for_a_release(with_bundle: Store, approver: str, reason: str) -> None:
    with with_bundle.begin() as tx:
        ids = stands_on(tx, "one")
        with pytest.raises(NotReleasedError, match="a named approver and a reason"):
            tx.bundles.release("one", approver, reason, *ids)


def test_the_database_itself_refuses_an_unaudited_release(
    with_bundle: Store, refuses: Callable[[Store, str], str]
) -> None:
    row = "provider_id, -number, 'one', 'none', 'Eve', 'because', 0, validation_id"
    own = f"provider_id = '{with_bundle.provider_id}'"
    said = refuses(with_bundle, f"INSERT INTO releases SELECT {row} FROM validations WHERE {own}")  # noqa: S608 - ours
    assert "foreign key" in said.lower()


def test_the_database_itself_refuses_an_unvalidated_release(
    with_bundle: Store, refuses: Callable[[Store, str], str]
) -> None:
    """Also on another bundle's validation, and on none, as releases from before there were any had."""
    with with_bundle.begin() as tx:
        tx.bundles.add("two", {}, {})
        other = tx.validations.add("{}", "two", "pass")
    for validation in (f"'{other}'", "NULL"):
        row = f"provider_id, -number, 'one', audit_id, 'Eve', 'because', 0, {validation}"
        said = refuses(with_bundle, f"INSERT INTO releases SELECT {row} FROM audits")  # noqa: S608 - our own words
        assert "no such validation" in said


def test_those_who_release_the_same_new_bundle_at_once_all_find_it_whole(any_store: Store) -> None:
    """Whoever comes second waits, finds it stored, and releases it again; nobody meets a key that is there."""
    at_once = Barrier(4, timeout=60)

    def promote(_: int) -> int:
        at_once.wait()
        with any_store.begin() as tx:
            tx.bundles.add("new", FILES, {"id": "new"})
            return release(tx, "new").number

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(promote, range(4))) == [1, 2, 3, 4]
    with any_store.read() as tx:
        champion = tx.bundles.champion()
    assert champion is not None
    assert (champion.bundle_id, champion.files) == ("new", FILES)


def test_of_two_contents_under_one_id_one_is_stored_and_the_other_refused(any_store: Store) -> None:
    at_once = Barrier(2, timeout=60)

    def add(number: int) -> str:
        at_once.wait()
        try:
            with any_store.begin() as tx:
                tx.bundles.add("new", {"model.txt": bytes([number])}, {})
        except ConflictError as error:
            return error.what
        return ""

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add, range(2))) == ["", "this bundle is stored with other content"]


@pytest.mark.parametrize("table", ["releases", "audits", "validations"])
@pytest.mark.parametrize("action", ["DELETE FROM {}", "UPDATE {} SET bundle_id = 'two'"])
def test_releases_audits_and_validations_stay_as_recorded(
    with_bundle: Store, refuses: Callable[[Store, str], str], table: str, action: str
) -> None:
    with with_bundle.begin() as tx:
        tx.bundles.release("one", "Ada", "passed", *stands_on(tx, "one"))
    assert "append-only" in refuses(with_bundle, action.format(table))


def test_an_altered_file_is_named(with_bundle: Store, tamper: Callable[[Store, str], None]) -> None:
    with with_bundle.begin() as tx:
        tx.bundles.release("one", "Ada", "passed", *stands_on(tx, "one"))
    tamper(with_bundle, "UPDATE bundle_files SET content = content || content WHERE path = 'model.txt'")
    with with_bundle.read() as tx, pytest.raises(PolkuError, match=r"model\.txt has been altered\n.*bundle one"):
        tx.bundles.champion()


def test_the_last_audit_of_each_bundle_can_be_read_in_the_order_they_were_added(with_bundle: Store) -> None:
    with with_bundle.begin() as tx:
        tx.bundles.add("two", {"a": b"b"}, {})
        tx.audits.add('{"of": "one, later replaced"}', "one")
        of_two, of_one = tx.audits.add("{}", "two"), tx.audits.add('{"of": "one"}', "one")
        both, last = tx.audits.last_of_each(6), tx.audits.last_of_each(1)
    assert [audit.audit_id for audit in both] == [of_two, of_one]
    assert [audit.audit_json for audit in last] == ['{"of": "one"}']


def test_audits_are_of_stored_bundles_and_the_last_one_counts(with_bundle: Store) -> None:
    with with_bundle.begin() as tx:
        tx.bundles.add("two", {}, {})
        first = tx.audits.latest()
        assert first is not None
        assert (first.bundle_id, first.audit_json) == ("one", '{"verdict": "pass"}')
        second, third = tx.audits.add('{"verdict": "pass"}', "one"), tx.audits.add("{}", "two")
        assert len({first.audit_id, second, third}) == 3
        latest, latest_of_one = tx.audits.latest(), tx.audits.latest("one")
        assert latest is not None
        assert latest_of_one is not None
        assert (latest.audit_id, latest_of_one.audit_id) == (third, second)
        assert tx.audits.latest("three") is tx.audits.get("none") is None
        with pytest.raises(NotFoundError, match="of a stored bundle"):
            tx.audits.add("{}", "three")


def test_validations_are_of_stored_bundles_and_the_last_one_counts(with_bundle: Store) -> None:
    with with_bundle.begin() as tx:
        first = tx.validations.latest("one")
        assert first is not None
        assert (first.bundle_id, first.verdict, first.content) == ("one", "pass", '{"checks": []}')
        second = tx.validations.add('{"checks": []}', "one", "refused")
        latest = tx.validations.latest("one")
        assert latest is not None
        assert (latest.validation_id, latest.verdict) == (second, "refused")
        assert tx.validations.get(first.validation_id) == first
        assert tx.validations.latest("three") is tx.validations.get("none") is None
        with pytest.raises(NotFoundError, match=r"a validation is of a stored bundle\n.*three"):
            tx.validations.add("{}", "three", "pass")
