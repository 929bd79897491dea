"""The check of an evidence file by whoever holds it: no database, no network, no trust in who made it.

    (1) evidence file   it is well formed, byte for byte
    (2) policy          it can be read: which logs and witnesses the checker trusts
    (3) checkpoint      a trusted log signed it, and the witnesses the policy asks for cosigned it
    (4) inclusion proof each proof ends in that checkpoint and leads from its entry to its root
    (5) body            each entry is in its fixed form and names this log
    (6) signature       each entry is signed by a key that this log enrolled at or before its index
    (7) disclosure      each disclosure opens one commitment of its entry
    (8) scope           the file holds what it claims, whole, and nothing about anybody else

What is established is that the entries are unaltered since they were entered. That does not show that they are true.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from ledger import body as entry_body
from ledger import disclosure, ed25519, merkle
from ledger import entry as entries
from ledger.body import Body
from ledger.bundle import Bundle, Item, read_bundle
from ledger.errors import VerificationError
from ledger.policy import Trusted, open_checkpoint, parse_policy
from ledger.proof import parse_proof
from ledger.scope import check_scope

ENROLLED = "ledger.key-enrolled"


@dataclass(frozen=True)
class Checked:
    """One entry of a checked bundle: its index, its body, what is disclosed and which groups are not."""

    index: int
    body: Body
    disclosed: Mapping[str, Mapping[str, Any]]
    withheld: tuple[str, ...]


@dataclass(frozen=True)
class Established:
    """What the check showed."""

    trusted: Trusted
    bundle: Bundle
    entries: tuple[Checked, ...]


def verify(file: IO[bytes], policy: bytes, tell: Callable[[int, str], object]) -> Established:
    """Check an evidence file under a policy, telling the number and outcome of each step as it is passed.

    Raises:
        VerificationError: at the first step that fails; `step` names it and `entry` the entry concerned.
    """
    # (1)
    bundle = read_bundle(file)
    tell(1, f"The file is well formed and holds {len(bundle.items)} entries.")
    # (2)
    trust = parse_policy(policy)
    tell(2, f"Your policy trusts {len(trust.logs)} record keeper(s) and {len(trust.witnesses)} witness(es).")
    # (3)
    trusted = open_checkpoint(bundle.cover.checkpoint, trust)
    if trusted.checkpoint.origin != bundle.cover.origin:
        raise VerificationError("The file names another log than its checkpoint.", step="checkpoint")
    tell(3, f"{trusted.checkpoint.origin} signed for {trusted.checkpoint.size} entries.")
    # (4)
    for item in bundle.items:
        _at(item, _check_inclusion, item, bundle, trusted)
    tell(4, "Every entry is among them, at its place.")
    # (5)
    bodies = {item.index: _at(item, _read_body, item, bundle.cover.origin) for item in bundle.items}
    tell(5, "Every entry is in its fixed form and was made for this log.")
    # (6)
    keys = _enrolled(bundle, bodies)
    for item in bundle.items:
        _at(item, _check_signature, item, keys)
    tell(6, f"Every entry is signed by a key this log had enrolled by then ({len(keys)} key(s)).")
    # (7)
    checked = tuple(_at(item, _open, item, bodies[item.index]) for item in bundle.items)
    withheld = sum(len(each.withheld) for each in checked)
    tell(7, f"What is disclosed is what was entered; {withheld} part(s) are not disclosed to you.")
    # (8)
    check_scope(bundle.cover.scope, bodies)
    tell(8, "The file holds all it claims to hold, and nothing about anybody else.")
    return Established(trusted, bundle, checked)


def _at(item: Item, check: Callable[..., Any], *arguments: Any) -> Any:
    """Run a check and let its failure say which entry it concerns."""
    try:
        return check(*arguments)
    except VerificationError as error:
        raise VerificationError(str(error), step=error.step, entry=item.index) from error


def _check_inclusion(item: Item, bundle: Bundle, trusted: Trusted) -> None:
    proof = parse_proof(item.proof)
    if proof.checkpoint != bundle.cover.checkpoint or proof.index != item.index or proof.extra is not None:
        raise VerificationError("The proof is for another entry or another checkpoint.", step="inclusion proof")
    # Size and root come from the one checked checkpoint, never from the proof.
    leaf = merkle.leaf_hash(item.entry)
    merkle.check_inclusion(item.index, trusted.checkpoint.size, leaf, proof.hashes, trusted.checkpoint.root)


def _read_body(item: Item, origin: str) -> Body:
    body = entry_body.decode(entries.parse(item.entry).body)
    if body.origin != origin:
        raise VerificationError("The entry was made for another log.", step="body")
    return body


def _enrolled(bundle: Bundle, bodies: Mapping[int, Body]) -> dict[str, tuple[int, bytes]]:
    """Return each enrolled key by its id, with the index from which it counts.

    Only the log's first entry may vouch for its own key, which proves possession; any later key must be enrolled by one
    that counted before, or whoever can write to the database could enrol theirs.
    """
    keys: dict[str, tuple[int, bytes]] = {}
    for item in bundle.items:
        if bodies[item.index].topic == ENROLLED:
            public_key = _at(item, _public_key, bodies[item.index].facts)
            enrolled = {entries.key_id(public_key): (item.index, public_key)}
            _at(item, _check_signature, item, enrolled if item.index == 0 else keys)
            keys = {**enrolled, **keys}
    return keys


def _public_key(facts: Mapping[str, Any]) -> bytes:
    try:
        public_key = b64decode(facts["public_key"], validate=True)
        matches = facts["algorithm"] == "Ed25519" and facts["key_id"] == entries.key_id(public_key)
    except (KeyError, ValueError, TypeError) as error:
        raise VerificationError("The enrolment of a key is malformed.", step="signature") from error
    if not matches:
        raise VerificationError("The enrolment of a key is malformed.", step="signature")
    ed25519.check_public_key(public_key)
    return public_key


def _check_signature(item: Item, keys: Mapping[str, tuple[int, bytes]]) -> None:
    framed = entries.parse(item.entry)
    since, public_key = keys.get(framed.key_id, (None, b""))
    if since is None or since > item.index:
        raise VerificationError("The entry's key is not one this log had enrolled by then.", step="signature")
    entries.check_signature(public_key, framed.body, framed.signature)


def _open(item: Item, body: Body) -> Checked:
    opened = [disclosure.check(line, body) for line in item.disclosures]
    disclosed = {each.group: each.fields for each in opened}
    if len(disclosed) != len(opened):
        raise VerificationError("A part is disclosed twice.", step="disclosure")
    groups = () if body.sealed is None else body.sealed.groups
    return Checked(item.index, body, disclosed, tuple(group for group in groups if group not in disclosed))
