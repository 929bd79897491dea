"""Real ledgers in a temporary folder, and `check_log`, which trusts nothing stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec

from ledger import enrolment, entry, keys, merkle
from ledger.attachments import Attachments
from ledger.checkpointer import Checkpointer
from ledger.datastore import Datastore
from ledger.keys import EntrySigner
from ledger.log import Log
from ledger.mapper import SealingMapper
from ledger.postgres import PostgresLedgerDatastore
from ledger.postgres_recorder import PostgresLedgerRecorder
from ledger.recorder import LedgerRecorder
from ledger.sqlite import SQLiteLedgerDatastore, SQLiteLedgerRecorder
from ledger.subjects import SubjectKeys

ORIGIN = "ledger.example/test"
PASSPHRASE = "correct horse"
_BYTES = re.compile(r"x'([0-9a-f]*)'|zeroblob\((\d+)\)")
"""SQLite's words for bytes, which attacks are written in."""
START = datetime(2026, 9, 1, 8, 55, tzinfo=UTC)


class Basis(msgspec.Struct, frozen=True):
    """On what authority, as the domain's own."""

    kind: str = "own_office"
    ref: UUID | None = None


class Actor(msgspec.Struct, frozen=True):
    """Who acts, as the domain's own."""

    id: UUID | None = None
    role: str = "teacher"
    organisation: UUID | None = None
    basis: Basis = Basis()


class Erased(msgspec.Struct, frozen=True):
    """What is left of a personal field."""

    erased: bool


class TestEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What every event class of the contract has."""

    __test__: ClassVar[bool] = False
    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    OPENS_SUBJECT: ClassVar[bool] = False

    originator_id: UUID
    originator_version: int
    recorded_at: datetime
    actor: Actor = Actor()
    subject: UUID | None = None
    relied_on: dict[UUID, int] = {}


class Opened(TestEvent, frozen=True, kw_only=True):
    """A pupil's record was opened."""

    TOPIC: ClassVar[str] = "test.opened"
    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]] = {"name": ("name",)}
    OPENS_SUBJECT: ClassVar[bool] = True
    name: str | Erased


class Proposed(TestEvent, frozen=True, kw_only=True):
    """A placement was proposed, under the topic by which the offline check knows one."""

    TOPIC: ClassVar[str] = "placement.proposed"


class Marked(TestEvent, frozen=True, kw_only=True):
    """A mark was taken."""

    TOPIC: ClassVar[str] = "test.marked"
    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]] = {"mark": ("code", "note"), "taker": ("taker",)}
    session: str = "AM"
    code: str | Erased
    note: str | Erased | None = None
    taker: str | Erased = "Ms DEMO"


class Named(msgspec.Struct, frozen=True):
    """A file as an entry names it, as the domain's own."""

    file_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str

    @classmethod
    def of(cls, content: bytes, name: str = "letter.pdf") -> Named:
        """Name these bytes."""
        return cls(uuid4(), name, "application/pdf", len(content), sha256(content).hexdigest())


class Received(TestEvent, frozen=True, kw_only=True):
    """Something came in, with files."""

    TOPIC: ClassVar[str] = "test.received"
    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]] = {"evidence": ("evidence",)}
    evidence: tuple[Named, ...] | Erased = ()


class Exported(TestEvent, frozen=True, kw_only=True):
    """Evidence was taken, under the topic by which the offline check knows what the log stated of it."""

    TOPIC: ClassVar[str] = "evidence.exported"
    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]] = {"export": ("made_for", "purpose")}
    OPENS_SUBJECT: ClassVar[bool] = True
    scope: dict[str, Any]
    size: int
    count: int
    digest: str
    first: int | None
    last: int | None
    held: int
    contents: str
    made_for: str | Erased
    purpose: str | Erased


class Ruled(TestEvent, frozen=True, kw_only=True):
    """Something that concerns no person was decided."""

    TOPIC: ClassVar[str] = "test.ruled"
    what: str


TOPICS: dict[str, type[Any]] = {cls.TOPIC: cls for cls in (Opened, Proposed, Marked, Received, Exported, Ruled)}


def open_datastore(folder: Path, address: str | None = None, *, lock_timeout: int = 30) -> Datastore:
    """Open the PostgreSQL database at an address, or else the SQLite file in a folder; `lock_timeout` is in seconds."""
    if address is not None:
        return PostgresLedgerDatastore(address)
    return SQLiteLedgerDatastore(str(folder / "ledger.sqlite"), lock_timeout=lock_timeout)


