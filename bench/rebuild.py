"""Making every read model again: whole batches beside the live rows, against one transaction an event."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID, uuid4

from bench.measure import Row
from domain.events import AttendanceMarked, Fact, attendance_id
from domain.values import Actor, Basis
from domain.vocabulary import BasisKind, Role, Session
from projections.catch_up import catch_up, rebuild
from projections.database import ReadDatabase
from tests import postgres

_EVENTS, _ONE_BY_ONE, _ROUNDS = 60_000, 500, 5
_PUPILS = [(uuid4(), uuid4()) for _ in range(600)]
_SCHOOL = uuid4()
_TEACHER = Actor(id=uuid4(), role=Role.TEACHER, organisation=_SCHOOL, basis=Basis(BasisKind.OWN_OFFICE, uuid4()))


def measure() -> Iterator[Row]:
    """Yield a row for each database. Facts come decoded: `bench decode` says what reading them back costs."""
    log = [(number + 1, _mark(number)) for number in range(_EVENTS)]
    yield _measure_on("rebuild", log, _new_file)
    yield _measure_on("rebuild-postgres", log, postgres.fresh_database)


def _measure_on(name: str, log: Sequence[tuple[int, Fact]], new: Callable[[], AbstractContextManager[str]]) -> Row:

    def source(after: int, limit: int) -> Sequence[tuple[int, Fact]]:
        return log[after : after + limit]

    ours, reference = [], []
    for _ in range(_ROUNDS):
        with new() as address:
            ours.append(_rate(address, lambda read: rebuild(read, source)))
        with new() as address:
            reference.append(_rate(address, lambda read: _one_by_one(read, log)))
    own, other = median(ours), median(reference)
    return Row(name, round(own), round(other), round(own / other, 2), "events/s")


@contextmanager
def _new_file() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'read.sqlite'}"


def _rate(address: str, run: Callable[[ReadDatabase], int]) -> float:
    read = ReadDatabase(address)
    catch_up(read, lambda _, __: ())
    started = perf_counter()
    reached = run(read)
    rate = reached / (perf_counter() - started)
    read.close()
    return rate


def _one_by_one(read: ReadDatabase, log: Sequence[tuple[int, Fact]]) -> int:
    return catch_up(read, lambda after, _: log[after : after + 1] if after < _ONE_BY_ONE else ())


def _mark(number: int) -> AttendanceMarked:
    session = Session.PM if number // len(_PUPILS) % 2 else Session.AM
    pupil_id, placement_id = _PUPILS[number % len(_PUPILS)]
    day = date(2026, 9, 1) + timedelta(days=number // len(_PUPILS) // 2)
    return _marked(pupil_id, placement_id, day, session)


def _marked(pupil_id: UUID, placement_id: UUID, day: date, session: Session) -> AttendanceMarked:
    at = datetime(day.year, day.month, day.day, 8, 55, tzinfo=UTC)
    return AttendanceMarked(
        originator_id=attendance_id(pupil_id, day, session),
        originator_version=1,
        recorded_at=at,
        actor=_TEACHER,
        subject=pupil_id,
        actor_name="Demo Teacher",
        actor_title="Teacher",
        pupil_id=pupil_id,
        school_id=_SCHOOL,
        placement_id=placement_id,
        site_id=None,
        day=day,
        session=session,
        taken_at=at,
        code="/",
        minutes_late=None,
        nature=None,
        note=None,
        taken_by="Demo Teacher",
    )
