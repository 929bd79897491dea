"""Bodies are read in one spelling only, and every body that the mapper writes is one."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import body as bodies
from ledger import strict_json
from ledger.errors import VerificationError
from ledger.mapper import frame_body
from tests.ledger.ledgers import Actor, Ruled
from tests.ledger.small_log import ORIGIN, PLACEMENT, PROVIDER, body, named

DIGEST = b64encode(bytes(32)).decode()
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(TEXT, JSON, max_size=4),
    st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year >= 1000),
    st.none() | st.uuids(),
)
def test_every_body_the_mapper_writes_is_read_back(facts: dict[str, Any], at: datetime, subject: Any) -> None:
    event = Ruled(
        originator_id=PLACEMENT,
        originator_version=3,
        recorded_at=at,
        actor=Actor(id=named("head")),
        subject=subject,
        relied_on={PROVIDER: 2},
        what="",
    )
    sealed = {"ciphertext": DIGEST, "groups": {"mark": DIGEST}}
    read = bodies.decode(frame_body(ORIGIN, event, facts, sealed))

    assert (read.origin, read.stream, read.version, read.topic) == (ORIGIN, PLACEMENT, 3, Ruled.TOPIC)
    assert (at, subject, facts, {PROVIDER: 2}) == (read.recorded_at, read.subject, read.facts, read.relied_on)
    assert bodies.Sealed(bytes(32), {"mark": bytes(32)}) == read.sealed
    assert str(named("head")) == read.actor["id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": ""},
        {"origin": "two\nlines"},
        {"origin": None},
        {"stream": str(PLACEMENT).upper()},
        {"stream": PLACEMENT.hex},
        {"stream": f"urn:uuid:{PLACEMENT}"},
        {"version": 0},
        {"version": True},
        {"version": "1"},
        {"version": 2**63},
        {"topic": 5},
        {"recorded_at": "2026-09-01T08:55:00.000000+00:00"},
        {"recorded_at": "2026-09-01T08:55:00Z"},
        {"recorded_at": "2026-09-01T08:55:00.000Z"},
        {"recorded_at": "2026-02-30T08:55:00.000000Z"},
        {"recorded_at": "2026-9-01T08:55:00.000000Z"},
        {"recorded_at": "２026-09-01T08:55:00.000000Z"},
        {"actor": {}},
        {"actor": None},
        {"actor": {"id": None, "role": "x", "organisation": None, "basis": {"kind": "x"}}},
        {"actor": {"id": "me", "role": "x", "organisation": None, "basis": {"kind": "x", "ref": None}}},
        {"actor": {"role": "x", "id": None, "organisation": None, "basis": {"kind": "x", "ref": None}}},
        {"subject": ""},
        {"facts": []},
        {"facts": None},
        {"sealed": {}},
        {"sealed": {"ciphertext": DIGEST, "groups": {}}},
        {"sealed": {"ciphertext": DIGEST, "groups": {"": DIGEST}}},
        {"sealed": {"ciphertext": DIGEST, "groups": {"mark": DIGEST[:-4]}}},
        {"sealed": {"ciphertext": DIGEST[:-2] + "B=", "groups": {"mark": DIGEST}}},
        {"sealed": {"groups": {"mark": DIGEST}, "ciphertext": DIGEST}},
        {"relied_on": {str(PROVIDER): "1"}},
        {"relied_on": {"provider": 1}},
        {"relied_on": []},
        {"another": 1},
    ],
)
def test_a_body_with_a_value_out_of_form_is_refused(changes: dict[str, Any]) -> None:
    bodies.decode(body())
    with pytest.raises(VerificationError):
        bodies.decode(body(**changes))


@pytest.mark.parametrize(
    ("honest", "bent"),
    [
        (b'"version":1', b'"version": 1'),
        (b'"version":1', b'"version":1.0'),
        (b'"version":1', b'"version":1e0'),
        (b'"version":1', b'"version":1,"version":1'),
        (b'"facts":{}', b'"facts":{"on":1,"on":2}'),
        (b'"facts":{}', b'"facts":{"pi":3.14}'),
        (b'"facts":{}', b'"facts":{"n":NaN}'),
        (b'"facts":{}', b'"facts":{"n":-0}'),
        (b'"facts":{}', b'"facts":{"name":"\\u00e9"}'),
        (b'"facts":{}', b'"facts":{"name":"\\ud800"}'),
        (b'"facts":{}', b'"facts":{"name":"a\\/b"}'),
        (b'"facts":{}', b'"facts":{"name":"\xff"}'),
        (b'"facts":{}', b'"facts":' + b"[" * 100_000 + b"]" * 100_000),
        (b'"facts":{}', b'"facts":{"n":' + b"9" * 10_000 + b"}"),
        (b"{", b"\xef\xbb\xbf{"),
        (b"}}", b"}}\n"),
    ],
)
def test_json_in_another_spelling_is_refused(honest: bytes, bent: bytes) -> None:
    content = body()
    assert honest in content or honest == b"}}"

    with pytest.raises(VerificationError):
        bodies.decode(bent.join(content.rsplit(honest, 1)) if honest == b"}}" else content.replace(honest, bent, 1))


def test_the_keys_of_a_body_stand_in_their_order() -> None:
    values = strict_json.decode(body())
    swapped = {"stream": values.pop("stream"), **values}

    with pytest.raises(VerificationError, match="order"):
        bodies.decode(strict_json.encode(swapped))


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()) | st.text().map(str.encode))
def test_whatever_goes_in_only_a_verification_error_comes_out(content: bytes) -> None:
    with pytest.raises(VerificationError):
        bodies.decode(content)