def open_recorder(datastore: Datastore, signer: EntrySigner, attachments: Attachments | None = None) -> LedgerRecorder:
    """Build the recorder for a database of either kind."""
    if isinstance(datastore, PostgresLedgerDatastore):
        return PostgresLedgerRecorder(datastore, signer, attachments)
    return SQLiteLedgerRecorder(datastore, signer, attachments)


@dataclass
class Ledger:
    """One ledger's parts, opened on a folder and perhaps on a PostgreSQL database."""

    folder: Path
    keys: keys.Keys
    datastore: Any
    recorder: LedgerRecorder
    subjects: SubjectKeys
    mapper: SealingMapper
    log: Log
    clock: datetime = START

    @classmethod
    def open(
        cls, folder: Path, ledger_keys: keys.Keys, address: str | None = None, *, lock_timeout: int = 30
    ) -> Ledger:
        """Open the ledger in a folder, whose tables are made where missing; `lock_timeout` is in seconds."""
        datastore = open_datastore(folder, address, lock_timeout=lock_timeout)
        subjects = SubjectKeys(folder / "subjects.sqlite", ledger_keys.master)
        attachments = Attachments(datastore, ledger_keys.origin, subjects)
        recorder = open_recorder(datastore, ledger_keys.entry, attachments)
        recorder.create_table()
        mapper = SealingMapper({**TOPICS, **enrolment.TOPICS}, ledger_keys.origin, subjects)
        log = Log(datastore, ledger_keys)
        return cls(folder, ledger_keys, datastore, recorder, subjects, mapper, log)

    @property
    def arguments(self) -> list[str]:
        """What another process needs to open it, after the folder of keys: its folder, and its database's address."""
        return [str(self.folder), *([self.datastore.pool.conninfo] if self.on_postgres else [])]

    @property
    def on_postgres(self) -> bool:
        """Whether its database is PostgreSQL's."""
        return isinstance(self.datastore, PostgresLedgerDatastore)

    def close(self) -> None:
        """Close its files."""
        self.datastore.close()
        self.subjects.close()

    def checkpointer(self) -> Checkpointer:
        """Build a checkpointer on the folder's lock."""
        return Checkpointer(self.log, self.keys, self.folder / "checkpoint.lock")

    def now(self) -> datetime:
        """Return a later instant each time."""
        self.clock += timedelta(seconds=1)
        return self.clock

    def append(self, *events: TestEvent, **kwargs: Any) -> list[int]:
        """Record events and return their positions."""
        return list(self.recorder.insert_events([self.mapper.to_stored_event(event) for event in events], **kwargs))

    def open_pupil(self, name: str = "Demo Pupil") -> UUID:
        """Open a new pupil's record."""
        pupil = uuid4()
        self.append(Opened(originator_id=pupil, originator_version=1, recorded_at=self.now(), subject=pupil, name=name))
        return pupil

    def mark(self, pupil: UUID, code: str = "/", **fields: Any) -> Marked:
        """Build, not record, a mark in a stream of its own."""
        values = {"originator_id": uuid4(), "originator_version": 1, "recorded_at": self.now(), **fields}
        return Marked(subject=pupil, code=code, **values)

    def sql(self, statement: str, *parameters: Any) -> list[Any]:
        """Reach round the recorder, as an attacker who holds the database would; returns what a SELECT finds."""
        if self.on_postgres:
            statement = _BYTES.sub(
                lambda found: f"CAST('\\x{found[1] or '00' * int(found[2] or 0)}' AS BYTEA)", statement
            )
        with self.datastore.transaction(commit=True) as c:
            c.execute(statement, parameters)
            return list(c.fetchall()) if statement.startswith("SELECT") else []


def check_log(ledger: Ledger) -> None:
    """Rebuild the whole log from its rows and check indexes, hashes, signatures, head and proofs at every size."""
    leaves = list(ledger.log.leaves(0, ledger.log.size()))
    hashes = [merkle.leaf_hash(ledger.log.entry(leaf.index)) for leaf in leaves]
    size = ledger.log.size()

    assert [leaf.index for leaf in leaves] == list(range(size))
    assert [leaf.leaf_hash for leaf in leaves] == hashes
    assert ledger.log.root(size) == merkle.root(hashes)
    for leaf in leaves:
        entry.check_signature(ledger.keys.entry.public_key, leaf.body, leaf.signature)
        proof = ledger.log.inclusion_proof(leaf.index, size)
        merkle.check_inclusion(leaf.index, size, leaf.leaf_hash, proof, merkle.root(hashes))
