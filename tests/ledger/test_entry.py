"""The entry's bytes: what DSSE publishes, what other programs accept, and everything that is not an entry."""

from __future__ import annotations

import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from ledger import entry, strict_json
from ledger.errors import VerificationError
from tests.ledger.small_log import body, private_key, signed
from tests.ledger.vectors import vector

KEY = private_key("entry")
PUBLIC = KEY.public_key().public_bytes_raw()
ENTRY = signed(body(), KEY)


def test_what_is_signed_is_the_published_pre_authentication_encoding() -> None:
    published = vector("dsse_spec.json")
    ours = entry.pae(published["payload_utf8"].encode())
    other_type = published["payloadType"].encode()
    expected = (
        published["pae"]
        .encode()
        .replace(
            b"%d %s" % (len(other_type), other_type), b"%d %s" % (len(entry.PAYLOAD_TYPE), entry.PAYLOAD_TYPE.encode())
        )
    )

    assert expected == ours


def test_securesystemslib_accepts_an_entry() -> None:
    envelope = Envelope.from_dict(strict_json.decode(ENTRY))
    key = SSlibKey(entry.key_id(PUBLIC), "ed25519", "ed25519", {"public": PUBLIC.hex()})

    assert entry.pae(body()) == envelope.pae()
    assert envelope.verify([key], 1)


def test_openssl_accepts_an_entry_and_refuses_a_changed_one(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "sig").write_bytes(entry.parse(ENTRY).signature)
    (tmp_path / "signed").write_bytes(entry.pae(body()))
    (tmp_path / "changed").write_bytes(entry.pae(body(version=2)))

    assert openssl_verify(tmp_path, "signed") == 0
    assert openssl_verify(tmp_path, "changed") != 0


def openssl_verify(folder: Path, message: str) -> int:
    """Ask OpenSSL's own program."""
    return subprocess.run(
        ["openssl", *"pkeyutl -verify -rawin -pubin -inkey key.pem -sigfile sig -in".split(), message],
        cwd=folder,
        capture_output=True,
        check=False,
    ).returncode


@given(st.binary(max_size=2000))
def test_an_entry_is_read_back_as_it_was_written(content: bytes) -> None:
    parsed = entry.parse(signed(content, KEY))

    assert (content, entry.key_id(PUBLIC)) == (parsed.body, parsed.key_id)
    entry.check_signature(PUBLIC, parsed.body, parsed.signature)


def test_every_changed_byte_of_an_entry_breaks_its_form_its_signature_or_only_the_name_of_its_key() -> None:
    survivors = []
    for place in range(len(ENTRY)):
        changed = ENTRY[:place] + bytes([ENTRY[place] ^ 1]) + ENTRY[place + 1 :]
        try:
            parsed = entry.parse(changed)
            entry.check_signature(PUBLIC, parsed.body, parsed.signature)
        except VerificationError:
            continue
        survivors.append(place)
        assert parsed.key_id != entry.key_id(PUBLIC)
    named = ENTRY.index(entry.key_id(PUBLIC).encode())

    # DSSE does not authenticate keyid; the leaf hash, and with it every proof, does.
    assert set(survivors) <= set(range(named, named + 16))


@pytest.mark.parametrize(
    ("honest", "bent"),
    [
        (b'{"payload":', b'{ "payload":'),
        (b'"}]}', b'"}]}\n'),
        (b'"}]}', b'"},{"keyid":"0123456789abcdef","sig":"' + b64encode(bytes(64)) + b'"}]}'),
        (b'"signatures":[', b'"signatures":[],"signatures":['),
        (b'"keyid"', b'"note":"","keyid"'),
        (b"event.v1+json", b"event.v2+json"),
        (b"event.v1+json", b"event\\u002ev1+json"),
        (b'"keyid":"', b'"keyid":"A'),
    ],
)
def test_an_entry_in_another_form_is_refused(honest: bytes, bent: bytes) -> None:
    with pytest.raises(VerificationError):
        entry.parse(ENTRY.replace(honest, bent, 1))


def test_a_payload_spelt_in_another_base64_is_refused() -> None:
    one_byte = signed(b"x", KEY)

    assert b'"eA=="' in one_byte
    with pytest.raises(VerificationError):
        entry.parse(one_byte.replace(b'"eA=="', b'"eB=="'))


def test_an_entry_may_have_65535_bytes_and_no_more() -> None:
    spare = entry.LARGEST - len(signed(b"", KEY))
    largest = signed(bytes(spare // 4 * 3), KEY)

    assert largest == entry.frame(entry.parse(largest).body, entry.key_id(PUBLIC), entry.parse(largest).signature)
    with pytest.raises(entry.EntryTooLarge):
        signed(bytes(spare // 4 * 3 + 3), KEY)


@given(st.binary() | st.binary().map(lambda rest: ENTRY[:20] + rest) | st.binary(max_size=4).map(ENTRY.__add__))
def test_whatever_goes_in_only_a_verification_error_comes_out(content: bytes) -> None:
    if content != ENTRY:
        with pytest.raises(VerificationError):
            entry.parse(content)
