"""The part of the audit that looks at a run of entries by themselves: all that needs no other entry to be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger import body as bodies
from ledger import disclosure, merkle
from ledger import entry as entries
from ledger.append import microseconds
from ledger.audit_files import FilesOfEntries, FileWrong
from ledger.body import Body
from ledger.datastore import Datastore
from ledger.enrolled import KeyHistory
from ledger.errors import LedgerError, VerificationError
from ledger.finding import EntryWrong, Finding
from ledger.stored_leaf import RowMalformed, StoredLeaf, read_leaves
from ledger.subjects import SubjectErased, SubjectKeys, SubjectUnknown


class Looked(NamedTuple):
    """What is left of an entry once it was looked at: what the next ones are compared with."""

    leaf_hash: bytes
    recorded_at: int
    """In microseconds."""
    known_at: int
    body: bytes | None
    """Kept only where a statement of what was exported may speak of it."""


@dataclass(frozen=True)
class LookedAt:
    """A run of entries: those in order up to the first that is wrong, how many are erased, and what is wrong."""

    start: int
    rows: Sequence[Looked]
    erased: int
    wrong: Sequence[Finding]


@dataclass(frozen=True)
class Known:
    """What is known before any entry is looked at: whose log it is, its keys, whom statements of exports speak of."""

    origin: str
    history: KeyHistory
    stated: frozenset[UUID] | None
    """The subjects; None where there is a statement about everybody."""


class Look:
    """Looks at runs of entries, in any order, from any thread."""

    def __init__(self, datastore: Datastore, subjects: SubjectKeys, known: Known) -> None:
        self._datastore = datastore
        self._subjects = subjects
        self._known = known

    def at(self, start: int, stop: int) -> LookedAt:
        """Read the entries with start <= index < stop and check each; bounded by what so many take up."""
        run = _Run(self._datastore, self._subjects, self._known, start)
        leaves, malformed = _take(self._datastore, start, stop)
        wrong = run.check(leaves) or malformed
        found = [] if wrong is None else [wrong]
        found += _check_signatures(leaves, self._known.history)
        return LookedAt(start, run.rows, run.erased, found)


class _Run:
    """One run of entries while it is looked at."""

    def __init__(self, datastore: Datastore, subjects: SubjectKeys, known: Known, start: int) -> None:
        self._subjects = subjects
        self._known = known
        self._files = FilesOfEntries(datastore, known.origin, subjects)
        self._start = start
        self._opens: dict[UUID, AESGCM] = {}
        self.rows: list[Looked] = []
        self.erased = 0

    def check(self, leaves: Sequence[StoredLeaf]) -> Finding | None:
        """Return the first fault."""
        self._files.load(leaves)
        for leaf in leaves:
            expected = self._start + len(self.rows)
            try:
                if leaf.index != expected:
                    raise EntryWrong("removed", "it is missing.")
                self._check_row(leaf)
            except EntryWrong as wrong:
                return Finding(str(wrong), expected, wrong.kind)
            except FileWrong as wrong:
                return Finding(str(wrong), expected, "file")
            except LedgerError as wrong:
                return Finding(str(wrong), expected)
            except (ValueError, TypeError, OverflowError):
                # Nothing a row may hold can stop the audit; what the checks above did not foresee ends here.
                return Finding("it cannot be read.", expected)
        return None

    def _check_row(self, leaf: StoredLeaf) -> None:
        body = _body(leaf)
        leaf_hash = merkle.leaf_hash(leaf.entry)
        if leaf_hash != leaf.leaf_hash:
            raise EntryWrong("edited", "its fingerprint does not match its content.")
        self._check_payload(leaf, body)
        stated = self._known.stated
        kept = leaf.body if stated is None or body.subject in stated else None
        self.rows.append(Looked(leaf_hash, microseconds(body.recorded_at), leaf.known_at, kept))

    def _check_payload(self, leaf: StoredLeaf, body: Body) -> None:
        if body.sealed is None:
            if leaf.payload is not None:
                raise EntryWrong("inserted", "it has sealed fields that it never committed to.")
            self._files.refuse_any(leaf)
            return
        if body.subject is None:
            raise EntryWrong("edited", "it has sealed fields and names no subject.")
        if leaf.payload is not None and sha256(leaf.payload).digest() != body.sealed.ciphertext:
            raise EntryWrong("sealed altered", "its sealed fields are not those it committed to.")
        try:
            key = self._key(body.subject)
        except SubjectErased:
            self.erased += 1
            return
        except SubjectUnknown as error:
            raise EntryWrong("sealed missing", "its subject's key is missing from the key store.") from error
        if leaf.payload is None:
            raise EntryWrong("sealed missing", "its sealed fields are missing although its subject was not erased.")
        associated = disclosure.associated_data(body.origin, body.stream, body.version, body.topic)
        lines = disclosure.unseal(key, associated, leaf.payload)
        disclosed = [disclosure.check(line, body) for line in lines]
        if {each.group for each in disclosed} != set(body.sealed.groups):
            raise EntryWrong("sealed altered", "it committed to more than its sealed fields hold.")
        self._files.check(leaf, body.subject, disclosed)

    def _key(self, subject: UUID) -> AESGCM:
        """Ask the key store once a run: it looks for erasures whenever it is asked."""
        if subject not in self._opens:
            self._opens[subject] = self._subjects.get(subject)
        return self._opens[subject]


def _take(datastore: Datastore, start: int, stop: int) -> tuple[list[StoredLeaf], Finding | None]:
    """Return the rows, and what is wrong with the one after them where that cannot even be taken apart."""
    leaves: list[StoredLeaf] = []
    try:
        leaves.extend(read_leaves(datastore, start, stop))
    except RowMalformed as wrong:
        return leaves, Finding(str(wrong), wrong.index, "row mismatch")
    return leaves, None


def _body(leaf: StoredLeaf) -> Body:
    """Parse a body and compare it with the columns that pages and guards rely on."""
    body = bodies.decode(leaf.body)
    for name in ("stream", "version", "topic", "subject"):
        column, signed = getattr(leaf, name), getattr(body, name)
        if column != signed:
            raise EntryWrong("row mismatch", f"its {name} is {column} in the database but {signed} in what was signed.")
    return body


def _check_signatures(leaves: Sequence[StoredLeaf], history: KeyHistory) -> list[Finding]:
    """Return the first entry whose signature fails."""
    for leaf in leaves:
        try:
            key = history.key_at(leaf.index, leaf.key_id)
            history.check_topic(leaf.index, leaf.topic)
            key.checks.verify(leaf.signature, entries.pae(leaf.body))
        except VerificationError as wrong:
            return [Finding(str(wrong), leaf.index, "key not valid then")]
        except InvalidSignature:
            return [Finding("its signature does not match its content.", leaf.index, "re-signed")]
    return []
