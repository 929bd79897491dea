"""Asking witnesses to cosign (c2sp.org/tlog-witness, the log's side), each in a thread of its own: no writer waits.

A witness that is slow, down or lying holds up nobody: the others' lines count without it, and what it did is said by
its name. Whatever it answers is checked before it is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic, sleep

from eventsourcing.persistence import PersistenceError

from ledger import note as notes
from ledger.checkpoint import parse_checkpoint
from ledger.cosignature import check_cosignature
from ledger.errors import LedgerError, VerificationError
from ledger.log import Log, NoCheckpoint
from ledger.note import Verifier
from ledger.posting import Answer, Unanswered, plain, post
from ledger.witness_request import SIZE_TYPE, Request, format_request
from ledger.witnessed import Cosignatures, checkpoint_over

_EVERY_SECONDS = 1.0
_AFTER_REFUSAL_SECONDS = 15.0
_GATHER_SECONDS = 5.0
_LOOK_SECONDS = 0.02
_AHEAD_SECONDS = 300
"""How far a witness's clock may be before ours; a later time would make its line look newer than any to come."""
_LOG = logging.getLogger(__name__)


class WitnessRefused(LedgerError):
    """A witness did not cosign, or not so that it could be used; the message names it and says what it did."""


class Witnessing:
    """Asks the witnesses of a policy about one log's newest checkpoint; any number of processes may do so at once."""

    def __init__(
        self, log: Log, cosignatures: Cosignatures, clock: Callable[[], float], *, every: float = _EVERY_SECONDS
    ) -> None:
        """Take the clock in seconds since the epoch, and how often to look for a new checkpoint, in seconds."""
        self._log = log
        self._clock = clock
        self._every = every
        self.cosignatures = cosignatures
        self.refusals: dict[str, str] = {}
        """What went wrong with a witness when it was last asked, by its name."""

    def run(self, stop: Event) -> None:
        """Ask each witness about each new checkpoint until told to stop."""
        names = self.cosignatures.policy.witnesses
        threads = [Thread(target=self._keep_asking, args=(name, stop), name=name, daemon=True) for name in names]
        for thread in threads:
            thread.start()
        stop.wait()
        for thread in threads:
            thread.join(self._every)  # one that waits for an answer ends with the process

    def gather(self) -> bytes:
        """Ask all at once, and return the newest checkpoint with the lines that came within seconds, many or few.

        Raises:
            NoCheckpoint: where none was ever signed.
        """
        index = _size_of(self._log.checkpoint()) - 1
        threads = [
            Thread(target=self._tried, args=(name,), name=name, daemon=True)
            for name in self.cosignatures.policy.witnesses
        ]
        for thread in threads:
            thread.start()
        end = monotonic() + _GATHER_SECONDS
        while self.cosignatures.state().size <= index and any(map(Thread.is_alive, threads)) and monotonic() < end:
            sleep(_LOOK_SECONDS)
        return checkpoint_over(self._log, self.cosignatures, index)

    def ask(self, name: str) -> None:
        """Ask one witness about the newest checkpoint, unless it has cosigned it.

        Raises:
            WitnessRefused: where it did not cosign it; the same sentence is in `refusals` until it does.
            NoCheckpoint: where there is nothing to cosign yet.
        """
        note = self._log.checkpoint()
        if name in self.cosignatures.names(note):
            return
        witness = self.cosignatures.policy.witnesses[name]
        try:
            value = self._cosigned(name, witness, note)
        except WitnessRefused as error:
            if self.refusals.get(name) != str(error):
                _LOG.warning("%s", error)
            self.refusals[name] = str(error)
            raise
        self.cosignatures.add(note, witness, value)
        self.refusals.pop(name, None)

    def _keep_asking(self, name: str, stop: Event) -> None:
        while not stop.wait(self._every):
            if not self._tried(name) and stop.wait(_AFTER_REFUSAL_SECONDS):
                return

    def _tried(self, name: str) -> bool:
        try:
            self.ask(name)
        except NoCheckpoint:
            return True
        except (LedgerError, PersistenceError) as error:
            _LOG.debug("The witness %s is asked again later: %s", name, error)
            return False
        return True

    def _cosigned(self, name: str, witness: Verifier, note: bytes) -> bytes:
        size = _size_of(note)
        known = self.cosignatures.last_size(witness)
        at = known
        answer = self._post(name, witness, note, min(at, size), size)
        if answer.status == 409:
            at = _size(name, answer)
            self._check_size(name, at, known, size)
            answer = self._post(name, witness, note, at, size)
            self._require_still(name, at, answer)
        if answer.status in (409, 422):
            raise WitnessRefused(
                f"The witness {name}, at {at} entries, does not accept that this record continues what it cosigned:"
                " either it, or whoever holds this record's key, has shown another history. Keep both and ask it why."
            )
        if answer.status != 200:
            raise WitnessRefused(f"The witness {name} answered {answer.status}: {plain(answer.body)}")
        return self._checked(name, witness, note, answer.body)

    def _require_still(self, name: str, at: int, answer: Answer) -> None:
        """Accuse nobody where another process of this service had a newer checkpoint cosigned in between."""
        if answer.status == 409 and _size(name, answer) > at:
            raise WitnessRefused(f"The witness {name} went on from {at} entries while it was asked; it is asked again.")

    def _check_size(self, name: str, at: int, known: int, size: int) -> None:
        if at > self._log.size():
            raise WitnessRefused(
                f"The witness {name} has cosigned {at} entries and this record has {self._log.size()}: an old copy of"
                " the record was put back, or its key signs elsewhere."
            )
        if at > size:
            raise WitnessRefused(f"The witness {name} is at {at} entries already; it is asked about a newer one.")
        if at < known:
            raise WitnessRefused(
                f"The witness {name} says it is at {at} entries, but it has cosigned {known}: it has forgotten, so that"
                " its word no longer shows that there is one history. Tell whoever runs it."
            )

    def _checked(self, name: str, witness: Verifier, note: bytes, body: bytes) -> bytes:
        try:
            answered = notes.parse_note(note + body)
            own = [each for each in answered.signatures if (each.name, each.key_id) == (witness.name, witness.key_id)]
            if not own:
                raise WitnessRefused(f"The witness {name} answered without a line of its own.")
            time = check_cosignature(answered.text, witness, own[0].value)
        except VerificationError as error:
            raise WitnessRefused(f"The witness {name} answered with what is no cosignature: {error}") from error
        if time > self._clock() + _AHEAD_SECONDS:
            raise WitnessRefused(
                f"The witness {name} cosigned with a time in the future: one of the two clocks is wrong."
            )
        return own[0].value

    def _post(self, name: str, witness: Verifier, note: bytes, old: int, size: int) -> Answer:
        hashes = tuple(self._log.consistency_proof(old, size))
        address = self.cosignatures.policy.addresses[witness.vkey].rstrip("/")
        try:
            return post(f"{address}/add-checkpoint", format_request(Request(old, hashes, note)), "text/plain")
        except Unanswered as error:
            raise WitnessRefused(f"The witness {name} does not answer: {error}") from error


def _size_of(note: bytes) -> int:
    return parse_checkpoint(notes.parse_note(note).text).size


def _size(name: str, answer: Answer) -> int:
    text = answer.body.decode("ascii", "replace").removesuffix("\n")
    if answer.kind != SIZE_TYPE or not text.isdigit() or str(int(text[:20])) != text:
        raise WitnessRefused(f"The witness {name} answered that it is at another size, but not at which.")
    return int(text)
