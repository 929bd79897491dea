"""The check of an evidence file: what it establishes, and each attack caught at the step that is named for it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import entry, strict_json
from ledger.bundle import Item
from ledger.errors import VerificationError
from ledger.policy import format_policy, trust_log
from ledger.proof import format_proof, parse_proof
from ledger.scope import EntryScope, PlacementScope
from ledger.verify import STEPS, Established, verify
from tests.ledger.small_log import (
    HONEST,
    PLACEMENT,
    SmallLog,
    private_key,
    two_placements,
)
from tests.ledger.test_bundle import archive, members

LOG = two_placements()
ITEMS = [LOG.item(index) for index in HONEST]
SCOPE = PlacementScope(PLACEMENT)


def check(content: bytes, policy: bytes = LOG.policy) -> Established:
    """Check a file as its reader would."""
    return verify(BytesIO(content), policy, print)


def failure(content: bytes, policy: bytes = LOG.policy) -> tuple[str | None, int | None]:
    """The step at which a file fails, and the entry concerned."""
    with pytest.raises(VerificationError) as caught:
        check(content, policy)
    return caught.value.step, caught.value.entry


def with_item(place: int, item: Item) -> bytes:
    """The honest file with one of its entries replaced."""
    return LOG.bundle(SCOPE, [*ITEMS[:place], item, *ITEMS[place + 1 :]])


def test_an_honest_placement_verifies_and_says_what_was_established() -> None:
    told: dict[int, str] = {}
    shown = verify(BytesIO(LOG.placement_bundle(*HONEST)), LOG.policy, told.__setitem__)

    assert list(range(1, len(STEPS) + 1)) == list(told)
    assert (LOG.origin, 10) == (shown.trusted.checkpoint.origin, shown.trusted.checkpoint.size)
    assert (SCOPE, len(HONEST), 5, 0) == (shown.scope, shown.entries, shown.disclosed, shown.withheld)
    assert {entry.key_id(LOG.entry_key.public_key().public_bytes_raw()): len(HONEST)} == shown.signed_by
    assert (shown.first_recorded_at.second, shown.last_recorded_at.second) == (0, 9)


def test_parts_that_are_not_disclosed_are_counted() -> None:
    shown = check(with_item(4, replace(ITEMS[4], disclosures=ITEMS[4].disclosures[:1])))

    assert (shown.disclosed, shown.withheld) == (4, 1)


def test_an_honest_entry_verifies_alone() -> None:
    for index in (0, 6):
        assert EntryScope(index) == check(LOG.entry_bundle(index)).scope


def test_a_swapped_disclosure_is_caught() -> None:
    approval = ITEMS[4]
    first, second = approval.disclosures
    forged = first.replace(b"Agreed", b"Refused")

    assert failure(with_item(4, replace(approval, disclosures=(forged, second)))) == ("disclosure", 6)


def test_the_disclosure_of_another_entry_is_caught() -> None:
    assert failure(with_item(4, replace(ITEMS[4], disclosures=ITEMS[3].disclosures))) == ("disclosure", 6)
    assert failure(with_item(6, replace(ITEMS[6], disclosures=ITEMS[3].disclosures))) == ("disclosure", 9)


def test_a_disclosure_shown_twice_is_caught() -> None:
    twice = ITEMS[3].disclosures * 2

    assert failure(with_item(3, replace(ITEMS[3], disclosures=twice))) == ("disclosure", 4)


def test_a_proof_for_another_size_is_caught() -> None:
    older = replace(ITEMS[2], proof=LOG.proof(2, 5))

    assert failure(with_item(2, older)) == ("inclusion", 2)


def test_the_hashes_of_another_size_under_this_checkpoint_are_caught() -> None:
    hashes = parse_proof(LOG.proof(2, 5)).hashes
    bent = replace(parse_proof(ITEMS[2].proof), hashes=hashes)

    assert failure(with_item(2, replace(ITEMS[2], proof=format_proof(bent)))) == ("inclusion", 2)


def test_the_proof_of_another_entry_is_caught() -> None:
    assert failure(with_item(2, replace(ITEMS[2], proof=ITEMS[3].proof))) == ("inclusion", 2)
    renamed = replace(parse_proof(ITEMS[3].proof), index=2)
    assert failure(with_item(2, replace(ITEMS[2], proof=format_proof(renamed)))) == ("inclusion", 2)


def test_unauthenticated_extra_data_in_a_proof_is_refused() -> None:
    extra = replace(parse_proof(ITEMS[2].proof), extra=b"trust me")

    assert failure(with_item(2, replace(ITEMS[2], proof=format_proof(extra)))) == ("inclusion", 2)


def test_a_checkpoint_by_an_unknown_key_is_caught() -> None:
    forger = replace(LOG, log_key=private_key("forger"))

    assert failure(forger.placement_bundle(*HONEST)) == ("checkpoint", None)


def test_a_file_that_says_it_is_of_another_log_is_caught() -> None:
    *others, (name, manifest) = members(LOG.placement_bundle(*HONEST))
    bent = archive([*others, (name, manifest.replace(b"ledger.example/demo", b"ledger.example/real"))])

    assert failure(bent) == ("checkpoint", None)


def test_a_policy_without_a_log_or_that_cannot_be_read_is_caught() -> None:
    assert failure(LOG.placement_bundle(*HONEST), b"trust everybody\n") == ("policy", None)
    assert failure(LOG.placement_bundle(*HONEST), b"quorum none\n") == ("checkpoint", None)


def test_a_rewritten_entry_is_caught() -> None:
    rewritten = two_placements()
    rewritten.entries[6] = replace_body(rewritten, 6, topic="placement.refused")

    assert failure(with_item(4, replace(ITEMS[4], entry=rewritten.entries[6]))) == ("inclusion", 6)


def replace_body(log: SmallLog, index: int, **changes: object) -> bytes:
    """An entry with some values of its body changed, signed again by the entry key."""
    values = strict_json.decode(entry.parse(log.entries[index]).body)
    content = strict_json.encode({**values, **changes})
    key = log.entry_key
    return entry.frame(content, entry.key_id(key.public_key().public_bytes_raw()), key.sign(entry.pae(content)))


def with_log_entry(index: int, content: bytes) -> bytes:
    """Evidence from a log whose keeper put this entry in the tree and signed it."""
    log = two_placements()
    log.entries[index] = content
    return log.placement_bundle(*HONEST)


def test_an_entry_too_deep_to_be_told_is_refused_in_words_although_its_keeper_signed_it() -> None:
    deep = json.loads("[" * 500 + "]" * 500)

    assert failure(with_log_entry(6, replace_body(two_placements(), 6, facts={"deep": deep}))) == ("report", None)


def test_a_stripped_signature_is_caught_even_where_the_log_signed_for_it() -> None:
    parsed = entry.parse(LOG.entries[6])
    stripped = entry.frame(parsed.body, parsed.key_id, bytes(64))
    unsigned = LOG.entries[6].replace(b'"signatures":[{', b'"signatures":[],"was":[{')

    assert failure(with_log_entry(6, stripped)) == ("signature", 6)
    assert failure(with_log_entry(6, unsigned)) == ("entry", 6)


def test_an_entry_by_a_key_never_enrolled_is_caught() -> None:
    log = two_placements()
    log.entries[6] = replace_body(replace(log, entry_key=private_key("stranger")), 6)

    assert failure(log.placement_bundle(*HONEST)) == ("signature", 6)


def test_an_entry_that_borrows_an_enrolled_keys_name_is_caught() -> None:
    parsed = entry.parse(LOG.entries[6])
    stranger = private_key("stranger")
    borrowed = entry.frame(parsed.body, parsed.key_id, stranger.sign(entry.pae(parsed.body)))

    assert failure(with_log_entry(6, borrowed)) == ("signature", 6)


def test_a_key_that_enrols_itself_later_is_caught() -> None:
    log, stranger = two_placements(), private_key("stranger")
    late = log.enrol(stranger)

    assert ("signature", late) == failure(log.placement_bundle(*HONEST, late))


def test_a_key_enrolled_by_one_that_counts_signs_what_comes_after_and_nothing_before() -> None:
    log, second = two_placements(), private_key("second")
    log.enrol(second, by=log.entry_key)
    log.append(second, version=4, topic="placement.ended")
    assert check(log.placement_bundle(*HONEST, 10, 11)).entries == 9

    log.entries[9] = replace_body(replace(log, entry_key=second), 9)
    assert failure(log.placement_bundle(*HONEST, 10, 11)) == ("signature", 9)


def test_a_file_without_the_enrolment_of_its_key_is_caught() -> None:
    assert failure(LOG.placement_bundle(*HONEST[1:])) == ("signature", 1)


def test_an_enrolled_key_of_low_order_is_caught() -> None:
    log, weak = two_placements(), (1).to_bytes(32, "little")
    facts = {
        "key_id": entry.key_id(weak),
        "public_key": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "algorithm": "Ed25519",
    }
    proof = {"purpose": "entries", "possession": b64encode(bytes(64)).decode()}
    index = log.own("ledger.key-added", facts | proof)

    assert ("signature", index) == failure(log.placement_bundle(*HONEST, index))


@pytest.mark.parametrize(
    "bent", [{"key_id": "0" * 16}, {"algorithm": "RSA"}, {"note": "trust me"}, {"public_key": "AQ=="}]
)
def test_an_enrolment_out_of_form_is_caught(bent: dict[str, str]) -> None:
    facts = strict_json.decode(entry.parse(LOG.entries[0]).body)["facts"]

    assert failure(with_log_entry(0, replace_body(LOG, 0, facts={**facts, **bent}))) == ("signature", 0)


def test_an_entry_made_for_another_log_is_caught() -> None:
    assert failure(with_log_entry(6, replace_body(LOG, 6, origin="ledger.example/real"))) == ("entry", 6)


def test_a_log_that_signs_a_body_out_of_form_is_caught() -> None:
    assert failure(with_log_entry(6, replace_body(LOG, 6, recorded_at="yesterday"))) == ("entry", 6)


def test_every_changed_byte_of_every_part_fails_with_its_step_named_even_in_a_well_formed_file() -> None:
    log = SmallLog()
    log.enrol(log.entry_key)
    log.append(personal={"proposal": {"rationale": "DEMO"}})
    parts = members(log.placement_bundle(0, 1))
    caught_at = {
        "checkpoint": {"checkpoint"},
        "entries": {"inclusion"},
        "proofs": {"inclusion"},
        "disclosures": {"disclosure", "evidence file"},
        "manifest.json": {"evidence file", "checkpoint", "scope"},
    }
    for part, (name, content) in enumerate(parts):
        for place in range(len(content)):
            bent = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            step, _ = failure(archive([*parts[:part], (name, bent), *parts[part + 1 :]]), log.policy)
            assert step in caught_at[name.split("/")[0]]


@given(st.data())
def test_whatever_is_in_the_parts_only_a_verification_error_comes_out(data: st.DataObject) -> None:
    parts: Sequence[tuple[str, bytes]] = members(LOG.placement_bundle(*HONEST))
    place = data.draw(st.integers(0, len(parts) - 1))
    bent = archive([*parts[:place], (parts[place][0], data.draw(st.binary(max_size=200))), *parts[place + 1 :]])

    assert failure(bent)[0] in STEPS


@given(st.binary())
def test_whatever_the_policy_is_only_a_verification_error_comes_out(policy: bytes) -> None:
    assert failure(LOG.placement_bundle(*HONEST), policy)[0] in STEPS


def test_without_disclosures_no_name_is_in_the_file() -> None:
    assert all(b"DEMO" not in item.entry and b"DEMO" not in entry.parse(item.entry).body for item in ITEMS)

    shown = check(LOG.bundle(SCOPE, [replace(item, disclosures=()) for item in ITEMS]))
    assert (shown.disclosed, shown.withheld) == (0, 5)


def test_the_policy_is_the_readers_and_not_the_files() -> None:
    forged = replace(LOG, log_key=private_key("forger"))
    content = forged.placement_bundle(*HONEST)

    assert check(content, format_policy(trust_log(forged.signer.vkey))).scope == SCOPE
    assert failure(content) == ("checkpoint", None)
