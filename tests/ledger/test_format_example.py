"""docs/format.md: its worked example is the real thing, and its list of what stays clear is the list."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.events import FACTS, AttendanceMarked, attendance_id
from domain.events.fact import ACTOR, Fact
from domain.vocabulary import Session
from ledger import body as bodies
from ledger import disclosure, entry, merkle
from ledger.enrolled import KeyHistory
from ledger.policy import open_checkpoint, parse_policy
from ledger.proof import parse_proof

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "format.md").read_text("utf-8")
EXAMPLE = dict(re.findall(r"^```text (\w+)\n(.*?)\n```$", PAGE, re.DOTALL | re.MULTILINE))
BODY = bodies.decode(EXAMPLE["body"].encode())


def test_the_entry_holds_the_body_and_its_key_was_enrolled_by_itself() -> None:
    parsed = [entry.parse(EXAMPLE[name].encode()) for name in ("enrolment", "entry")]
    keys = KeyHistory([(0, parsed[0], bodies.decode(parsed[0].body))])
    for index, one in enumerate(parsed):
        keys.check(index, one, bodies.decode(one.body).topic)

    assert entry.parse(EXAMPLE["entry"].encode()).body == EXAMPLE["body"].encode()
    assert entry.pae(b"").startswith(b"DSSEv1 46 ")


def test_the_disclosures_open_the_bodys_commitments() -> None:
    opened = [disclosure.check(line.encode(), BODY) for line in EXAMPLE["disclosures"].split("\n")]

    assert BODY.sealed
    assert [each.group for each in opened] == list(BODY.sealed.groups)


def test_the_example_holds_every_field_of_its_kind_and_no_other() -> None:
    fields = [list(disclosure.check(line.encode(), BODY).fields) for line in EXAMPLE["disclosures"].split("\n")]

    assert BODY.topic == AttendanceMarked.TOPIC
    assert BODY.subject
    assert BODY.stream == attendance_id(BODY.subject, date(2026, 9, 7), Session.AM)
    assert fields == [list(names) for names in AttendanceMarked.PERSONAL.values()]
    assert f"| `{BODY.topic}` | {', '.join(BODY.facts)} |" in PAGE


def test_the_payload_opens_to_the_disclosures() -> None:
    payload = b64decode(EXAMPLE["payload"])
    associated = disclosure.associated_data(BODY.origin, BODY.stream, BODY.version, BODY.topic)
    lines = disclosure.unseal(AESGCM(b64decode(EXAMPLE["key"])), associated, payload)

    assert BODY.sealed
    assert sha256(payload).digest() == BODY.sealed.ciphertext
    assert b"\n".join(lines).decode() == EXAMPLE["disclosures"]


def test_the_proof_leads_from_the_leaf_to_the_checkpoint_that_the_policy_trusts() -> None:
    proof = parse_proof(f"{EXAMPLE['proof']}\n".encode())
    trusted = open_checkpoint(proof.checkpoint, parse_policy(f"{EXAMPLE['policy']}\n".encode())).checkpoint
    leaf = merkle.leaf_hash(EXAMPLE["entry"].encode())

    assert leaf.hex() == EXAMPLE["leaf"]
    assert proof.checkpoint == f"{EXAMPLE['checkpoint']}\n".encode()
    merkle.check_inclusion(proof.index, trusted.size, leaf, proof.hashes, trusted.root)
    assert b64encode(trusted.root).decode() in EXAMPLE["checkpoint"]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.TOPIC)
def test_what_stays_clear_of_a_fact_for_ever_is_listed(fact: type[Fact]) -> None:
    envelope = {name for name in Fact.__struct_fields__ if name not in ACTOR}
    sealed = {name for names in fact.PERSONAL.values() for name in names}
    clear = [name for name in fact.__struct_fields__ if name not in sealed | envelope]

    assert f"| `{fact.TOPIC}` | {', '.join(clear) or '–'} | {', '.join(fact.PERSONAL)} |\n" in PAGE
