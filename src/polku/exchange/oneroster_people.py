"""What a register knows, to who learns, teaches and answers for whom here.

A learner stands in the roster with one group; of several classes the homeroom is it, else the first by id. Whoever
teaches a class has a relation to it for as long as both are enrolled, and to those of its learners who stand in
another group, one by one: so that a teacher sees whom they teach, and nobody else.

What is held of a person is small: the learners of a class share one seat, and those of a school one role.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple, Protocol, TypeVar

from polku.exchange.oneroster_rows import day
from polku.records.relations import Kind, Relation

_Value = TypeVar("_Value", bound=Hashable)


class Known(Protocol):
    """A thing as it is kept: see `polku.store.rostered.Rostered`."""

    @property
    def sourced_id(self) -> str:
        """Return the register's own id."""

    @property
    def content(self) -> Mapping[str, Any]:
        """Return ids and dates."""

    @property
    def seen_at(self) -> int:
        """Return when it was first said."""

    @property
    def ended_at(self) -> int | None:
        """Return when it ended."""


class Window(NamedTuple):
    """First and last day; `ends` None while it is open."""

    starts: dt.date
    ends: dt.date | None

    def within(self, other: Window) -> Window:
        """Return the days that are in both."""
        ends = min((one for one in (self.ends, other.ends) if one is not None), default=None)
        return Window(max(self.starts, other.starts), ends)

    @property
    def empty(self) -> bool:
        """Return whether there is no such day."""
        return self.ends is not None and self.ends < self.starts

    def open_on(self, today: dt.date) -> bool:
        """Return whether a day is in it."""
        return self.starts <= today <= (self.ends or today)


class Standing(NamedTuple):
    """A learner's place in the roster."""

    learner_id: str
    grade: int | None
    group_id: str | None
    school_id: str | None


@dataclass
class Projection:
    """What follows for the roster and the relations.

    Parameters
    ----------
    learners : list of Standing
        Rows of the roster, in order of learner id.
    teachers : list of dict
        Rows of who teaches which group: teacher_id, group_id, starts_on, ends_on.
    relations : list of Relation
        Guardians, principals, and teachers of single learners.
    known : frozenset of str
        Everybody whom the register ever named, as they are called here.
    groups : frozenset of str
        Every class that it ever named.
    ended : frozenset of str
        Learners who are learners no longer.
    notes : Counter of str
        Enrolments that open nothing, and why; learners without a group.
    """

    learners: list[Standing] = field(default_factory=list)
    teachers: list[dict[str, object]] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    known: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    notes: Counter[str] = field(default_factory=Counter)


_Role = tuple[str, str | None, Window]


class _Person(NamedTuple):
    key: str
    open: bool
    enabled: bool
    agents: tuple[str, ...]
    grade: int | None
    school: str | None
    roles: tuple[_Role, ...]
    ever: frozenset[str]

    def has(self, role: str) -> bool:
        return self.open and any(one == role for one, _, _ in self.roles)


class _Class(NamedTuple):
    homeroom: bool
    school: str | None
    grade: int | None
    window: Window | None
    open: bool


class _Seat(NamedTuple):
    """A learner's place in a class: the same for all who have the same days in it."""

    group: str
    school: str | None
    window: Window


class _Shared:
    """Values of which one is held however often it comes."""

    def __init__(self) -> None:
        self._held: dict[Hashable, Any] = {}

    def __call__(self, value: _Value) -> _Value:
        """Return the value that came first among those that equal this one."""
        held: _Value = self._held.setdefault(value, value)
        return held


