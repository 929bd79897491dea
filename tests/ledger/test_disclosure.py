"""Personal fields: sealed under one key for one entry, and opened only as what the body committed to."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from ledger import body as bodies
from ledger import disclosure, named_files, strict_json
from ledger.disclosure import Disclosure
from ledger.errors import VerificationError
from tests.ledger.small_log import ORIGIN, PLACEMENT, body, line, sealed

KEY = AESGCM(bytes(range(32)))
ASSOCIATED = disclosure.associated_data(ORIGIN, PLACEMENT, 1, "attendance.marked")
MARK, TAKER = line("mark", {"code": "/", "minutes": 5}), line("taker", {"name": "A. Teacher DEMO"})
BODY = bodies.decode(body(sealed=sealed([MARK, TAKER])))
FIELDS = st.dictionaries(st.text(), st.none() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])))


@given(st.lists(FIELDS.map(lambda fields: line("group", fields)), min_size=1, max_size=4))
def test_what_is_sealed_is_unsealed(lines: list[bytes]) -> None:
    payload = disclosure.seal(KEY, ASSOCIATED, lines)

    assert lines == disclosure.unseal(KEY, ASSOCIATED, payload)
    assert (len(payload) - 12 - 16) % 64 == 0


def test_the_same_fields_never_seal_or_commit_alike() -> None:
    assert disclosure.seal(KEY, ASSOCIATED, [MARK]) != disclosure.seal(KEY, ASSOCIATED, [MARK])
    assert disclosure.salt() != disclosure.salt()


def test_a_ciphertext_moved_to_another_entry_or_changed_does_not_open() -> None:
    payload = disclosure.seal(KEY, ASSOCIATED, [MARK])
    elsewhere = disclosure.associated_data(ORIGIN, PLACEMENT, 2, "attendance.marked")
    for key, associated, bent in [
        (KEY, elsewhere, payload),
        (AESGCM(bytes(32)), ASSOCIATED, payload),
        (KEY, ASSOCIATED, payload[:-1] + bytes([payload[-1] ^ 1])),
        (KEY, ASSOCIATED, payload[:20]),
        (KEY, ASSOCIATED, b""),
    ]:
        with pytest.raises(VerificationError):
            disclosure.unseal(key, associated, bent)


def test_a_disclosure_opens_the_commitment_of_its_group() -> None:
    opened = disclosure.check(MARK, BODY)

    assert (opened.group, opened.fields) == ("mark", {"code": "/", "minutes": 5})


def test_a_changed_disclosure_is_caught() -> None:
    with pytest.raises(VerificationError, match="mark"):
        disclosure.check(MARK.replace(b'"/"', b'"O"'), BODY)


def test_a_disclosure_of_another_group_or_entry_is_caught() -> None:
    with pytest.raises(VerificationError):
        disclosure.check(line("health", {"code": "/"}), BODY)
    with pytest.raises(VerificationError):
        disclosure.check(MARK, bodies.decode(body()))
    with pytest.raises(VerificationError):
        disclosure.check(MARK, bodies.decode(body(sealed=sealed([line("mark", {"code": "O"})]))))


@pytest.mark.parametrize(
    "value",
    [
        ["", "mark", {}],
        ["A" * 21, "mark", {}],
        ["A" * 23, "mark", {}],
        ["A" * 21 + "B", "mark", {}],
        ["A" * 22, "", {}],
        ["A" * 22, "mark", []],
        ["A" * 22, "mark"],
        ["A" * 22, "mark", {}, {}],
        {"salt": "A" * 22},
        "mark",
    ],
)
def test_a_line_out_of_form_is_refused_even_where_it_was_committed_to(value: Any) -> None:
    bent = strict_json.encode(value)
    committed = {
        "ciphertext": b64encode(bytes(32)).decode(),
        "groups": {"mark": b64encode(sha256(bent).digest()).decode()},
    }

    with pytest.raises(VerificationError):
        disclosure.check(bent, bodies.decode(body(sealed=committed)))


@given(st.binary())
def test_whatever_goes_in_only_a_verification_error_comes_out(content: bytes) -> None:
    with pytest.raises(VerificationError):
        disclosure.check(content, BODY)


def test_an_entry_that_names_two_files_by_one_id_is_refused_as_they_would_lie_at_one_place() -> None:
    file_id, other = str(uuid4()), str(uuid4())
    kind = {"media_type": "application/pdf", "size": 1, "sha256": "0" * 64}
    named = [{"file_id": each, "name": name, **kind} for each, name in ((file_id, "a.pdf"), (other, "b.pdf"))]
    assert [file.name for file in named_files.named(Disclosure("evidence", {"evidence": named}))] == ["a.pdf", "b.pdf"]

    twice = [named[0], {**named[1], "file_id": file_id.upper()}]
    with pytest.raises(VerificationError, match="not as files are named"):
        named_files.named(Disclosure("evidence", {"evidence": twice}))
