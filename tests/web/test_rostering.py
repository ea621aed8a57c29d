"""A register's deliveries, whole and of changes: what follows for the roster, the relations and the evidence."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from polku.errors import ConflictError
from polku.exchange.links import Links
from polku.exchange.oneroster_files import opened
from polku.records import DenyRules, Items
from polku.records.elements import Tally
from polku.records.relations import Kind, Relation
from polku.store import Store
from polku.web.rostering import Delivered, Rostering

START = 1_772_600_000_000_000
DAY = 86_400_000_000
LINKS = Links({"uuid-a": "A", "uuid-b": "B"})
ORGS = ["sourcedId,status,name,type", "s1,,Koulu,school"]
SESSIONS = ["sourcedId,status,title,type,startDate,endDate", "t1,,2026,term,2025-08-01,2026-05-31"]
CLASSES = [
    "sourcedId,status,title,classType,schoolSourcedId,termSourcedIds",
    "c7A,,7A,homeroom,s1,t1",
    "cMA,,Mathematics,scheduled,s1,t1",
]
USERS = [
    "sourcedId,status,enabledUser,givenName,email,agentSourcedIds,grades,password,userMasterIdentifier",
    "u1,,TRUE,Anna,anna@example.org,g1,07,Salasana1-,1.2.246.562.24.00000000001",
    "u2,,true,Eino,,,7,,",
    "T1,,true,Teija,,,,,",
    "T2,,true,Timo,,,,,",
    "g1,,true,Gunilla,,,,,",
    "p1,,true,Pirkko,,,,,",
]
ANNA = "1.2.246.562.24.00000000001"
ROLES = [
    "sourcedId,status,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId",
    "r1,,u1,primary,student,,,s1",
    "r2,,u2,primary,student,,,s1",
    "r3,,T1,primary,teacher,,,s1",
    "r4,,T2,primary,teacher,,,s1",
    "r5,,g1,primary,guardian,2025-08-01,,s1",
    "r6,,p1,primary,principal,2025-08-01,2026-07-31,s1",
    "r7,,T1,secondary,guardian,,,s1",
]
ENROLMENTS = [
    "sourcedId,status,classSourcedId,userSourcedId,role,primary,beginDate,endDate",
    "e1,,c7A,u1,student,,,",
    "e2,,c7A,u2,student,,,",
    "e3,,cMA,u1,student,,2026-01-07,",
    "e4,,c7A,T1,teacher,true,,",
    "e5,,cMA,T2,teacher,true,2025-10-01,2026-04-30",
]
ALL = {
    "orgs": ORGS,
    "academicSessions": SESSIONS,
    "classes": CLASSES,
    "users": USERS,
    "roles": ROLES,
    "enrollments": ENROLMENTS,
}
ITEMS = ["sourcedId,status,title,classSourcedId,resultValueMin,resultValueMax", "t-1,,Test,cMA,0,10"]
NAMED = ["sourcedId,status,lineItemSourcedId,source,learningObjectiveId", "o1,,t-1,case,uuid-a"]
RESULTS = ["sourcedId,status,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment"]
RESULT = "x1,,t-1,u1,fully graded,8,2026-03-01,kind words"
GRADES = {"lineItems": ITEMS, "lineItemLearningObjectiveIds": NAMED, "results": [*RESULTS, RESULT]}


class Town:
    """A store with a clock, and a folder to pack deliveries in."""

    def __init__(self, folder: Path) -> None:
        self.now, self._folder, self._count = START, folder, 0
        self.store = Store.open(f"sqlite:///{folder}/polku.db", "town", clock=lambda: self.now)

    def deliver(self, files: dict[str, list[str]], mode: str = "bulk", source: str = "primus") -> Delivered:
        self._count += 1
        path = self._folder / f"{self._count}.zip"
        lines = ["propertyName,value", "oneroster.version,1.2", *(f"file.{name},{mode}" for name in files)]
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in {"manifest": lines, **files}.items():
                archive.writestr(f"{name}.csv", "\n".join(content))
        door = Rostering(self.store, source, DenyRules(), LINKS, Items.of([]))
        with opened(path) as package:
            return door.take(package, "test")

    def learners(self) -> dict[str, tuple[object, object, object]]:
        with self.store.read() as tx:
            frame = tx.roster.learners()
        places = zip(frame["grade"], frame["group_id"], frame["school_id"], strict=True)
        return dict(zip(map(str, frame["learner_id"]), places, strict=True))

    def relations(self) -> list[tuple[str, str, str, str, str]]:
        with self.store.read() as tx:
            return [
                (one.subject, one.kind.value, one.object_id, str(one.starts_on), str(one.ends_on))
                for one in tx.relations.all()
            ]

    def answers(self) -> list[float]:
        with self.store.read() as tx:
            return [float(one) for one in tx.responses.of([ANNA]).correct]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_a_whole_delivery_makes_roster_and_relations(town: Town) -> None:
    done = town.deliver(ALL)
    assert town.learners() == {ANNA: (7, "c7A", "s1"), "u2": (7, "c7A", "s1")}
    with town.store.read() as tx:
        taught = [tuple(map(str, row)) for row in tx.roster.teachers().itertuples(index=False)]
    assert taught == [("T1", "c7A", "2025-08-01", "2026-05-31"), ("T2", "cMA", "2025-10-01", "2026-04-30")]
    assert town.relations() == [
        ("T2", "teacher", ANNA, "2026-01-07", "2026-04-30"),
        ("g1", "guardian", ANNA, "2025-08-01", "None"),
        ("p1", "principal", "s1", "2025-08-01", "2026-07-31"),
    ]
    assert all(one.rows == one.accepted for one in done.files.values())
    assert done.receipt.counts["dropped"] == {"e-mail address": 1, "name": 6, "password": 1}
    assert done.receipt.elements == sum(one.rows for one in done.files.values())


def test_nothing_personal_reaches_the_store(town: Town, tmp_path: Path) -> None:
    town.deliver({**ALL, **GRADES})
    written = b"".join(path.read_bytes() for path in tmp_path.glob("polku.db*"))
    for secret in (b"Anna", b"anna@example.org", b"Salasana1-", b"Teija", b"kind words"):
        assert secret not in written


def test_the_same_again_changes_nothing(town: Town) -> None:
    town.deliver({**ALL, **GRADES})
    before = town.learners(), town.relations(), town.answers()
    done = town.deliver({**ALL, **GRADES})
    assert (town.learners(), town.relations(), town.answers()) == before
    assert all(one.accepted == one.ended == 0 for one in done.files.values())
    assert done.receipt.counts["accepted"] == 0


def test_who_is_not_named_in_a_whole_file_has_left_and_evidence_stays(town: Town) -> None:
    town.deliver({**ALL, **GRADES})
    done = town.deliver({**ALL, "users": [USERS[0], *USERS[2:]], "enrollments": [ENROLMENTS[0], *ENROLMENTS[2:]]})
    assert list(town.learners()) == ["u2"]
    assert (done.files["users"].ended, sorted(done.projection.ended)) == (1, [ANNA])
    assert len(town.answers()) == 1
    with town.store.read() as tx:
        [held] = tx.holds.now("pause")
        assert (held.subject, held.by) == (ANNA, "oneroster:primus")
    town.deliver(ALL)
    assert list(town.learners()) == [ANNA, "u2"]
    with town.store.read() as tx:
        assert tx.holds.now("pause") == []


def test_changes_alone_touch_what_they_name(town: Town) -> None:
    town.deliver(ALL)
    town.deliver({"users": [USERS[0], "u2,active,true,Eino,,,8,,"]}, "delta")
    assert town.learners() == {ANNA: (7, "c7A", "s1"), "u2": (8, "c7A", "s1")}
    town.deliver({"enrollments": [ENROLMENTS[0], "e1,tobedeleted,c7A,u1,student,,,"]}, "delta")
    assert town.learners()[ANNA] == (7, "cMA", "s1"), "the other class is theirs now"


def test_a_class_that_ends_closes_it_to_who_taught_it(town: Town) -> None:
    town.deliver(ALL)
    done = town.deliver({"classes": [CLASSES[0], "cMA,tobedeleted,x,scheduled,s1,t1"]}, "delta")
    assert "T2" not in {row[0] for row in town.relations()}
    assert done.projection.notes["of_ended_class_or_person"] == 2
    with town.store.read() as tx:
        assert list(tx.roster.teachers()["teacher_id"]) == ["T1"]


def test_a_closed_account_or_a_role_not_held_opens_nothing(town: Town) -> None:
    changed = [USERS[0], "T1,active,false,,,,,,", "g1,active,false,,,,,,"]
    town.deliver(ALL)
    town.deliver({"users": changed}, "delta")
    assert {row[0] for row in town.relations()} == {"T2", "p1"}
    done = town.deliver({"enrollments": [ENROLMENTS[0], "e9,active,c7A,g1,teacher,,,"]}, "delta")
    assert done.projection.notes["role_not_held"] == 1


def test_what_refers_to_nothing_is_refused_and_waits_for_the_next_delivery(town: Town) -> None:
    lost = [ENROLMENTS[0], "e8,,c7A,nobody,student,,,", "e9,,c9,u1,student,,,"]
    done = town.deliver({**ALL, "enrollments": [*ENROLMENTS, *lost[1:]]})
    count = done.files["enrollments"]
    assert (count.rows, count.accepted, dict(count.refused)) == (7, 5, {"unknown_reference": 2})
    with town.store.read() as tx:
        assert {one.column for one in tx.refused.list()} == {"enrollments.userSourcedId", "enrollments.classSourcedId"}
    again = town.deliver({"classes": [CLASSES[0], "c9,,9,scheduled,s1,t1"], "enrollments": [lost[0], lost[2]]}, "delta")
    assert again.files["enrollments"].accepted == 1


def test_the_same_id_twice_is_a_repeat_or_a_conflict(town: Town) -> None:
    twice = [*USERS, USERS[2], "u2,,true,Eino,,,9,,"]
    count = town.deliver({**ALL, "users": twice}).files["users"]
    assert (count.rows, count.accepted, count.unchanged, dict(count.refused)) == (8, 6, 1, {"conflict": 1})
    assert town.learners()["u2"][0] == 7, "the first stays"


def test_a_whole_file_without_a_good_row_ends_nothing(town: Town) -> None:
    town.deliver(ALL)
    assert town.deliver({"users": USERS[:1]}).files["users"].ended == 0
    assert list(town.learners()) == [ANNA, "u2"]


def test_relations_of_others_stay_and_what_is_closed_is_not_opened(town: Town) -> None:
    town.deliver(ALL)
    day = town.store
    with day.begin() as tx:
        open_one = tx.relations.all()[0]
        closed = Relation("g1", Kind.GUARDIAN, "learner", ANNA, open_one.starts_on, None, restricted=True)
        standing_in = Relation("T2", Kind.SUBSTITUTE, "group", "c7A", open_one.starts_on, None)
        tx.relations.replace([*tx.relations.all(), closed, standing_in])
    town.deliver(ALL)
    with town.store.read() as tx:
        all_ = tx.relations.all()
    assert standing_in in all_
    assert [one for one in all_ if one.subject == "g1"] == [closed]


def test_another_roster_beside_the_register_stays(town: Town) -> None:
    town.deliver(ALL)
    other = {
        "classes": [CLASSES[0], "k1,,1,homeroom,s2,"],
        "users": [USERS[0], "k-u1,,true,,,,3,,"],
        "roles": [ROLES[0], "k-r1,,k-u1,primary,student,,,s2"],
        "enrollments": [ENROLMENTS[0], "k-e1,,k1,k-u1,student,,,"],
    }
    town.deliver(other | {"academicSessions": SESSIONS}, source="helmi")
    assert town.learners() == {ANNA: (7, "c7A", "s1"), "k-u1": (3, "k1", "s2"), "u2": (7, "c7A", "s1")}


def test_results_become_evidence_and_a_corrected_one_replaces_the_first(town: Town) -> None:
    done = town.deliver({**ALL, **GRADES})
    assert town.answers() == [0.8]
    assert done.receipt.counts["accepted"] == done.receipt.elements
    town.now += DAY
    again = town.deliver({"results": [*RESULTS, RESULT.replace(",8,", ",6,")]}, "delta")
    assert again.receipt.counts["voidings"] == again.receipt.counts["accepted"] == 1
    assert town.answers() == [0.6]


def test_results_of_objectives_that_nobody_knows_wait_in_quarantine(town: Town) -> None:
    unknown = [NAMED[0], "o1,,t-1,case,uuid-x"]
    done = town.deliver({**ALL, **GRADES, "lineItemLearningObjectiveIds": unknown})
    assert done.receipt.counts["refused"] == {"no_skills": 1}
    town.deliver({"lineItemLearningObjectiveIds": NAMED, "results": [*RESULTS, RESULT]}, "delta")
    assert town.answers() == [0.8]


def test_exempt_results_and_those_without_objectives_say_nothing(town: Town) -> None:
    rows = [*RESULTS, RESULT.replace("fully graded", "exempt"), RESULT.replace("x1", "x2").replace("u1", "u2")]
    bare = {"lineItems": ITEMS, "results": rows}
    done = town.deliver({**ALL, **bare})
    assert done.receipt.counts["without_effect"] == {"exempt": 1, "no_objective": 1}
    assert town.answers() == []


def test_demographics_are_read_to_be_counted_and_for_nothing_else(town: Town) -> None:
    born = ["sourcedId,status,dateLastModified,birthDate,sex", "u1,,,2013-04-17,female"]
    done = town.deliver({**ALL, "demographics": born, "userProfiles": ["sourcedId,username,password", "a,b,c"]})
    assert done.files["demographics"].unused == 1
    assert done.receipt.counts["dropped"]["demographics"] == 2
    assert done.receipt.counts["dropped"]["password"] == 2


def test_a_source_that_speaks_another_standard_is_refused(town: Town) -> None:
    with town.store.begin() as tx:
        tx.receipts.add("r", Tally(), source="lrs", standard="xapi", digest="", by="test")
    with pytest.raises(ConflictError, match="speaks xapi"):
        town.deliver(ALL, source="lrs")


def test_erasing_a_learner_erases_what_the_register_said_of_them(town: Town) -> None:
    town.deliver({**ALL, **GRADES})
    erased = town.store.erase(ANNA)
    assert erased.rows["rostered"] == 5
    with town.store.read() as tx:
        assert ANNA not in {one.learner_id for one in tx.register.all("primus", "users")}


FOLDERS = {
    "Test_minimal_data_set": {"orgs": 1, "academicSessions": 5, "classes": 2, "users": 6, "enrollments": 6},
    "v1p2_full_dataset": {"orgs": 1, "academicSessions": 5, "classes": 2, "users": 6, "roles": 7, "enrollments": 6},
}


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_the_samples_are_taken_in_whole(standards_dir: Path, town: Town, name: str) -> None:
    door = Rostering(town.store, name, DenyRules(), LINKS, Items.of([]))
    with opened(standards_dir / "oneroster" / name) as package:
        done = door.take(package, "test")
    assert {kind: count.rows for kind, count in done.files.items()} == FOLDERS[name]
    assert all(count.accepted == count.rows for count in done.files.values())
    assert done.receipt.counts["dropped"]["password"] >= 1
    assert {row.learner_id for row in done.projection.learners} == {
        *("usr-222-66778899", "usr-222-1234561232", "usr-222-567891")
    }
    if name == "v1p2_full_dataset":
        assert done.projection.notes["of_ended_class_or_person"] == 3, "three enrolments point at an ended class"
        guardians = [one for one in done.projection.relations if one.kind is Kind.GUARDIAN]
        assert {(one.subject, one.object_id) for one in guardians} == {
            ("usr-222-123456", "usr-222-66778899"),
            ("usr-222-123456", "usr-222-1234561232"),
        }
