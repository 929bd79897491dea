"""Our proofs and cosigned checkpoints hold, and bent ones fail, for proofbundle, which shares no code with ours."""

from __future__ import annotations

from uuid import uuid4

import pytest
from proofbundle import checkpoint as theirs
from proofbundle.tlogproof import verify_tlog_proof

from ledger import checkpoint as checkpoints
from ledger import note, policy
from ledger.cosignature import Cosigner, check_cosignatures
from ledger.errors import VerificationError
from ledger.policy import parse_policy
from tests.ledger.ledgers import Ledger, Ruled
from tests.ledger.small_log import ORIGIN, private_key, two_placements

LOG = two_placements()
WITNESSES = [Cosigner(f"witness.example/w{number}", private_key(f"witness {number}")) for number in (1, 2, 3)]
VKEYS = [each.vkey for each in WITNESSES]


def cosigned(signed: bytes, *witnesses: Cosigner) -> str:
    """The checkpoint with these witnesses' lines added by us."""
    parsed = note.parse_note(signed)
    lines = tuple(each.cosign(parsed.text, 1_800_000_000) for each in witnesses)
    return note.format_note(note.Note(parsed.text, (*parsed.signatures, *lines))).decode()


def test_every_proof_of_entry_holds() -> None:
    for index, entry in enumerate(LOG.entries):
        found = verify_tlog_proof(LOG.proof(index).decode(), entry, LOG.signer.vkey, expected_origin=ORIGIN)

        assert found["ok"], found
        assert (index, 10) == (found["index"], found["tree_size"])


def test_the_proof_that_a_real_ledger_hands_out_holds(ledger: Ledger) -> None:
    for _ in range(300):
        ledger.append(
            Ruled(originator_id=uuid4(), originator_version=1, recorded_at=ledger.now(), subject=None, what="a rule")
        )
    ledger.checkpointer().publish()
    for index in (0, 255, 256, 300):
        file, entry = ledger.log.receipt_file(index).decode(), ledger.log.entry(index)

        assert verify_tlog_proof(file, entry, ledger.keys.vkey)["ok"]
        assert not verify_tlog_proof(file, entry + b" ", ledger.keys.vkey)["ok"]


def test_a_proof_of_another_entry_key_or_size_fails() -> None:
    proof, key = LOG.proof(6).decode(), LOG.signer.vkey
    stranger = note.Signer(ORIGIN, private_key("stranger")).vkey

    assert not verify_tlog_proof(proof, LOG.entries[5], key)["ok"]
    assert not verify_tlog_proof(proof, LOG.entries[6], stranger)["ok"]
    assert not verify_tlog_proof(proof.replace("index 6", "index 7"), LOG.entries[6], key)["ok"]
    head = LOG.proof(6).partition(b"\n\n")[0] + b"\n\n"
    assert not verify_tlog_proof((head + LOG.checkpoint(9)).decode(), LOG.entries[6], key)["ok"]


@pytest.mark.parametrize(("signed", "holds"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_quorum_of_two_of_three_is_counted_alike(signed: int, holds: bool) -> None:
    content = cosigned(LOG.checkpoint(), *WITNESSES[:signed])
    found = theirs.verify_witnessed_checkpoint(content, LOG.signer.vkey, VKEYS, threshold=2, expected_origin=ORIGIN)
    lines = [f"witness w{number} {vkey}" for number, vkey in enumerate(VKEYS)]
    ours = parse_policy("\n".join([f"log {LOG.signer.vkey}", *lines, "group q 2 w0 w1 w2", "quorum q\n"]).encode())

    assert found["ok"] is holds
    if holds:
        assert len(policy.open_checkpoint(content.encode(), ours).witnesses) == signed
    else:
        with pytest.raises(VerificationError):
            policy.open_checkpoint(content.encode(), ours)


def test_a_checkpoint_that_they_sign_and_cosign_is_opened_here() -> None:
    opened = checkpoints.open(LOG.checkpoint(), [LOG.signer.verifier])
    signed = theirs.sign_checkpoint(ORIGIN, opened.size, opened.root, private_key("log"), ORIGIN)
    assert signed.encode() == LOG.checkpoint()

    both = theirs.cosign_checkpoint(signed, private_key("witness 1"), WITNESSES[0].verifier.name, 1_800_000_000)
    assert both == cosigned(LOG.checkpoint(), WITNESSES[0])
    parsed = note.parse_note(both.encode())
    assert check_cosignatures(parsed, [each.verifier for each in WITNESSES]) == (WITNESSES[0].verifier,)


def test_a_bent_cosignature_fails_in_both() -> None:
    content = cosigned(LOG.checkpoint(), WITNESSES[0])
    place = content.rindex("w1 ") + 20
    bent = content[:place] + ("A" if content[place] != "A" else "B") + content[place + 1 :]

    assert theirs.verify_cosignature(content, VKEYS[0])["ok"]
    assert not theirs.verify_cosignature(bent, VKEYS[0])["ok"]
    with pytest.raises(VerificationError):
        check_cosignatures(note.parse_note(bent.encode()), [WITNESSES[0].verifier])