class People:
    """Everything of a register but its enrolments, which are looked at one by one.

    Parameters
    ----------
    things : mapping of str to iterable of Known
        Kind → everything kept of it, ended ones too: academicSessions, classes, users, roles.
    today : date
        The day of the delivery.
    """

    def __init__(self, things: Mapping[str, Iterable[Known]], today: dt.date) -> None:
        self._today, self._shared = today, _Shared()
        terms = {one.sourced_id: one.content for one in things["academicSessions"]}
        self._classes = {one.sourced_id: _class(one, terms, today) for one in things["classes"]}
        self._people = {one.sourced_id: _person(one, self._shared) for one in things["users"]}
        for one in things["roles"]:
            self._add_role(one)

    def project(self, enrolments: Iterable[Known]) -> Projection:
        """Return what follows from the register with these enrolments."""
        notes: Counter[str] = Counter()
        seats: dict[str, tuple[_Seat, ...]] = {}
        taught: dict[str, list[tuple[str, Window]]] = defaultdict(list)
        for one in enrolments:
            person, said = self._people.get(one.content["user"]), one.content
            why, window = self._opens(one, person)
            if why or window is None or person is None:
                notes[why] += why != ""
            elif said["role"] == "learner":
                school = self._classes[said["class"]].school or said["school"]
                seat = self._shared(_Seat(said["class"], school, window))
                seats[said["user"]] = (*seats.get(said["user"], ()), seat)
            else:
                taught[said["class"]].append((person.key, window))
        groups = self._groups(seats)
        made = Projection(notes=notes, groups=frozenset(self._classes))
        made.learners = self._learners(seats, groups, notes)
        made.teachers = [_teaches(key, group, window) for group in sorted(taught) for key, window in taught[group]]
        made.relations = sorted(
            set(chain(self._guardians(), self._principals(), self._of_single_learners(seats, groups, taught))),
            key=_order,
        )
        made.known = frozenset(one.key for one in self._people.values())
        now = {one.learner_id for one in made.learners}
        people = self._people.values()
        made.ended = frozenset(one.key for one in people if "learner" in one.ever and one.key not in now)
        return made

    def _add_role(self, one: Known) -> None:
        person = self._people.get(one.content["user"])
        if person is None or not one.content["role"]:
            return
        roles, role = person.roles, one.content["role"]
        if one.ended_at is None:
            window = Window(day(one.content["begins"]) or _date(one.seen_at), day(one.content["ends"]))
            roles = self._shared((*roles, (role, one.content["org"], window)))
        self._people[one.content["user"]] = person._replace(roles=roles, ever=self._shared(person.ever | {role}))

    def _opens(self, one: Known, person: _Person | None) -> tuple[str, Window | None]:
        """Return why an enrolment opens nothing, empty where it does, and the days on which it does."""
        said, group = one.content, self._classes.get(one.content["class"])
        if group is None or person is None or not group.open or not person.open:
            return "of_ended_class_or_person", None
        if one.ended_at is not None:
            return "ended", None
        if said["role"] not in {"learner", "teacher"}:
            return "other_role", None
        if person.roles and not person.has(said["role"]):
            return "role_not_held", None
        if said["role"] == "teacher" and not person.enabled:
            return "account_closed", None
        starts = day(said["begins"]) or (group.window.starts if group.window else _date(one.seen_at))
        ends = day(said["ends"]) or (group.window.ends if group.window else None)
        window = Window(starts, ends)
        return ("", window) if not window.empty else ("never_open", None)

    def _groups(self, seats: Mapping[str, tuple[_Seat, ...]]) -> dict[str, _Seat]:
        """Return the seat that makes each person's group: one that is not over."""

        def first(seat: _Seat) -> tuple[bool, bool, str]:
            return not seat.window.open_on(self._today), not self._classes[seat.group].homeroom, seat.group

        going = (
            (user, [seat for seat in own if seat.window.ends is None or seat.window.ends >= self._today])
            for user, own in seats.items()
        )
        return {user: min(own, key=first) for user, own in going if own}

    def _learners(
        self, seats: Mapping[str, tuple[_Seat, ...]], groups: Mapping[str, _Seat], notes: Counter[str]
    ) -> list[Standing]:
        """Return the roster's rows, one a learner: of a person in two registers' places, the one with a group."""
        rows: dict[str, Standing] = {}
        for user, person in self._people.items():
            if not person.open or not (person.has("learner") or (not person.roles and user in seats)):
                continue
            seat = groups.get(user)
            grade = person.grade or (self._classes[seat.group].grade if seat else None)
            org = next((org for role, org, _ in person.roles if role == "learner" and org), None)
            school = (seat.school if seat else None) or person.school or org
            if person.key not in rows or rows[person.key].group_id is None:
                rows[person.key] = Standing(person.key, grade, seat.group if seat else None, school)
        notes["learners_without_group_today"] += sum(row.group_id is None for row in rows.values())
        return [rows[key] for key in sorted(rows)]

    def _guardians(self) -> Iterable[Relation]:
        """Yield who answers for whom: agents are named by either side, or by both."""
        named = ((person, self._people.get(one)) for person in self._people.values() for one in person.agents)
        for person, agent in named:
            if agent is not None:
                yield from (*_answers_for(agent, person), *_answers_for(person, agent))

    def _principals(self) -> Iterable[Relation]:
        for person in self._people.values():
            for role, org, window in person.roles:
                if role == "principal" and org and person.open and person.enabled:
                    yield Relation(person.key, Kind.PRINCIPAL, "school", org, *window)

    def _of_single_learners(
        self,
        seats: Mapping[str, tuple[_Seat, ...]],
        groups: Mapping[str, _Seat],
        taught: Mapping[str, list[tuple[str, Window]]],
    ) -> Iterator[Relation]:
        """Yield teachers' relations to learners who stand in another group of the roster than the class taught."""
        others = ((user, one) for user, own in seats.items() for one in own if not _same(groups.get(user), one))
        for user, seat in others:
            for teacher, window in taught.get(seat.group, ()):
                both = window.within(seat.window)
                if not both.empty:
                    yield Relation(teacher, Kind.TEACHER, "learner", self._people[user].key, *self._shared(both))


