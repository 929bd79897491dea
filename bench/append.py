"""Appending marks: signed, sealed, logged and durable, against the same facts through plain eventsourcing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import (
    DatetimeAsISO,
    EventStore,
    JSONTranscoder,
    Mapper,
    StoredEvent,
    Transcoding,
    UUIDAsHex,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from psycopg.conninfo import conninfo_to_dict

from bench.measure import Row, compare
from ledger import enrolment, keys
from ledger.mapper import SealingMapper
from ledger.postgres import PostgresLedgerDatastore
from ledger.postgres_recorder import PostgresLedgerRecorder
from ledger.recorder import LedgerRecorder
from ledger.sqlite import SQLiteLedgerDatastore, SQLiteLedgerRecorder
from ledger.subjects import SubjectKeys
from tests import postgres

ORIGIN = "ledger.example/bench"
_PUPILS = [uuid4() for _ in range(300)]
_TEACHER, _SCHOOL, _PLACEMENT = uuid4(), uuid4(), uuid4()
_AT = datetime(2026, 9, 1, 8, 55, tzinfo=UTC)
_WRITERS = 16


class Basis(msgspec.Struct, frozen=True):
    """On what authority."""

    kind: str
    ref: UUID | None


class Actor(msgspec.Struct, frozen=True):
    """Who acted."""

    id: UUID
    role: str
    organisation: UUID
    basis: Basis


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """An attendance mark with its two sealed groups, as the domain's own."""

    TOPIC: ClassVar[str] = "bench.marked"
    PERSONAL: ClassVar[dict[str, tuple[str, ...]]] = {"mark": ("code", "minutes", "note"), "taker": ("name", "title")}
    OPENS_SUBJECT: ClassVar[bool] = False

    originator_id: UUID
    originator_version: int
    recorded_at: datetime
    actor: Actor
    subject: UUID
    relied_on: dict[UUID, int]
    placement: UUID
    day: date
    session: str
    code: str
    minutes: int | None
    note: str | None
    name: str
    title: str


class PlainlyMarked(DomainEvent):
    """The same facts as an event of the library's own kind."""

    actor: dict[str, Any]
    subject: UUID
    placement: UUID
    day: date
    session: str
    code: str
    minutes: int | None
    note: str | None
    name: str
    title: str


class DateAsISO(Transcoding):
    """Dates in the library's JSON."""

    type = date
    name = "date_iso"

    def encode(self, obj: date) -> str:
        """Return the date as text."""
        return obj.isoformat()

    def decode(self, data: str) -> date:
        """Return the date a text says."""
        return date.fromisoformat(data)


class PlainPostgresRecorder(PostgresApplicationRecorder):
    """The library's own, but for its pipeline where a batch is large.

    In psycopg 3.3.9 a pipeline waits for ever once what is sent outgrows the socket's buffer.
    """

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Record a batch by the library's own statements."""
        if len(stored_events) < 200:
            return super().insert_events(stored_events, **kwargs)
        with self.datastore.transaction(commit=True) as c:
            self._insert_stored_events(c, stored_events, **kwargs)
            return self._fetch_ids_after_insert_events(c, stored_events, **kwargs)


_FACTS: dict[str, Any] = {
    "placement": _PLACEMENT,
    "day": _AT.date(),
    "session": "AM",
    "code": "/",
    "minutes": None,
    "note": None,
    "name": "Ms DEMO",
    "title": "Teacher",
}
_ACTOR = Actor(_TEACHER, "teacher", _SCHOOL, Basis("own_office", None))
_PLAIN_ACTOR = {
    "id": _TEACHER,
    "role": "teacher",
    "organisation": _SCHOOL,
    "basis": {"kind": "own_office", "ref": None},
}


def a_mark(number: int) -> Marked:
    """Return a mark in a stream of its own."""
    return Marked(
        originator_id=uuid4(),
        originator_version=1,
        recorded_at=_AT,
        actor=_ACTOR,
        subject=_PUPILS[number % len(_PUPILS)],
        relied_on={},
        **_FACTS,
    )


