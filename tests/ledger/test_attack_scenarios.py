"""Attacks on evidence by name, each as whoever holds keys, a database or only a file would try it."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger import body as bodies
from ledger import disclosure, merkle, note, policy
from ledger import entry as entries
from ledger.bundle import Earlier, Item
from ledger.cosignature import Cosigner
from ledger.errors import VerificationError
from ledger.policy import format_policy, trust_log
from ledger.proof import format_proof, parse_proof
from ledger.scope import PlacementScope
from ledger.verify import verify
from tests.ledger import equivocation, rfc6962
from tests.ledger.exported_log import Exported
from tests.ledger.small_log import (
    HONEST,
    ORIGIN,
    OTHER_PLACEMENT,
    PLACEMENT,
    PUPIL,
    SmallLog,
    body,
    line,
    private_key,
    sealed,
    two_placements,
)
from tests.ledger.test_attacks_bytes import members, packed

LOG = two_placements()
APPROVAL = 6
EXPORTED = Exported(PlacementScope(PLACEMENT)).state()


def failure(content: bytes, trust: bytes = LOG.policy) -> tuple[str | None, int | None]:
    """At which step, and at which entry, an evidence file fails."""
    with pytest.raises(VerificationError) as caught:
        verify(BytesIO(content), trust, lambda *_: None)
    return caught.value.step, caught.value.entry


def test_an_approval_replayed_at_another_number_is_caught() -> None:
    items = [LOG.item(index) for index in HONEST]
    replayed = Item(7, LOG.entries[APPROVAL], LOG.proof(7), LOG.disclosures[APPROVAL])

    assert failure(LOG.bundle(PlacementScope(PLACEMENT), [*items[:5], replayed, items[6]])) == ("inclusion", 7)


def test_an_approval_replayed_as_a_later_entry_is_caught_although_the_log_signed_for_it() -> None:
    log = two_placements()
    log.entries.append(log.entries[APPROVAL])
    log.disclosures[10] = log.disclosures[APPROVAL]

    assert failure(log.placement_bundle(*HONEST, 10))[0] == "scope"


def test_an_approval_rewritten_for_another_placement_is_caught_by_its_signature() -> None:
    log = two_placements()
    framed = entries.parse(log.entries[APPROVAL])
    rewritten = framed.body.replace(str(PLACEMENT).encode(), str(OTHER_PLACEMENT).encode())
    assert rewritten != framed.body
    log.entries.append(entries.frame(rewritten, framed.key_id, framed.signature))

    assert failure(log.entry_bundle(10)) == ("signature", 10)


def test_a_policy_slipped_into_a_file_is_never_read() -> None:
    stranger = SmallLog(log_key=private_key("stranger"), entries=LOG.entries, disclosures=LOG.disclosures)
    forged = stranger.placement_bundle(*HONEST)
    with_policy = packed([("policy.txt", stranger.policy), *members(forged)])
    replaced = [(name, stranger.policy if name == "README.txt" else each) for name, each in members(EXPORTED.file())]

    assert failure(forged)[0] == "checkpoint"
    assert failure(with_policy, stranger.policy)[0] == "evidence file"
    verify(BytesIO(packed(replaced)), EXPORTED.log.policy, lambda *_: None)
    assert failure(packed(replaced), format_policy(trust_log(stranger.signer.vkey)))[0] == "checkpoint"


def test_a_ciphertext_that_opens_as_approved_and_as_rejected_is_caught_by_its_commitment() -> None:
    approved, rejected = (line("decision", {"decision": each}) for each in ("APPROVED", "REJECTED"))
    associated = disclosure.associated_data(ORIGIN, PLACEMENT, 2, "placement.approved")
    keys = sha256(b"one").digest(), sha256(b"another").digest()
    payload = equivocation.ciphertext(keys, bytes(12), associated, (approved + b"\n", b"\n" + rejected + b"\n"))
    opened = [disclosure.unseal(AESGCM(key), associated, payload) for key in keys]
    digest = b64encode(sha256(payload).digest()).decode()
    committed = bodies.decode(body(sealed={**sealed([approved]), "ciphertext": digest}))

    # AES-GCM and the digest of the ciphertext have nothing against either.
    assert approved in opened[0]
    assert rejected in opened[1]
    assert committed.sealed is not None
    assert committed.sealed.ciphertext == sha256(payload).digest()
    assert disclosure.check(approved, committed).fields == {"decision": "APPROVED"}
    with pytest.raises(VerificationError, match="not what the entry commits to"):
        disclosure.check(rejected, committed)


def test_one_proof_fits_many_claimed_sizes_and_is_believed_for_the_signed_one_only() -> None:
    hashes, root = rfc6962.path(0, LOG.entries[:9]), rfc6962.root(LOG.entries[:9])
    fitting = []
    for size in range(1, 3000):
        try:
            merkle.check_inclusion(0, size, LOG.leaf(0), hashes, root)
        except VerificationError:
            continue
        fitting.append(size)
    assert fitting == list(range(9, 17)), "the arithmetic alone cannot tell these sizes apart"

    proof = parse_proof(LOG.proof(0, 9))
    trust = policy.parse_policy(LOG.policy)
    for size in fitting[1:]:
        claimed = proof.checkpoint.replace(b"\n9\n", b"\n%d\n" % size)
        with pytest.raises(VerificationError, match="signature"):
            policy.open_checkpoint(claimed, trust)
        assert claimed in format_proof(parse_proof(LOG.proof(0, 9).replace(b"\n9\n", b"\n%d\n" % size)))


def test_two_checkpoints_of_one_size_by_one_log_are_caught_when_they_meet() -> None:
    other = two_placements()
    other.entries[4] = other.entries[3]
    one, two = (
        policy.open_checkpoint(each.checkpoint(), policy.parse_policy(LOG.policy)).checkpoint for each in (LOG, other)
    )

    assert (one.size, one.origin) == (two.size, two.origin)
    with pytest.raises(VerificationError, match="do not agree"):
        merkle.check_consistency(one.size, one.root, two.size, two.root, [])


def test_a_file_that_holds_an_earlier_checkpoint_of_another_history_is_caught() -> None:
    exported = Exported(PlacementScope(PLACEMENT)).state()
    other = two_placements()
    other.entries[4] = other.entries[3]
    for hashes in (rfc6962.proof(6, exported.log.entries), rfc6962.proof(6, other.entries)):
        assert failure(exported.file(earlier=(Earlier(6, other.checkpoint(6), tuple(hashes)),)))[0] == "history"


def test_a_signature_stripped_from_a_checkpoint_an_entry_or_a_quorum_is_missed() -> None:
    witnesses = [Cosigner(f"witness.example/w{number}", private_key(f"w{number}")) for number in (1, 2)]
    parsed = note.parse_note(LOG.checkpoint())
    lines = tuple(each.cosign(parsed.text, 1_800_000_000) for each in witnesses)
    named = "\n".join(f"witness w{number} {each.vkey}" for number, each in enumerate(witnesses))
    trust = policy.parse_policy(f"log {LOG.signer.vkey}\n{named}\ngroup q all w0 w1\nquorum q\n".encode())

    policy.open_checkpoint(note.format_note(note.Note(parsed.text, (*parsed.signatures, *lines))), trust)
    for kept in ((*parsed.signatures, lines[0]), (*parsed.signatures, lines[1]), lines, parsed.signatures):
        with pytest.raises(VerificationError):
            policy.open_checkpoint(note.format_note(note.Note(parsed.text, kept)), trust)
    stripped = LOG.entries[APPROVAL].split(b'"signatures":[')[0] + b'"signatures":[]}'
    with pytest.raises(VerificationError, match="fixed form"):
        entries.parse(stripped)


def test_a_disclosure_of_one_pupil_shown_for_another_is_caught() -> None:
    log = two_placements()
    moved = Item(8, log.entries[8], log.proof(8), log.disclosures[7])

    assert failure(log.bundle(PlacementScope(PLACEMENT), [log.item(0), moved]))[0] == "disclosure"
    assert str(PUPIL).encode() in entries.parse(log.entries[7]).body
