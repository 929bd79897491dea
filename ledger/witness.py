"""A witness (c2sp.org/tlog-witness): cosigns a log's checkpoint only where it extends the last one it cosigned.

It needs no copy of the log, only the last size and root of each. These and its key lie in one folder:

    witness.pem     its Ed25519 key, readable by its owner only; it signs nothing else
    memory.db       what it cosigned last, for each log, and when

An attacker who holds the key can cosign anything in this witness's name; the quorum is there against that. Who can put
an old `memory.db` back can make it cosign a second history from there: the witness cannot notice, the logs it cosigned
for can, and say so. A folder without its `memory.db` starts nothing.
"""

from __future__ import annotations

import os
import sqlite3
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from ledger import merkle, note
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cosignature import Cosigner
from ledger.errors import LedgerError, VerificationError
from ledger.witness_request import SIZE_TYPE, Request, parse_request

_KEY, _MEMORY = "witness.pem", "memory.db"
_WAIT_SECONDS = 10
_MOST_DISPUTES = 100
_TABLES = (
    "CREATE TABLE witness (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL, vkey TEXT NOT NULL) STRICT",
    """
    CREATE TABLE latest (
        origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, time INTEGER NOT NULL, note BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE disputes (
        origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL,
        PRIMARY KEY (origin, size, root)
    ) STRICT
    """,
)


class WitnessUnusable(LedgerError):
    """The witness's folder is not one it can work from; the message says why and what to do."""


@dataclass(frozen=True)
class Answer:
    """What the protocol answers: the status, the body and its content type."""

    status: HTTPStatus
    body: str
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class _Latest:
    """What was last cosigned for a log; before anything, the tree of nothing."""

    size: int = 0
    root: bytes = merkle.EMPTY_ROOT
    time: int = 0


def create(folder: Path, name: str) -> None:
    """Make a witness with a new key; the folder appears complete or not at all.

    Raises:
        WitnessUnusable: where there already is one, or anything else.
        BadKeyName: where the name cannot stand in a signature line.
    """
    private = Ed25519PrivateKey.generate()
    cosigner = Cosigner(name, private)
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = folder.with_name(f".{folder.name}.{os.getpid()}.{os.urandom(4).hex()}")
    scratch.mkdir(mode=0o700)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(scratch / _KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    with _connected(scratch / _MEMORY, mode="rwc") as memory:
        for table in _TABLES:
            memory.execute(table)
        memory.execute("INSERT INTO witness VALUES (1, ?, ?)", (name, cosigner.vkey))
    try:
        scratch.rename(folder)
    except OSError as error:
        for each in (_KEY, _MEMORY):
            (scratch / each).unlink()
        scratch.rmdir()
        raise WitnessUnusable(f"There are already files in {folder}; no witness is made over them.") from error


class Witness:
    """One witness; any number of threads and processes may ask it at once, its memory is the only judge of order."""

    def __init__(self, folder: Path, logs: Sequence[note.Verifier], clock: Callable[[], float]) -> None:
        """Open a witness that follows these logs, each by the name of its key; the clock gives seconds since 1970.

        Raises:
            WitnessUnusable: where its key or its memory is missing, or they do not belong together.
        """
        self._memory = folder / _MEMORY
        self._logs = tuple(logs)
        self._clock = clock
        self._cosigner = _open_cosigner(folder)
        self.vkey = self._cosigner.vkey

    def add_checkpoint(self, content: bytes) -> Answer:
        """Answer a request; whatever the bytes, the answer is one the protocol has."""
        try:
            request = parse_request(content)
            checkpoint = parse_checkpoint(note.parse_note(request.checkpoint).text)
        except VerificationError as error:
            return Answer(HTTPStatus.BAD_REQUEST, f"{error}\n")
        keys = [log for log in self._logs if log.name == checkpoint.origin]
        if not keys:
            return Answer(HTTPStatus.NOT_FOUND, "This witness does not follow that log.\n")
        try:
            note.open_note(request.checkpoint, keys)
        except VerificationError as error:
            return Answer(HTTPStatus.FORBIDDEN, f"{error}\n")
        if request.old > checkpoint.size:
            return Answer(HTTPStatus.BAD_REQUEST, "The old size is larger than the checkpoint's.\n")
        # Checking and remembering are one transaction that holds the memory's only write lock from its start: of two
        # requests at once, the second is checked against what the first left.
        with _connected(self._memory) as memory:
            return self._extend(memory, request, checkpoint)

    def _extend(self, memory: sqlite3.Connection, request: Request, checkpoint: Checkpoint) -> Answer:
        latest = _read_latest(memory, checkpoint.origin)
        if request.old != latest.size:
            return Answer(HTTPStatus.CONFLICT, f"{latest.size}\n", SIZE_TYPE)
        if checkpoint.size == latest.size and checkpoint.root != latest.root:
            _keep_dispute(memory, request, checkpoint)
            return Answer(HTTPStatus.CONFLICT, f"{latest.size}\n", SIZE_TYPE)
        try:
            merkle.check_consistency(latest.size, latest.root, checkpoint.size, checkpoint.root, request.hashes)
        except VerificationError as error:
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, f"{error}\n")
        # A clock put back must not make a newer checkpoint look older, nor any look as if it had no time.
        time = max(int(self._clock()), latest.time, 1)
        line = self._cosigner.cosign(note.parse_note(request.checkpoint).text, time)
        memory.execute(
            "INSERT INTO latest VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET"
            " size = excluded.size, root = excluded.root, time = excluded.time, note = excluded.note",
            (checkpoint.origin, checkpoint.size, checkpoint.root, time, request.checkpoint),
        )
        # Sent only after the commit. A crash before it forgets a line nobody has; after it, the log asks again.
        return Answer(HTTPStatus.OK, f"— {line.name} {b64encode(line.key_id + line.value).decode()}\n")


