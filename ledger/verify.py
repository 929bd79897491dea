"""The check of an evidence file by whoever holds it: no database, no network, no trust in who made it.

    (1) evidence file   every byte of it is where it must be
    (2) policy          it can be read: which logs and witnesses the checker trusts
    (3) checkpoint      a trusted log signed it, under its own name, and the witnesses the policy asks for cosigned it
    (4) inclusion       each proof ends in that very checkpoint and leads from its entry to its root
    (5) entry           each entry is in its fixed form and names this log
    (6) signature       each entry is signed by a key that this log had enrolled by then
    (7) disclosure      each disclosure opens one commitment of its entry; each attached file is the one its entry
                        names; what is not disclosed is counted
    (8) scope           the file holds what it claims, whole, and nothing about anybody else

What is established is that the entries are unaltered since they were entered. That does not show that they are true.
Every step reads the entries from the file again, so that a large file needs little memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from ledger import body as bodies
from ledger import disclosure, merkle, named_files
from ledger import entry as entries
from ledger.body import Body
from ledger.bundle import Bundle, Item, Scope
from ledger.enrolled import EnrolledKeys
from ledger.errors import VerificationError
from ledger.named_files import NamedFile
from ledger.policy import Trusted, open_checkpoint, parse_policy
from ledger.proof import parse_proof
from ledger.scope import Placed, check_scope

STEPS = ("evidence file", "policy", "checkpoint", "inclusion", "entry", "signature", "disclosure", "scope")


@dataclass(frozen=True)
class Established:
    """What the check showed: the log's state that was trusted, and what of it the file holds."""

    trusted: Trusted
    scope: Scope
    entries: int
    first_recorded_at: datetime
    last_recorded_at: datetime
    signed_by: Mapping[str, int]
    """How many entries each entry key signed, by key id."""
    disclosed: int
    withheld: int
    """Groups of personal fields that the file opens, and those that it leaves closed."""
    files: int
    """Attached files that it holds, every one that its disclosures name."""


def verify(file: IO[bytes], policy: bytes, tell: Callable[[int, str], object]) -> Established:
    """Check an evidence file under a policy, telling the number and outcome of each step as it is passed.

    Raises:
        VerificationError: at the first step that fails; `step` is its name in `STEPS`, `entry` the leaf index, if any.
    """
    with _step(1):
        bundle = Bundle(file)
        tell(1, f"The file is well formed and holds {_number(bundle.size, 'entry', 'entries')}.")
    with _step(2):
        trust = parse_policy(policy)
        witnesses = _number(len(trust.witnesses), "witness", "witnesses")
        tell(2, f"Your policy trusts {_number(len(trust.logs), 'log', 'logs')} and {witnesses}.")
    with _step(3):
        trusted = _check_checkpoint(bundle, open_checkpoint(bundle.checkpoint, trust))
        cosigned = f", cosigned by {', '.join(trusted.witnesses)}" if trusted.witnesses else ""
        tell(3, f"{trusted.checkpoint.origin} signed for {trusted.checkpoint.size} entries{cosigned}.")
    with _step(4):
        for item in bundle.items():
            with _at(item):
                _check_inclusion(item, bundle, trusted)
        tell(4, "Every entry in the file is among them, at its place.")
    with _step(5):
        times = []
        for item in bundle.items():
            with _at(item):
                times.append(_read_body(item, bundle.origin).recorded_at)
        tell(5, "Every entry is in its fixed form and was made for this log.")
    with _step(6):
        signed_by = _check_signatures(bundle)
        tell(6, f"Every entry is signed by a key the log had enrolled by then: {', '.join(signed_by)}.")
    with _step(7):
        disclosed, withheld, files = _check_disclosures(bundle)
        attached = f" {_number(files, 'attached file is', 'attached files are')} as entered." if files else ""
        parts = f"What is disclosed is what was entered: {disclosed} parts."
        tell(7, f"{parts} {withheld} parts are not disclosed to you.{attached}")
    with _step(8):
        tell(8, check_scope(bundle.scope, [Placed.of(item.index, _body(item)) for item in bundle.items()]))
    return Established(
        trusted, bundle.scope, bundle.size, min(times), max(times), signed_by, disclosed, withheld, files
    )


def _check_checkpoint(bundle: Bundle, trusted: Trusted) -> Trusted:
    if trusted.checkpoint.origin != bundle.origin:
        raise VerificationError("The file says it is of another log than the one that signed.")
    return trusted


def _check_inclusion(item: Item, bundle: Bundle, trusted: Trusted) -> None:
    proof = parse_proof(item.proof)
    if proof.checkpoint != bundle.checkpoint or proof.index != item.index or proof.extra is not None:
        raise VerificationError("Its proof is for another entry or another checkpoint.")
    # Size and root come from the one checked checkpoint, never from the proof.
    leaf = merkle.leaf_hash(item.entry)
    merkle.check_inclusion(item.index, trusted.checkpoint.size, leaf, proof.hashes, trusted.checkpoint.root)


def _read_body(item: Item, origin: str) -> Body:
    body = _body(item)
    if body.origin != origin:
        raise VerificationError("It was made for another log.")
    return body


def _check_signatures(bundle: Bundle) -> Counter[str]:
    keys = EnrolledKeys()
    signed_by: Counter[str] = Counter()
    for item in bundle.items():
        with _at(item):
            framed = entries.parse(item.entry)
            signed_by[keys.check(item.index, framed, bodies.decode(framed.body))] += 1
    return signed_by


def _check_disclosures(bundle: Bundle) -> tuple[int, int, int]:
    """Return how many groups are opened, how many are not, and how many attached files came with them."""
    disclosed = withheld = files = 0
    for item in bundle.items():
        with _at(item):
            body = _body(item)
            found = [disclosure.check(line, body) for line in item.disclosures]
            if len({each.group for each in found}) != len(found):
                raise VerificationError("A part of it is disclosed twice.")
            disclosed += len(found)
            withheld += (len(body.sealed.groups) if body.sealed else 0) - len(found)
            files += _check_files(item, [file for each in found for file in named_files.named(each)])
    return disclosed, withheld, files


def _check_files(item: Item, wanted: list[NamedFile]) -> int:
    """Check that the files of an entry are those its disclosures name, in that order; return how many they are."""
    for number, file in enumerate(wanted):
        if number >= len(item.files) or item.files[number].file_id != file.file_id:
            raise VerificationError(f"The file “{file.name}”, which it names, is missing or out of place.")
        attached = item.files[number]
        if attached.ending != named_files.ending(file.media_type):
            raise VerificationError(f"The file “{file.name}” is called by another kind than the entry names.")
        named_files.check(file, attached.read())
    if len(item.files) > len(wanted):
        raise VerificationError("A file comes with it that it does not name.")
    return len(wanted)


def _body(item: Item) -> Body:
    return bodies.decode(entries.parse(item.entry).body)


@contextmanager
def _step(number: int) -> Iterator[None]:
    """Let a failure say at which step it happened."""
    try:
        yield
    except VerificationError as error:
        raise VerificationError(str(error), step=STEPS[number - 1], entry=error.entry) from error


@contextmanager
def _at(item: Item) -> Iterator[None]:
    """Let a failure say which entry it concerns."""
    try:
        yield
    except VerificationError as error:
        raise VerificationError(str(error), step=error.step, entry=item.index) from error


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
