"""A second opinion on cosignatures: proofbundle, which is not ours, reads what we write, and we what it writes."""

from __future__ import annotations

from proofbundle.checkpoint import cosign_checkpoint, cosign_vkey, verify_cosignature

from ledger import note
from ledger.cosignature import Cosigner
from ledger.policy import open_checkpoint, parse_policy
from tests.ledger.small_log import private_key, two_placements
from tests.ledger.witnesses import NOON

LOG = two_placements()
KEY = private_key("w1")
WITNESS = Cosigner("w1.example/w", KEY)
POLICY = parse_policy(f"log {LOG.signer.vkey}\nwitness w {WITNESS.vkey}\nquorum w\n".encode())


def test_what_our_witness_says_holds_for_others() -> None:
    parsed = note.parse_note(LOG.checkpoint())
    lines = (*parsed.signatures, WITNESS.cosign(parsed.text, NOON))
    found = verify_cosignature(note.format_note(note.Note(parsed.text, lines)).decode(), WITNESS.vkey)

    assert (found["ok"], found["timestamp"], found["tree_size"]) == (True, NOON, 10)


def test_what_others_witnesses_say_holds_for_us() -> None:
    theirs = cosign_checkpoint(LOG.checkpoint().decode(), KEY, WITNESS.verifier.name, NOON)

    assert cosign_vkey(WITNESS.verifier.name, WITNESS.verifier.public_key) == WITNESS.vkey
    assert open_checkpoint(theirs.encode(), POLICY).witnesses == ("w",)


def test_neither_accepts_a_line_moved_to_another_time() -> None:
    theirs = note.parse_note(cosign_checkpoint(LOG.checkpoint().decode(), KEY, WITNESS.verifier.name, NOON).encode())
    own, line = theirs.signatures
    moved = note.Signature(line.name, line.key_id, (NOON + 1).to_bytes(8, "big") + line.value[8:])

    forged = note.format_note(note.Note(theirs.text, (own, moved)))
    assert not verify_cosignature(forged.decode(), WITNESS.vkey)["ok"]