def _keep_dispute(memory: sqlite3.Connection, request: Request, checkpoint: Checkpoint) -> None:
    """Keep a checkpoint that the log signed beside another of the same size: it proves that it has two histories."""
    memory.execute(
        "INSERT INTO disputes SELECT ?, ?, ?, ? WHERE (SELECT count(*) FROM disputes) < ? ON CONFLICT DO NOTHING",
        (checkpoint.origin, checkpoint.size, checkpoint.root, request.checkpoint, _MOST_DISPUTES),
    )


def _read_latest(memory: sqlite3.Connection, origin: str) -> _Latest:
    row = memory.execute("SELECT size, root, time FROM latest WHERE origin = ?", (origin,)).fetchone()
    return _Latest() if row is None else _Latest(*row)


def _open_cosigner(folder: Path) -> Cosigner:
    if not (folder / _MEMORY).exists():
        raise WitnessUnusable(
            f"{folder / _MEMORY} is missing: without it this witness could cosign a second history. Put the newest"
            " back, or make a new witness in another folder and have its key take the place of this one's."
        )
    try:
        private = load_pem_private_key((folder / _KEY).read_bytes(), None)
        with _connected(folder / _MEMORY) as memory:
            name, vkey = memory.execute("SELECT name, vkey FROM witness").fetchone()
    except (OSError, ValueError, TypeError, sqlite3.Error) as error:
        raise WitnessUnusable(f"The witness in {folder} cannot be opened: {error}.") from error
    if not isinstance(private, Ed25519PrivateKey) or Cosigner(name, private).vkey != vkey:
        raise WitnessUnusable(f"{folder / _KEY} is not the key that {folder / _MEMORY} was made with.")
    return Cosigner(name, private)


@contextmanager
def _connected(memory: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """One transaction on the memory, which is on the disk when it ends; a memory that is gone is not made again."""
    connection = sqlite3.connect(
        f"{memory.resolve().as_uri()}?mode={mode}", uri=True, timeout=_WAIT_SECONDS, isolation_level=None
    )
    try:
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()