def a_plain_mark(number: int) -> PlainlyMarked:
    """Return the same mark for the reference."""
    return PlainlyMarked(
        originator_id=uuid4(),
        originator_version=1,
        timestamp=_AT,
        actor=_PLAIN_ACTOR,
        subject=_PUPILS[number % len(_PUPILS)],
        **_FACTS,
    )


def our_store(folder: Path, address: str | None, closing: ExitStack) -> EventStore[UUID]:
    """Open a ledger in a folder or in a PostgreSQL database, its key enrolled and its pupils known."""
    ledger_keys = keys.create(folder / "keys", "bench", ORIGIN)
    recorder: LedgerRecorder
    if address is None:
        in_file = SQLiteLedgerDatastore(str(folder / "ledger.sqlite"))
        closing.callback(in_file.close)
        recorder = SQLiteLedgerRecorder(in_file, ledger_keys.entry)
    else:
        in_postgres = PostgresLedgerDatastore(address)
        closing.callback(in_postgres.close)
        recorder = PostgresLedgerRecorder(in_postgres, ledger_keys.entry)
    recorder.create_table()
    enrolment.enrol(recorder, ledger_keys, _AT)
    subjects = SubjectKeys(folder / "subjects.sqlite", ledger_keys.master)
    closing.callback(subjects.close)
    for pupil in _PUPILS:
        subjects.create(pupil)
    return EventStore(SealingMapper({Marked.TOPIC: Marked}, ORIGIN, subjects), recorder)


def plain_store(folder: Path, address: str | None, closing: ExitStack) -> EventStore[UUID]:
    """Open the library's own recorder with its JSON transcoder; SQLite in WAL with synchronous=FULL is its default."""
    recorder: SQLiteApplicationRecorder | PostgresApplicationRecorder
    if address is None:
        in_file = SQLiteDatastore(str(folder / "plain.sqlite"), lock_timeout=30, pool_timeout=30)
        closing.callback(in_file.close)
        recorder = SQLiteApplicationRecorder(in_file)
    else:
        named = conninfo_to_dict(address)
        in_postgres = PostgresDatastore(
            str(named["dbname"]),
            str(named["host"]),
            named.get("port", ""),
            str(named["user"]),
            "",
            max_overflow=_WRITERS,
        )
        closing.callback(in_postgres.close)
        recorder = PlainPostgresRecorder(in_postgres)
    recorder.create_table()
    transcoder = JSONTranscoder()
    for transcoding in (UUIDAsHex(), DatetimeAsISO(), DateAsISO()):
        transcoder.register(transcoding)
    return EventStore(Mapper(transcoder), recorder)


def measure() -> Iterator[Row]:
    """Yield one row for each database and shape of transaction."""
    yield from _measure_on("sqlite", None)
    with postgres.fresh_database() as address:
        yield from _measure_on("postgres", address)


def _measure_on(database: str, address: str | None) -> Iterator[Row]:
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        # Each in a database of its own, as their tables have the same name.
        plain_address = None if address is None else closing.enter_context(postgres.fresh_database())
        ours, plain = our_store(folder, address, closing), plain_store(folder, plain_address, closing)
        for name, size, batches in (("single", 1, 300), ("batch30", 30, 30), ("batch1000", 1000, 2)):
            yield compare(
                f"{database}-{name}",
                size * batches,
                lambda size=size, batches=batches: _put(ours, a_mark, size, batches),  # type: ignore[misc]  # called at once
                lambda size=size, batches=batches: _put(plain, a_plain_mark, size, batches),  # type: ignore[misc]  # called at once
            )
        pool = closing.enter_context(ThreadPoolExecutor(_WRITERS))
        yield compare(
            f"{database}-writers{_WRITERS}",
            _WRITERS * 30,
            lambda: list(pool.map(lambda _: _put(ours, a_mark, 1, 30), range(_WRITERS))),
            lambda: list(pool.map(lambda _: _put(plain, a_plain_mark, 1, 30), range(_WRITERS))),
        )


def _put(store: EventStore[UUID], make: Any, size: int, batches: int) -> None:
    for _ in range(batches):
        store.put([make(number) for number in range(size)])
