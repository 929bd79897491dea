"""Which key may have signed which entry, worked out from the log's own entries alone; each attack on that by name."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import body as bodies
from ledger import enrolled, entry
from ledger.enrolled import CHECKPOINTS, ENTRIES, KeyHistory
from ledger.errors import VerificationError
from tests.ledger.small_log import SmallLog, private_key

FIRST, SECOND, THIRD = (private_key(name) for name in ("entry", "second", "third"))


def key_id(key: Ed25519PrivateKey) -> str:
    return entry.key_id(key.public_key().public_bytes_raw())


def history(log: SmallLog) -> KeyHistory:
    parsed = [(index, entry.parse(each)) for index, each in enumerate(log.entries)]
    own = [(index, each, bodies.decode(each.body)) for index, each in parsed]
    return KeyHistory(one for one in own if one[2].topic.startswith(enrolled.OWN))


def check(log: SmallLog, index: int) -> str:
    """The id of the key that signed an entry, if one did that counted there."""
    parsed = entry.parse(log.entries[index])
    return history(log).check(index, parsed, bodies.decode(parsed.body).topic)


def refuses(log: SmallLog, index: int | None = None) -> str:
    """What the history, or the check of one entry, says no with."""
    with pytest.raises(VerificationError) as refusal:
        history(log) if index is None else check(log, index)
    return str(refusal.value)


def begun() -> SmallLog:
    """A log whose first key is enrolled and has signed one entry."""
    log = SmallLog()
    log.enrol(FIRST)
    rule(log)
    return log


def rule(log: SmallLog, key: Ed25519PrivateKey | None = None, topic: str = "test.ruled") -> int:
    return log.append(key, topic=topic, subject=None)


def retire(log: SmallLog, key: Ed25519PrivateKey, by: Ed25519PrivateKey | None = None) -> int:
    return log.own("ledger.key-retired", {"key_id": key_id(key), "purpose": ENTRIES}, by)


def revoke(log: SmallLog, key: Ed25519PrivateKey, start: int, by: Ed25519PrivateKey) -> int:
    facts = {"key_id": key_id(key), "purpose": ENTRIES, "from_index": start, "reason": "lost"}
    return log.own("ledger.key-revoked", facts, by)


def test_a_key_added_by_one_that_counts_signs_from_its_own_entry_on() -> None:
    log = begun()
    before = rule(log, SECOND)
    added = log.enrol(SECOND, by=FIRST)
    after = rule(log, SECOND)

    assert check(log, after) == key_id(SECOND)
    assert "enrolled by then" in refuses(log, before)
    assert history(log).keys[ENTRIES, key_id(SECOND)].first == added


def test_a_retired_key_signs_up_to_its_retirement_and_not_later() -> None:
    log = begun()
    log.enrol(SECOND, by=FIRST)
    at = retire(log, FIRST, FIRST)
    later = rule(log, FIRST)

    assert check(log, 1) == check(log, at) == key_id(FIRST)
    assert f"retired at entry {at}" in refuses(log, later)
    assert check(log, rule(log, SECOND)) == key_id(SECOND)


def test_a_revoked_key_is_believed_before_the_entry_named_and_not_from_there_on() -> None:
    log = begun()
    log.enrol(SECOND, by=FIRST)
    stolen_from = rule(log, FIRST)
    revoke(log, FIRST, stolen_from, by=SECOND)
    later = rule(log, FIRST)

    assert check(log, 1) == key_id(FIRST)
    for index in (stolen_from, later):
        assert f"revoked from entry {stolen_from} on" in refuses(log, index)


def test_a_key_enrolled_by_a_stolen_key_after_the_theft_does_not_count() -> None:
    log = begun()
    log.enrol(SECOND, by=FIRST)
    stolen_from = log.enrol(THIRD, by=FIRST)  # the thief's own
    forged = rule(log, THIRD)
    revoke(log, FIRST, stolen_from, by=SECOND)

    assert (ENTRIES, key_id(THIRD)) not in history(log).keys
    assert "enrolled by then" in refuses(log, forged)
    assert check(log, rule(log, SECOND)) == key_id(SECOND)


def test_a_thief_cannot_take_the_revocation_back_by_revoking_the_key_that_revoked() -> None:
    log = begun()
    log.enrol(SECOND, by=FIRST)
    stolen_from = rule(log, FIRST)
    revoke(log, FIRST, stolen_from, by=SECOND)
    revoke(log, SECOND, 0, by=FIRST)

    assert history(log).keys[ENTRIES, key_id(SECOND)].revoked is None


def test_the_key_that_revokes_a_stolen_one_counts_although_the_stolen_one_enrolled_it() -> None:
    log = begun()
    stolen_from = rule(log, FIRST)
    added = log.enrol(SECOND, by=FIRST)
    retired = retire(log, FIRST, FIRST)
    revoke(log, FIRST, stolen_from, by=SECOND)

    assert check(log, added) == check(log, retired) == key_id(FIRST)
    assert check(log, rule(log, SECOND)) == key_id(SECOND)
    assert "revoked from" in refuses(log, stolen_from)


def test_a_thief_with_a_key_of_their_own_cannot_revoke_the_key_that_revoked_the_stolen_one() -> None:
    log = begun()
    stolen_from = log.enrol(THIRD, by=FIRST)
    log.enrol(SECOND, by=FIRST)
    revoke(log, FIRST, stolen_from, by=SECOND)
    revoke(log, SECOND, 0, by=THIRD)

    assert history(log).keys[ENTRIES, key_id(SECOND)].revoked is None
    assert check(log, rule(log, SECOND)) == key_id(SECOND)
    assert (ENTRIES, key_id(THIRD)) not in history(log).keys


@pytest.mark.parametrize("topic", ["ledger.key-added", "ledger.key-retired", "ledger.key-revoked"])
def test_whatever_a_thief_puts_for_a_key_after_the_revocation_counts_for_nothing(topic: str) -> None:
    log = begun()
    log.enrol(SECOND, by=FIRST)
    revoke(log, FIRST, rule(log, FIRST), by=SECOND)
    log.own(topic, {"key_id": [{}]}, FIRST)

    assert check(log, rule(log, SECOND)) == key_id(SECOND)


def test_a_key_cannot_revoke_itself() -> None:
    log = begun()
    revoke(log, FIRST, 1, by=FIRST)

    assert "cannot revoke itself" in refuses(log)


def test_whoever_writes_rows_cannot_enrol_a_key_of_theirs() -> None:
    log = begun()
    index = log.enrol(SECOND, by=SECOND)

    assert "enrolled by then" in refuses(log, index)
    assert "enrolled by then" in refuses(log, rule(log, SECOND))


def test_an_enrolment_out_of_the_logs_own_stream_or_order_is_caught() -> None:
    log = begun()
    log.own_entries = 2
    log.enrol(SECOND, by=FIRST)

    assert "without a gap" in refuses(log)


@pytest.mark.parametrize(
    ("origin", "purpose"), [("ledger.example/other", ENTRIES), ("ledger.example/demo", CHECKPOINTS)]
)
def test_a_proof_of_possession_for_another_log_or_purpose_proves_nothing(origin: str, purpose: str) -> None:
    log = begun()
    assert log.origin == "ledger.example/demo"
    add(log, SECOND, SECOND.sign(enrolled.possession(origin, purpose, SECOND.public_key().public_bytes_raw())))

    assert "not by this key" in refuses(log)


def test_a_proof_of_possession_by_another_key_proves_nothing() -> None:
    log = begun()
    add(log, SECOND, FIRST.sign(enrolled.possession(log.origin, ENTRIES, SECOND.public_key().public_bytes_raw())))

    assert "not by this key" in refuses(log)


def test_a_key_is_enrolled_once() -> None:
    log = begun()
    log.enrol(SECOND, by=FIRST)
    log.enrol(SECOND, by=FIRST)

    assert "enrolled before" in refuses(log)


@pytest.mark.parametrize(
    ("topic", "facts"),
    [
        ("ledger.key-retired", {"key_id": "0" * 16, "purpose": ENTRIES}),
        ("ledger.key-retired", {"key_id": key_id(FIRST), "purpose": CHECKPOINTS}),
        ("ledger.key-retired", {"key_id": key_id(FIRST)}),
        ("ledger.key-revoked", {"key_id": key_id(FIRST), "purpose": ENTRIES, "from_index": True, "reason": ""}),
        ("ledger.key-revoked", {"key_id": key_id(FIRST), "purpose": ENTRIES, "from_index": 9, "reason": ""}),
        ("ledger.frozen", {"reason": "", "still_recorded": "record.read"}),
        ("ledger.frozen", {"reason": "", "still_recorded": [1]}),
        ("ledger.frozen", {"reason": ""}),
        ("ledger.continued", {"origin": "x", "size": 1, "root": "", "checkpoint": "", "reason": ""}),
        ("ledger.key-forgotten", {"key_id": key_id(FIRST)}),
        ("ledger.key-retired", {"key_id": [], "purpose": ENTRIES}),
        ("ledger.key-revoked", {"key_id": key_id(FIRST), "purpose": {}, "from_index": 1, "reason": ""}),
    ],
)
def test_an_entry_of_the_logs_own_out_of_form_is_caught(topic: str, facts: dict[str, Any]) -> None:
    log = begun()
    log.own(topic, facts)

    assert "malformed" in refuses(log)


def test_what_is_recorded_after_the_log_was_frozen_is_caught_but_for_what_may_be() -> None:
    log = begun()
    log.own("ledger.frozen", {"reason": "keys lost", "still_recorded": ["record.read"]})
    read, ruled = rule(log, topic="record.read"), rule(log)
    alike = rule(log, topic="record.reading")

    assert check(log, read) == key_id(FIRST)
    for index in (ruled, alike):
        assert "frozen at entry 2" in refuses(log, index)


def add(log: SmallLog, key: Ed25519PrivateKey, possession: bytes) -> int:
    """Enrol a key with whatever proof."""
    public = key.public_key().public_bytes_raw()
    facts = {"key_id": entry.key_id(public), "public_key": b64encode(public).decode(), "algorithm": "Ed25519"}
    return log.own("ledger.key-added", facts | {"purpose": ENTRIES, "possession": b64encode(possession).decode()})
