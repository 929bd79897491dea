"""What witnesses said of this ledger's checkpoints: kept beside them, checked again whenever it is read.

Nothing kept here is trusted: a line that does not verify is left out, and its witness is asked again. An attacker who
holds these tables can at most make checkpoints look as if they still waited for their witnesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger import note as notes
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cosignature import check_cosignature
from ledger.datastore import Cursor
from ledger.errors import LedgerError, VerificationError
from ledger.log import Log
from ledger.note import Signature, Verifier
from ledger.policy import NONE, Policy, open_checkpoint, parse_policy

_TRIED = 20
_ADD = (
    "INSERT INTO cosignatures VALUES (?, ?, ?)"
    " ON CONFLICT (size, witness) DO UPDATE SET value = excluded.value"
)  # fmt: skip


class PolicyUnusable(LedgerError):
    """The file that names the ledger's witnesses cannot be used; the message says why."""


@dataclass(frozen=True)
class State:
    """How far enough witnesses have cosigned, and since when the first entry beyond that has waited, if any does."""

    size: int
    since: datetime | None


def read_witness_policy(path: Path, own: Sequence[Verifier]) -> Policy | None:
    """Read the policy that names the witnesses to ask, with the log's own keys as they are now; None without a file.

    Raises:
        PolicyUnusable: where it is malformed, is for other logs, asks for no witness, or gives one no address.
    """
    try:
        policy = parse_policy(path.read_bytes())
    except FileNotFoundError:
        return None
    except VerificationError as error:
        raise PolicyUnusable(f"{path} cannot be used: {error}") from error
    if policy.logs and not set(own) & set(policy.logs):
        raise PolicyUnusable(
            f"{path} is the policy of another record: none of its log lines has the key {own[0].vkey}."
        )
    if policy.quorum == NONE:
        raise PolicyUnusable(f"{path} asks for no witness: name the group that must cosign on its quorum line.")
    for name, witness in policy.witnesses.items():
        if not policy.addresses.get(witness.vkey, "").startswith(("http://", "https://")):
            raise PolicyUnusable(f"{path} gives no address for the witness {name}: end its line with https://….")
    return replace(policy, logs=tuple(own))


class Cosignatures:
    """The cosignatures of one log's checkpoints by the witnesses of a policy."""

    def __init__(self, log: Log, policy: Policy) -> None:
        self._log = log
        self.policy = policy

    def add(self, note: bytes, witness: Verifier, value: bytes) -> None:
        """Keep a witness's line on a checkpoint.

        Raises:
            VerificationError: where it is not that witness's line on that checkpoint.
        """
        text, checkpoint = _parts(note)
        check_cosignature(text, witness, value)
        with self._log.datastore.transaction(commit=True) as c:
            c.execute(_ADD, (checkpoint.size, witness.vkey, value))
            if self.policy.is_witnessed(self._named(self._lines(c, note))):
                c.execute("INSERT INTO witnessed VALUES (?) ON CONFLICT DO NOTHING", (checkpoint.size,))

    def names(self, note: bytes) -> tuple[str, ...]:
        """Return the policy's names of those that cosigned a checkpoint."""
        with self._log.datastore.transaction(commit=False) as c:
            return self._named(self._lines(c, note))

    def on(self, note: bytes) -> bytes:
        """Return a checkpoint with the lines of the witnesses that cosigned it, after the log's own."""
        parsed = notes.parse_note(note)
        with self._log.datastore.transaction(commit=False) as c:
            lines = self._lines(c, note)
        return notes.format_note(replace(parsed, signatures=(*parsed.signatures, *lines)))

    def last_size(self, witness: Verifier) -> int:
        """Return the size of the largest checkpoint that a witness is known to have cosigned; before any, 0."""
        with self._log.datastore.transaction(commit=False) as c:
            c.execute(
                "SELECT note, value FROM cosignatures JOIN checkpoints USING (size) WHERE witness = ?"
                " ORDER BY size DESC LIMIT ?",
                (witness.vkey, _TRIED),
            )
            found = [(*_parts(bytes(note)), bytes(value)) for note, value in c.fetchall()]
        return next((point.size for text, point, value in found if _holds(text, witness, value)), 0)

    def newest(self) -> bytes | None:
        """Return the newest checkpoint that the quorum cosigned, with their lines; None where there is none.

        Only such a checkpoint may be called witnessed.
        """
        with self._log.datastore.transaction(commit=False) as c:
            c.execute(
                "SELECT note FROM checkpoints JOIN witnessed USING (size)"
                " WHERE size <= (SELECT size FROM ledger_head) ORDER BY size DESC LIMIT ?",
                (_TRIED,),
            )
            found = [bytes(row[0]) for row in c.fetchall()]
        if self._log.has_checkpoint():
            found.insert(0, self._log.checkpoint())  # a policy that asks for fewer now may be content with it
        return next((cosigned for note in found if (cosigned := self._witnessed(note)) is not None), None)

    def state(self) -> State:
        """Return how far the ledger is witnessed, and since when it waits for more."""
        newest = self.newest()
        size = 0 if newest is None else _parts(newest)[1].size
        if size >= self._log.size():
            return State(size, None)
        return State(size, datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self._log.leaf(size).known_at))

    def _witnessed(self, note: bytes) -> bytes | None:
        try:
            cosigned = self.on(note)
            open_checkpoint(cosigned, self.policy)
        except VerificationError:
            return None  # changed since, or the policy asks for more now
        return cosigned

    def _named(self, lines: list[Signature]) -> tuple[str, ...]:
        found = {(line.name, line.key_id) for line in lines}
        return tuple(name for name, each in self.policy.witnesses.items() if (each.name, each.key_id) in found)

    def _lines(self, c: Cursor, note: bytes) -> list[Signature]:
        text, checkpoint = _parts(note)
        c.execute("SELECT witness, value FROM cosignatures WHERE size = ?", (checkpoint.size,))
        kept = {vkey: bytes(value) for vkey, value in c.fetchall()}
        return [
            Signature(witness.name, witness.key_id, kept[witness.vkey])
            for witness in self.policy.witnesses.values()
            if witness.vkey in kept and _holds(text, witness, kept[witness.vkey])
        ]


def newest_checkpoint(log: Log, cosignatures: Cosignatures | None) -> bytes:
    """Return the newest signed checkpoint with what witnesses said of it so far.

    Raises:
        NoCheckpoint: where none was ever signed.
    """
    return log.checkpoint() if cosignatures is None else cosignatures.on(log.checkpoint())


def checkpoint_over(log: Log, cosignatures: Cosignatures | None, index: int) -> bytes:
    """Return the newest witnessed checkpoint if it covers an entry, else the newest there is.

    Raises:
        NoCheckpoint: where none was ever signed.
    """
    witnessed = None if cosignatures is None else cosignatures.newest()
    if witnessed is not None and index < _parts(witnessed)[1].size:
        return witnessed
    return newest_checkpoint(log, cosignatures)


def _holds(text: str, witness: Verifier, value: bytes) -> bool:
    try:
        check_cosignature(text, witness, value)
    except VerificationError:
        return False
    return True


def _parts(note: bytes) -> tuple[str, Checkpoint]:
    text = notes.parse_note(note).text
    return text, parse_checkpoint(text)