def _same(standing: _Seat | None, seat: _Seat) -> bool:
    return standing is not None and seat.group == standing.group


def _answers_for(adult: _Person, child: _Person) -> list[Relation]:
    """Return the relation of a guardian to a learner, where they are that."""
    window = next((one for role, _, one in adult.roles if role == "guardian"), None)
    if window is None or not (child.has("learner") and adult.open and adult.enabled) or child.key == adult.key:
        return []
    return [Relation(adult.key, Kind.GUARDIAN, "learner", child.key, *window)]


def _order(one: Relation) -> tuple[str, ...]:
    return one.subject, one.kind, one.object_id, one.starts_on.isoformat(), str(one.ends_on)


def _teaches(key: str, group: str, window: Window) -> dict[str, object]:
    return {"teacher_id": key, "group_id": group, "starts_on": window.starts, "ends_on": window.ends}


def _class(one: Known, terms: Mapping[str, Mapping[str, Any]], today: dt.date) -> _Class:
    said = one.content
    held = [terms[term] for term in said["terms"] if term in terms]
    starts = [first for term in held if (first := day(term["begins"]))]
    ends = [last for term in held if (last := day(term["ends"]))]
    window = Window(min(starts, default=today), max(ends, default=None)) if held else None
    return _Class(said["type"] == "homeroom", said["school"], said["grade"], window, one.ended_at is None)


def _person(one: Known, shared: _Shared) -> _Person:
    said, roles, ever = one.content, list[_Role](), set[str]()
    if "role" in said:
        ever.add(said["role"])
        always = Window(_date(one.seen_at), None)
        roles = [(said["role"], org, always) for org in said["orgs"] or [None]]
    for told in said.get("roles", ()):
        ever.add(told["role"])
        window = Window(day(told["begins"]) or _date(one.seen_at), day(told["ends"]))
        roles.append((told["role"], told["org"], window))
    going = one.ended_at is None
    held = shared(tuple(roles)), shared(frozenset(ever))
    agents, school = tuple(said["agents"]), shared(said["school"])
    return _Person(said["key"], going, said["enabled"], agents, said["grade"], school, *held)


def _date(at: int) -> dt.date:
    return dt.datetime.fromtimestamp(at / 1_000_000, dt.UTC).date()
